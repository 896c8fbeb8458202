import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { projectRoot, runCli } from '../support/run-cli.ts';

const folder = join(projectRoot, 'examples/works');
const files = globSync('*.yaml', { cwd: folder }).sort();

/** What the cluster has before: OpenShift's and HyperShift's kinds, and their namespaces. */
const customKind = (group: string, version: string, kind: string, plural: string, scope: string): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope,
    names: { kind, plural },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});
const before = {
  apiVersion: 'work.open-cluster-management.io/v1',
  kind: 'ManifestWork',
  metadata: { name: 'cluster' },
  spec: {
    workload: {
      manifests: [
        ...['clusters', 'openshift-config'].map((name) => ({
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name },
        })),
        customKind('hypershift.openshift.io', 'v1beta1', 'NodePool', 'nodepools', 'Namespaced'),
        customKind('config.openshift.io', 'v1', 'OAuth', 'oauths', 'Cluster'),
      ],
    },
  },
};

/** What the controllers of a real cluster would report. */
const feedback = {
  'NodePool.hypershift.openshift.io/clusters/workers': { ready: 'True', replicas: 3, reason: 'AsExpected' },
  'Ingress.networking.k8s.io/web/console': { host: 'lb-1.example.com' },
};

/** The command line that stands above each work. */
function commandOf(file: string): readonly string[] {
  const comment = readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('#'))
    .join('\n');
  const [, words = ''] = /maestro-cli (apply [\s\S]*)$/.exec(comment.replace(/\\\n# +/g, '')) ?? [];
  return [...words.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}

async function run(argv: readonly string[], standIn?: StandIn): Promise<Awaited<ReturnType<typeof runCli>>> {
  return runCli(argv, { cwd: folder, ...(standIn === undefined ? {} : { endpoints: standIn }) });
}

describe('the example works', () => {
  it('are one for a node pool, an identity provider, an ingress and a Job, each named by the convention', () => {
    expect(files).toEqual(['identity-provider.yaml', 'ingress.yaml', 'job.yaml', 'nodepool.yaml']);
    const names = files.map(
      (file) => (parse(readFileSync(join(folder, file), 'utf8')) as { metadata: { name: string } }).metadata.name,
    );
    expect(names).toEqual(
      ['idp', 'ingress', 'job', 'nodepool'].map((adapter) => `hyperfleet-cluster-west-1-${adapter}`),
    );
  });

  it.each(files)('%s is valid, without a warning', async (file) => {
    const { exitCode, stdout, stderr } = await run(['validate', '-f', file]);
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stdout).toContain('0 errors, 0 warnings');
  });

  it.each(files)('%s is applied by its own command line, which waits for what the feedback says', async (file) => {
    const standIn = await startStandIn({ consumers: ['cluster-west-1'], agent: { feedback } });
    try {
      const made = await runCli(
        ['apply', '-f', 'cluster.json', '--consumer=cluster-west-1', '--watch', '--timeout=10s'],
        { endpoints: standIn, files: { 'cluster.json': JSON.stringify(before) } },
      );
      expect(made.exitCode, made.stderr).toBe(0);
      const argv = commandOf(file);
      expect(argv.slice(0, 3)).toEqual(['apply', '-f', basename(file)]);
      expect(argv.some((word) => word.startsWith('--watch=') && word.includes(':'))).toBe(true);
      const { exitCode, stdout, stderr } = await run([...argv, '--timeout=20s'], standIn);
      expect(exitCode, stderr).toBe(0);
      expect(stdout).toContain('condition met: ');
    } finally {
      await standIn.close();
    }
  });
});

describe('the examples for a hub and its clusters', () => {
  it.each(['addons.yaml', 'agent-rights.yaml', 'pull-model-appset-bgdk.yaml'])(
    'examples/gitops/%s is valid',
    async (file) => {
      const { exitCode, stdout, stderr } = await run(['validate', '-f', join(projectRoot, 'examples/gitops', file)]);
      expect(exitCode, stdout + stderr).toBe(0);
    },
  );

  it('give the agent of a cluster the rights that its works need', () => {
    const [role] = parseAllDocuments(readFileSync(join(projectRoot, 'examples/gitops/agent-rights.yaml'), 'utf8')).map(
      (document) =>
        document.toJS() as { metadata: { labels: object }; rules: { apiGroups: string[]; resources: string[] }[] },
    );
    expect(role?.metadata.labels).toEqual({ 'open-cluster-management.io/aggregate-to-work': 'true' });
    expect(role?.rules.flatMap(({ resources }) => resources)).toContain('applications');
  });
});
