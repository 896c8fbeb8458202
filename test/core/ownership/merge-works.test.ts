import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { firstWork, mergeWorks, type Loss, type MergeDecision } from '../../../src/core/ownership/merge-works.ts';
import { ownersOf, withOwners } from '../../../src/core/ownership/owners.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import {
  builtFromAnnotation,
  executorAnnotation,
  managersAnnotation,
} from '../../../src/core/works/own-annotations.ts';
import { configOf, labelOf, manifestOf, source } from './arbitrary.ts';

const configMap = (name: string, value = 1): JsonObject =>
  manifestOf({ apiVersion: 'v1', kind: 'ConfigMap', name }, value);
const config = (name: string, strategy = 'Update'): JsonObject =>
  configOf({ group: '', resource: 'configmaps' }, name, strategy);
const namespace: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'np' } };

const work = (overrides: Partial<ManifestWork> = {}): ManifestWork => ({
  name: 'w',
  labels: {},
  annotations: {},
  manifests: [],
  manifestConfigs: [],
  ...overrides,
});

/** A stored work: the manifests of each manager. */
function stored(
  owned: Readonly<Record<string, readonly JsonObject[]>>,
  overrides: Partial<ManifestWork> = {},
): ManifestWork {
  const entries = Object.entries(owned);
  const owners = new Map(
    entries.flatMap(([manager, manifests]) => manifests.map((manifest) => [labelOf(manifest), manager])),
  );
  return withOwners(work({ manifests: entries.flatMap(([, manifests]) => manifests), ...overrides }), owners, source);
}

interface Case {
  readonly before: ManifestWork;
  readonly desired: Partial<ManifestWork>;
  readonly manager?: string;
  readonly merge?: boolean;
  readonly force?: boolean;
  /** Of a write that is made again. */
  readonly mayRemove?: ReadonlySet<string>;
}

const decide = ({ before, desired, manager = 'idp', merge = false, force = false, ...more }: Case): MergeDecision =>
  mergeWorks({ stored: before, desired: work(desired), manager, source, merge, force, ...more });

const written = (decision: MergeDecision): ManifestWork => {
  if (decision.kind !== 'write') throw new Error(`${decision.kind}: ${JSON.stringify(decision)}`);
  return decision.work;
};

const a = configMap('a');
const b = configMap('b');
const theirs = stored({ nodepool: [a], idp: [b] });

describe('losses', () => {
  it.each<Case & { what: string; losses: readonly Loss[] }>([
    {
      what: 'left out',
      before: theirs,
      desired: { manifests: [b] },
      losses: [{ what: 'ConfigMap/np/a', manager: 'nodepool', how: 'removed' }],
    },
    { what: 'left out of a merge', before: theirs, desired: { manifests: [b] }, merge: true, losses: [] },
    {
      what: 'changed',
      before: theirs,
      desired: { manifests: [configMap('a', 2), b] },
      losses: [{ what: 'ConfigMap/np/a', manager: 'nodepool', how: 'changed' }],
    },
    {
      what: 'changed by a merge',
      before: theirs,
      desired: { manifests: [configMap('a', 2)] },
      merge: true,
      losses: [{ what: 'ConfigMap/np/a', manager: 'nodepool', how: 'changed' }],
    },
    { what: 'given as it is', before: theirs, desired: { manifests: [a, configMap('b', 2)] }, losses: [] },
    {
      what: 'without a record, so of the source',
      before: work({ manifests: [a] }),
      desired: { manifests: [b] },
      losses: [{ what: 'ConfigMap/np/a', manager: source, how: 'removed' }],
    },
    {
      what: 'without a record, written by the source',
      before: work({ manifests: [a] }),
      desired: { manifests: [b] },
      manager: source,
      losses: [],
    },
    { what: "one's own left out", before: theirs, desired: { manifests: [a] }, losses: [] },
    { what: 'in another order', before: theirs, desired: { manifests: [b, a] }, losses: [] },
    {
      what: 'of two managers',
      before: stored({ nodepool: [a], ingress: [configMap('c')], idp: [b] }),
      desired: { manifests: [b] },
      losses: [
        { what: 'ConfigMap/np/a', manager: 'nodepool', how: 'removed' },
        { what: 'ConfigMap/np/c', manager: 'ingress', how: 'removed' },
      ],
    },
  ])('a manifest $what', ({ losses, ...request }) => {
    const decision = decide(request);
    expect(decision).toMatchObject({ kind: losses.length > 0 ? 'refused' : 'write', losses });
    expect(decide({ ...request, force: true })).toMatchObject({ kind: 'write', losses });
  });

  const options = (how: Loss['how'] = 'changed'): readonly Loss[] => [
    { what: 'options of ConfigMap/np/a', manager: 'nodepool', how },
  ];
  const configured = stored({ nodepool: [a], idp: [b] }, { manifestConfigs: [config('a')] });
  it.each<Case & { what: string; losses: readonly Loss[] }>([
    { what: 'left out', before: configured, desired: { manifests: [a, b] }, losses: options() },
    { what: 'left out of a merge', before: configured, desired: { manifests: [b] }, merge: true, losses: [] },
    {
      what: 'changed',
      before: configured,
      desired: { manifests: [a, b], manifestConfigs: [config('a', 'CreateOnly')] },
      losses: options(),
    },
    {
      what: 'changed by a merge',
      before: configured,
      desired: { manifests: [b], manifestConfigs: [config('a', 'CreateOnly')] },
      merge: true,
      losses: options(),
    },
    {
      what: 'added',
      before: theirs,
      desired: { manifests: [a, b], manifestConfigs: [config('a')] },
      losses: options(),
    },
    {
      what: 'added by a pattern',
      before: theirs,
      desired: { manifests: [b], manifestConfigs: [config('*')] },
      merge: true,
      losses: options(),
    },
    {
      what: "added for one's own only",
      before: theirs,
      desired: { manifests: [b], manifestConfigs: [config('b')] },
      merge: true,
      losses: [],
    },
    {
      what: 'gone with their manifest: one loss',
      before: configured,
      desired: { manifests: [b] },
      losses: [{ what: 'ConfigMap/np/a', manager: 'nodepool', how: 'removed' }],
    },
  ])('options $what', ({ losses, ...request }) => {
    expect(decide(request)).toMatchObject({ kind: losses.length > 0 ? 'refused' : 'write', losses });
    expect(decide({ ...request, force: true })).toMatchObject({ kind: 'write', losses });
  });

  const person: JsonObject = { apiVersion: 'example.com/v1', kind: 'Person', metadata: { name: 'p', namespace: 'np' } };
  const people = (name: string): JsonObject => ({
    resourceIdentifier: { group: 'example.com', resource: 'people', namespace: 'np', name },
    updateStrategy: { type: 'CreateOnly' },
  });
  it('counts options under a plural that no rule makes as those of the manifest that they can be about', () => {
    const before = stored({ nodepool: [person], idp: [b] }, { manifestConfigs: [people('p')] });
    const loss = [{ what: 'options of Person.example.com/np/p', manager: 'nodepool', how: 'changed' }];
    expect(decide({ before, desired: { manifests: [person, b] } })).toEqual({ kind: 'refused', losses: loss });
    expect(decide({ before, desired: { manifests: [person, b], manifestConfigs: [people('p')] } })).toMatchObject({
      kind: 'write',
    });
    expect(
      decide({
        before: stored({ nodepool: [person] }),
        desired: { manifests: [b], manifestConfigs: [people('*')] },
        merge: true,
      }),
    ).toEqual({ kind: 'refused', losses: loss });
  });

  it("lets one's own options under such a plural come and go", () => {
    const before = stored({ nodepool: [a], idp: [person] }, { manifestConfigs: [people('p')] });
    expect(written(decide({ before, desired: { manifests: [person] }, merge: true })).manifestConfigs).toEqual([]);
    const bare = stored({ nodepool: [a], idp: [b] });
    expect(
      written(decide({ before: bare, desired: { manifests: [person], manifestConfigs: [people('p')] }, merge: true }))
        .manifestConfigs,
    ).toEqual([people('p')]);
  });

  const folk: JsonObject = { apiVersion: 'example.com/v1', kind: 'Folk', metadata: { name: 'p', namespace: 'np' } };
  const persons: JsonObject = {
    ...people('p'),
    resourceIdentifier: { group: 'example.com', resource: 'persons', namespace: 'np', name: 'p' },
  };
  it('counts options that are plainly about one manifest as those of no other of its group and name', () => {
    const before = stored({ nodepool: [folk], idp: [person, b] }, { manifestConfigs: [persons] });
    expect(decide({ before, desired: { manifests: [person, folk, b] } })).toMatchObject({ kind: 'write', losses: [] });
    expect(written(decide({ before, desired: { manifests: [person, b] }, merge: true })).manifestConfigs).toEqual([]);
  });

  it("takes options under an odd plural for one's own where they can be, and for those of another where not", () => {
    const loss = [{ what: 'options of Person.example.com/np/p', manager: 'nodepool', how: 'changed' }];
    const before = stored({ nodepool: [person], idp: [b] });
    const brought = { manifestConfigs: [people('p')] };
    expect(decide({ before, desired: { manifests: [person, b], ...brought } })).toEqual({
      kind: 'refused',
      losses: loss,
    });
    expect(decide({ before, desired: { manifests: [b, folk], ...brought }, merge: true })).toMatchObject({
      kind: 'write',
      losses: [],
    });
  });

  const orphan = { propagationPolicy: 'Orphan' };
  it.each<Case & { what: string; lost: boolean }>([
    { what: 'set where others stay', before: theirs, desired: { manifests: [a, b], deleteOption: orphan }, lost: true },
    {
      what: 'set by a merge',
      before: theirs,
      desired: { manifests: [b], deleteOption: orphan },
      merge: true,
      lost: true,
    },
    {
      what: 'left out where others stay',
      before: { ...theirs, deleteOption: orphan },
      desired: { manifests: [a, b] },
      lost: true,
    },
    {
      what: 'left out of a merge',
      before: { ...theirs, deleteOption: orphan },
      desired: { manifests: [b] },
      merge: true,
      lost: false,
    },
    {
      what: 'the same',
      before: { ...theirs, deleteOption: orphan },
      desired: { manifests: [a, b], deleteOption: orphan },
      lost: false,
    },
    { what: 'empty, as if absent', before: theirs, desired: { manifests: [a, b], deleteOption: {} }, lost: false },
    {
      what: "set where everything is one's own",
      before: stored({ idp: [b] }),
      desired: { manifests: [b], deleteOption: orphan },
      lost: false,
    },
    {
      what: "set by a merge where everything is one's own",
      before: stored({ idp: [b] }),
      desired: { manifests: [b], deleteOption: orphan },
      merge: true,
      lost: false,
    },
  ])('a delete option $what', ({ lost, ...request }) => {
    const losses = lost ? [{ what: 'deleteOption', manager: 'nodepool', how: 'changed' }] : [];
    expect(decide(request)).toMatchObject({ kind: lost ? 'refused' : 'write', losses });
  });

  it('a delete option is nothing to lose for whose manifests all go, and something as long as one stays', () => {
    const gone = { what: 'ConfigMap/np/a', manager: 'nodepool', how: 'removed' };
    expect(decide({ before: theirs, desired: { manifests: [b], deleteOption: orphan } })).toEqual({
      kind: 'refused',
      losses: [gone],
    });
    const before = stored({ nodepool: [a, configMap('c')], idp: [b] });
    expect(decide({ before, desired: { manifests: [b, configMap('c')], deleteOption: orphan } })).toEqual({
      kind: 'refused',
      losses: [gone, { what: 'deleteOption', manager: 'nodepool', how: 'changed' }],
    });
  });

  it('an executor is lost to a merge that brings another, and to none that brings the same or none', () => {
    const executor = (name: string): JsonObject => ({ subject: { type: 'ServiceAccount', serviceAccount: { name } } });
    const before = { ...theirs, executor: executor('x') };
    const merging = (more: Partial<ManifestWork>): MergeDecision =>
      decide({ before, desired: { manifests: [b], ...more }, merge: true });
    expect(merging({ executor: executor('y') })).toEqual({
      kind: 'refused',
      losses: [{ what: 'executor', manager: 'nodepool', how: 'changed' }],
    });
    expect(merging({ executor: executor('x') })).toMatchObject({ kind: 'write', losses: [] });
    expect(merging({})).toMatchObject({ kind: 'write', losses: [], work: { executor: executor('x') } });
  });

  it('a replacing write that is made again is refused where it would remove what has come since', () => {
    const before = stored({ idp: [a, b] });
    const again = (...mayRemove: readonly string[]): MergeDecision =>
      decide({ before, desired: { manifests: [a] }, mayRemove: new Set(mayRemove) });
    expect(again()).toEqual({ kind: 'unseen', labels: ['ConfigMap/np/b'] });
    expect(again('ConfigMap/np/b')).toMatchObject({ kind: 'write', losses: [] });
  });
});

describe('owners after a write', () => {
  const ownersAfter = (request: Case): Record<string, string> =>
    Object.fromEntries(ownersOf(written(decide(request)), source));

  it('are the writer for what is new, and who they were for the rest', () => {
    expect(ownersAfter({ before: theirs, desired: { manifests: [b, configMap('c')] }, merge: true })).toEqual({
      'ConfigMap/np/a': 'nodepool',
      'ConfigMap/np/b': 'idp',
      'ConfigMap/np/c': 'idp',
    });
  });

  it('do not move to whoever writes the same again', () => {
    expect(ownersAfter({ before: theirs, desired: { manifests: [a, b] }, manager: 'ingress' })).toEqual({
      'ConfigMap/np/a': 'nodepool',
      'ConfigMap/np/b': 'idp',
    });
    expect(ownersAfter({ before: theirs, desired: { manifests: [a, b] }, manager: 'ingress', force: true })).toEqual({
      'ConfigMap/np/a': 'nodepool',
      'ConfigMap/np/b': 'idp',
    });
  });

  it('move by force with what is changed, and with that only', () => {
    expect(
      ownersAfter({
        before: theirs,
        desired: { manifests: [configMap('a', 2), b] },
        manager: 'ingress',
        merge: true,
        force: true,
      }),
    ).toEqual({
      'ConfigMap/np/a': 'ingress',
      'ConfigMap/np/b': 'idp',
    });
  });

  it('need no record for the source', () => {
    const before = stored({ [source]: [namespace], idp: [b] });
    const result = written(decide({ before, desired: { manifests: [configMap('b', 2)] }, merge: true }));
    expect(result.annotations).toEqual({ [managersAnnotation]: '{"idp":["ConfigMap/np/b"]}' });
    const alone = written(decide({ before, desired: { manifests: [namespace] }, manager: source, force: true }));
    expect(alone.annotations).toEqual({});
  });
});

describe('what a merge leaves', () => {
  it('keeps the order, changes in place, puts what is new last, and drops what the writer leaves out', () => {
    const before = stored({ idp: [b, configMap('d')], nodepool: [a] });
    const result = written(
      decide({ before, desired: { manifests: [configMap('c'), configMap('b', 2)] }, merge: true }),
    );
    expect(result.manifests).toEqual([configMap('b', 2), a, configMap('c')]);
  });

  it("replaces the options of one's own, keeps the rest, and drops those of what goes", () => {
    const before = stored(
      { nodepool: [a], idp: [b, configMap('d')] },
      { manifestConfigs: [config('a'), config('b'), config('d'), config('nobody'), config('*')] },
    );
    const result = written(
      decide({ before, desired: { manifests: [b], manifestConfigs: [config('b', 'CreateOnly')] }, merge: true }),
    );
    expect(result.manifestConfigs).toEqual([config('a'), config('b', 'CreateOnly'), config('nobody'), config('*')]);
  });

  it('takes over no options that were lying about for a manifest that comes now', () => {
    const before = stored({ nodepool: [a] }, { manifestConfigs: [config('b', 'ReadOnly')] });
    const result = written(decide({ before, desired: { manifests: [b] }, merge: true }));
    expect(result.manifestConfigs).toEqual([]);
  });
});

describe('an object given in two API versions', () => {
  const scaler = (version: string, value = 1): JsonObject =>
    manifestOf({ apiVersion: `autoscaling/${version}`, kind: 'HorizontalPodAutoscaler', name: 'h' }, value);

  it('stays whole, at its place, in a merge of its owner', () => {
    const before = stored({ idp: [scaler('v1'), scaler('v2')], nodepool: [a] });
    const same = decide({ before, desired: { manifests: [scaler('v1'), scaler('v2')] }, merge: true });
    expect(written(same).manifests).toEqual([scaler('v1'), scaler('v2'), a]);
    const changed = decide({ before, desired: { manifests: [scaler('v1'), scaler('v2', 2)] }, merge: true });
    expect(written(changed).manifests).toEqual([scaler('v1'), scaler('v2', 2), a]);
    const fewer = decide({ before, desired: { manifests: [scaler('v2')] }, merge: true });
    expect(written(fewer).manifests).toEqual([scaler('v2'), a]);
  });

  it('is no loss when it is given as it is, and one when half of it is left out', () => {
    const before = stored({ nodepool: [scaler('v1'), scaler('v2')], idp: [b] });
    expect(decide({ before, desired: { manifests: [scaler('v1'), scaler('v2'), b] } })).toMatchObject({
      kind: 'write',
      losses: [],
    });
    const loss = { what: 'HorizontalPodAutoscaler.autoscaling/np/h', manager: 'nodepool', how: 'changed' };
    expect(decide({ before, desired: { manifests: [scaler('v2'), b] }, merge: true })).toEqual({
      kind: 'refused',
      losses: [loss],
    });
  });
});

describe('a first work', () => {
  it('belongs to its writer, whatever records come with the document', () => {
    const copied = work({
      manifests: [a, b],
      annotations: {
        note: 'kept',
        [managersAnnotation]: '{"nodepool":["ConfigMap/np/a"]}',
        [executorAnnotation]: '{}',
        [builtFromAnnotation]: '0',
      },
    });
    expect(firstWork(copied, 'idp', source).annotations).toEqual({
      note: 'kept',
      [managersAnnotation]: '{"idp":["ConfigMap/np/a","ConfigMap/np/b"]}',
    });
    expect(firstWork(copied, source, source).annotations).toEqual({ note: 'kept' });
  });
});

it('takes no record from the document that is written', () => {
  const forged = {
    annotations: { [managersAnnotation]: '{"idp":["ConfigMap/np/a"]}' },
    manifests: [configMap('a', 2), b],
  };
  expect(decide({ before: theirs, desired: forged })).toMatchObject({
    kind: 'refused',
    losses: [{ what: 'ConfigMap/np/a', manager: 'nodepool', how: 'changed' }],
  });
});
