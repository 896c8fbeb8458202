import type { Standing, WaitCounts, WaitLook } from '../core/outcome/standing.ts';
import type { ProgressLine } from './progress-line.ts';

/**
 * How far a run over many works has come, by what was asked for: what is to be seen at last, not the steps on the way.
 */
export interface FleetProgress {
  /** So many were written (or asked to be deleted), the failed ones among them. */
  written(count: number): void;
  /** Where the works stand that are waited for now. */
  waiting(look: WaitLook): void;
  /** A work has come to its end, or its wait was cut short where it stood. */
  ended(end: 'met' | 'failed' | Standing): void;
}

/**
 * Shows on the line how many works are as they were asked to be.
 *
 * @param total how many works there are
 * @param words what the end is called (`Applied`), and the step before it (`written`)
 */
export function openFleetProgress(
  line: Pick<ProgressLine, 'show'>,
  total: number,
  words: { readonly end: string; readonly step: string },
): FleetProgress {
  const ends = { met: 0, failed: 0, pending: 0, failing: 0, silent: 0 };
  const show = (met: number, parts: readonly Part[], reasons?: WaitLook['reasons']): void =>
    line.show({
      done: met,
      total,
      text: lineOf(words.end, met, total, parts),
      ...(reasons === undefined ? {} : { reasons }),
    });
  const ended = (): number => Object.values(ends).reduce((sum, count) => sum + count, 0);
  return {
    // The failed ones were written, or were to be; so was what ended in any other way.
    written: (count) => show(ends.met, [[count - ended(), words.step], ...standings(ends)]),
    waiting: ({ counts, reasons }) => {
      const all = {
        failed: counts.failed + ends.failed,
        pending: counts.pending + ends.pending,
        failing: counts.failing + ends.failing,
        silent: counts.silent + ends.silent,
      };
      show(ends.met + counts.met, [...standings(all), [total - ended() - counts.total, 'to come']], reasons);
    },
    ended: (end) => {
      ends[end] += 1;
    },
  };
}

/** `Applied 1/3 · 1 pending · 1 silent`: where the works of one wait stand. */
export function waitCountsText(end: string, counts: WaitCounts): string {
  return lineOf(end, counts.met, counts.total, standings(counts));
}

type Part = readonly [number, string];

function standings({ pending, failing, failed, silent }: Omit<WaitCounts, 'total' | 'met'>): readonly Part[] {
  return [
    [pending, 'pending'],
    [failing, 'failing'],
    [failed, 'failed'],
    [silent, 'silent'],
  ];
}

function lineOf(end: string, met: number, total: number, parts: readonly Part[]): string {
  return `${end} ${met}/${total}${parts.map(([count, what]) => (count > 0 ? ` · ${count} ${what}` : '')).join('')}`;
}
