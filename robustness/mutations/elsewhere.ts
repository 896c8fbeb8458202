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
    fault: 'OR binds tighter than AND, one Job of two is enough, a mistake in an expression waits out the time',
    whose: 'Go maestro-cli',
    why: 'programs wait for Applied, Available and Deleted',
    test: 'test/core/expressions/regressions.test.ts',
    title: 'B8: AND binds tighter than OR',
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
    fault: 'the result of an earlier try stays where a run that is killed should have left none',
    whose: 'ours',
    why: 'SIGKILL has to come between a write and its result: brought back, it was not found within four minutes',
    test: 'test/io/result-file.test.ts',
    title: 'leaves nothing behind, and removes a stale file',
  },
  {
    fault: 'a wait for a work that is deleted meanwhile ends well',
    whose: 'ours',
    why: 'a deletion has to come between a write and its report: brought back, it was not found within five minutes',
    test: 'test/operations/judge.test.ts',
    title: 'that goes again once it was seen has been deleted',
  },
  {
    fault: 'a wait goes on at a later version that no longer holds what was written, and ends well',
    whose: 'ours',
    why: 'another write has to come between a write and its report: brought back, it was not found within five minutes',
    test: 'test/operations/judge.test.ts',
    title: 'holds for a bare wait too, against what it saw first',
  },
  {
    fault:
      'a deleted work comes back by a row that was read before its end, or an older report takes the place of a later',
    whose: 'ours',
    why: 'no step of a program goes on following works',
    test: 'test/works/store.test.ts',
    title: 'no work whose end was heard comes back, no report goes back',
  },
  {
    fault: 'an apply of an unchanged file writes a version, because the server writes its options in another way',
    whose: 'ours',
    why: 'programs give no options',
    test: 'test/core/works/compare.test.ts',
    title: 'is the same for the rules of a deletion',
  },
  {
    fault: 'an update strips the executor of a work, which REST does not show',
    whose: 'ours',
    why: 'programs give no executor',
    test: 'test/commands/delete/resources.test.ts',
    title: 'refuses to strip an executor that nobody can show',
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
