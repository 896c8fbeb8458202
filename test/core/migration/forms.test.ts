import { describe, expect, it, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import type { NewWork } from '../../../src/core/migration/cluster-plan.ts';
import {
  contentFormOf,
  formOf,
  hasProof,
  orphanForm,
  ownedObjects,
  proofForm,
  unproven,
  withoutProof,
  type Form,
} from '../../../src/core/migration/forms.ts';
import type * as Forms from '../../../src/core/migration/forms.ts';
import type { FeedbackValue, ResourceStatus } from '../../../src/core/status/work-status.ts';
import { eventAnnotation } from '../../../src/core/works/own-annotations.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import { loadAnew } from '../../support/load-anew.ts';
import { bundleOf, config, configMap, work } from './stored.ts';

const owners: JsonObject = { name: 'migrationOwners', path: '.metadata.ownerReferences[*].name' };
const uid: JsonObject = { name: 'migrationUid', path: '.metadata.uid' };
const own: JsonObject = { name: 'v', path: '.data.v' };
const wellKnown: JsonObject = { type: 'WellKnownStatus' };
const byPaths = (...jsonPaths: readonly JsonValue[]): JsonObject => ({ type: 'JSONPaths', jsonPaths });
const proofRule = byPaths(owners, uid);
const readOnly: JsonObject = { updateStrategy: { type: 'ReadOnly' } };
const createOnly: JsonObject = { updateStrategy: { type: 'CreateOnly' } };

/** A work of the ConfigMaps a and b, whose plural its agent has told. */
function holding(manifestConfigs: readonly JsonObject[], more: Partial<ManifestWork> = {}): NewWork {
  return {
    id: 'id-w',
    work: work('w', [configMap('a'), configMap('b')], { manifestConfigs, ...more }),
    resources: { 'ConfigMap/default/a': 'configmaps', 'ConfigMap/default/b': 'configmaps' },
  };
}

/** The same, in which a alone is owned. */
const owningA = (...configs: readonly JsonObject[]): NewWork => holding([...configs, config('b', readOnly)]);

describe('the objects that a work owns', () => {
  it('are all but those that it only looks at and those that outlive it', () => {
    expect(ownedObjects(holding([config('b', readOnly)]))).toStrictEqual([
      {
        label: 'ConfigMap/default/a',
        key: { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'a' },
        resource: 'configmaps',
      },
    ]);
    const orphaningRules = [{ resource: 'configmaps', name: 'a', namespace: 'default' }];
    const deleteOption = { propagationPolicy: 'SelectivelyOrphan', selectivelyOrphans: { orphaningRules } };
    expect(ownedObjects(holding([], { deleteOption })).map(({ label }) => label)).toEqual(['ConfigMap/default/b']);
    expect(ownedObjects(holding([], { deleteOption: { propagationPolicy: 'Orphan' } }))).toEqual([]);
  });
});

describe('the rules of proof', () => {
  const about = config('a', { feedbackRules: [proofRule] });
  test.each<readonly [string, readonly JsonObject[], readonly JsonObject[]]>([
    ['stand first where nothing is said of the object', [], [about]],
    [
      'join what is said of the object',
      [config('a', createOnly)],
      [config('a', { ...createOnly, feedbackRules: [proofRule] })],
    ],
    [
      'stand behind other rules',
      [config('a', { feedbackRules: [wellKnown] })],
      [config('a', { feedbackRules: [wellKnown, proofRule] })],
    ],
    [
      'join the paths of the object, in their place',
      [config('a', { feedbackRules: [{ ...byPaths(own), more: 1 }, wellKnown] })],
      [config('a', { feedbackRules: [{ ...byPaths(own, owners, uid), more: 1 }, wellKnown] })],
    ],
    [
      'join the first config with rules',
      [config('a', { ...createOnly, feedbackRules: [] }), config('a', { feedbackRules: [wellKnown] })],
      [config('a', { ...createOnly, feedbackRules: [] }), config('a', { feedbackRules: [wellKnown, proofRule] })],
    ],
    [
      'join the first config where none has rules',
      [config('a', createOnly), config('a', { executionOrder: 1 })],
      [config('a', { ...createOnly, feedbackRules: [proofRule] }), config('a', { executionOrder: 1 })],
    ],
    ['take the place of rules that are no list', [config('a', { feedbackRules: 'x' })], [about]],
    [
      'leave out a rule that is no map',
      [config('a', { feedbackRules: ['x', null, wellKnown] })],
      [config('a', { feedbackRules: [wellKnown, proofRule] })],
    ],
    [
      'take the place of paths that are no list',
      [config('a', { feedbackRules: [{ type: 'JSONPaths', jsonPaths: 'x' }] })],
      [about],
    ],
    [
      'join paths that are no map',
      [config('a', { feedbackRules: [byPaths(null, 'migrationOwners')] })],
      [config('a', { feedbackRules: [byPaths(null, 'migrationOwners', owners, uid)] })],
    ],
  ])('%s', (_what, configs, expected) => {
    const one = owningA(...configs);
    expect(proofForm(one)).toStrictEqual({
      ...one.work,
      manifestConfigs: [...expected, config('b', readOnly)],
    });
  });

  it('stand before all that the work says, for each object of which it says nothing', () => {
    const one = holding([config('b', createOnly)]);
    expect(proofForm(one).manifestConfigs).toStrictEqual([
      about,
      config('b', { ...createOnly, feedbackRules: [proofRule] }),
    ]);
    expect(proofForm(holding([])).manifestConfigs).toStrictEqual([about, config('b', { feedbackRules: [proofRule] })]);
  });

  it('are added once to what is said of several objects', () => {
    expect(proofForm(holding([config('*', createOnly)])).manifestConfigs).toStrictEqual([
      config('*', { ...createOnly, feedbackRules: [proofRule] }),
    ]);
  });

  it('change nothing of a work that has them, or that owns nothing', () => {
    for (const one of [owningA(config('a', { feedbackRules: [byPaths(owners)] })), holding([config('*', readOnly)])])
      expect(proofForm(one)).toBe(one.work);
  });

  it('ask for the owners by name, and for which object it is', async () => {
    const forms = await loadAnew<typeof Forms>('core/migration/forms.ts');
    expect(forms.proofNames).toStrictEqual({ owners: 'migrationOwners', uid: 'migrationUid' });
    expect(forms.proofForm(owningA()).manifestConfigs).toStrictEqual([about, config('b', readOnly)]);
  });
});

test.each<readonly [boolean, readonly JsonObject[]]>([
  [false, []],
  [false, [config('a')]],
  [false, [config('a', { feedbackRules: [wellKnown, byPaths(own)] })]],
  [false, [config('a', { feedbackRules: [byPaths(null, 'migrationOwners')] })]],
  [false, [config('a', { feedbackRules: 'migrationOwners' })]],
  [true, [config('a', { feedbackRules: [byPaths(owners)] })]],
  [true, [config('a', { feedbackRules: [byPaths(uid)] })]],
  [true, [config('a'), config('b', { feedbackRules: [wellKnown, byPaths(own, owners)] })]],
])('that there are rules of proof is %s for %j', (expected, manifestConfigs) => {
  expect(hasProof({ manifestConfigs })).toBe(expected);
});

describe('a work without its rules of proof', () => {
  const proving = config('a', { feedbackRules: [proofRule] });
  test.each<readonly [string, readonly JsonObject[], readonly JsonObject[]]>([
    ['loses what was there for them', [proving], []],
    [
      'keeps what else is said of the object',
      [config('a', { ...createOnly, feedbackRules: [proofRule] })],
      [config('a', createOnly)],
    ],
    [
      'keeps its other paths',
      [config('a', { feedbackRules: [{ ...byPaths(own, owners, uid, null), more: 1 }] })],
      [config('a', { feedbackRules: [{ ...byPaths(own, null), more: 1 }] })],
    ],
    [
      'keeps its other rules',
      [config('a', { feedbackRules: [wellKnown, proofRule, byPaths()] })],
      [config('a', { feedbackRules: [wellKnown, byPaths()] })],
    ],
    [
      'keeps configs that prove nothing as they are',
      [config('a'), proving, config('b', { feedbackRules: ['x', byPaths(own)] }), { feedbackRules: [] }],
      [config('a'), config('b', { feedbackRules: ['x', byPaths(own)] }), { feedbackRules: [] }],
    ],
  ])('%s', (_what, configs, expected) => {
    const { work: content } = holding(configs);
    expect(withoutProof(content)).toStrictEqual({ ...content, manifestConfigs: expected });
  });

  it('is the same when it has none', () => {
    const { work: content } = holding([config('a', { feedbackRules: [wellKnown] })]);
    expect(withoutProof(content)).toBe(content);
  });
});

describe('a work that lets go', () => {
  it('changes none of its objects any more, and keeps all when it is deleted', () => {
    const feedback = { feedbackRules: [wellKnown] };
    const one = holding([config('*', { executionOrder: 1 }), config('a', feedback)], { labels: { l: '1' } });
    expect(orphanForm(one)).toStrictEqual({
      ...one.work,
      manifestConfigs: [
        config('a', { ...feedback, ...createOnly }),
        config('b', createOnly),
        config('*', { executionOrder: 1 }),
      ],
      deleteOption: { propagationPolicy: 'Orphan' },
    });
  });

  it('goes on looking at what it only looks at', () => {
    expect(orphanForm(owningA()).manifestConfigs).toStrictEqual([config('a', createOnly), config('b', readOnly)]);
  });
});

describe('the form in which a work is stored', () => {
  const one = owningA(config('a', { feedbackRules: [wellKnown] }));
  const recorded = (content: ManifestWork): ManifestWork => ({ ...content, annotations: { [eventAnnotation]: 'e1' } });
  test.each<readonly [Exclude<Form, 'deleting'>, () => ManifestWork | undefined]>([
    ['absent', () => undefined],
    ['plain', () => one.work],
    ['plain', () => recorded(one.work)],
    ['proof', () => proofForm(one)],
    ['proof', () => recorded(proofForm(one))],
    ['orphaned', () => orphanForm(one)],
    ['orphaned', () => orphanForm({ ...one, work: proofForm(one) })],
    ['other', () => ({ ...one.work, annotations: { by: 'somebody' } })],
    ['other', () => ({ ...one.work, deleteOption: { propagationPolicy: 'Orphan' } })],
    ['other', () => work('w', [configMap('a')])],
  ])('is %s %#', (expected, contentOf) => {
    const content = contentOf();
    const row = content === undefined ? undefined : bundleOf({ id: one.id, version: 1, work: content });
    expect([contentFormOf(one, row), formOf(one, row)]).toEqual([expected, expected]);
    if (row === undefined) return;
    const ending = { ...row, deletedAt: '2026-01-01T00:00:00Z' };
    expect([contentFormOf(one, ending), formOf(one, ending)]).toEqual([expected, 'deleting']);
  });
});

describe('the objects of which nobody has proved the owner', () => {
  const one = holding([]);
  const entry = (name: string, ...feedback: readonly FeedbackValue[]): ResourceStatus => ({
    resourceMeta: {
      ordinal: 0,
      group: '',
      version: 'v1',
      kind: 'ConfigMap',
      resource: 'configmaps',
      name,
      namespace: 'default',
    },
    conditions: [],
    feedback,
  });
  const ownedBy = (value: FeedbackValue['value']): FeedbackValue => ({
    name: 'migrationOwners',
    value,
  });
  const a = 'ConfigMap/default/a';
  const b = 'ConfigMap/default/b';

  test.each<readonly [string, readonly ResourceStatus[], readonly string[]]>([
    ['nothing is told', [], [a, b]],
    ['both are told', [entry('a', ownedBy('hub-id-w')), entry('b', ownedBy(['x', 'hub-id-w']))], []],
    ['the second is told', [entry('b', ownedBy('hub-id-w'))], [a]],
    ['the first is told', [entry('a', ownedBy('id-w'))], [b]],
    ['another owner is told', [entry('a', ownedBy('hub-id-v')), entry('b', ownedBy(['hub-id-v']))], [a, b]],
    ['a longer id is told', [entry('a', ownedBy('hub-id-w-2')), entry('b', ownedBy([]))], [a, b]],
    ['what is no text is told', [entry('a', ownedBy(7)), entry('b', ownedBy([null, 7, { of: 'id-w' }]))], [a, b]],
    ['an owner stands beside what is no text', [entry('a', ownedBy([7, null, 'hub-id-w']))], [b]],
    ['it is told by another name', [entry('a', { name: 'migrationUid', value: 'hub-id-w' })], [a, b]],
    ['several values are told', [entry('a', { name: 'v', value: 'x' }, ownedBy('id-w'))], [b]],
    ['several entries are about one', [entry('a', ownedBy('id-v')), entry('a', ownedBy('id-w'))], [b]],
  ])('when %s', (_what, resourceStatus, expected) => {
    const status = { observedVersion: 1, sequenceId: '1', conditions: [], resourceStatus };
    expect(unproven(one, bundleOf({ ...one, version: 1 }, { status }))).toEqual(expected);
  });

  it('are all before the first report, but for those that it does not own', () => {
    const row = bundleOf({ ...one, version: 1 });
    expect(unproven(one, row)).toEqual([a, b]);
    expect(unproven(owningA(), row)).toEqual([a]);
  });
});
