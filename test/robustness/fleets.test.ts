import type { FleetHistory } from '../../robustness/fleets/history/history.ts';
import { properties, violations } from '../../robustness/fleets/properties/index.ts';
import {
  both,
  call,
  canary,
  deletion,
  entry,
  failed,
  first,
  held,
  history,
  inBetween,
  journaled,
  kept,
  other,
  proof,
  red,
  resumed,
  rollOut,
  row,
  throwing,
  unfinished,
  watching,
  withoutRoom,
  work,
} from './support/fleet-histories.ts';
import { slips } from './support/fleet-slips.ts';
import { describeProperties, type Counterexample } from './support/properties.ts';

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
  {
    property: 'fleet-full-disk-is-told',
    what: 'a journal without room of which nothing is said',
    bad: { calls: [withoutRoom({ exitCode: 8, stderr: 'error: it failed' })], rows: [row('c1', 1, red)] },
    good: { calls: [withoutRoom()], rows: [row('c1', 1, red)] },
  },
  {
    property: 'fleet-full-disk-is-told',
    what: 'a journal without room that is no failure',
    bad: { calls: [withoutRoom({ exitCode: 0, stderr: '' })], rows: [row('c1', 1, red)] },
    good: { calls: [withoutRoom()], rows: [row('c1', 1, red)] },
  },
  {
    property: 'fleet-full-disk-is-told',
    what: 'a result without room that is no failure',
    bad: { calls: [withoutRoom({ ...kept, exitCode: 0, stderr: '' })], rows: [row('c1', 1, red)] },
    good: {
      calls: [withoutRoom({ ...kept, stderr: 'error: result.json cannot be written: no space left' })],
      rows: [row('c1', 1, red)],
    },
  },
  {
    property: 'fleet-full-disk-is-told',
    what: 'half a line that is left in a journal',
    bad: { calls: [withoutRoom({ isJournalCut: true })], rows: [row('c1', 1, red)] },
    good: {
      calls: [{ ...first, ...withoutRoom({ isJournalCut: true }), exitCode: undefined, signal: 'SIGKILL' }],
      rows: [row('c1', 1, red)],
    },
  },
  {
    property: 'fleet-one-story',
    what: 'an exit code that neither a work nor a full disk gives',
    bad: { calls: [withoutRoom({ exitCode: 5 })], rows: [row('c1', 1, red)] },
    good: { calls: [withoutRoom()], rows: [row('c1', 1, red)] },
  },
  {
    property: 'fleet-rotation-is-followed',
    what: 'a cluster that was refused when both sides had the new token',
    bad: {
      calls: [call('a', [failed('c1', 'Unauthenticated', 9), failed('c2', 'Unauthenticated', 9)], { exitCode: 9 })],
      rotations: [{ takesAtMs: 100, refusesAtMs: 600, publishedAtMs: 800 }],
    },
    good: {
      calls: [call('a', [failed('c1', 'Unauthenticated', 9), failed('c2', 'Unauthenticated', 9)], { exitCode: 9 })],
      rotations: [{ takesAtMs: 100, refusesAtMs: 1_500, publishedAtMs: 1_600 }],
    },
  },
];

function counted(notBegun: number): string {
  const works = [failed('c1', 'NotBegun', 8), failed('c2', 'NotBegun', 8)];
  return JSON.stringify({ works, summary: { works: 2, notBegun } });
}

describeProperties('each property of fleets', {
  properties,
  violations,
  history,
  cases: [...cases, ...slips],
});
