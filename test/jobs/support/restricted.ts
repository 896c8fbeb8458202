/**
 * The restricted Pod Security standard, as Kubernetes documents it: baseline
 * and restricted controls over a pod's spec. Each violation names its control
 * and its place; an empty list means that the pod is let in.
 */
type Value = Readonly<Record<string, unknown>>;

const allowedVolumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const safeSysctls = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
];
const allowedSelinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

export function restrictedViolations(spec: Value): readonly string[] {
  const pod = (spec['securityContext'] ?? {}) as Value;
  const containers = ['containers', 'initContainers', 'ephemeralContainers'].flatMap(
    (key) => (spec[key] ?? []) as readonly Value[],
  );
  return [
    ...['hostNetwork', 'hostPID', 'hostIPC']
      .filter((key) => spec[key] === true)
      .map((key) => `host namespaces: ${key}`),
    ...volumeViolations((spec['volumes'] ?? []) as readonly Value[]),
    ...contextViolations('pod', pod),
    ...((pod['sysctls'] ?? []) as readonly Value[])
      .filter(({ name }) => !safeSysctls.includes(String(name)))
      .map(({ name }) => `sysctls: ${String(name)}`),
    ...containers.flatMap((container) => containerViolations(container, pod)),
  ];
}

function volumeViolations(volumes: readonly Value[]): readonly string[] {
  return volumes.flatMap((volume) => {
    const types = Object.keys(volume).filter((key) => key !== 'name');
    return types.every((type) => allowedVolumes.includes(type))
      ? []
      : [`volume types: ${String(volume['name'])} is ${types.join(', ')}`];
  });
}

function containerViolations(container: Value, pod: Value): readonly string[] {
  const name = String(container['name']);
  const own = (container['securityContext'] ?? {}) as Value;
  const capabilities = (own['capabilities'] ?? {}) as {
    readonly add?: readonly string[];
    readonly drop?: readonly string[];
  };
  const seccomp = ((own['seccompProfile'] ?? pod['seccompProfile']) as Value | undefined)?.['type'];
  const handlers = [
    ...Object.values((container['lifecycle'] ?? {}) as Value),
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].map((probe) => container[probe]),
  ];
  return [
    ...contextViolations(name, own),
    ...(own['privileged'] === true ? [`privileged: ${name}`] : []),
    ...(own['allowPrivilegeEscalation'] === false ? [] : [`privilege escalation: ${name}`]),
    ...((own['runAsNonRoot'] ?? pod['runAsNonRoot']) === true ? [] : [`running as non-root: ${name}`]),
    ...(seccomp === 'RuntimeDefault' || seccomp === 'Localhost' ? [] : [`seccomp: ${name}`]),
    ...(capabilities.drop?.includes('ALL') ? [] : [`capabilities: ${name} drops not all`]),
    ...(capabilities.add ?? [])
      .filter((added) => added !== 'NET_BIND_SERVICE')
      .map((added) => `capabilities: ${name} adds ${added}`),
    ...(['Default', undefined].includes(own['procMount'] as string | undefined) ? [] : [`proc mount: ${name}`]),
    ...((container['ports'] ?? []) as readonly Value[])
      .filter(({ hostPort }) => hostPort !== undefined && hostPort !== 0)
      .map(() => `host ports: ${name}`),
    ...handlers.filter((handler) => namesHost(handler)).map(() => `host probes: ${name}`),
  ];
}

/** What pod and container have in common. */
function contextViolations(name: string, context: Value): readonly string[] {
  const selinux = (context['seLinuxOptions'] ?? {}) as {
    readonly type?: string;
    readonly user?: string;
    readonly role?: string;
  };
  const appArmor = (context['appArmorProfile'] as Value | undefined)?.['type'];
  return [
    ...((context['windowsOptions'] as Value | undefined)?.['hostProcess'] === true ? [`host process: ${name}`] : []),
    ...(context['runAsUser'] === 0 ? [`running as root user: ${name}`] : []),
    ...(context['runAsNonRoot'] === false ? [`running as non-root: ${name} says false`] : []),
    ...(context['seccompProfile'] !== undefined && (context['seccompProfile'] as Value)['type'] === 'Unconfined'
      ? [`seccomp: ${name} is unconfined`]
      : []),
    ...(appArmor === undefined || appArmor === 'RuntimeDefault' || appArmor === 'Localhost'
      ? []
      : [`apparmor: ${name}`]),
    ...(allowedSelinuxTypes.includes(selinux.type ?? '') && selinux.user === undefined && selinux.role === undefined
      ? []
      : [`selinux: ${name}`]),
  ];
}

function namesHost(handler: unknown): boolean {
  const { httpGet, tcpSocket } = (handler ?? {}) as { readonly httpGet?: Value; readonly tcpSocket?: Value };
  return Boolean(httpGet?.['host']) || Boolean(tcpSocket?.['host']);
}
