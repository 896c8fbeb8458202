import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { runCli } from '../../support/run-cli.ts';

let maestro: StandIn;
beforeAll(async () => {
  maestro = await startStandIn({ consumers: ['c1'], agent: { delayMs: 5 } });
});
afterAll(() => maestro.close());

const files = {
  'work.yaml': `apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata: {name: scope}
spec:
  workload:
    manifests:
    - {apiVersion: v1, kind: ConfigMap, metadata: {name: cm}}
    - {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: reader, namespace: default}, rules: []}
`,
};

describe('a work that every cluster refuses', () => {
  it('is an error of validate and of a dry run, line by line', async () => {
    const validated = await runCli(['validate', '-f', 'work.yaml'], { files });
    expect(validated.exitCode).toBe(4);
    expect(validated.stdout).toContain(
      'work.yaml:7:41: error: spec.workload.manifests[0].metadata.namespace: Required value: a ConfigMap is namespaced',
    );
    expect(validated.stdout).toContain(
      'work.yaml:8:94: error: spec.workload.manifests[1].metadata.namespace: Forbidden: a ClusterRole is cluster-scoped',
    );
    expect((await runCli(['apply', '--dry-run', '-f', 'work.yaml', '-c', 'c1'], { files })).exitCode).toBe(4);
  });

  it('is sent with a warning, and the agent reports what was foreseen', async () => {
    const argv = ['apply', '-f', 'work.yaml', '-c', 'c1', '--watch', '--failure-grace=100ms', '--timeout=8s'];
    const run = await runCli(argv, { files, endpoints: maestro });
    expect(run.exitCode).toBe(7);
    expect(run.stderr).toContain(
      'warning: work.yaml:7:41: spec.workload.manifests[0].metadata.namespace: Required value: a ConfigMap is namespaced',
    );
    expect(run.stderr).toContain('Failed to apply manifest: the server could not find the requested resource');
  });
});
