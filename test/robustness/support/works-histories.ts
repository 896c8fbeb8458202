import type { Call, History, StoredManifest, StoredRow } from '../../../robustness/works/history/history.ts';
import type { Step } from '../../../robustness/works/program/steps.ts';

export const target = { consumer: 'c1', work: 'w1' };
export const apply: Extract<Step, { kind: 'apply' }> = {
  kind: 'apply',
  target,
  manager: 'ann',
  objects: ['red'],
  how: 'merge',
  stale: false,
  wait: false,
  stream: false,
};

/** What a call ends with and prints. */
export interface Told {
  readonly exitCode?: number;
  readonly status?: string;
  readonly version?: number;
  readonly operation?: string;
  readonly stderr?: string;
  readonly result?: string;
  readonly struck?: readonly string[];
  readonly stdout?: string;
}

/** A call that began at 1,000 and ended at 2,000. */
export function call(name: string, step: Step, told: Told = {}): Call {
  const { exitCode = 0, version = 1, operation = 'created' } = told;
  const { stderr = exitCode === 0 ? '' : 'error: it failed' } = told;
  const status = told.status ?? (exitCode === 0 ? 'InProgress' : 'Failed');
  const work = exitCode === 0 ? { exitCode, phase: status, version, operation } : { exitCode, phase: status };
  return {
    name,
    client: 0,
    step,
    argv: [],
    startedMs: 1_000,
    endedMs: 2_000,
    exitCode,
    signal: undefined,
    stdout: told.stdout ?? JSON.stringify({ works: [work] }),
    temporary: [],
    struck: told.struck ?? [],
    stderr,
    result: told.result ?? JSON.stringify({ status }),
  };
}

export const held = (name: string, by: string, manager = 'ann'): StoredManifest => ({ name, call: by, manager });

export function row(version: number, manifests: readonly StoredManifest[], more: Partial<StoredRow> = {}): StoredRow {
  return {
    order: version,
    atMs: 1_500,
    epoch: 0,
    id: 'id',
    source: 'robustness',
    deleting: false,
    removed: false,
    version,
    manifests,
    ...target,
    ...more,
  };
}

export const reported = (version: number, observedGeneration = version): Pick<StoredRow, 'report'> => ({
  report: { version, conditions: [{ type: 'Applied', status: 'True', observedGeneration }] },
});
export const object = (name: string, by: string, owners: readonly string[] = ['id']): History['objects'][number] => ({
  consumer: 'c1',
  name,
  call: by,
  owners,
});

export function history(parts: Partial<History>): History {
  return { calls: [], rows: [], reruns: [], objects: [], lostDataAtMs: [], rotations: [], ...parts };
}

export const build: Step = { kind: 'build', target, manager: 'ann', objects: ['red'] };
export const deletion: Extract<Step, { kind: 'delete' }> = {
  kind: 'delete',
  target,
  manager: 'ann',
  force: false,
  wait: false,
  stream: false,
};
export const early = (manager: string): StoredRow => row(1, [held('blue', 'b', manager)], { atMs: 900 });
export const asked = row(1, [], { deleting: true });
export const gone = row(1, [], { deleting: true, removed: true });
export const listing = (listed: readonly Record<string, string>[]): Call => ({
  ...call('l', { kind: 'list', consumer: 'c1' }),
  stdout: JSON.stringify(listed.map((metadata) => ({ metadata }))),
});
export const unreached = (endedMs: number): Call => ({
  ...call('a', apply, { exitCode: 8, stderr: 'error: cannot reach REST at http://localhost: nothing listens there' }),
  argv: ['apply', '--timeout=8s'],
  endedMs,
});
export const following: Extract<Step, { kind: 'follow' }> = {
  kind: 'follow',
  by: 'watch',
  consumer: 'c1',
  stream: true,
  lastsMs: 3_000,
};
export const waiting: Step = { ...apply, wait: true };
export const applied = { status: 'Applied' };
