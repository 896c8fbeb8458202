import type { FleetCall, FleetHistory, ToldChange } from '../../../robustness/fleets/history/history.ts';
import type { RollOutStep } from '../../../robustness/fleets/program/steps.ts';
import { call, deletion, failed, first, held, other, red, row, unfinished, work, rollOut } from './fleet-histories.ts';
import type { Counterexample } from './properties.ts';

const at = (startedMs: number, endedMs: number, one: FleetCall): FleetCall => ({ ...one, startedMs, endedMs });
const toOne: RollOutStep = { ...rollOut, consumers: ['c1'] };
const byCommand: RollOutStep = { ...toOne, by: 'command' };
const one = call('a', [work('c1')], { step: toOne });
const early = row('c1', 1, red, { atMs: 900 });
const earlier = at(500, 950, one);
const lateDeletion = at(6_000, 7_000, deletion('north'));
const going = row('c1', 1, red, { deleting: true });
const gone = row('c1', 1, red, { deleting: true, removed: true });
const madeAnew = [
  ...[early, going, gone, row('c1', 1, [held('red', 'o')], { atMs: 5_000 })],
  row('c1', 1, [held('red', 'o')], { atMs: 9_000, deleting: true }),
];
const anew = at(4_500, 5_200, call('o', [work('c1')], { step: toOne }));
const unforced = deletion('north', { force: false });
const refused = deletion('north', {}, [failed('c1', 'ForeignManifests', 10)]);
const ofBen: RollOutStep = { ...toOne, manager: 'ben' };
const redOfBen = [held('red', 'a', 'ben')];
const told = (kind: string, version = 1): ToldChange => ({
  ...{ kind, id: 'id-north-c1', consumer: 'c1', name: 'w1', version },
  state: 'progressing',
});
const watch = (changes: readonly ToldChange[]): FleetCall => ({
  ...call('v', []),
  step: { kind: 'watch', source: 'north', lastsMs: 500 },
  stdout: JSON.stringify({ works: [], changes }),
});
const rolledOut = at(500, 2_500, one);
const whole = JSON.stringify({ works: [failed('c1', 'Unavailable', 8)] });
const broken = (stdout: string): FleetCall => call('a', [failed('c1', 'Unavailable', 8)], { step: byCommand, stdout });
const stoppedBy = 'warning: stopped, because interrupted by SIGINT: 1 work not begun, on c1\n';
const stopped = (exitCode: number): FleetCall =>
  call('a', [failed('c1', 'NotBegun', exitCode)], { step: byCommand, stderr: stoppedBy });
/** Two kinds of failure, so that the call itself ends with 7. */
const mixed = (reason: string, exitCode: number): FleetCall =>
  call('a', [failed('c1', reason, exitCode), failed('c2', 'NotBegun', 130)], { exitCode: 7 });
const noJournal: FleetCall = { ...first, journal: [] };

/** Histories that slipped through, or that were wrongly called violations, each beside a near one. */
export const slips: readonly Counterexample<FleetHistory>[] = [
  {
    property: 'fleet-one-story',
    what: 'an output that breaks off',
    bad: { calls: [broken('{"works": [{"na')] },
    good: { calls: [broken(whole)] },
  },
  {
    property: 'fleet-one-story',
    what: 'a bug of its own that is told of one of several works',
    bad: { calls: [mixed('InternalError', 70)] },
    good: { calls: [mixed('Conflict', 5)] },
  },
  {
    property: 'fleet-one-story',
    what: 'an error that is told like a signal',
    bad: { calls: [stopped(8)] },
    good: { calls: [stopped(130)] },
  },
  {
    property: 'fleet-one-story',
    what: 'a call that takes longer than it was given',
    bad: { calls: [{ ...at(1_000, 39_100, broken(whole)), argv: ['apply', '--timeout=8000ms'] }] },
    good: { calls: [{ ...at(1_000, 38_900, broken(whole)), argv: ['apply', '--timeout=8000ms'] }] },
  },
  {
    property: 'told-is-stored',
    what: 'that nothing was asked for of a work that was not lost with the data',
    bad: { calls: [earlier, lateDeletion], rows: [early] },
    good: { calls: [earlier, lateDeletion], rows: [early], lostDataAtMs: [3_000] },
  },
  {
    property: 'told-is-stored',
    what: 'a write that was stored only in what was lost before',
    bad: { calls: [one], rows: [row('c1', 1, red, { epoch: 0 })], lostDataAtMs: [-10_000] },
    good: { calls: [one], rows: [row('c1', 1, red, { epoch: 1 })], lostDataAtMs: [-10_000] },
  },
  {
    property: 'journal-is-stored',
    what: 'a journal that had it before the server',
    bad: { calls: [first], rows: [row('c1', 1, red, { atMs: 2_100 })] },
    good: { calls: [first], rows: [row('c1', 1, red, { atMs: 2_001 })] },
  },
  {
    property: 'resume-finishes',
    what: 'a resume that is excused by a loss before its roll-out',
    bad: { calls: [noJournal], resumed: [unfinished()], lostDataAtMs: [-10_000] },
    good: { calls: [noJournal], resumed: [unfinished()], lostDataAtMs: [2_500] },
  },
  {
    property: 'nothing-of-other-sources',
    what: 'a deletion long after the one that was asked for',
    bad: { calls: [earlier, deletion('north'), anew], rows: madeAnew },
    good: { calls: [earlier, deletion('north'), anew, at(8_500, 9_500, deletion('north'))], rows: madeAnew },
  },
  {
    property: 'nothing-of-other-sources',
    what: 'a deletion that took along what another manager has',
    bad: { calls: [{ ...earlier, step: ofBen }, unforced], rows: ofBens() },
    good: { calls: [{ ...earlier, step: ofBen }, deletion('north')], rows: ofBens() },
  },
  {
    property: 'nothing-of-other-sources',
    what: 'a deletion that is told as refused and was carried out',
    bad: { calls: [earlier, refused], rows: [early, going, gone] },
    good: { calls: [earlier, deletion('north')], rows: [early, going, gone] },
  },
  {
    property: 'watch-is-true',
    what: 'a work that is told as standing after its end',
    bad: { calls: [earlier, watch([told('gone'), told('status')]), deletion('north')], rows: [early, going, gone] },
    good: {
      calls: [earlier, at(1_400, 2_000, anew), watch([told('gone'), told('status')]), deletion('north')],
      rows: [early, going, gone, row('c1', 1, [held('red', 'o')], { atMs: 1_600 })],
    },
  },
  {
    property: 'watch-is-true',
    what: 'an older version after a newer one',
    bad: { calls: [rolledOut, other, watch([told('status', 2), told('status', 1)])], rows: [early, inBetween()] },
    good: { calls: [rolledOut, other, watch([told('status', 1), told('status', 2)])], rows: [early, inBetween()] },
  },
  {
    property: 'watch-is-true',
    what: 'a watch that tells nothing when nothing is wrong any more',
    bad: { calls: [earlier], again: [watch([])], rows: [early] },
    good: { calls: [earlier], again: [watch([told('status')])], rows: [early] },
  },
];

function ofBens(): FleetHistory['rows'] {
  const later = { deleting: true };
  return [
    row('c1', 1, redOfBen, { atMs: 900 }),
    row('c1', 1, redOfBen, later),
    row('c1', 1, redOfBen, { ...later, removed: true }),
  ];
}

function inBetween(): FleetHistory['rows'][number] {
  return row('c1', 2, [held('red', 'o')], { atMs: 1_900 });
}
