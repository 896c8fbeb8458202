import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import {
  effectText,
  strategyOf,
  unitedConfigs,
  withStrategy,
  type Addressed,
} from '../../../src/core/migration/configs.ts';
import { outlivesWork, unitedDeleteOption } from '../../../src/core/migration/delete-options.ts';
import { RefusedError } from '../../../src/core/migration/refusal.ts';
import { replacedBy, unitedRecord, withReplaced, withUnited } from '../../../src/core/migration/replaces.ts';
import { unitedMaps } from '../../../src/core/migration/united-maps.ts';
import { replacesAnnotation, unitedAnnotation } from '../../../src/core/works/own-annotations.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import { config, configMap, stored, work } from './stored.ts';

const adapter = 'hyperfleet.io/adapter';

function refusalOf(call: () => unknown): { readonly works: readonly string[]; readonly text: string } {
  try {
    call();
  } catch (caught) {
    if (caught instanceof RefusedError) return caught.refusal;
    throw caught;
  }
  throw new Error('nothing was refused');
}

const object = (name: string, resource: string | undefined = 'configmaps'): Addressed => ({
  label: `ConfigMap/default/${name}`,
  key: { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'default', name },
  resource,
});

describe('the record of the works that one has taken the place of', () => {
  const bare = work('w', [configMap('a')], { annotations: { mine: 'x' } });

  it('holds their names in order and once, and is read back', () => {
    const made = withReplaced(bare, ['b', 'a', 'b']);
    expect(made.annotations).toEqual({ mine: 'x', [replacesAnnotation]: '["a","b"]' });
    expect(replacedBy(made)).toEqual(['a', 'b']);
    expect(withReplaced(made, []).annotations).toEqual({ mine: 'x' });
    expect(withReplaced(made, ['c']).annotations[replacesAnnotation]).toBe('["c"]');
  });

  it.each([undefined, '', 'no json', '{"a":1}', '"a"', '[1,{}]'])('tells none of what was edited to %j', (text) => {
    expect(replacedBy({ annotations: text === undefined ? {} : { [replacesAnnotation]: text } })).toEqual([]);
  });

  it('of labels is read back, and left out when it says nothing', () => {
    const record = { labels: { team: ['a', 'b'] }, annotations: {}, adapters: { a: 'x' } };
    const made = withUnited(bare, record);
    expect(made.annotations[unitedAnnotation]).toBe('{"labels":{"team":["a","b"]},"adapters":{"a":"x"}}');
    expect(unitedRecord(made)).toEqual(record);
    expect(withUnited(made, { labels: {}, annotations: {}, adapters: {} }).annotations).toEqual({ mine: 'x' });
  });

  it.each([
    ['no json', {}],
    ['[]', {}],
    ['{"labels":[],"annotations":"x","adapters":[1]}', {}],
    [
      '{"labels":{"team":"a","b":["c",1]},"adapters":{"a":1,"b":"x"}}',
      { labels: { team: [], b: ['c'] }, adapters: { b: 'x' } },
    ],
  ])('of labels that was edited to %s says what is left of it', (text, said) => {
    expect(unitedRecord({ annotations: { [unitedAnnotation]: text } })).toEqual({
      labels: {},
      annotations: {},
      adapters: {},
      ...said,
    });
  });
});

describe('the labels and annotations of a new work', () => {
  const from = (name: string, given: readonly string[], more: Partial<ManifestWork>) => ({
    work: work(name, [], more),
    given: new Set(given),
  });

  it('are those of all old works, and it is recorded whose they were', () => {
    const one = from('one', ['a'], { labels: { all: '1', team: 'x' }, annotations: { note: 'n' } });
    const two = from('two', ['c', 'b'], { labels: { all: '1', area: 'y' } });
    expect(unitedMaps([one, two], undefined)).toEqual({
      labels: { all: '1', team: 'x', area: 'y' },
      annotations: { note: 'n' },
      record: { labels: { team: ['a'], area: ['b', 'c'] }, annotations: { note: ['a'] }, adapters: {} },
    });
  });

  it('leave out what maestro-cli records itself', () => {
    const one = from('one', ['a'], { annotations: { 'maestro-cli.hyperfleet.io/x': 'y', kept: 'z' } });
    expect(unitedMaps([one], undefined).annotations).toEqual({ kept: 'z' });
  });

  it('have the value of the preferred work where two differ, whichever comes first', () => {
    const one = from('one', ['a'], { annotations: { note: '1' } });
    const two = from('two', ['b'], { annotations: { note: '2' } });
    expect(unitedMaps([one, two], 'one').annotations).toEqual({ note: '1' });
    expect(unitedMaps([one, two], 'two').annotations).toEqual({ note: '2' });
    expect(refusalOf(() => unitedMaps([one, two], 'three'))).toEqual({
      works: ['one', 'two'],
      text: 'their annotations note differ ("1", "2"), and one work has one value',
    });
  });

  it('go back to the managers that had them alone', () => {
    const record = { labels: { team: ['a'] }, annotations: {}, adapters: {} };
    const united = withUnited(work('w', [], { labels: { team: 'x', all: '1' } }), record);
    expect(unitedMaps([{ work: united, given: new Set(['a']) }], undefined).labels).toEqual({ team: 'x', all: '1' });
    expect(unitedMaps([{ work: united, given: new Set(['b']) }], undefined).labels).toEqual({ all: '1' });
  });

  it('name the adapter when all is of one', () => {
    const one = from('one', ['a'], { labels: { [adapter]: 'np' } });
    const same = from('two', ['b'], { labels: { [adapter]: 'np' } });
    expect(unitedMaps([one, same], undefined)).toMatchObject({ labels: { [adapter]: 'np' }, record: { adapters: {} } });
  });

  it.each([
    ['of several adapters', { labels: { [adapter]: 'ns' } }, { b: 'np', a: 'ns' }],
    ['of one adapter and of nobody known', {}, { b: 'np' }],
  ])('name no adapter of a work %s, but record them in order', (_what, more, adapters) => {
    const maps = unitedMaps([from('one', ['b'], { labels: { [adapter]: 'np' } }), from('two', ['a'], more)], undefined);
    expect(maps.labels).toEqual({});
    expect(JSON.stringify(maps.record.adapters)).toBe(
      JSON.stringify(Object.fromEntries(Object.entries(adapters).toSorted(([x], [y]) => (x < y ? -1 : 1)))),
    );
  });

  it('give the adapter back from the record', () => {
    const united = withUnited(work('w', []), { labels: {}, annotations: {}, adapters: { a: 'ns', b: 'np' } });
    expect(unitedMaps([{ work: united, given: new Set(['b']) }], undefined)).toMatchObject({
      labels: { [adapter]: 'np' },
      record: { adapters: {} },
    });
  });
});

describe('whether an object outlives its work', () => {
  const rule = { group: '', resource: 'configmaps', namespace: 'default', name: 'a' };
  const selective = (...rules: readonly unknown[]): JsonObject =>
    ({ propagationPolicy: 'SelectivelyOrphan', selectivelyOrphans: { orphaningRules: rules } }) as JsonObject;

  it.each<[string, JsonObject | undefined, boolean]>([
    ['no deleteOption', undefined, false],
    ['no policy', {}, false],
    ['an empty policy', { propagationPolicy: '' }, false],
    ['Foreground', { propagationPolicy: 'Foreground' }, false],
    ['Orphan', { propagationPolicy: 'Orphan' }, true],
    ['a rule for it', selective(rule), true],
    ['a rule that leaves the core group out', selective({ ...rule, group: undefined }), true],
    ['a second rule', selective({ ...rule, name: 'b' }, rule), true],
    ['a rule for another name', selective({ ...rule, name: 'b' }), false],
    ['a rule for any name, which agents do not know', selective({ ...rule, name: '*' }), false],
    ['a rule for another namespace', selective({ ...rule, namespace: 'other' }), false],
    ['a rule for another resource', selective({ ...rule, resource: 'secrets' }), false],
    ['a rule for another group', selective({ ...rule, group: 'apps' }), false],
    ['a rule that is none', selective('configmaps', null), false],
    ['no rules', { propagationPolicy: 'SelectivelyOrphan' }, false],
    [
      'rules that are no list',
      { propagationPolicy: 'SelectivelyOrphan', selectivelyOrphans: { orphaningRules: {} } },
      false,
    ],
  ])('%s', (_what, deleteOption, outlives) => {
    expect(outlivesWork(deleteOption, object('a'), 'w')).toBe(outlives);
  });

  it('is refused for a policy that no agent knows', () => {
    expect(refusalOf(() => outlivesWork({ propagationPolicy: 'Background' }, object('a'), 'w'))).toEqual({
      works: ['w'],
      text: 'its propagation policy is "Background", which is not known',
    });
  });
});

describe('the deleteOption of a new work', () => {
  const placed = (name: string, deleteOption: JsonObject | undefined, resource?: string | null) => ({
    object: { ...object(name), resource: resource === null ? undefined : 'configmaps' },
    from: { work: work(`of-${name}`, [], deleteOption === undefined ? {} : { deleteOption }) },
  });
  const foreground = { propagationPolicy: 'Foreground' };
  const orphan = { propagationPolicy: 'Orphan' };

  it.each<[string, Parameters<typeof unitedDeleteOption>[0], JsonObject | undefined]>([
    ['none of works without one', [placed('a', undefined), placed('b', {})], undefined],
    ['Foreground when all say so', [placed('a', foreground), placed('b', foreground)], foreground],
    ['none when some leave it out', [placed('a', foreground), placed('b', undefined)], undefined],
    [
      'that of the lifetime, which needs a policy beside',
      [placed('a', { ttlSecondsAfterFinished: 5 })],
      { propagationPolicy: 'Foreground', ttlSecondsAfterFinished: 5 },
    ],
    [
      'Foreground with the lifetime',
      [placed('a', { ...foreground, ttlSecondsAfterFinished: 5 })],
      { propagationPolicy: 'Foreground', ttlSecondsAfterFinished: 5 },
    ],
    ['Orphan when all objects stay', [placed('a', orphan), placed('b', orphan)], orphan],
    [
      'Orphan with the lifetime, without knowing the plurals',
      [placed('a', { ...orphan, ttlSecondsAfterFinished: 5 }, null)],
      { ...orphan, ttlSecondsAfterFinished: 5 },
    ],
    [
      'rules for those that stay, with the lifetime',
      [placed('a', { ...orphan, ttlSecondsAfterFinished: 5 }), placed('b', { ttlSecondsAfterFinished: 5 }, null)],
      {
        propagationPolicy: 'SelectivelyOrphan',
        selectivelyOrphans: { orphaningRules: [{ resource: 'configmaps', name: 'a', namespace: 'default' }] },
        ttlSecondsAfterFinished: 5,
      },
    ],
  ])('is %s', (_what, some, option) => {
    expect(unitedDeleteOption(some)).toEqual(option);
  });

  it('is refused where it cannot be said', () => {
    const short = placed('a', { ttlSecondsAfterFinished: 5 });
    expect(refusalOf(() => unitedDeleteOption([short, placed('b', { ttlSecondsAfterFinished: 6 })]))).toEqual({
      works: ['of-a', 'of-b'],
      text: 'their deleteOptions differ in ttlSecondsAfterFinished, and one work has one',
    });
    const unknown = refusalOf(() => unitedDeleteOption([placed('a', orphan, null), placed('b', foreground)]));
    expect(unknown.works).toEqual(['of-a']);
    expect(unknown.text).toMatch(/^ConfigMap\/default\/a is to stay on the cluster, and its agent has not told/);
  });
});

describe('the options of a new work', () => {
  const createOnly = { updateStrategy: { type: 'CreateOnly' } };

  it('say what two works say alike once', () => {
    const olds = ['one', 'two'].map((name) => stored(work(name, [], { manifestConfigs: [config('*', createOnly)] })));
    const placed = olds.map((from, at) => ({ from, object: object(`o${at}`) }));
    expect(unitedConfigs(placed)).toEqual([config('*', createOnly)]);
  });

  it('leave out what is about nothing that comes', () => {
    const from = stored(work('one', [], { manifestConfigs: [config('gone', createOnly), config('a')] }));
    expect(unitedConfigs([{ from, object: object('a') }])).toEqual([config('a')]);
  });

  it('bring an object to the cluster as the first that says how', () => {
    const configs = [
      config('*', {}),
      config('b', createOnly),
      config('a', { updateStrategy: {} }),
      config('a', createOnly),
    ];
    expect(['a', 'b', 'c'].map((name) => strategyOf(configs, object(name)))).toEqual([
      'Update',
      'CreateOnly',
      'Update',
    ]);
    expect(strategyOf([{ ...config('a'), updateStrategy: null }, config('a', createOnly)], object('a'))).toBe(
      'CreateOnly',
    );
  });

  it('have the same effect whatever addresses them', () => {
    expect(effectText([config('*', createOnly), config('b')], object('a'))).toBe(
      effectText([config('a', createOnly)], object('a')),
    );
    expect(effectText([config('b')], object('a'))).toBe('[]');
  });

  it('get a strategy for each object before all others, and keep what was said beside', () => {
    const rules = { feedbackRules: [{ type: 'WellKnownStatus' }] };
    const cluster = { ...object('n'), key: { ...object('n').key, group: 'apps', namespace: '' } };
    expect(withStrategy([config('*'), config('a', rules)], [object('a'), cluster], 'CreateOnly')).toEqual([
      { ...config('a', rules), ...createOnly },
      { resourceIdentifier: { group: 'apps', resource: 'configmaps', name: 'n' }, ...createOnly },
      config('*'),
    ]);
  });
});
