import { describe, expect, it } from 'vitest';
import { shownStates } from '../../../src/core/status/shown-state.ts';
import { WorksTally, stateIn, statesText, worstFirst } from '../../../src/core/status/works-tally.ts';
import { lastReportText, observedText, versionsText } from '../../../src/core/status/reported-text.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { bundle } from '../../operations/support/fakes.ts';
import { available, namespace, status } from './build.ts';

const wallMs = Date.parse('2026-11-22T11:00:00Z');
const none = { total: 0, available: 0, applied: 0, progressing: 0, deleting: 0, silent: 0, failing: 0, deleted: 0 };
const good: ResourceBundle = bundle({ ...available(1, [namespace]) });
const failing = bundle({ status: status(1, ['Applied/False/1'], []) });
const fresh = bundle({ createdAt: '2026-11-22T11:00:00Z', updatedAt: '2026-11-22T11:00:00Z' });

/** A snowflake id of Maestro's, with its time in it. */
function reportedAt(ms: number): ResourceBundle {
  const sequenceId = String((BigInt(ms) - 1_288_834_974_657n) << 22n);
  return { ...good, ...(good.status === undefined ? {} : { status: { ...good.status, sequenceId } }) };
}

describe('the tally of works', () => {
  it('counts each work once, by the word that tables show, for its own consumer', () => {
    const tally = new WorksTally();
    for (const one of [good, good, failing, fresh, { ...failing, consumerName: 'c2' }]) tally.add(one, wallMs);
    expect(tally.of('c1').byState).toEqual({ ...none, total: 4, available: 2, failing: 1, progressing: 1 });
    expect(tally.of('c2').byState).toEqual({ ...none, total: 1, failing: 1 });
  });

  it('is zero for a consumer of which there is no work, and tells no report of it', () => {
    expect(new WorksTally().of('c1')).toEqual({ byState: none });
  });

  it('tells no report where no agent has reported', () => {
    const tally = new WorksTally();
    tally.add(fresh, wallMs);
    expect(tally.of('c1')).toEqual({ byState: { ...none, total: 1, progressing: 1 } });
  });

  it('keeps the latest report, in whatever order works come', () => {
    for (const order of [
      [1, 2, 3],
      [3, 2, 1],
      [2, 3, 1],
    ]) {
      const tally = new WorksTally();
      for (const seconds of order) tally.add(reportedAt(wallMs + seconds * 1_000), wallMs);
      expect(tally.of('c1').reportedMs).toBe(wallMs + 3_000);
    }
  });

  it('is told with what is worst first, and without what there is none of', () => {
    expect(statesText({ ...none, total: 50, available: 48, failing: 2 })).toBe('2 failing, 48 available');
    expect(statesText(none)).toBe('');
    expect(worstFirst.toSorted()).toEqual(shownStates.toSorted());
    expect(worstFirst.slice(0, 2)).toEqual(['failing', 'silent']);
  });

  it.each(shownStates)('is told in pieces that say what they are about: %s', (state) => {
    expect(stateIn(statesText({ ...none, [state]: 3 }))).toBe(state);
  });

  it('is told in pieces of which a cut one is about nothing', () => {
    expect(stateIn('48 availab')).toBeUndefined();
  });
});

describe('what an agent reported', () => {
  it('is a version, or a dash while there is none', () => {
    expect([undefined, 0, 1, 12].map((version) => observedText(version))).toEqual(['-', '-', '1', '12']);
    expect(versionsText(2, 3)).toBe('2/3');
    expect(versionsText(undefined, 3)).toBe('-/3');
  });

  it('is so long ago, or never was', () => {
    expect(lastReportText(undefined, wallMs)).toBe('never');
    expect(lastReportText(wallMs - 12_000, wallMs)).toBe('12s ago');
  });
});
