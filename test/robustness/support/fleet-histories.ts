import type { FleetCall, FleetHistory, ToldWork } from '../../../robustness/fleets/history/history.ts';
import type { RollOutStep } from '../../../robustness/fleets/program/steps.ts';
import type { StoredManifest, StoredRow } from '../../../robustness/works/history/history.ts';

export const target = { source: 'north', manager: 'ann', work: 'w1', consumers: ['c1', 'c2'], stream: false };
export const rollOut: RollOutStep = {
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
export const journaled: RollOutStep = { ...rollOut, by: 'command', journal: true, consumers: ['c1'] };

export function work(consumer: string, more: Partial<ToldWork> = {}): ToldWork {
  const told = { name: 'w1', consumer, exitCode: 0, phase: 'InProgress', reason: 'Accepted', message: '' };
  return { ...told, operation: 'created', version: 1, ...more };
}

/** What is told of a work that nothing is stored of. */
export function failed(consumer: string, reason: string, exitCode: number): ToldWork {
  return { name: 'w1', consumer, exitCode, phase: 'Failed', reason, message: '' };
}

/** A call that began at 1,000 and ended at 2,000. */
export function call(name: string, works: readonly ToldWork[], more: Partial<FleetCall> = {}): FleetCall {
  const exitCode = works.find((one) => one.exitCode !== 0)?.exitCode ?? 0;
  const status = exitCode === 0 ? 'InProgress' : 'Failed';
  return {
    name,
    mark: name,
    step: rollOut,
    argv: [],
    startedMs: 1_000,
    endedMs: 2_000,
    exitCode,
    signal: undefined,
    stdout: JSON.stringify({ works }),
    stderr: exitCode === 0 ? '' : 'error: it failed',
    temporary: [],
    struck: [],
    result: JSON.stringify({ status }),
    journalBefore: [],
    journal: [],
    ...more,
  };
}

export const held = (name: string, by: string, manager = 'ann'): StoredManifest => ({ name, call: by, manager });

let order = 0;
export function row(
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

export const proof = (version: number): Pick<StoredRow, 'report'> => ({
  report: { version, conditions: [{ type: 'Applied', status: 'True', observedGeneration: version }] },
});
export const red = [held('red', 'a')];
export const both = [work('c1'), work('c2')];
export const entry = (version: number): FleetCall['journal'] => [{ consumer: 'c1', name: 'w1', version }];
export const resumed = (before: FleetCall['journal'], version = 2): FleetCall =>
  call('b', [work('c1', { version })], {
    ...{ mark: 'a', step: journaled, startedMs: 3_000, endedMs: 4_000, journalBefore: before, journal: entry(version) },
  });
export const first = call('a', [], {
  step: journaled,
  exitCode: undefined,
  signal: 'SIGKILL',
  stdout: '',
  journal: entry(1),
});
export const other = call('o', [work('c1', { version: 2 })], {
  step: { ...rollOut, consumers: ['c1'], how: 'force' },
  ...{ startedMs: 2_000, endedMs: 2_900 },
});
export const inBetween = row('c1', 2, [held('red', 'o')], { atMs: 2_500 });
export const canary: RollOutStep = { ...rollOut, canary: 1 };
export const watching = (version: number, state: string): FleetCall => ({
  ...call('v', []),
  step: { kind: 'watch', source: 'north', lastsMs: 500 },
  stdout: JSON.stringify({
    works: [],
    changes: [{ kind: 'status', id: 'id-north-c1', consumer: 'c1', name: 'w1', version, state }],
  }),
});
export const throwing = (error: object): FleetCall => ({
  ...call('l', []),
  exitCode: 8,
  stdout: JSON.stringify({ works: [], error: { ours: true, message: '', ...error } }),
});

export function unfinished(): FleetCall {
  return call('a-resumed', [failed('c1', 'Superseded', 5)], {
    mark: 'a',
    step: journaled,
    startedMs: 3_000,
    endedMs: 4_000,
  });
}

export function deletion(
  source: string,
  { force = true }: { readonly force?: boolean } = {},
  works: readonly ToldWork[] = [work('c1', { operation: 'requested' })],
): FleetCall {
  const step = {
    ...target,
    source,
    kind: 'delete',
    by: 'library',
    consumers: ['c1'],
    force,
    wait: false,
  } as const;
  return call('d', works, { step });
}

export function history(parts: Partial<FleetHistory>): FleetHistory {
  return { calls: [], resumed: [], again: [], rows: [], lostDataAtMs: [], rotations: [], ...parts };
}

/** A roll-out that wrote its work, and whose disk had no room for a line about it. */
export function withoutRoom(more: Partial<FleetCall> = {}): FleetCall {
  return call('a', [work('c1')], {
    ...{ step: journaled, struck: ['full-disk'], exitCode: 8 },
    stderr: 'error: the journal ../a.journal/roll-out cannot be written any more: no space left on device',
    ...more,
  });
}

/** The journal had room, and the result had none. */
export const kept: Partial<FleetCall> = { journal: entry(1), result: undefined };
