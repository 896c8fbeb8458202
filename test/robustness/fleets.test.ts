import type { FleetCall, FleetHistory, ToldWork } from '../../robustness/fleets/history/history.ts';
import type { RollOutStep } from '../../robustness/fleets/program/steps.ts';
import { properties, violations } from '../../robustness/fleets/properties/index.ts';
import type { StoredManifest, StoredRow } from '../../robustness/works/history/history.ts';
import { describeProperties, type Counterexample } from './support/properties.ts';

const target = { source: 'north', manager: 'ann', work: 'w1', consumers: ['c1', 'c2'], stream: false };
const rollOut: RollOutStep = {
  ...target,
  kind: 'roll-out',
  by: 'library',
  objects: ['red'],
  how: 'merge',
  canary: 0,
  waves: 0,
  maxFailures: 0,
  wait: false,
  template: false,
  journal: false,
};
const journaled: RollOutStep = { ...rollOut, by: 'command', journal: true, consumers: ['c1'] };

function work(consumer: string, more: Partial<ToldWork> = {}): ToldWork {
  const told = { name: 'w1', consumer, exitCode: 0, phase: 'InProgress', reason: 'Accepted', message: '' };
  return { ...told, operation: 'created', version: 1, ...more };
}

/** What is told of a work that nothing is stored of. */
function failed(consumer: string, reason: string, exitCode: number): ToldWork {
  return { name: 'w1', consumer, exitCode, phase: 'Failed', reason, message: '' };
}

/** A call that began at 1,000 and ended at 2,000. */
function call(name: string, works: readonly ToldWork[], more: Partial<FleetCall> = {}): FleetCall {
  const status = works.every(({ exitCode }) => exitCode === 0) ? 'InProgress' : 'Failed';
  return {
    name,
    mark: name,
    step: rollOut,
    argv: [],
    startedMs: 1_000,
    endedMs: 2_000,
    exitCode: works.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0,
    signal: undefined,
    stdout: JSON.stringify({ works }),
    stderr: '',
    temporary: [],
    struck: [],
    result: JSON.stringify({ status }),
    journalBefore: [],
    journal: [],
    ...more,
  };
}

const held = (name: string, by: string, manager = 'ann'): StoredManifest => ({ name, call: by, manager });

let order = 0;
function row(
  consumer: string,
  version: number,
  manifests: readonly StoredManifest[],
  more: Partial<StoredRow> = {},
): StoredRow {
  order += 1;
  return {
    ...{
      order,
      atMs: 1_500,
      epoch: 0,
      id: `id-${more.source ?? 'north'}-${consumer}`,
      consumer,
      work: 'w1',
      source: 'north',
    },
    ...{ version, manifests, deleting: false, removed: false },
    ...more,
  };
}

const proof = (version: number): Pick<StoredRow, 'report'> => ({
  report: { version, conditions: [{ type: 'Applied', status: 'True', observedGeneration: version }] },
});
const red = [held('red', 'a')];
const both = [work('c1'), work('c2')];
const entry = (version: number): FleetCall['journal'] => [{ consumer: 'c1', name: 'w1', version }];
const resumed = (before: FleetCall['journal'], version = 2): FleetCall =>
  call('b', [work('c1', { version })], {
    ...{ mark: 'a', step: journaled, startedMs: 3_000, endedMs: 4_000, journalBefore: before, journal: entry(version) },
  });
const first = call('a', [], { step: journaled, exitCode: undefined, signal: 'SIGKILL', stdout: '', journal: entry(1) });
const other = call('o', [work('c1', { version: 2 })], {
  step: { ...rollOut, consumers: ['c1'], how: 'force' },
  ...{ startedMs: 2_000, endedMs: 2_900 },
});
const inBetween = row('c1', 2, [held('red', 'o')], { atMs: 2_500 });
const canary: RollOutStep = { ...rollOut, canary: 1 };
const watching = (version: number, state: string): FleetCall => ({
  ...call('v', []),
  step: { kind: 'watch', source: 'north', lastsMs: 500 },
  stdout: JSON.stringify({
    works: [],
    changes: [{ kind: 'status', id: 'id-north-c1', consumer: 'c1', name: 'w1', version, state }],
  }),
});
const throwing = (error: object): FleetCall => ({
  ...call('l', []),
  exitCode: 8,
  stdout: JSON.stringify({ works: [], error: { ours: true, message: '', ...error } }),
});

const cases: readonly Counterexample<FleetHistory>[] = [
  {
    property: 'fleet-one-story',
    what: 'an exit code of one kind for failures of two',
    bad: { calls: [call('a', [failed('c1', 'Conflict', 5), failed('c2', 'ServerUnreachable', 8)], { exitCode: 5 })] },
    good: { calls: [call('a', [failed('c1', 'Conflict', 5), failed('c2', 'ServerUnreachable', 8)], { exitCode: 7 })] },
  },
  {
    property: 'fleet-one-story',
    what: 'a cluster that is not told of',
    bad: { calls: [call('a', [work('c1')])], rows: [row('c1', 1, red)] },
    good: { calls: [call('a', both)], rows: [row('c1', 1, red), row('c2', 1, red)] },
  },
  {
    property: 'fleet-one-story',
    what: 'a count that differs from what is told',
    bad: { calls: [call('a', [failed('c1', 'NotBegun', 8), failed('c2', 'NotBegun', 8)], { stdout: counted(1) })] },
    good: { calls: [call('a', [failed('c1', 'NotBegun', 8), failed('c2', 'NotBegun', 8)], { stdout: counted(2) })] },
  },
  {
    property: 'fleet-one-story',
    what: 'a work that is told as written and not in the journal',
    bad: { calls: [call('a', [work('c1')], { step: journaled })], rows: [row('c1', 1, red)] },
    good: { calls: [call('a', [work('c1')], { step: journaled, journal: entry(1) })], rows: [row('c1', 1, red)] },
  },
  {
    property: 'told-is-stored',
    what: 'a write that is told and not stored',
    bad: { calls: [call('a', both)], rows: [row('c1', 1, red)] },
    good: { calls: [call('a', [work('c1'), failed('c2', 'OutcomeUnknown', 8)])], rows: [row('c1', 1, red)] },
  },
  {
    property: 'told-is-stored',
    what: 'a wait that no report proves',
    bad: {
      calls: [call('a', both, { step: { ...rollOut, wait: true } })],
      rows: [row('c1', 1, red, proof(1)), row('c2', 1, red)],
    },
    good: {
      calls: [call('a', both, { step: { ...rollOut, wait: true } })],
      rows: [row('c1', 1, red, proof(1)), row('c2', 1, red, proof(1))],
    },
  },
  {
    property: 'stored-is-told',
    what: 'a work that is told as not begun and stored',
    bad: {
      calls: [call('a', [work('c1'), failed('c2', 'NotBegun', 143)])],
      rows: [row('c1', 1, red), row('c2', 1, red)],
    },
    good: { calls: [call('a', [work('c1'), failed('c2', 'NotBegun', 143)])], rows: [row('c1', 1, red)] },
  },
  {
    property: 'journal-is-stored',
    what: 'a journal that has what was never stored',
    bad: { calls: [first], rows: [] },
    good: { calls: [first], rows: [row('c1', 1, red)] },
  },
  {
    property: 'fleet-writes-once',
    what: 'a resume that writes what the journal had',
    bad: {
      calls: [first, other, resumed(entry(1), 3)],
      rows: [row('c1', 1, red), inBetween, row('c1', 3, red, { atMs: 3_500 })],
    },
    good: {
      calls: [{ ...first, journal: [] }, other, resumed([], 3)],
      rows: [row('c1', 1, red), inBetween, row('c1', 3, red, { atMs: 3_500 })],
    },
  },
  {
    property: 'resume-finishes',
    what: 'a resume that leaves a cluster out',
    bad: { calls: [{ ...first, journal: [] }], resumed: [unfinished()] },
    good: {
      calls: [{ ...first, journal: [] }, call('o', [work('c1')], { step: { ...rollOut, consumers: ['c1'] } })],
      resumed: [unfinished()],
      rows: [row('c1', 1, [held('red', 'o')])],
    },
  },
  {
    property: 'waves-in-order',
    what: 'a cluster that is written before the canary is proven',
    bad: {
      calls: [call('a', both, { step: canary })],
      rows: [row('c1', 1, red), row('c2', 1, red), row('c1', 1, red, proof(1))],
    },
    good: {
      calls: [call('a', both, { step: canary })],
      rows: [row('c1', 1, red), row('c1', 1, red, proof(1)), row('c2', 1, red)],
    },
  },
  {
    property: 'nothing-of-other-sources',
    what: 'a work of another source that is deleted',
    bad: { calls: [deletion('south')], rows: [row('c1', 1, [], { removed: true })] },
    good: { calls: [deletion('north')], rows: [row('c1', 1, [], { removed: true })] },
  },
  {
    property: 'nothing-of-other-sources',
    what: 'what was filled in for another cluster',
    bad: {
      calls: [
        call('a', [failed('c1', 'OutcomeUnknown', 8), failed('c2', 'OutcomeUnknown', 8)], {
          step: { ...rollOut, template: true },
        }),
      ],
      rows: [row('c1', 1, [held('red', 'a@c2')])],
    },
    good: {
      calls: [
        call('a', [failed('c1', 'OutcomeUnknown', 8), failed('c2', 'OutcomeUnknown', 8)], {
          step: { ...rollOut, template: true },
        }),
      ],
      rows: [row('c1', 1, [held('red', 'a@c1')])],
    },
  },
  {
    property: 'library-errors',
    what: 'an error that is worth another try and says otherwise',
    bad: { calls: [throwing({ code: 'unavailable', exitCode: 8, retryable: false })] },
    good: { calls: [throwing({ code: 'unavailable', exitCode: 8, retryable: true })] },
  },
  {
    property: 'watch-is-true',
    what: 'a state that no report proves',
    bad: { calls: [watching(1, 'applied'), call('a', both)], rows: [row('c1', 1, red), row('c2', 1, red)] },
    good: { calls: [watching(1, 'applied'), call('a', both)], rows: [row('c1', 1, red, proof(1)), row('c2', 1, red)] },
  },
];

function counted(notBegun: number): string {
  const works = [failed('c1', 'NotBegun', 8), failed('c2', 'NotBegun', 8)];
  return JSON.stringify({ works, summary: { works: 2, notBegun } });
}

function unfinished(): FleetCall {
  return call('a-resumed', [failed('c1', 'Superseded', 5)], {
    mark: 'a',
    step: journaled,
    startedMs: 3_000,
    endedMs: 4_000,
  });
}

function deletion(source: string): FleetCall {
  const step = {
    ...target,
    source,
    kind: 'delete',
    by: 'library',
    consumers: ['c1'],
    force: true,
    wait: false,
  } as const;
  return call('d', [work('c1', { operation: 'requested' })], { step });
}

function history(parts: Partial<FleetHistory>): FleetHistory {
  return { calls: [], resumed: [], again: [], rows: [], lostDataAtMs: [], ...parts };
}

describeProperties('each property of fleets', { properties, violations, history, cases });
