import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseFor } from '../support/parse-for.ts';
import { gitopsControllerCommand } from '../../src/commands/gitops/controller/command.ts';
import type { GitopsControllerOptions } from '../../src/commands/gitops/controller/options.ts';
import { findHelm } from '../gitops/rig/binaries.ts';
import { chart, full } from './support/values.ts';
import { controllerOf, only, podOf, refusal, render, rights, type Container } from './support/rendered.ts';
import { restrictedViolations } from '../jobs/support/restricted.ts';

const helm = findHelm();
if (helm === undefined) console.log('test/charts: skipped, because helm is not installed: run scripts/gitops-rig.sh');

/**
 * The options that the pod's command line comes to. The first argument is for Node, which takes it out, as
 * test/package/executable.test.ts proves with all of them.
 */
function optionsOf({ command, args, env }: Container): GitopsControllerOptions {
  expect(command).toEqual(['maestro-cli', 'gitops', 'controller']);
  const variables = Object.fromEntries(
    env.map(({ name, value }) => [name, value ?? (name === 'POD_NAMESPACE' ? 'argo-hub' : 'pod-1')]),
  );
  const [forNode, ...own] = args;
  expect(forNode).toMatch(/^--node-options=--max-old-space-size=\d+$/);
  return parseFor(gitopsControllerCommand, own, variables);
}

describe.skipIf(helm === undefined)('the chart with default values', () => {
  const objects = helm === undefined ? [] : render();

  it('lints', () => {
    expect(execFileSync(helm ?? '', ['lint', '--strict', chart], { encoding: 'utf8' })).toContain('0 chart(s) failed');
  });

  it('is a Deployment with what it needs, and nothing more', () => {
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`).sort()).toEqual([
      'ClusterRole /multicluster-maestro-integrations',
      'ClusterRoleBinding /multicluster-maestro-integrations',
      'Deployment argo-hub/multicluster-maestro-integrations',
      'NetworkPolicy argo-hub/multicluster-maestro-integrations',
      'NetworkPolicy argo-hub/multicluster-maestro-integrations-test',
      'Pod argo-hub/multicluster-maestro-integrations-test',
      'Role argo-hub/multicluster-maestro-integrations',
      'Role open-cluster-management/multicluster-maestro-integrations-classic',
      'RoleBinding argo-hub/multicluster-maestro-integrations',
      'RoleBinding open-cluster-management/multicluster-maestro-integrations-classic',
      'Service argo-hub/multicluster-maestro-integrations-metrics',
      'ServiceAccount argo-hub/multicluster-maestro-integrations',
    ]);
  });

  it('grants the least rights', () => {
    expect(rights(objects, 'ClusterRole')).toEqual({
      'apps.open-cluster-management.io/multiclusterapplicationsetreports': 'get list create update delete',
      'argoproj.io/applications': 'get list watch patch',
      'cluster.open-cluster-management.io/managedclusters': 'list watch',
      'cluster.open-cluster-management.io/placementdecisions': 'list watch',
      'events.k8s.io/events': 'create',
      '/namespaces[kube-system]': 'get',
    });
    expect(rights(objects, 'Role', 'integrations')).toEqual({
      'coordination.k8s.io/leases': 'create',
      'coordination.k8s.io/leases[multicluster-maestro-integrations]': 'get update',
      'apps/deployments[multicluster-maestro-integrations]': 'get',
    });
    expect(rights(objects, 'Role', 'classic')).toEqual({
      'apps/deployments[multicluster-integrations multicluster-maestro-integrations]': 'get',
      '/configmaps[multicluster-integrations-config]': 'get',
    });
  });

  it('passes the restricted Pod Security standard, and takes the place of the Go Deployment one after the other', () => {
    expect(restrictedViolations(podOf(objects))).toEqual([]);
    const { spec } = only(objects, 'Deployment');
    expect(spec.strategy).toEqual({ type: 'Recreate' });
    expect(spec.selector).toEqual({ matchLabels: { name: 'multicluster-maestro-integrations' } });
    expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    expect(podOf(objects)).toMatchObject({
      terminationGracePeriodSeconds: 30,
      serviceAccountName: 'multicluster-maestro-integrations',
    });
  });

  it('runs what the command takes, with the defaults of the command', () => {
    const controller = controllerOf(objects);
    const { settings, log } = optionsOf(controller);
    const standard = parseFor(
      gitopsControllerCommand,
      [
        '--in-cluster',
        '--grpc-endpoint=grpc://maestro-grpc.maestro.svc:8090',
        '--http-endpoint=http://maestro.maestro.svc:8000',
      ],
      { POD_NAME: 'pod-1', POD_NAMESPACE: 'argo-hub' },
    );
    expect(settings).toEqual(standard.settings);
    expect(log).toEqual(standard.log);
    expect(controller.args[0]).toBe('--node-options=--max-old-space-size=1536');
    expect(controller.env.map(({ name }) => name)).toEqual(['POD_NAME', 'POD_NAMESPACE', 'LOG_LEVEL']);
    expect(controller).toMatchObject({
      livenessProbe: { httpGet: { path: '/livez', port: 'health' } },
      readinessProbe: { httpGet: { path: '/readyz', port: 'health' } },
      resources: { limits: { memory: '2Gi' } },
    });
    expect(controller.volumeMounts).toBeUndefined();
  });
});

describe.skipIf(helm === undefined)('the chart with everything set', () => {
  const objects = helm === undefined ? [] : render(full);

  it('hands every value to the command', () => {
    const { settings, log } = optionsOf(controllerOf(objects));
    expect(log).toEqual({ level: 'debug', format: 'text' });
    expect(settings).toMatchObject({
      sourceId: 'mine',
      hubId: 'hub-1',
      callTimeoutMs: 20_000,
      maestro: {
        grpcEndpoint: { host: 'maestro-grpc.maestro.svc', port: 8090, plaintext: false },
        grpcTls: {
          caFile: '/etc/maestro/tls/root.crt',
          clientCertFile: '/etc/maestro/tls/client.crt',
          clientKeyFile: '/etc/maestro/tls/client.key',
        },
        httpTls: {
          caFile: '/etc/maestro/tls/root.crt',
          clientCertFile: '/etc/maestro/tls/client.crt',
          clientKeyFile: '/etc/maestro/tls/client.key',
        },
        grpcToken: { file: '/etc/maestro/token/token' },
        httpToken: { file: '/etc/maestro/token/token' },
        proxy: { httpsProxy: 'http://proxy:3128', noProxy: '.svc' },
      },
      maxConcurrency: 128,
      authorisation: 'none',
      allowedTargetNamespaces: ['argocd', 'openshift-gitops'],
      deliverNamespace: true,
      deliverProject: true,
      deletion: { policy: 'requested' },
      gc: { intervalMs: 3_600_000, brake: { kind: 'count', count: 50 }, overrideBrake: true },
      statusMode: 'summary',
      setReports: 'always',
      hubWritesPerSecond: 100,
      noise: { everyMs: 600_000 },
      classicNamespace: 'ocm',
      allowClassicCoexistence: true,
      classicWorksIntervalMs: 3_600_000,
    });
    expect(settings.staleAfterMs).toBeUndefined();
    expect(settings.maestro.insecureSkipVerify).toBe(false);
  });

  it('wires what the chart of the Go controllers forgot', () => {
    expect(podOf(objects)).toMatchObject({
      imagePullSecrets: [
        { name: 'mirror-pull' },
        { name: 'multiclusterhub-operator-pull-secret' },
        { name: 'other-pull' },
      ],
      nodeSelector: full.nodeSelector,
      tolerations: full.tolerations,
      priorityClassName: 'high',
    });
    const controller = controllerOf(objects);
    expect(controller).toMatchObject({
      image: `mirror.example:5000/maestro-cli@${full.image.digest}`,
      imagePullPolicy: 'Always',
      resources: { limits: { memory: '4Gi' } },
    });
    expect(controller.env).toEqual(
      expect.arrayContaining([
        { name: 'HTTPS_PROXY', value: 'http://proxy:3128' },
        { name: 'NO_PROXY', value: '.svc' },
      ]),
    );
    expect(controller.env.map(({ name }) => name)).not.toContain('HTTP_PROXY');
    expect(controller.args[0]).toBe('--node-options=--max-old-space-size=3072');
  });

  it('mounts every file that the command line names, read-only, and stays restricted', () => {
    const pod = podOf(objects);
    const { args, volumeMounts = [] } = controllerOf(objects);
    for (const arg of args.filter((text) => text.includes('=/')))
      expect(
        volumeMounts.some(({ mountPath }) => arg.includes(`=${mountPath}/`)),
        arg,
      ).toBe(true);
    expect(volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ name }) => name)).toEqual(['scratch']);
    expect((pod['volumes'] as readonly { readonly name: string }[]).map(({ name }) => name).sort()).toEqual(
      volumeMounts.map(({ name }) => name).sort(),
    );
    expect(restrictedViolations(pod)).toEqual([]);
  });

  it('asks only for the rights of what is on', () => {
    expect(rights(objects, 'ClusterRole', 'integrations')).toEqual({
      'apps.open-cluster-management.io/multiclusterapplicationsetreports': 'get list create update delete',
      'argoproj.io/applications': 'get list watch patch',
      'argoproj.io/appprojects': 'list watch',
      'cluster.open-cluster-management.io/managedclusters': 'list watch',
      'events.k8s.io/events': 'create',
    });
    // By the value migration.rbac.create, in a role of its own.
    expect(rights(objects, 'ClusterRole', 'classic-works')).toEqual({
      'work.open-cluster-management.io/manifestworks': 'get list',
    });
    expect(only(objects, 'Role', 'classic').metadata.namespace).toBe('ocm');
  });

  it('keeps one pod up, closes the network and is scraped', () => {
    expect(only(objects, 'Deployment').spec).toMatchObject({
      replicas: 3,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    });
    expect(only(objects, 'PodDisruptionBudget').spec).toMatchObject({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
    expect(only(objects, 'NetworkPolicy', 'integrations').spec).toMatchObject({
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
          ports: [{ port: 'metrics' }],
        },
        { ports: [{ port: 4000 }] },
      ],
      egress: [
        { to: [{ ipBlock: { cidr: '10.0.0.1/32' } }], ports: [{ port: 8443 }] },
        { ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }, { port: 5353 }, { port: 5353 }] },
        {
          to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'maestro-2' } } }],
          ports: [{ port: 8001 }, { port: 8091 }],
        },
        { to: [{ ipBlock: { cidr: '10.0.0.9/32' } }], ports: [{ port: 3129 }] },
        { ports: [{ port: 4317 }] },
      ],
    });
    const monitor = only(objects, 'ServiceMonitor');
    expect(monitor.metadata.labels).toMatchObject({ team: 'x' });
    expect(only(objects, 'Service').metadata.labels).toMatchObject(monitor.spec.selector.matchLabels);
  });

  it('binds every role to the account of the pod, and those of who migrates to them and not to the pod', () => {
    const account = { kind: 'ServiceAccount', name: podOf(objects).serviceAccountName, namespace: 'argo-hub' };
    const operator = { kind: 'User', name: 'operator', apiGroup: 'rbac.authorization.k8s.io' };
    const bindings = objects.filter(({ kind }) => kind.endsWith('Binding'));
    const ofMigration = bindings.filter(({ metadata }) => metadata.name.endsWith('-migration'));
    expect(ofMigration).toHaveLength(3);
    for (const object of bindings)
      expect(object).toMatchObject({ subjects: [ofMigration.includes(object) ? operator : account] });
  });
});

describe.skipIf(helm === undefined)('mistakes in the values', () => {
  it.each([
    { values: { replica: 2 }, says: /replica/ },
    { values: { maestro: { grpcEndpont: 'x' } }, says: /grpcEndpont/ },
    { values: { maestro: { grpcEndpoint: 'maestro:8090' } }, says: /grpcEndpoint/ },
    { values: { propagation: { gc: { brake: 'ten' } } }, says: /brake/ },
    { values: { propagation: { deletionPolicy: 'never' } }, says: /deletionPolicy/ },
    { values: { aggregation: { statusMode: 'compact' } }, says: /statusMode/ },
    { values: { tolerations: [{ Key: 'a' }] }, says: /Key/ },
    { values: { controllers: ['migration'] }, says: /controllers/ },
    { values: { replicas: 2, leaderElection: { enabled: false } }, says: /all of them would write/ },
    { values: { maestro: { token: { projected: true } } }, says: /in plaintext/ },
    { values: { maestro: { tls: { clientCertificate: true } } }, says: /needs maestro\.tls\.secretName/ },
    { values: { extraArgs: ['loose'] }, says: /extraArgs/ },
  ])('$values', ({ values, says }) => {
    expect(refusal(values)).toMatch(says);
  });
});
