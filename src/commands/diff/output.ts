import type { Context } from '../../context.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ApplyPlan } from '../../operations/apply/plan.ts';
import { openPalette, type Palette } from '../../output/colour.ts';
import { printedJson } from '../../output/json.ts';
import type { Reporter } from '../../output/reporter.ts';
import { colourDiff } from '../../output/unified-diff.ts';
import type { PartChange } from './changes.ts';
import type { DiffOptions } from './options.ts';

/** What an apply would make of one work. */
export interface WorkDiff {
  readonly name: string;
  readonly consumer: string;
  readonly id: string;
  readonly action: ApplyPlan['action'];
  /** The version that is stored. */
  readonly version?: number;
  readonly changes: readonly PartChange[];
}

export function isDifferent({ changes }: WorkDiff): boolean {
  return changes.length > 0;
}

function diffValue({ changes, ...diff }: WorkDiff): JsonObject {
  return {
    ...diff,
    changes: changes.map(({ key, ...change }) => ({ ...change, ...(key === undefined ? {} : { key: { ...key } }) })),
  };
}

/** Prints all of them; `text` says on stderr where there is no difference. */
export async function printDiffs(
  diffs: readonly WorkDiff[],
  output: DiffOptions['output'],
  { stdout, env }: Pick<Context, 'stdout' | 'env'>,
  reporter: Pick<Reporter, 'info'>,
): Promise<void> {
  if (output === 'json') {
    stdout.write(`${printedJson({ different: diffs.some(isDifferent), works: diffs.map(diffValue) }, 2)}\n`);
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
