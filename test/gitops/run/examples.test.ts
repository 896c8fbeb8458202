import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../../src/core/json.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { projectRoot } from '../../support/run-cli.ts';

const text = (name: string): string => readFileSync(join(projectRoot, 'examples/gitops', name), 'utf8');

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
