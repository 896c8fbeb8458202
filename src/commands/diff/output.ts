import type { Context } from '../../context.ts';
import type { ApplyPlan } from '../../operations/apply/plan.ts';
import { openPalette, type Palette } from '../../output/colour.ts';
import type { ErrorValue } from '../../output/error-value.ts';
import { toJson } from '../../output/json.ts';
import type { Reporter } from '../../output/reporter.ts';
import { colourDiff } from '../../output/unified-diff.ts';
import type { PartChange } from '../shared/change/work-changes.ts';
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

/** The same over several consumers: what would change is in its group. */
export interface GroupedWorkDiff extends Omit<WorkDiff, 'changes'> {
  /** Id of the group; absent when nothing would change. */
  readonly group?: number;
}

/** What would change in the same way on several consumers. */
export interface DiffGroup {
  /** 1 is the one with the most consumers. */
  readonly id: number;
  /** Name of the work; `{{ consumer.name }}` stands in it where each consumer's has another name. */
  readonly name: string;
  /** What an apply would do. */
  readonly action: ApplyPlan['action'];
  /** Names of the consumers, as they were chosen. */
  readonly consumers: readonly string[];
  /**
   * What would change, sorted. With `--template-consumer` what was filled in for a consumer stands as its expression,
   * on both sides, and two braces as `{{ "{{" }}`.
   */
  readonly changes?: readonly PartChange[];
  /** There were too many different changes to keep, and those of this group are left out. */
  readonly omitted?: boolean;
}

/** A work that could not be compared: nothing is known of it. */
export interface FailedWorkDiff {
  /** Name of the work. */
  readonly name: string;
  /** Name of the consumer. */
  readonly consumer: string;
  /** Why. */
  readonly error: ErrorValue;
}

/** How many works would become what. */
export interface DiffSummary {
  /** All works that were compared, or could not be. */
  readonly works: number;
  /** Consumers that they are of. */
  readonly consumers: number;
  /** Would be updated. */
  readonly update: number;
  /** Are not there, and would be created. */
  readonly create: number;
  /** Are stored as they are given. */
  readonly unchanged: number;
  /** Could not be compared. */
  readonly failed: number;
}

/** What `diff -o json` prints. */
export interface PrintedDiffs {
  /** Whether anything that was compared would change; when everything was, the exit code is 1 then. */
  readonly different: boolean;
  /** Every work that was compared. */
  readonly works: readonly (WorkDiff | GroupedWorkDiff)[];
  /** Over several consumers: what would change, each change once. */
  readonly groups?: readonly DiffGroup[];
  /** Over several consumers: the works that could not be compared. The exit code is that of their errors then. */
  readonly failed?: readonly FailedWorkDiff[];
  /** Over several consumers. */
  readonly summary?: DiffSummary;
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

/** `# NAME on CONSUMER: would be updated, version 3 is stored` */
export function workHeading({ name, consumer, version }: Pick<WorkDiff, 'name' | 'consumer' | 'version'>): string {
  const what = version === undefined ? 'would be created' : `would be updated, version ${version} is stored`;
  return `# ${name} on ${consumer}: ${what}\n`;
}

function textOf(diff: WorkDiff, palette: Palette): string {
  return [workHeading(diff), ...diff.changes.map((change) => colourDiff(change.diff, palette))].join('');
}
