import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { operationHash } from '../../../src/gitops/bundle/content-hash.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { bundleOf, finalizer, hubObject, settings } from './application.ts';

const ocm = 'apps.open-cluster-management.io';
const ours = 'maestro-cli.hyperfleet.io';

function build(object: JsonObject, ...rest: readonly unknown[]): ReturnType<typeof bundleOf> {
  const [oneShot = {}, options = {}, over = {}] = rest as readonly JsonObject[];
  return bundleOf(parseHubApplication(object), { ...settings, ...over }, oneShot, options);
}

function applicationOf(object: JsonObject): JsonObject {
  return build(object).work.manifests[0] ?? {};
}

describe('buildBundle', () => {
  it('makes one bundle, always the same, for an application of a set', () => {
    const built = build(hubObject());
    expect(built.id).toBe('0cd62e31-fc07-505d-b200-ce0630ff2cc2');
    expect(built.contentHash).toMatch(/^1:[0-9a-f]{32}$/);
    expect(built.work).toEqual({
      name: 'openshift-gitops-xj-managed-1-bgdk-app',
      namespace: 'xj-managed-1',
      labels: {
        [`${ocm}/application-set`]: 'true',
        [`${ocm}/application-set-hash`]: '4ef0c715bf728c7a7064f0c44357cddd06557328',
      },
      annotations: {
        [`${ocm}/hub-application-namespace`]: 'openshift-gitops',
        [`${ocm}/hub-application-name`]: 'xj-managed-1-bgdk-app',
        [`${ocm}/hosting-applicationset`]: 'openshift-gitops/bgdk-app-set',
        [`${ours}/hub-id`]: 'hub-1',
        [`${ours}/hub-application-uid`]: 'uid-1',
        [`${ours}/content-hash`]: built.contentHash,
      },
      manifests: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Application',
          metadata: {
            name: 'xj-managed-1-bgdk-app',
            namespace: 'openshift-gitops',
            finalizers: [finalizer],
            labels: { [`${ocm}/application-set`]: 'true' },
            annotations: { [`${ocm}/hosting-applicationset`]: 'openshift-gitops/bgdk-app-set' },
          },
          spec: {
            project: 'default',
            destination: { name: '', server: 'https://kubernetes.default.svc', namespace: 'bgdk' },
            source: { repoURL: 'https://example.com/git', path: 'apps/bgd', targetRevision: 'HEAD' },
            syncPolicy: { automated: {}, syncOptions: ['CreateNamespace=true'] },
          },
        },
      ],
      manifestConfigs: [
        {
          resourceIdentifier: {
            group: 'argoproj.io',
            resource: 'applications',
            namespace: 'openshift-gitops',
            name: 'xj-managed-1-bgdk-app',
          },
          feedbackRules: [{ type: 'JSONPaths', jsonPaths: [{ name: 'status', path: '.status' }] }],
          updateStrategy: {
            type: 'ServerSideApply',
            serverSideApply: {
              force: true,
              ignoreFields: [
                {
                  condition: 'OnSpokeChange',
                  jsonPaths: ['.operation', '.metadata.annotations["argocd.argoproj.io/refresh"]'],
                },
              ],
            },
          },
        },
      ],
    });
    expect(built.problems).toEqual([]);
  });

  it('marks the bundle of a stand-alone application by the pull label and the two hub annotations alone', () => {
    const { work } = build(hubObject({ metadata: { ownerReferences: [] } }));
    expect(work.labels).toEqual({ [`${ocm}/pull-to-ocm-managed-cluster`]: 'true' });
    expect(Object.keys(work.annotations).filter((key) => key.startsWith(ocm))).toEqual([
      `${ocm}/hub-application-name`,
      `${ocm}/hub-application-namespace`,
    ]);
    expect(work.manifests[0]?.['metadata']).toMatchObject({ labels: {}, annotations: {} });
  });

  it('copies labels, annotations and finalizers but those that are the hub’s own', () => {
    const labels = { keep: 'me', 'app.kubernetes.io/instance': 'hub', [`${ocm}/pull-to-ocm-managed-cluster`]: '1' };
    const annotations = {
      keep: 'me',
      [`${ocm}/ocm-managed-cluster`]: 'c1',
      [`${ocm}/ocm-managed-cluster-app-namespace`]: 'elsewhere',
      'argocd.argoproj.io/skip-reconcile': 'true',
      'argocd.argoproj.io/refresh': 'hard',
      'argocd.argoproj.io/tracking-id': 'x',
      'notified.notifications.argoproj.io': '{}',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
    };
    const finalizers = [`${finalizer}/background`, 'example.com/own'];
    const object = hubObject({ metadata: { labels, annotations, finalizers, ownerReferences: [] } });
    expect(applicationOf(object)['metadata']).toEqual({
      name: 'xj-managed-1-bgdk-app',
      namespace: 'elsewhere',
      finalizers,
      labels: { keep: 'me' },
      annotations: { keep: 'me' },
    });
  });

  it('leaves operation and refresh of the application to the caller', () => {
    const operation = { sync: { revision: 'abc' } };
    const object = hubObject({ operation });
    expect(applicationOf(object)).not.toHaveProperty('operation');

    const { work, contentHash } = build(object, {
      operation,
      operationAfter: 'T1',
      refresh: 'hard',
      refreshAfter: 'T2',
    });
    expect(work.manifests[0]).toMatchObject({
      operation,
      metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } },
    });
    expect(JSON.parse(work.annotations[`${ours}/one-shot`] ?? '')).toEqual({
      op: operationHash(operation),
      opAfter: 'T1',
      refreshAfter: 'T2',
    });
    expect(contentHash).toBe(build(object).contentHash);
  });

  it('stamps only what travels', () => {
    const stamp = (oneShot: JsonObject): string | undefined =>
      build(hubObject(), oneShot).work.annotations[`${ours}/one-shot`];
    expect(stamp({})).toBeUndefined();
    expect(stamp({ refresh: 'normal' })).toBe('{"refreshAfter":""}');
    expect(stamp({ operation: { sync: {} }, refreshAfter: 'unused' })).toMatch(
      /^\{"op":"[0-9a-f]{32}","opAfter":""\}$/,
    );
  });

  it.each<[string, JsonObject, JsonObject | undefined]>([
    ['a name', { name: 'c1' }, { name: '', server: 'https://kubernetes.default.svc' }],
    [
      'another server',
      { server: 'https://other', namespace: 'n' },
      { name: '', server: 'https://kubernetes.default.svc', namespace: 'n' },
    ],
    ['an empty namespace', { namespace: '' }, { name: '', server: 'https://kubernetes.default.svc', namespace: '' }],
  ])('turns a destination with %s to the cluster itself', (_what, destination, wanted) => {
    expect(applicationOf(hubObject({ spec: { destination } }))['spec']).toEqual({ destination: wanted });
  });

  it('makes no destination where there is none', () => {
    expect(applicationOf(hubObject({ spec: { project: 'p' } }))['spec']).toEqual({ project: 'p' });
  });

  it('leaves out the finalizers of Argo CD and no others when asked to', () => {
    const object = hubObject({ metadata: { finalizers: [finalizer, 'example.com/own'] } });
    const built = build(object, {}, { withoutFinalizers: true });
    expect(built.work.manifests[0]?.['metadata']).toMatchObject({ finalizers: ['example.com/own'] });
    expect(built.contentHash).not.toBe(build(object).contentHash);
  });

  it('sends long numbers and nulls as the hub has them, whatever travels along', () => {
    const object = hubObject({
      spec: { source: { helm: { valuesObject: { account: 9007199254740993n, replicas: null } } } },
    });
    for (const oneShot of [{}, { operation: { sync: {} } }]) {
      expect(build(object, oneShot).built.work.dataText).toContain(
        '"valuesObject":{"account":9007199254740993,"replicas":null}',
      );
    }
  });

  it('takes the name that it is given, and the id with it', () => {
    const built = build(hubObject(), {}, { name: 'other' });
    expect(built.work.name).toBe('other');
    expect(built.id).not.toBe(build(hubObject()).id);
  });
});

describe('namespace and project', () => {
  const project = { metadata: { name: 'team', namespace: 'hub', resourceVersion: '1' }, spec: { sourceRepos: ['*'] } };
  const inTeam = hubObject({ spec: { project: 'team', destination: {} } });

  it('go ahead of the application and stay when the work is deleted', () => {
    const { work, problems } = build(inTeam, {}, { project }, { deliverNamespace: true, deliverProject: true });
    expect(work.manifests.map(({ kind }) => kind)).toEqual(['Namespace', 'AppProject', 'Application']);
    expect(work.manifests[0]).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: 'openshift-gitops',
        labels: { 'argocd.argoproj.io/managed-by': 'openshift-gitops' },
        annotations: { 'argocd.argoproj.io/sync-options': 'Delete=false' },
      },
    });
    expect(work.manifests[1]).toEqual({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'team', namespace: 'openshift-gitops' },
      spec: { sourceRepos: ['*'] },
    });
    expect(work.deleteOption).toEqual({
      propagationPolicy: 'SelectivelyOrphan',
      selectivelyOrphans: {
        orphaningRules: [
          { group: '', resource: 'namespaces', namespace: '', name: 'openshift-gitops' },
          { group: 'argoproj.io', resource: 'appprojects', namespace: 'openshift-gitops', name: 'team' },
        ],
      },
    });
    expect(problems).toEqual([]);
  });

  it.each<[string, JsonObject, JsonObject | undefined, readonly string[]]>([
    ['of the name default in openshift-gitops', hubObject(), project, ['Application']],
    ['that the hub does not have', inTeam, undefined, ['Application']],
    [
      'of the name default elsewhere',
      hubObject({ metadata: { annotations: { [`${ocm}/ocm-managed-cluster`]: 'c1' }, namespace: 'team' } }),
      project,
      ['AppProject', 'Application'],
    ],
  ])('send a project %s only where it is missing', (_what, object, given, kinds) => {
    const options = given === undefined ? {} : { project: given };
    const { work } = build(object, {}, options, { deliverProject: true });
    expect(work.manifests.map(({ kind }) => kind)).toEqual(kinds);
  });

  it('change the content hash with the content of the project', () => {
    const hashOf = (spec: JsonObject): string =>
      build(inTeam, {}, { project: { spec } }, { deliverProject: true }).contentHash;
    expect(hashOf({ sourceRepos: ['a'] })).not.toBe(hashOf({ sourceRepos: ['b'] }));
  });
});

describe('bundleProblems', () => {
  it.each<[string, JsonObject, RegExp]>([
    ['no cluster', { annotations: {} }, /^cluster "": /],
    [
      'a cluster that is no DNS label',
      { annotations: { [`${ocm}/ocm-managed-cluster`]: 'c.1' } },
      /^cluster "c.1": must not contain dots$/,
    ],
    [
      'a spoke namespace that is none',
      { annotations: { [`${ocm}/ocm-managed-cluster`]: 'c1', [`${ocm}/ocm-managed-cluster-app-namespace`]: 'A' } },
      /manifests\[0\]\.metadata\.namespace: Invalid value: "A"/,
    ],
    ['a finalizer that is none', { finalizers: ['a/b/c'] }, /manifests\[0\]\.metadata\.finalizers\[0\]/],
  ])('tells of %s', (_what, metadata, wanted) => {
    const problems = build(hubObject({ metadata })).problems;
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(wanted);
  });

  it('tells of fewer letters that take more than 500 KiB as JSON', () => {
    const spec = { destination: {}, source: { helm: { values: '\u0001'.repeat(90 * 1024) } } };
    expect(build(hubObject({ spec })).problems).toEqual([
      expect.stringMatching(/^spec\.workload\.manifests: Too large/),
    ]);
  });

  it('tells of more than 500 KiB of manifests', () => {
    const spec = { destination: {}, source: { helm: { values: 'x'.repeat(500 * 1024) } } };
    const [problem, ...others] = build(hubObject({ spec })).problems;
    expect(problem).toMatch(/^spec\.workload\.manifests: Too large: the manifests take 500\.\d KiB/);
    expect(others).toEqual([]);
  });
});
