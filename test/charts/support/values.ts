import { execFileSync } from 'node:child_process';
import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { alertCases } from './alert-cases.ts';
import { emptyFolder, projectRoot } from '../../support/run-cli.ts';

export const chart = join(projectRoot, 'charts/multicluster-maestro-integrations');

/** The words behind `helm` that render the chart. */
export const release = ['template', 'release', chart, '--namespace=argo-hub', '--kube-version=1.31.0'];

const restricted = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true };

/** Everything set to something else than its default. */
export const full = {
  global: { imageRegistry: 'mirror.example:5000', imagePullSecrets: ['mirror-pull'] },
  nameOverride: 'pull-model',
  commonLabels: { 'example.com/owner': 'hub-team' },
  commonAnnotations: { 'example.com/contact': 'hub' },
  replicas: 3,
  revisionHistoryLimit: 3,
  image: { repository: 'registry.example/maestro-cli', digest: `sha256:${'a'.repeat(64)}`, pullPolicy: 'Always' },
  imagePullSecrets: ['multiclusterhub-operator-pull-secret', { name: 'other-pull' }],
  maestro: {
    grpcEndpoint: 'grpcs://maestro-grpc.maestro.svc:8090',
    httpEndpoint: 'https://maestro.maestro.svc:8000',
    sourceId: 'mine',
    tls: {
      secretName: 'maestro-tls',
      caKey: 'root.crt',
      clientCertificate: true,
      certKey: 'client.crt',
      keyKey: 'client.key',
    },
    token: { projected: true, audience: 'maestro.example', expirationSeconds: 7200 },
  },
  hubId: 'hub-1',
  leaderElection: { leaseName: 'other-lease', leaseDuration: '30s', renewDeadline: '20s', retryPeriod: '4s' },
  propagation: {
    maxConcurrency: 128,
    authorisation: 'none',
    allowedTargetNamespaces: ['argocd', 'openshift-gitops'],
    deliverNamespace: true,
    deliverProject: true,
    deletionPolicy: 'requested',
    deletionFallback: '20m',
    resyncInterval: '1h',
    gc: { interval: '1h', brake: 50, overrideBrake: true },
  },
  aggregation: {
    statusMode: 'summary',
    hubWritesPerSecond: 100,
    noise: '10m',
    staleAfter: 'never',
    appsetReport: 'always',
  },
  coexistence: { classicNamespace: 'ocm', allow: true, classicWorksInterval: '1h' },
  migration: {
    rbac: {
      create: true,
      subjects: [{ kind: 'User', name: 'operator', apiGroup: 'rbac.authorization.k8s.io' }],
    },
  },
  log: { level: 'debug', format: 'text' },
  heapMiB: 3072,
  resources: { limits: { memory: '4Gi' } },
  health: { port: 9081 },
  proxy: { httpsProxy: 'http://proxy:3128', noProxy: '.svc' },
  serviceAccount: { annotations: { a: 'b' } },
  podSecurityContext: { fsGroup: 2000, supplementalGroups: [3000] },
  securityContext: { runAsUser: 65532, privileged: null },
  startupProbe: { failureThreshold: 60 },
  livenessProbe: { timeoutSeconds: 15, initialDelaySeconds: 1 },
  readinessProbe: { periodSeconds: 5 },
  terminationGracePeriodSeconds: 45,
  metrics: {
    port: 9386,
    serviceAnnotations: { 'prometheus.io/scrape': 'true' },
    serviceMonitor: {
      enabled: true,
      namespace: 'monitoring',
      labels: { team: 'x' },
      annotations: { note: 'z' },
      interval: '60s',
      scrapeTimeout: '10s',
      honorLabels: true,
      relabelings: [{ sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: 'node' }],
      metricRelabelings: [{ action: 'drop', regex: 'nodejs_.*', sourceLabels: ['__name__'] }],
    },
    dashboard: {
      enabled: true,
      namespace: 'grafana',
      labels: { grafana_dashboard: 'yes' },
      annotations: { grafana_folder: 'Hub' },
    },
    prometheusRule: {
      enabled: true,
      namespace: 'monitoring',
      labels: { role: 'alert-rules' },
      annotations: { note: 'w' },
      interval: '1m',
      selector: 'cluster="hub-1"',
      ruleLabels: { team: 'hub' },
      runbookUrl: 'https://wiki.example/gitops',
      rules: Object.fromEntries(alertCases.map(({ name }) => [name, { severity: 'info', for: '1h' }])),
      additionalRules: [{ record: 'hub:published:rate5m', expr: 'sum(rate(maestro_gitops_publishes_total[5m]))' }],
    },
  },
  networkPolicy: {
    extraIngress: [{ ports: [{ port: 4000, protocol: 'TCP' }] }],
    extraEgress: [{ ports: [{ port: 4317, protocol: 'TCP' }] }],
    apiServer: { cidrs: ['10.0.0.1/32'], ports: [8443] },
    maestro: { namespace: 'maestro-2', ports: [8001, 8091] },
    proxy: { cidrs: ['10.0.0.9/32'], ports: [3129] },
    metricsFrom: { 'kubernetes.io/metadata.name': 'monitoring' },
  },
  nodeSelector: { 'node-role.kubernetes.io/infra': '' },
  tolerations: [{ key: 'node-role.kubernetes.io/infra', operator: 'Exists', effect: 'NoSchedule' }],
  priorityClassName: 'high',
  podAnnotations: { note: 'y' },
  podLabels: { team: 'x' },
  deploymentAnnotations: { 'reloader.example/auto': 'true' },
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
    {
      maxSkew: 2,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { own: 'one' } },
    },
  ],
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, preference: { matchExpressions: [{ key: 'disk', operator: 'Exists' }] } },
      ],
    },
  },
  dnsPolicy: 'None',
  dnsConfig: { nameservers: ['10.0.0.10'], options: [{ name: 'ndots', value: '2' }] },
  hostAliases: [{ ip: '10.0.0.20', hostnames: ['maestro.example'] }],
  extraArgs: ['--timeout=20s'],
  extraEnv: [
    { name: 'NODE_EXTRA_CA_CERTS', value: '/etc/extra/ca.crt' },
    { name: 'REGION', valueFrom: { configMapKeyRef: { name: 'hub', key: 'region' } } },
  ],
  envFrom: [{ secretRef: { name: 'proxy-settings', optional: true } }],
  extraVolumes: [
    { name: 'extra-ca', configMap: { name: 'extra-ca' } },
    { name: 'scratch', emptyDir: { sizeLimit: '16Mi' } },
  ],
  extraVolumeMounts: [
    { name: 'extra-ca', mountPath: '/etc/extra', readOnly: true },
    { name: 'scratch', mountPath: '/tmp' },
  ],
  extraContainers: [{ name: 'logs', image: 'registry.example/logs:1', securityContext: { ...restricted } }],
  initContainers: [{ name: 'wait', image: 'registry.example/wait:1', securityContext: { ...restricted } }],
  extraObjects: [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: '{{ .Release.Name }}-extra', namespace: 'argo-hub' },
      data: { a: 'b' },
    },
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ include "integrations.name" . }}-text\n  namespace: argo-hub\n',
  ],
  tests: { consumer: 'cluster1', probeRights: false, timeout: '30s' },
};

/** What cannot be set together with the others. */
export const other = {
  strategy: 'RollingUpdate',
  image: { tag: '9.9.9' },
  controllers: ['aggregation'],
  maestro: {
    grpcEndpoint: 'grpcs://maestro.example:443',
    httpEndpoint: 'https://maestro.example',
    token: { secretName: 'maestro-token', key: 'jwt' },
  },
  leaderElection: { enabled: false },
  proxy: { httpProxy: 'http://proxy:3128' },
  serviceAccount: { create: false, name: 'mine', automountServiceAccountToken: true },
  automountServiceAccountToken: false,
  rbac: { create: false },
  metrics: { service: false },
  podDisruptionBudget: { enabled: false },
  networkPolicy: { enabled: false },
  tests: { enabled: false },
};

/** Every values file of the repository, the defaults without one, and those with everything set, `full` the last. */
export function valuesFiles(): readonly string[] {
  const made = Object.entries({ other, full }).map(([name, values]) => {
    const file = join(emptyFolder(), `${name}.json`);
    writeFileSync(file, JSON.stringify(values));
    return file;
  });
  const kept = globSync(
    ['charts/**/values*.{yaml,json}', 'charts/**/ci/*.{yaml,json}', 'examples/**/values*.{yaml,json}'],
    { cwd: projectRoot },
  );
  return [
    ...kept.filter((file) => !file.endsWith('values.schema.json')).map((file) => join(projectRoot, file)),
    ...made,
  ];
}

/** The command lines of the controllers' container and of that of `helm test`, as Kubernetes would start them. */
export function renderedCommands(
  helm: string,
  valuesFile: string,
): { readonly controller: readonly string[]; readonly test?: readonly string[] } {
  const text = execFileSync(helm, [...release, `--values=${valuesFile}`], { encoding: 'utf8' });
  interface Pod {
    readonly containers: readonly { readonly command: readonly string[]; readonly args: readonly string[] }[];
  }
  const objects = parseAllDocuments(text).map(
    (document) => document.toJS() as { kind: string; spec: Pod & { template: { spec: Pod } } } | null,
  );
  const commandOf = (pod: Pod | undefined): readonly string[] | undefined => {
    const [container] = pod?.containers ?? [];
    return container && [...container.command, ...container.args];
  };
  const controller = commandOf(objects.find((object) => object?.kind === 'Deployment')?.spec.template.spec);
  const test = commandOf(objects.find((object) => object?.kind === 'Pod')?.spec);
  if (controller === undefined) throw new Error(`${valuesFile} renders no container`);
  return { controller, ...(test === undefined ? {} : { test }) };
}
