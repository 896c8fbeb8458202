import type { Call, History } from '../../../robustness/works/history/history.ts';
import type { Step } from '../../../robustness/works/program/steps.ts';
import {
  apply,
  applied,
  asked,
  call,
  deletion,
  early,
  gone,
  held,
  object,
  reported,
  row,
  target,
} from './works-histories.ts';
import type { Counterexample } from './properties.ts';

const reduction: Extract<Step, { kind: 'delete-resource' }> = {
  kind: 'delete-resource',
  target,
  manager: 'ann',
  object: 'red',
};
const waits: Step = { kind: 'wait', target, until: 'Applied', stream: false };
const forced: Step = { ...deletion, force: true };
const printed = (work: object): string => JSON.stringify({ works: [{ exitCode: 0, ...work }] });
const at = (startedMs: number, endedMs: number, one: Call): Call => ({ ...one, startedMs, endedMs });
const red = row(1, [held('red', 'a')], { atMs: 900 });
const notThere = at(6_000, 7_000, call('w', waits, { exitCode: 3, stderr: 'error: there is no work named w1 on c1' }));
const nothingToDelete = { status: 'Applied', stdout: printed({ phase: 'Applied', reason: 'NotFound' }) };
const refusedDeletion = call('d', deletion, { exitCode: 10, stderr: 'error: it holds what others own' });
const refusedReduction = call('r', reduction, { exitCode: 5, stderr: 'error: version 2 is stored' });
const reduced = row(2, [held('blue', 'b')]);
const redAndBlue = row(1, [held('red', 'a'), held('blue', 'b')], { atMs: 900 });
/** An object that a call took out before the next one asked for that. */
const reducedBefore = [at(400, 800, call('r', reduction, { version: 2 }))];
const takenOut = [
  { ...redAndBlue, atMs: 100, ...reported(1) },
  { ...reduced, atMs: 500 },
];
const waitedReduction: Step = { ...reduction, wait: true };
const stale = [row(1, [held('red', 'a')], { atMs: 100, ...reported(1) }), row(2, [held('red', 'b')], { atMs: 500 })];
const waited = [
  at(50, 150, call('a', apply)),
  at(450, 600, call('b', apply, { version: 2, operation: 'updated' })),
  call('w', waits, { ...applied, version: 2 }),
];

const failing = (reason: string, exitCode: number, words: string): Call =>
  call('f', apply, {
    ...{ exitCode, stderr: `error: ${words}` },
    stdout: JSON.stringify({ works: [{ exitCode, phase: 'Failed', reason }] }),
  });
const deletedWithoutRoom: Call = {
  ...call('f', deletion, {
    ...{ exitCode: 8, struck: ['full-disk'], stderr: 'error: the outcome could not be written to /tmp/result.json' },
    stdout: JSON.stringify({ works: [{ exitCode: 0, phase: 'Applied', reason: 'NotFound' }] }),
  }),
  result: undefined,
};
const interrupted = { exitCode: 143, stdout: '{"error": {"reason": "Interrupted", "exitCode": 143}}' };
const refusedFor = (words: string): Call => failing('BeingDeleted', 5, words);
const madeByOthers = failing('Conflict', 5, 'w1 on c1: This Resource already exists');
const otherIsLatest = failing('Conflict', 5, 'w1 on c1: another version is stored: the latest version is 2');
const outage = (endedMs: number): Call => ({
  ...at(1_000, endedMs, failing('ServerUnreachable', 8, 'nobody is at home')),
  argv: ['apply', '--timeout=8s'],
});

const sameTwice = [at(100, 900, call('same0-first', deletion)), call('same0-second', deletion)];
const blue = [held('blue', 'b')];
const deletedOnce = [
  row(1, blue, { atMs: 50 }),
  ...[row(1, blue, { atMs: 400, deleting: true }), row(1, blue, { atMs: 500, deleting: true, removed: true })],
];
const refusedSame = call('same0-first', deletion, { exitCode: 10, stderr: 'error: it holds what others own' });

const errorAlone = (exitCode: number): string => JSON.stringify({ error: { code: 'unavailable', exitCode } });

/** Histories that slipped through, or that were wrongly called violations, each beside a near one. */
export const slips: readonly Counterexample<History>[] = [
  {
    property: 'failures-are-true',
    what: 'that a work is told as missing that was not lost with the data',
    bad: { calls: [notThere], rows: [red], objects: [object('red', 'a')] },
    good: { calls: [notThere], rows: [red], lostDataAtMs: [2_000] },
  },
  {
    property: 'failures-are-true',
    what: 'a cause in words that nobody knows',
    bad: { calls: [refusedFor('the work is busy'), call('d', deletion)], rows: [red, asked, gone] },
    good: { calls: [refusedFor('w1 is being deleted since then'), call('d', deletion)], rows: [red, asked, gone] },
  },
  {
    property: 'failures-are-true',
    what: 'that a work is not there, when nothing says so and not the result alone has failed',
    bad: { calls: [failing('NotFound', 3, 'nothing is known of it')] },
    good: { calls: [deletedWithoutRoom] },
  },
  {
    property: 'one-story',
    what: 'an exit code that neither the work nor a result without room gives',
    bad: { calls: [{ ...deletedWithoutRoom, exitCode: 5 }] },
    good: { calls: [deletedWithoutRoom] },
  },
  {
    property: 'nothing-without-owner',
    what: 'a deletion that leaves its objects behind, which others take up later',
    bad: {
      calls: [call('d', deletion)],
      rows: [red, row(2, [held('red', 'a')], { orphans: true, options: 'Orphan' }), gone],
    },
    good: { calls: [call('d', deletion)], rows: [red, asked, gone] },
  },
  {
    property: 'failures-are-true',
    what: 'that somebody else made a work which nobody made',
    bad: { calls: [madeByOthers] },
    good: { calls: [madeByOthers], rows: [red], objects: [object('red', 'a')] },
  },
  {
    property: 'failures-are-true',
    what: 'that a version is stored which never was',
    bad: { calls: [otherIsLatest], rows: [red], objects: [object('red', 'a')] },
    good: {
      calls: [otherIsLatest, call('b', apply, { version: 2, operation: 'updated' })],
      rows: [red, row(2, [held('red', 'b')], { atMs: 1_500 })],
      objects: [object('red', 'b')],
    },
  },
  {
    property: 'outages-are-waited-out',
    what: 'an outage in words that nobody knows',
    bad: { calls: [outage(2_000)] },
    good: { calls: [outage(9_000)] },
  },
  {
    property: 'wait-is-proven',
    what: 'a wait that was content with the report of a version before',
    bad: { calls: waited, rows: stale, objects: [object('red', 'b')] },
    good: {
      calls: waited,
      rows: [...stale, row(2, [held('red', 'b')], { atMs: 1_200, ...reported(2) })],
      objects: [object('red', 'b')],
    },
  },
  {
    property: 'nothing-of-others',
    what: 'a write that was carried out as a deletion and a creation',
    bad: {
      calls: [call('a', apply)],
      rows: [early('ben'), asked, gone, row(1, [held('red', 'a')], { atMs: 1_600 })],
      objects: [object('red', 'a')],
    },
    good: {
      calls: [call('d', forced), call('a', apply)],
      rows: [early('ben'), asked, gone, row(1, [held('red', 'a')], { atMs: 1_600 })],
      objects: [object('red', 'a')],
    },
  },
  {
    property: 'nothing-of-others',
    what: 'an object that was taken out before anybody asked for it',
    bad: {
      calls: [at(3_000, 4_000, call('r', reduction, { version: 2 }))],
      rows: [redAndBlue, reduced],
      objects: [object('blue', 'b')],
    },
    good: {
      calls: [call('r', reduction, { version: 2 })],
      rows: [redAndBlue, reduced],
      objects: [object('blue', 'b')],
    },
  },
  {
    property: 'success-is-stored',
    what: 'a deletion that did nothing, while the agent reported',
    bad: {
      calls: [call('d', deletion)],
      rows: [red, row(1, [held('red', 'a')], reported(1))],
      objects: [object('red', 'a')],
    },
    good: {
      calls: [call('d', deletion), call('a', apply)],
      rows: [red, asked, gone, row(1, [held('red', 'a')], { atMs: 1_600, ...reported(1) })],
      objects: [object('red', 'a')],
    },
  },
  {
    property: 'success-is-stored',
    what: 'an object that is told as taken out at a version that is stored nowhere',
    bad: { calls: [call('r', reduction, { version: 99 })], rows: [red], objects: [object('red', 'a')] },
    good: {
      calls: [call('r', reduction, { version: 2 })],
      rows: [redAndBlue, reduced],
      objects: [object('blue', 'b')],
    },
  },
  {
    property: 'success-is-stored',
    what: 'an object that is told as missing and was there',
    bad: {
      calls: [call('r', reduction, nothingToDelete)],
      rows: [row(1, [held('red', 'a')], { atMs: 900, ...reported(1) })],
      objects: [object('red', 'a')],
    },
    good: {
      calls: [call('r', reduction, nothingToDelete)],
      rows: [row(1, [held('blue', 'a')], { atMs: 900, ...reported(1) })],
      objects: [object('blue', 'a')],
    },
  },
  {
    property: 'wait-is-proven',
    what: 'an object that is told as gone because an earlier call took it out, of which the agent knows nothing',
    bad: {
      calls: [...reducedBefore, call('s', reduction, { ...nothingToDelete, version: 2 })],
      rows: takenOut,
      objects: [object('blue', 'b')],
    },
    good: {
      calls: [...reducedBefore, call('s', reduction, { stdout: printed({ phase: 'InProgress', version: 2 }) })],
      rows: takenOut,
      objects: [object('blue', 'b')],
    },
  },
  {
    property: 'wait-is-proven',
    what: 'a wait for an object to go that an earlier call took out, without any word of the agent',
    bad: {
      calls: [...reducedBefore, call('s', waitedReduction, { ...applied, version: 2 })],
      rows: takenOut,
      objects: [object('blue', 'b')],
    },
    good: {
      calls: [...reducedBefore, call('s', waitedReduction, { ...applied, version: 2 })],
      rows: [...takenOut, row(2, [held('blue', 'b')], { atMs: 1_600, ...reported(2) })],
      objects: [object('blue', 'b')],
    },
  },
  {
    property: 'one-story',
    what: 'an output that breaks off',
    bad: { calls: [call('a', apply, { exitCode: 8, stdout: '{"works": [{"exit' })] },
    good: { calls: [call('a', apply, { exitCode: 8, stdout: errorAlone(8) })] },
  },
  {
    property: 'one-story',
    what: 'an error with another exit code than the call',
    bad: { calls: [call('a', apply, { exitCode: 8, stdout: errorAlone(6) })] },
    good: { calls: [call('a', apply, { exitCode: 2, stdout: errorAlone(2) })] },
  },
  {
    property: 'one-story',
    what: 'a signal after which a work that is stored is not told',
    bad: { calls: [call('a', apply, interrupted)], rows: [red], objects: [object('red', 'a')] },
    good: { calls: [call('a', apply, interrupted)] },
  },
  {
    property: 'one-story',
    what: 'a failure that standard error does not tell',
    bad: { calls: [call('a', apply, { exitCode: 8, stderr: 'warning: it is slow' })] },
    good: { calls: [call('a', apply, { exitCode: 8, stderr: 'warning: it is slow\nerror: it failed' })] },
  },
  {
    property: 'reruns-converge',
    what: 'a write that changes something whenever it is made',
    bad: { reruns: sameTwice, rows: [...deletedOnce, row(1, blue, { atMs: 950 }), asked, gone] },
    good: { reruns: sameTwice, rows: deletedOnce },
  },
  {
    property: 'reruns-converge',
    what: 'a refusal that is none when it is made once more',
    bad: { reruns: [at(100, 900, refusedSame), call('same0-second', deletion)] },
    good: { reruns: [at(100, 900, refusedSame), { ...refusedSame, name: 'same0-second' }] },
  },
  {
    property: 'ends-in-time',
    what: 'a call that takes longer than it was given',
    bad: { calls: [{ ...at(1_000, 39_100, call('a', apply, { exitCode: 6 })), argv: ['--timeout=8s'] }] },
    good: { calls: [{ ...at(1_000, 38_900, call('a', apply, { exitCode: 6 })), argv: ['--timeout=8s'] }] },
  },
  {
    property: 'refusal-changes-nothing',
    what: 'a deletion that says it was refused and was carried out',
    bad: { calls: [refusedDeletion], rows: [early('ann'), asked, gone] },
    good: { calls: [refusedDeletion, call('e', deletion)], rows: [early('ann'), asked, gone] },
  },
  {
    property: 'refusal-changes-nothing',
    what: 'an object that was taken out by a call that says it was refused',
    bad: { calls: [refusedReduction], rows: [redAndBlue, reduced], objects: [object('blue', 'b')] },
    good: {
      calls: [refusedReduction, call('s', reduction, { version: 2 })],
      rows: [redAndBlue, reduced],
      objects: [object('blue', 'b')],
    },
  },
];
