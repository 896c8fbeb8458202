import type { WaitCounts, WaitLook } from '../core/outcome/standing.ts';
import type { ProgressLine } from './progress-line.ts';

/**
 * How far a run over many works has come, by what was asked for: what is to be seen at last, not the steps on the way.
 */
export interface FleetProgress {
  /** So many were written (or asked to be deleted), the failed ones among them. */
  written(count: number): void;
  /** Where the works stand that are waited for now. */
  waiting(look: WaitLook): void;
  /** A work has come to its end; undefined when its wait was cut short. */
  ended(end: 'met' | 'failed' | undefined): void;
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
  let met = 0;
  let failed = 0;
  return {
    written: (count) =>
      line.show({
        done: met,
        total,
        text: lineOf(words.end, met, total, [
          [count - met - failed, words.step],
          [failed, 'failed'],
        ]),
      }),
    waiting: ({ counts, reasons }) => {
      const toCome = total - met - failed - counts.total;
      line.show({
        done: met + counts.met,
        total,
        text: lineOf(words.end, met + counts.met, total, [
          ...standings({ ...counts, failed: counts.failed + failed }),
          [toCome, 'to come'],
        ]),
        reasons,
      });
    },
    ended: (end) => {
      if (end === 'met') met += 1;
      if (end === 'failed') failed += 1;
    },
  };
}

/** `Applied 1/3 · 1 pending · 1 silent`: where the works of one wait stand. */
export function waitCountsText(end: string, counts: WaitCounts): string {
  return lineOf(end, counts.met, counts.total, standings(counts));
}

type Part = readonly [number, string];

function standings({ pending, failing, failed, silent }: WaitCounts): readonly Part[] {
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
