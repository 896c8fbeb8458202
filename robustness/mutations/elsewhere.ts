import { elsewhereGitops } from './elsewhere-gitops.ts';
import type { Whose } from './mutation.ts';

/** A fault that history knows and that programs of the suite cannot show, or not soon, and the test that does. */
export interface Elsewhere {
  readonly fault: string;
  readonly whose: Whose;
  /** Why programs do not show it. */
  readonly why: string;
  readonly test: string;
  /** A part of the title of the test. */
  readonly title: string;
}

export const elsewhere: readonly Elsewhere[] = [
  {
    fault: 'one Job of two is enough, a mistake in an expression waits out the time',
    whose: 'Go maestro-cli',
    why: 'programs wait for Applied, Available and Deleted',
    test: 'test/core/expressions/regressions.test.ts',
    title: 'B12: one of two Jobs is not enough for a condition',
  },
  {
    fault: 'a work that its cluster refuses is waited for until the time is up',
    whose: 'Go maestro-cli',
    why: 'the clusters of programs refuse nothing',
    test: 'test/operations/judge.test.ts',
    title: 'counts only when it lasts the whole grace period',
  },
  {
    fault: 'two names of works that make one id are taken for one another',
    whose: 'Go maestro-cli',
    why: 'the few names in programs make no such pair',
    test: 'test/operations/apply/plan.test.ts',
    title: 'an id that another consumer and name share',
  },
  {
    fault: 'diffs, checks, tables, settings and help that are wrong: each of the 64 known ones has a row there',
    whose: 'Go maestro-cli',
    why: 'nothing is written or waited for, so the server shows nothing of it',
    test: 'test/go-tool/faults.test.ts',
    title: 'diff exits 0 for differences',
  },
  {
    fault: 'a merge that is made again after a conflict takes out what its first read did not show',
    whose: 'ours',
    why: 'when a call has read is in no history, so what came before its read may go rightly',
    test: 'test/operations/apply/apply-work.test.ts',
    title: 'keeps what came since the first read, even under its own name',
  },
  {
    fault:
      'a write whose answer was lost is told at the version of a later write, or as a conflict though it was stored',
    whose: 'ours',
    why: 'others have to write within milliseconds after a lost answer, which a search of minutes rarely meets',
    test: 'test/operations/apply/apply-work.test.ts',
    title: 'says that its effect is unknown: it may have been stored before the others',
  },
  {
    fault:
      'a deleted work comes back by a row that was read before its end, or an older report takes the place of a later',
    whose: 'ours',
    why: 'the watches of programs last seconds, in which a read that is under way rarely meets the end of a work',
    test: 'test/works/store.test.ts',
    title: 'no work whose end was heard comes back, no report goes back',
  },
  {
    fault: 'a server that answers with something else than was asked for is believed',
    whose: 'ours',
    why: 'the server of programs answers rightly or not at all',
    test: 'test/commands/wrong-rows.test.ts',
    title: 'through something that answers with another work',
  },
  ...elsewhereGitops,
];
