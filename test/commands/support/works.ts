/** Manifests as users write them. */
export function workYaml(
  name: string,
  options: { readonly namespace?: string; readonly value?: string; readonly configs?: string } = {},
): string {
  return [
    'apiVersion: work.open-cluster-management.io/v1',
    'kind: ManifestWork',
    'metadata:',
    `  name: ${name}`,
    ...(options.namespace === undefined ? [] : [`  namespace: ${options.namespace}`]),
    'spec:',
    '  workload:',
    '    manifests:',
    '    - apiVersion: v1',
    '      kind: ConfigMap',
    '      metadata: {name: settings, namespace: default}',
    `      data: {key: "${options.value ?? 'one'}"}`,
    ...(options.configs === undefined ? [] : [options.configs]),
    '',
  ].join('\n');
}

export const jobYaml = [
  'apiVersion: batch/v1',
  'kind: Job',
  'metadata: {name: init, namespace: default}',
  'spec:',
  '  template:',
  '    spec:',
  '      restartPolicy: Never',
  '      containers: [{name: main, image: "busybox:1"}]',
  '',
].join('\n');
