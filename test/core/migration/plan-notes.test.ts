import { describe, expect, it } from 'vitest';
import { config, configMap, planned, refusals, request, stored, work } from './stored.ts';

const executor = (name: string) => ({ subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'n', name } } });

describe('what is said of a plan', () => {
  it('tells of an object that two works hold alike', () => {
    const olds = [stored(work('one', [configMap('a')]), 'np'), stored(work('two', [configMap('a')]), 'np')];
    expect(planned(olds, request('C')).notes).toEqual([
      'ConfigMap/default/a is in one and two; it is taken from one, which they hold alike, with its manager np',
    ]);
  });

  it('tells of options that are about nothing, and how many they are', () => {
    const option = { updateStrategy: { type: 'CreateOnly' } };
    const manifestConfigs = [config('a', option), config('b', option), config('c', option)];
    const one = stored(work('one', [configMap('a'), configMap('d')], { manifestConfigs }), 'np');
    const { notes, new: made } = planned([one], request('C'));
    expect(notes).toEqual(['one: 2 of its manifestConfigs are about none of its manifests, and are left out']);
    expect(made[0]?.work.manifestConfigs).toEqual([config('a', option)]);
  });

  it('tells of a work that is as it should be', () => {
    const whole = stored(work('hyperfleet-c1', [configMap('a')]), 'np');
    expect(planned([whole], request('C'))).toMatchObject({
      old: [],
      new: [],
      notes: ['hyperfleet-c1 is as it should be, and stays'],
    });
  });
});

describe('the executor of works', () => {
  it('is that of the new work when the old ones have one, and none when they have none', () => {
    const olds = ['one', 'two'].map((name, at) =>
      stored(work(name, [configMap(`a${at}`)], { executor: executor('x') }), 'np'),
    );
    expect(planned(olds, request('C')).new[0]?.work.executor).toEqual(executor('x'));
    const none = planned([stored(work('one', [configMap('a')]), 'np')], request('C', { name: 'all' }));
    expect(none.new[0]?.work).not.toHaveProperty('executor');
    expect(none.new[0]?.work).not.toHaveProperty('deleteOption');
  });

  it('is refused when it differs, with the names of the works', () => {
    const olds = ['x', 'y'].map((name) =>
      stored(work(`w-${name}`, [configMap(name)], { executor: executor(name) }), 'np'),
    );
    expect(refusals(olds, request('C'))).toEqual([
      'w-x+w-y: they are applied by different executors, and one work has one',
    ]);
  });
});

it('refuses a manager that the user says where the name of the work says another', () => {
  const olds = [stored(work('hyperfleet-c1-idp', [configMap('a')]))];
  expect(refusals(olds, request('C', { managerOf: { 'hyperfleet-c1-idp': 'np' } }))).toEqual([
    'hyperfleet-c1-idp: np cannot be its manager: its name says that it is managed by idp',
  ]);
});
