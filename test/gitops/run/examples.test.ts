import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../../src/core/json.ts';
import { commands } from '../../../src/commands/index.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { classicDeployment, maestroDeployment, multiClusterHubFact } from '../../../src/gitops/model/pull-models.ts';
import { projectRoot } from '../../support/run-cli.ts';
import { shellWords } from '../../support/shell-words.ts';

const text = (name: string): string => readFileSync(join(projectRoot, 'examples/gitops', name), 'utf8');

interface Example {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: Readonly<Record<string, unknown>>;
}

const documents = (name: string): readonly Example[] =>
  parseAllDocuments(text(name)).map((document) => document.toJS() as Example);

/** What `kubectl annotate` makes of annotations: `key=value` sets one, `key-` takes one off. */
function annotated(
  before: Readonly<Record<string, string>>,
  words: readonly string[],
): Readonly<Record<string, string>> {
  const annotations = new Map(Object.entries(before));
  for (const word of words.slice(words.indexOf('annotate') + 3).filter((word) => !word.startsWith('--'))) {
    const [key = '', value = ''] = word.split('=');
    if (word.includes('=')) annotations.set(key, value);
    else annotations.delete(word.replace(/-$/, ''));
  }
  return Object.fromEntries(annotations);
}

describe('examples/gitops', () => {
  it('the ApplicationSet makes Applications that the controllers take', () => {
    const set = parse(text('pull-model-appset-bgdk.yaml')) as {
      metadata: { namespace: string };
      spec: { template: { metadata: JsonObject; spec: JsonObject } };
    };
    const { template } = set.spec;
    const made = JSON.parse(
      JSON.stringify({
        ...template,
        metadata: { ...template.metadata, namespace: set.metadata.namespace, uid: 'u', resourceVersion: '1' },
      }).replaceAll('{{name}}', 'xj-managed-1'),
    ) as JsonObject;
    expect(parseHubApplication({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', ...made })).toMatchObject({
      key: 'openshift-gitops/xj-managed-1-bgdk-app',
      selected: true,
      cluster: 'xj-managed-1',
      spokeNamespace: 'openshift-gitops',
      skipReconcile: true,
    });
  });

  it('generator, Placement, binding and GitOpsCluster name one another', () => {
    const [binding, placement, cluster] = parseAllDocuments(text('gitopscluster-all-clusters.yaml')).map(
      (document) =>
        document.toJS() as {
          kind: string;
          metadata: { name: string; namespace: string };
          spec: Record<string, unknown>;
        },
    );
    expect([binding, placement, cluster].map((object) => object?.kind)).toEqual([
      'ManagedClusterSetBinding',
      'Placement',
      'GitOpsCluster',
    ]);
    expect(placement?.spec['clusterSets']).toEqual([binding?.metadata.name]);
    expect(cluster?.spec['placementRef']).toMatchObject({
      kind: 'Placement',
      name: placement?.metadata.name,
      namespace: placement?.metadata.namespace,
    });
    expect(text('pull-model-appset-bgdk.yaml')).toContain(
      `cluster.open-cluster-management.io/placement: ${placement?.metadata.name}\n`,
    );
    expect(new Set([binding, placement, cluster].map((object) => object?.metadata.namespace))).toEqual(
      new Set(['openshift-gitops']),
    );
  });

  it('the add-ons are those of one cluster, in the namespaces that their agents are looked for in', () => {
    const addons = documents('addons.yaml');
    expect(addons.map(({ kind, metadata, spec }) => [kind, metadata.name, spec?.['installNamespace']])).toEqual([
      ['ManagedClusterAddOn', 'maestro-addon', 'open-cluster-management-agent'],
      ['ManagedClusterAddOn', 'gitops-addon', 'open-cluster-management-agent-addon'],
    ]);
    expect(new Set(addons.map(({ metadata }) => metadata.namespace)).size).toBe(1);
  });

  it('the rights of the agent are added to those that it has, and are enough to apply and to delete', () => {
    const [role] = documents('agent-rights.yaml');
    expect(role).toMatchObject({
      kind: 'ClusterRole',
      metadata: { labels: { 'open-cluster-management.io/aggregate-to-work': 'true' } },
      rules: [
        {
          apiGroups: ['argoproj.io'],
          resources: ['applications', 'appprojects'],
          verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
        },
      ],
    });
  });

  it('files have the names under which the guides of the Go controllers have them', () => {
    for (const name of ['gitopscluster-all-clusters.yaml', 'pull-model-appset-bgdk.yaml'])
      expect(existsSync(join(projectRoot, 'examples/gitops', name)), name).toBe(true);
  });

  describe('the commands of the page', () => {
    const lines = [...text('README.md').matchAll(/^```sh\n([\s\S]*?)^```/gm)]
      .flatMap(([, block = '']) => block.split('\n'))
      .map((line) => line.replace(/\s+#.*$/, '').trim())
      .filter((line) => line !== '');
    const words = lines.map((line) => shellWords(line));

    it('are of programs that an administrator has, with files that are there and commands that we have', () => {
      expect(lines.length).toBeGreaterThan(10);
      for (const line of words) {
        expect(['kubectl', 'helm', 'maestro-cli']).toContain(line[0]);
        if (line[1] === 'apply')
          expect(existsSync(join(projectRoot, 'examples/gitops', line[3] ?? '')), line.join(' ')).toBe(true);
        if (line[0] === 'maestro-cli')
          expect(
            commands.some(({ name }) => line.slice(1).join(' ').startsWith(name)),
            line.join(' '),
          ).toBe(true);
      }
    });

    it('pause the operator, and un-pause it whichever key paused it', () => {
      const annotate = words.filter((line) => line.includes('annotate'));
      const hub = (annotations: Readonly<Record<string, string>>) =>
        multiClusterHubFact({ metadata: { name: 'multiclusterhub', annotations } }).paused;
      const [pause = [], resume = [], ...more] = annotate;
      expect(more).toEqual([]);
      expect(hub(annotated({}, pause))).toBe(true);
      for (const before of [annotated({}, pause), { 'mch-pause': 'true' }]) {
        expect(hub(before)).toBe(true);
        expect(hub(annotated(before, resume))).toBe(false);
      }
      // What those guides say to un-pause it with.
      expect(hub(annotated({}, ['annotate', 'multiclusterhub', 'multiclusterhub', 'mch-pause=true']))).toBe(true);
    });

    it('scale the Deployment of the classic model to none and back to one, and uninstall ours', () => {
      const scaled = words.filter((line) => line.includes('scale')).map((line) => line.slice(-2));
      expect(scaled).toEqual([
        [classicDeployment, '--replicas=0'],
        [classicDeployment, '--replicas=1'],
      ]);
      expect(words.find((line) => line.includes('uninstall'))).toContain(maestroDeployment);
    });
  });

  it('links of the documents lead somewhere', () => {
    for (const [folder, name] of [
      ['docs', 'gitops.md'],
      ['examples/gitops', 'README.md'],
      ['charts/multicluster-maestro-integrations', 'README.md'],
    ] as const) {
      for (const [, target = ''] of readFileSync(join(projectRoot, folder, name), 'utf8').matchAll(
        /\]\(([^)#:]+)(?:#[^)]*)?\)/g,
      )) {
        expect(() => readFileSync(join(projectRoot, folder, target)), `${name}: ${target}`).not.toThrow(/ENOENT/);
      }
    }
  });
});
