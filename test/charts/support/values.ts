import { execFileSync } from 'node:child_process';
import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { emptyFolder, projectRoot } from '../../support/run-cli.ts';

export const chart = join(projectRoot, 'charts/multicluster-maestro-integrations');

/** The words behind `helm` that render the chart. */
export const release = ['template', 'release', chart, '--namespace=argo-hub', '--kube-version=1.31.0'];

/** Everything set to something else than its default. */
export const full = {
  replicas: 3,
  image: { repository: 'registry.example/maestro-cli', digest: `sha256:${'a'.repeat(64)}`, pullPolicy: 'Always' },
  imagePullSecrets: ['multiclusterhub-operator-pull-secret'],
  maestro: {
    grpcEndpoint: 'grpcs://maestro-grpc.maestro.svc:8090',
    httpEndpoint: 'https://maestro.maestro.svc:8000',
    sourceId: 'mine',
    tls: { secretName: 'maestro-tls', clientCertificate: true },
    token: { projected: true, audience: 'maestro' },
  },
  hubId: 'hub-1',
  propagation: {
    maxConcurrency: 128,
    authorisation: 'none',
    allowedTargetNamespaces: ['argocd', 'openshift-gitops'],
    deliverNamespace: true,
    deliverProject: true,
    deletionPolicy: 'requested',
    gc: { interval: '1h', brake: 50, overrideBrake: true },
  },
  aggregation: { statusMode: 'summary', hubWritesPerSecond: 100, noise: '10m', staleAfter: 'never' },
  coexistence: { classicNamespace: 'ocm', allow: true },
  log: { level: 'debug', format: 'text' },
  heapMiB: 3072,
  resources: { limits: { memory: '4Gi' } },
  proxy: { httpsProxy: 'http://proxy:3128', noProxy: '.svc' },
  serviceAccount: { annotations: { a: 'b' } },
  metrics: { serviceMonitor: { enabled: true, labels: { team: 'x' } } },
  networkPolicy: {
    apiServer: { cidrs: ['10.0.0.1/32'] },
    proxy: { cidrs: ['10.0.0.9/32'] },
    metricsFrom: { 'kubernetes.io/metadata.name': 'monitoring' },
  },
  nodeSelector: { 'node-role.kubernetes.io/infra': '' },
  tolerations: [{ key: 'node-role.kubernetes.io/infra', operator: 'Exists', effect: 'NoSchedule' }],
  priorityClassName: 'high',
  podAnnotations: { note: 'y' },
  podLabels: { team: 'x' },
  extraArgs: ['--timeout=20s'],
};

/** Every values file of the repository, the defaults without one, and one with everything set. */
export function valuesFiles(): readonly string[] {
  const all = join(emptyFolder(), 'everything-set.json');
  writeFileSync(all, JSON.stringify(full));
  const kept = globSync(
    ['charts/**/values*.{yaml,json}', 'charts/**/ci/*.{yaml,json}', 'examples/**/values*.{yaml,json}'],
    { cwd: projectRoot },
  );
  return [...kept.filter((file) => !file.endsWith('values.schema.json')).map((file) => join(projectRoot, file)), all];
}

/** The command line of the controller's container, as Kubernetes would start it. */
export function renderedCommand(helm: string, valuesFile: string): readonly string[] {
  const text = execFileSync(helm, [...release, `--values=${valuesFile}`], { encoding: 'utf8' });
  const objects = parseAllDocuments(text).map(
    (document) =>
      document.toJS() as {
        kind: string;
        spec: { template: { spec: { containers: { command: string[]; args: string[] }[] } } };
      } | null,
  );
  const [container] = objects.find((object) => object?.kind === 'Deployment')?.spec.template.spec.containers ?? [];
  if (container === undefined) throw new Error(`${valuesFile} renders no container`);
  return [...container.command, ...container.args];
}
