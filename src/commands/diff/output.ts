import type { Context } from '../../context.ts';
import type { ApplyPlan } from '../../operations/apply/plan.ts';
import { openPalette, type Palette } from '../../output/colour.ts';
import { toJson } from '../../output/json.ts';
import type { Reporter } from '../../output/reporter.ts';
import { colourDiff } from '../../output/unified-diff.ts';
import type { PartChange } from '../shared/work-changes.ts';
import type { DiffOptions } from './options.ts';

/** What an apply would make of one work. */
export interface WorkDiff {
  /** Name of the work. */
  readonly name: string;
  /** Name of the consumer. */
  readonly consumer: string;
  /** Id of the work. */
  readonly id: string;
  /** What an apply would do. */
  readonly action: ApplyPlan['action'];
  /** The version that is stored. */
  readonly version?: number;
  /** What would change, sorted; empty when nothing would. */
  readonly changes: readonly PartChange[];
}

/** What `diff -o json` prints. */
export interface PrintedDiffs {
  /** Whether anything would change; then the exit code is 1. */
  readonly different: boolean;
  /** Every work that was given. */
  readonly works: readonly WorkDiff[];
}

export function isDifferent({ changes }: WorkDiff): boolean {
  return changes.length > 0;
}

/** Prints all of them; `text` says on stderr where there is no difference. */
export async function printDiffs(
  diffs: readonly WorkDiff[],
  output: DiffOptions['output'],
  { stdout, env }: Pick<Context, 'stdout' | 'env'>,
  reporter: Pick<Reporter, 'info'>,
): Promise<void> {
  if (output === 'json') {
    const value: PrintedDiffs = { different: diffs.some(isDifferent), works: diffs };
    stdout.write(toJson(value));
    return;
  }
  const palette = await openPalette(stdout, env);
  for (const diff of diffs) {
    if (isDifferent(diff)) stdout.write(textOf(diff, palette));
    else reporter.info(`${diff.name} on ${diff.consumer}: no differences (version ${diff.version})`);
  }
}

function textOf(diff: WorkDiff, palette: Palette): string {
  const { name, consumer, version, changes } = diff;
  const what = version === undefined ? 'would be created' : `would be updated, version ${version} is stored`;
  return [`# ${name} on ${consumer}: ${what}\n`, ...changes.map((change) => colourDiff(change.diff, palette))].join('');
}
