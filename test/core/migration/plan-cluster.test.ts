import { describe, expect, it } from 'vitest';
import { ownersOf } from '../../../src/core/ownership/owners.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { proofForm } from '../../../src/core/migration/forms.ts';
import type { OldWork } from '../../../src/core/migration/old-work.ts';
import { replacedBy } from '../../../src/core/migration/replaces.ts';
import { carriedOut, config, configMap, planned, refusals, request, source, stored, work } from './stored.ts';

const namespaces = stored(work('hyperfleet-c1-ns', [configMap('a')], { labels: { team: 'x' } }), 'ns');
const feedbackOf = (name: string): JsonObject =>
  config(name, { feedbackRules: [{ type: 'JSONPaths', jsonPaths: [{ name: 'v', path: '.data.v' }] }] });
const nodepools = stored(work('hyperfleet-c1-np', [configMap('b'), configMap('c')]), 'np');

describe('what an earlier migration has left', () => {
  const proven = (content: OldWork): OldWork => ({ ...content, work: proofForm(content) });

  it('takes rules that prove ownership for no content, and carries none into new works', () => {
    const left = proven(stored(work('left', [configMap('a')], { manifestConfigs: [feedbackOf('a')] }), 'np'));
    const olds = [left, stored(work('right', [configMap('a')], { manifestConfigs: [feedbackOf('a')] }), 'np')];
    const { old, new: made } = planned(olds, request('C'));
    expect(made[0]!.work.manifestConfigs).toEqual([feedbackOf('a')]);
    expect(old[0]!.work, 'what is stored is what a rollback restores').toEqual(left.work);
    const alone = planned([proven(stored(work('one', [configMap('b')]), 'np'))], request('C'));
    expect(alone.new[0]!.work.manifestConfigs).toEqual([]);
  });

  it('keeps no work as it is that shares an object with one that goes, because nothing would prove who owns it', () => {
    const whole = stored(work('hyperfleet-c1', [configMap('a'), configMap('b')]), 'np');
    expect(planned([whole], request('C')).old).toEqual([]);
    const olds = [whole, stored(work('other', [configMap('a')]), 'np')];
    expect(refusals(olds, request('C'))).toEqual([
      'hyperfleet-c1: a new work would have the name of an old one; name it otherwise',
    ]);
    const { old, new: made } = planned(olds, request('C', { name: 'all' }));
    expect([old.length, made.map((one) => one.work.name)]).toEqual([2, ['all']]);
    expect(replacedBy(made[0]!.work)).toEqual(['hyperfleet-c1', 'other']);
  });
});

describe('odd manifests', () => {
  it('puts one object of two API versions into one work, and refuses it from two', () => {
    const versions = ['v1', 'v1beta1'].map((version) => ({ ...configMap('a'), apiVersion: `example.com/${version}` }));
    expect(planned([stored(work('one', versions), 'np')], request('C')).new[0]!.work.manifests).toEqual(versions);
    const olds = versions.map((manifest, at) => stored(work(`w${at}`, [manifest]), 'np'));
    expect(refusals(olds, request('C'))).toEqual([
      'w0+w1: they hold ConfigMap.example.com/default/a with different content, and none of them is preferred',
    ]);
  });

  it('refuses manifests that have no name of their own', () => {
    const nameless = { ...configMap('a'), metadata: { generateName: 'a-', namespace: 'default' } };
    const [text = ''] = refusals(
      [stored(work('one', [nameless, { ...nameless, data: { k: 'v' } }]), 'np')],
      request('B'),
    );
    expect(text).toContain('could not be stored');
  });

  it('takes null maps for absent ones, so that two works hold such an object alike', () => {
    const metadata = { name: 'a', namespace: 'default' };
    const olds = [
      stored(work('one', [{ ...configMap('a'), metadata: { ...metadata, labels: null } }]), 'np'),
      stored(work('two', [configMap('a')]), 'np'),
    ];
    expect(planned(olds, request('C')).new[0]!.work.manifests).toHaveLength(1);
  });
});

describe('planning pattern C', () => {
  it('puts every object into one work, with its manager', () => {
    const { new: made, old } = planned([nodepools, namespaces], request('C'));
    expect(old.map((one) => one.work.name)).toEqual(['hyperfleet-c1-np', 'hyperfleet-c1-ns']);
    expect(made.map((one) => one.work.name)).toEqual(['hyperfleet-c1']);
    const [c] = made;
    expect([...ownersOf(c!.work, source)]).toEqual([
      ['ConfigMap/default/b', 'np'],
      ['ConfigMap/default/c', 'np'],
      ['ConfigMap/default/a', 'ns'],
    ]);
    expect(replacedBy(c!.work)).toEqual(['hyperfleet-c1-np', 'hyperfleet-c1-ns']);
  });

  it('takes the adapter in the name of a work without a record for its manager', () => {
    const { managers, new: made } = planned([stored(work('hyperfleet-c1-idp', [configMap('a')]))], request('C'));
    expect(managers).toEqual([{ work: 'hyperfleet-c1-idp', managers: ['idp'], from: 'name' }]);
    expect(ownersOf(made[0]!.work, source).get('ConfigMap/default/a')).toBe('idp');
  });

  it('takes who the user says for the manager where nothing tells one, and else the source', () => {
    const olds = [stored(work('one', [configMap('a')])), stored(work('two', [configMap('b')]))];
    const { managers } = planned(olds, request('C', { managerOf: { one: 'np' } }));
    expect(managers.map(({ managers: [name], from }) => [name, from])).toEqual([
      ['np', 'flag'],
      [source, 'source'],
    ]);
  });

  it('refuses a manager that the user says where another is known', () => {
    expect(refusals([namespaces], request('C', { managerOf: { 'hyperfleet-c1-ns': 'np' } }))).toEqual([
      'hyperfleet-c1-ns: np cannot be its manager: its record says that it is managed by ns',
    ]);
  });

  it('refuses an object that two works hold with different content, and names both', () => {
    const other = stored(work('hyperfleet-c1-x', [configMap('a', { k: 'v' })]), 'x');
    expect(refusals([namespaces, other], request('C'))).toEqual([
      'hyperfleet-c1-ns+hyperfleet-c1-x: they hold ConfigMap/default/a with different content, and none of them is preferred',
    ]);
    const { new: made, notes } = planned([namespaces, other], request('C', { prefer: 'hyperfleet-c1-x' }));
    expect(made[0]!.work.manifests).toEqual([configMap('a', { k: 'v' })]);
    expect(notes).toEqual([
      'ConfigMap/default/a is in hyperfleet-c1-ns and hyperfleet-c1-x; it is taken from hyperfleet-c1-x, as that holds it, with its manager x',
    ]);
  });

  it('refuses an object of which two works say different options', () => {
    const other = stored(
      work('hyperfleet-c1-x', [configMap('a')], {
        manifestConfigs: [config('a', { updateStrategy: { type: 'CreateOnly' } })],
      }),
      'x',
    );
    expect(refusals([namespaces, other], request('C'))).toHaveLength(1);
  });

  it('takes an object that two works hold alike once', () => {
    const other = stored(work('hyperfleet-c1-x', [configMap('a')]), 'x');
    const { new: made, notes } = planned([namespaces, other], request('C'));
    expect(made[0]!.work.manifests).toEqual([configMap('a')]);
    expect(ownersOf(made[0]!.work, source).get('ConfigMap/default/a')).toBe('ns');
    expect(notes).toHaveLength(1);
  });

  it('refuses a label with two values unless one work is preferred', () => {
    const other = stored(work('hyperfleet-c1-x', [configMap('z')], { labels: { team: 'y' } }), 'x');
    expect(refusals([namespaces, other], request('C'))).toEqual([
      'hyperfleet-c1-ns+hyperfleet-c1-x: their labels team differ ("x", "y"), and one work has one value',
    ]);
    expect(planned([namespaces, other], request('C', { prefer: 'hyperfleet-c1-x' })).new[0]!.work.labels).toEqual({
      team: 'y',
    });
  });

  it('says of an Orphan work that its objects stay, by rules', () => {
    const orphan = stored(
      work('hyperfleet-c1-o', [configMap('o')], { deleteOption: { propagationPolicy: 'Orphan' } }),
      'o',
    );
    expect(planned([namespaces, orphan], request('C')).new[0]!.work.deleteOption).toEqual({
      propagationPolicy: 'SelectivelyOrphan',
      selectivelyOrphans: { orphaningRules: [{ resource: 'configmaps', name: 'o', namespace: 'default' }] },
    });
    const unknown = { ...orphan, resources: {} };
    expect(refusals([namespaces, unknown], request('C'))[0]).toContain('has not told the plural name of its kind');
  });

  it('refuses works of different executors, and of different lifetimes', () => {
    const executor = { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'n', name: 's' } } };
    const other = stored(work('hyperfleet-c1-x', [configMap('z')], { executor }), 'x');
    expect(refusals([namespaces, other], request('C'))[0]).toContain('different executors');
    const shortLived = stored(
      work('hyperfleet-c1-x', [configMap('z')], {
        deleteOption: { propagationPolicy: 'Foreground', ttlSecondsAfterFinished: 5n },
      }),
      'x',
    );
    expect(refusals([namespaces, shortLived], request('C'))[0]).toContain('ttlSecondsAfterFinished');
  });

  it('puts down an option with * in its address for each of its own objects when it would reach others', () => {
    const wide = stored(
      work('hyperfleet-c1-w', [configMap('w1'), configMap('w2')], {
        manifestConfigs: [config('*', { updateStrategy: { type: 'CreateOnly' } })],
      }),
      'w',
    );
    expect(planned([namespaces, wide], request('C')).new[0]!.work.manifestConfigs).toEqual([
      config('w1', { updateStrategy: { type: 'CreateOnly' } }),
      config('w2', { updateStrategy: { type: 'CreateOnly' } }),
    ]);
    expect(planned([wide], request('C')).new[0]!.work.manifestConfigs).toEqual(wide.work.manifestConfigs);
  });

  it('refuses names that are taken, and says which', () => {
    expect(refusals([namespaces], request('C'), ['hyperfleet-c1'])).toEqual([
      'hyperfleet-c1: the name of a new work is taken: another work has it, or has taken its place',
    ]);
    expect(refusals([namespaces, nodepools], request('C', { name: 'hyperfleet-c1-np' }))[0]).toContain(
      'name it otherwise',
    );
  });

  it('refuses a work that would be too large, with both sizes', () => {
    const big = (name: string): ReturnType<typeof stored> =>
      stored(work(`hyperfleet-c1-${name}`, [configMap(name, { text: 'x'.repeat(300 * 1024) })]), name);
    expect(refusals([big('p'), big('q')], request('C'))[0]).toMatch(
      /the manifests take 600\.\d KiB as JSON, .* take 500 KiB/,
    );
  });

  it('leaves a work alone that is as it should be', () => {
    const c = carriedOut(planned([namespaces, nodepools], request('C')));
    const again = planned(c, request('C'));
    expect(again.old).toEqual([]);
    expect(again.new).toEqual([]);
  });
});

describe('planning patterns A and B', () => {
  const united = carriedOut(planned([namespaces, nodepools], request('C')));

  it('names works by their managers, and by their objects', () => {
    expect(planned(united, request('A')).new.map((one) => one.work.name)).toEqual([
      'hyperfleet-c1-np',
      'hyperfleet-c1-ns',
    ]);
    expect(planned(united, request('B')).new.map((one) => one.work.name)).toEqual([
      'hyperfleet-c1-configmap-b',
      'hyperfleet-c1-configmap-c',
      'hyperfleet-c1-configmap-a',
    ]);
  });

  it('gives labels back only to the works that had them', () => {
    const back = planned(united, request('A')).new;
    expect(back.map((one) => one.work.labels)).toEqual([{}, { team: 'x' }]);
  });

  it('tells works of one name apart by a hash, the same each time', () => {
    const two = stored(
      work('w', [configMap('x'), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'other' } }]),
    );
    const names = planned([two], request('B')).new.map((one) => one.work.name);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^hyperfleet-c1-configmap-x-[0-9a-f]{8}$/);
    expect(planned([two], request('B')).new.map((one) => one.work.name)).toEqual(names);
  });

  it('does not take the name of a work that a migration made for the name of an adapter', () => {
    const b = carriedOut(planned([stored(work('one', [configMap('a')]))], request('B')));
    expect(planned(b, request('C')).managers).toEqual([
      { work: 'hyperfleet-c1-configmap-a', managers: [source], from: 'record' },
    ]);
  });

  it('inherits which works are replaced, and forgets those that are there again', () => {
    const back = planned(united, request('A')).new;
    expect(back.map((one) => replacedBy(one.work))).toEqual([['hyperfleet-c1'], ['hyperfleet-c1']]);
  });
});
