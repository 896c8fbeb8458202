import { describe, expect, it } from 'vitest';
import type { Call, History, Loss } from '../../robustness/migrate/history.ts';
import type { Step } from '../../robustness/migrate/program.ts';
import { properties, violations } from '../../robustness/migrate/properties/index.ts';
import type { StoredRow } from '../../robustness/works/history/history.ts';
import { describeProperties, type Counterexample } from './support/properties.ts';

/** One work `w1` with the object `red` on each of two clusters, which goes to `hyperfleet-{cluster}`. */
const program: History['program'] = { start: [{ objects: ['red'], orphans: false }], to: 'C', strangers: [] };
const begunMs = 500;
let orders = 0;

/** A row that is stored at 1,500 unless told. */
function row(work: string, version: number, more: Partial<StoredRow> = {}): StoredRow {
  const consumer = more.consumer ?? 'c1';
  return {
    order: (orders += 1),
    atMs: 1_500,
    epoch: 0,
    id: `${consumer}-${work}`,
    consumer,
    work,
    source: 'robustness',
    version,
    manifests: [{ name: 'red', call: 'start', manager: 'start' }],
    deleting: false,
    removed: false,
    ...more,
  };
}

const condition = (version: number): StoredRow['report'] => ({
  version,
  conditions: [{ type: 'Applied', status: 'True', observedGeneration: version }],
});
const reported = (version: number): Partial<StoredRow> => ({ report: condition(version) });

/** Reported as applied, with the work named as the owner. */
function owning(work: string, version: number, more: Partial<StoredRow> = {}): StoredRow {
  const stored = row(work, version, more);
  const report = {
    version,
    conditions: condition(version)?.conditions ?? [],
    owners: { red: `["hash-${stored.id}"]` },
  };
  return { ...stored, report };
}

/** What each cluster had when the plan was made. */
const began = (consumer = 'c1'): StoredRow => row('w1', 1, { atMs: 400, consumer, ...reported(1) });
const fresh = 'hyperfleet-c1';
const letGo = (more: Partial<StoredRow> = {}): StoredRow => row('w1', 2, { orphans: true, ...more });
const asked = (more: Partial<StoredRow> = {}): StoredRow => letGo({ ...reported(2), deleting: true, ...more });
const gone = (): StoredRow => asked({ removed: true });
const allOfTwo = (consumer: string): readonly StoredRow[] => [
  began(consumer),
  owning(`hyperfleet-${consumer}`, 1, { consumer }),
  letGo({ consumer }),
  letGo({ consumer, ...reported(2) }),
  asked({ consumer }),
  asked({ consumer, removed: true }),
];

interface Told {
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly result?: string;
  readonly endedMs?: number;
  readonly startedMs?: number;
}

/** A call that began at 1,000 and ended at 2,000. */
function call(step: Step, told: Told = {}): Call {
  const { exitCode = 5, stdout = '', startedMs = 1_000, endedMs = 2_000 } = told;
  const result = told.result ?? JSON.stringify({ status: exitCode === 0 ? 'Applied' : 'Failed' });
  return {
    name: 'a',
    step,
    argv: [],
    startedMs,
    endedMs,
    exitCode,
    signal: undefined,
    stdout,
    stderr: '',
    result,
    temporary: [],
    struck: [],
  };
}

const both = (words: string, version = 1): string =>
  ['c1', 'c2'].map((name) => `${name}: hyperfleet-${name} ${words} (version ${String(version)})\n`).join('');
const bothOwn = both('owns beside the old works');
const migrated = both('migrated');
const rolledBack = ['c1', 'c2'].map((name) => `${name}: w1 rolled back (version 1)\n`).join('');
const object = (consumer: string, ...works: readonly string[]): History['objects'][number] => ({
  consumer,
  name: 'red',
  call: 'start',
  owners: works.map((work) => `${consumer}-${work}`),
});
const ended = { startedMs: 3_000, endedMs: 4_000 };
const inTheEnd = [object('c1', fresh), object('c2', 'hyperfleet-c2')];
const loss: Loss = { consumer: 'c1', object: 'red', atMs: 1_500, lastOwner: 'c1-w1', removed: true };
const theirs = { manifests: [{ name: 'red', call: 'a', manager: 'ben' }] };
const writing: Step = { kind: 'apply', consumer: 'c1', work: 0, side: 'new', objects: ['red'], merge: true };
const deleting: Step = { kind: 'delete', consumer: 'c1', work: 0, side: 'old' };

function history(parts: Partial<History>): History {
  return {
    program,
    source: 'robustness',
    begunMs,
    calls: [],
    reruns: [],
    rows: [began(), began('c2')],
    losses: [],
    objects: [object('c1', 'w1'), object('c2', 'w1')],
    ...parts,
  };
}

/** By a stranger. */
const deleted = [row('w1', 1, { deleting: true }), row('w1', 1, { deleting: true, removed: true })];
const green = { manifests: [{ name: 'green', call: 'a', manager: 'ben' }] };
const replacing: Step = { ...writing, side: 'old', objects: ['green'], merge: false };
const written = { atMs: 1_200, ...theirs };
const otherWrites = (step: Step): Call => ({ ...call(step, { exitCode: 0 }), name: 'b' });
const ofB = { manifests: [{ name: 'red', call: 'b', manager: 'cy' }] };
const greenOfB = { manifests: [{ name: 'green', call: 'b', manager: 'cy' }] };
const stepTold = (text: string): Partial<History> => ({
  rows: [began(), owning(fresh, 1), letGo()],
  calls: [call({ kind: 'finish' }, { stdout: `c1: w1 ${text} (version 2)\n` })],
});

/** For each property what violates it, and what is as near to that as it may be. */
const cases: readonly Counterexample<History>[] = [
  {
    property: 'objects-stand',
    bad: { losses: [loss], calls: [call({ ...deleting, consumer: 'c2' })] },
    good: { losses: [loss], calls: [call(deleting)], rows: [began(), began('c2'), ...deleted] },
  },
  {
    property: 'lets-go-when-proven',
    bad: { rows: [began(), row(fresh, 1, reported(1)), letGo()] },
    good: { rows: [began(), owning(fresh, 1), letGo()] },
  },
  {
    property: 'deletes-what-let-go',
    bad: { rows: [began(), owning(fresh, 1), letGo(), letGo(reported(1)), asked(reported(1))] },
    good: { rows: [began(), owning(fresh, 1), letGo(), letGo(reported(2)), asked()] },
  },
  {
    property: 'steps-are-stored',
    bad: {
      rows: [began(), owning(fresh, 1)],
      calls: [call({ kind: 'finish' }, { stdout: 'c1: w1 told to let go of its objects (version 2)\n' })],
    },
    good: {
      rows: [began(), owning(fresh, 1), letGo()],
      calls: [call({ kind: 'finish' }, { stdout: 'c1: w1 told to let go of its objects (version 2)\n' })],
    },
  },
  {
    property: 'success-is-moved',
    bad: {
      rows: [began(), owning(fresh, 1), row('hyperfleet-c2', 1, { consumer: 'c2', ...reported(1) })],
      calls: [call({ kind: 'run' }, { exitCode: 0, stdout: bothOwn })],
    },
    good: {
      rows: [began(), owning(fresh, 1), owning('hyperfleet-c2', 1, { consumer: 'c2' })],
      calls: [call({ kind: 'run' }, { exitCode: 0, stdout: bothOwn })],
    },
  },
  {
    property: 'migration-tells-one-story',
    bad: { calls: [call({ kind: 'run' }, { exitCode: 6, result: '{"status":"Applied"}' })] },
    good: { calls: [call({ kind: 'run' }, { exitCode: 6, result: '{"status":"InProgress"}' })] },
  },
  {
    property: 'single-owner',
    bad: {
      rows: [...allOfTwo('c1'), ...allOfTwo('c2')],
      reruns: [call({ kind: 'finish' }, { exitCode: 0, stdout: migrated, ...ended })],
      objects: [object('c1', fresh, 'w1'), object('c2', 'hyperfleet-c2')],
    },
    good: {
      rows: [...allOfTwo('c1'), ...allOfTwo('c2')],
      reruns: [call({ kind: 'finish' }, { exitCode: 0, stdout: migrated, ...ended })],
      objects: inTheEnd,
    },
  },
  {
    property: 'undo-returns',
    bad: {
      rows: [{ ...began(), manifests: [] }, began('c2')],
      reruns: [call({ kind: 'rollback' }, { exitCode: 0, stdout: rolledBack, ...ended })],
    },
    good: { reruns: [call({ kind: 'rollback' }, { exitCode: 0, stdout: rolledBack, ...ended })] },
  },
  {
    property: 'reaches-its-end',
    bad: { reruns: [call({ kind: 'finish' }, { ...ended, exitCode: 5 })] },
    good: {
      rows: [began(), began('c2'), row('w1', 2, theirs)],
      reruns: [call({ kind: 'finish' }, { ...ended, exitCode: 5 })],
    },
  },
  {
    property: 'others-are-kept',
    bad: { rows: [began(), row(fresh, 2, theirs), row(fresh, 3)], calls: [call(writing, { exitCode: 0 })] },
    good: { rows: [began(), row(fresh, 2), row(fresh, 3, theirs)], calls: [call(writing, { exitCode: 0 })] },
  },
  {
    property: 'migration-ends-in-time',
    bad: { calls: [call({ kind: 'run' }, { endedMs: 61_000 })] },
    good: { calls: [{ ...call({ kind: 'run' }, { endedMs: 38_900 }), argv: ['--timeout=8s'] }] },
  },
  // What else violates a property, in a way of its own.
  {
    property: 'objects-stand',
    what: 'an object that is not there in the end',
    bad: { objects: [object('c2', 'w1')] },
    good: { objects: [object('c1'), object('c2', 'w1')] },
  },
  {
    property: 'objects-stand',
    what: 'an object that a write was refused to take out',
    bad: { losses: [loss], calls: [call(replacing)] },
    good: {
      losses: [loss],
      calls: [call(replacing, { exitCode: 0 })],
      rows: [began(), began('c2'), row('w1', 2, green)],
    },
  },
  {
    property: 'objects-stand',
    what: 'an object that went long after the deletion of a work was refused',
    bad: { losses: [{ ...loss, atMs: 9_000 }], calls: [call(deleting)] },
    good: { losses: [{ ...loss, atMs: 9_000 }], calls: [call(deleting)], rows: [began(), began('c2'), ...deleted] },
  },
  {
    property: 'steps-are-stored',
    what: 'a step in words that are not known',
    bad: stepTold('told to release its objects'),
    good: stepTold('told to let go of its objects'),
  },
  {
    property: 'others-are-kept',
    what: 'a write that was lost beside a later one to another work',
    bad: {
      rows: [began(), row(fresh, 1, written), row(fresh, 2), row('w1', 2, { atMs: 1_900, ...greenOfB })],
      calls: [call(writing, { exitCode: 0 }), otherWrites(replacing)],
    },
    good: {
      rows: [began(), row(fresh, 1, written), row(fresh, 2, ofB)],
      calls: [call(writing, { exitCode: 0 }), otherWrites(writing)],
    },
  },
  {
    property: 'lets-go-when-proven',
    what: 'an owner that was told to let go itself',
    bad: { rows: [began(), owning(fresh, 1), row(fresh, 2, { orphans: true }), letGo()] },
    good: { rows: [began(), owning(fresh, 1), owning(fresh, 2), letGo()] },
  },
  {
    property: 'success-is-moved',
    what: 'an old work that stood all the while',
    bad: {
      rows: [...allOfTwo('c1').slice(0, -1), ...allOfTwo('c2')],
      calls: [call({ kind: 'finish' }, { exitCode: 0, stdout: migrated })],
      objects: inTheEnd,
    },
    good: {
      rows: [...allOfTwo('c1'), ...allOfTwo('c2')],
      calls: [call({ kind: 'finish' }, { exitCode: 0, stdout: migrated })],
      objects: inTheEnd,
    },
  },
  {
    property: 'success-is-moved',
    what: 'a cluster of which nothing is told',
    bad: {
      rows: [...allOfTwo('c1'), ...allOfTwo('c2')],
      calls: [call({ kind: 'finish' }, { exitCode: 0, stdout: migrated.slice(0, migrated.indexOf('\n') + 1) })],
    },
    good: {
      rows: [...allOfTwo('c1'), ...allOfTwo('c2')],
      calls: [call({ kind: 'finish' }, { exitCode: 5, stdout: migrated.slice(0, migrated.indexOf('\n') + 1) })],
    },
  },
  {
    property: 'reaches-its-end',
    what: 'a write of what was at its end',
    bad: {
      rows: [began(), began('c2'), row('w1', 2, { atMs: 3_500 })],
      reruns: [call({ kind: 'rollback' }, { ...ended, exitCode: 0, stdout: rolledBack })],
    },
    good: {
      rows: [began(), began('c2'), row('w1', 2, { atMs: 2_500 })],
      reruns: [call({ kind: 'rollback' }, { ...ended, exitCode: 0, stdout: rolledBack })],
    },
  },
  {
    property: 'others-are-kept',
    what: 'a work of another source that changed',
    bad: { rows: [began(), row('w1', 1, { source: 'x', id: 'x' })] },
    good: {
      rows: [began(), row('w1', 1, { source: 'x', id: 'x', ...theirs })],
      calls: [call({ kind: 'other-source', consumer: 'c1', objects: ['red'] }, { exitCode: 0 })],
    },
  },
];

describeProperties('each property of migrations', { properties, violations, history, cases });

describe('each property of migrations, beside its histories', () => {
  it('asks for nothing of an object that a work took along which a stranger had asked to delete', () => {
    const rows = [began(), owning(fresh, 1), row('w1', 1, { deleting: true }), gone()];
    expect(violations(history({ rows, calls: [call(deleting, { exitCode: 0 })], losses: [loss] }))).toEqual([]);
  });
});
