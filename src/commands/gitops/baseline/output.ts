import type { OutputStream } from '../../../context.ts';
import { comparedFigures, type Baseline } from '../../../gitops/fleet-state/baseline.ts';
import { toJson } from '../../../output/json.ts';
import { openTable } from '../../../output/table.ts';
import type { BaselineCommandOptions } from './options.ts';

/** What is printed of a baseline, beside an earlier one when there is one. */
export interface PrintedBaseline {
  /** As it is. */
  readonly now: Baseline;
  /** As the file has it. */
  readonly before?: Baseline;
  /** How much more there is now, by the figure's name in the table; of those alone that both times have. */
  readonly differences?: Readonly<Record<string, number>>;
}

export function printBaseline(
  now: Baseline,
  before: Baseline | undefined,
  { output }: Pick<BaselineCommandOptions, 'output'>,
  stdout: OutputStream,
): void {
  const figures = comparedFigures(now, before);
  if (output === 'json') {
    const differences = Object.fromEntries(
      figures.flatMap(({ what, now: later, before: earlier }) =>
        later === undefined || earlier === undefined ? [] : [[what, later - earlier] as const],
      ),
    );
    const printed: PrintedBaseline = before === undefined ? { now } : { now, before, differences };
    stdout.write(toJson(printed));
    return;
  }
  if (before === undefined) {
    openTable(['FIGURE', 'NOW'], stdout).rows(figures.map(({ what, now: value }) => [what, shown(value)]));
    return;
  }
  openTable(['FIGURE', `BEFORE (${before.takenAt})`, 'NOW', 'DIFFERENCE'], stdout).rows(
    figures.map(({ what, now: later, before: earlier }) => [
      what,
      shown(earlier),
      shown(later),
      later === undefined || earlier === undefined ? '-' : signed(later - earlier),
    ]),
  );
}

function shown(value: number | undefined): string {
  return value === undefined ? 'not measured' : String(value);
}

function signed(value: number): string {
  return value > 0 ? `+${shown(value)}` : shown(value);
}
