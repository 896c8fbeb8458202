import type { Context } from '../../../context.ts';
import { oneLine } from '../../../core/shown-text.ts';
import { counted, listed } from '../../../core/text.ts';
import { openPalette, type Palette } from '../../../output/colour.ts';
import { errorValue } from '../../../output/error-value.ts';
import { toJson } from '../../../output/json.ts';
import type { Reporter } from '../../../output/reporter.ts';
import { colourDiff } from '../../../output/unified-diff.ts';
import type { DiffOptions } from '../options.ts';
import { workHeading, type FailedWorkDiff, type GroupedWorkDiff, type PrintedDiffs } from '../output.ts';
import type { ChangeGroup, ComparedWork, FleetDiff } from './groups.ts';

/** Names of consumers in a heading. */
const shownConsumers = 5;

/** How it is printed, and how many consumers were asked about. */
interface PrintOptions {
  readonly output: DiffOptions['output'];
  readonly consumers: number;
}

/** Prints each change once, with the consumers that it is of; `text` says on stderr how many are as they would be. */
export async function printFleetDiff(
  diff: FleetDiff,
  { output, consumers }: PrintOptions,
  { stdout, env }: Pick<Context, 'stdout' | 'env'>,
  reporter: Pick<Reporter, 'info' | 'warn'>,
): Promise<void> {
  if (output === 'json') stdout.write(toJson(printed(diff, consumers)));
  else {
    const palette = await openPalette(stdout, env);
    for (const group of diff.groups) stdout.write(textOf(group, palette));
  }
  for (const { name, change, members } of diff.groups)
    for (const loss of change?.losses ?? []) reporter.warn(`${name} on ${where(members)}: ${loss}`);
  reporter.info(summaryText(diff, consumers));
}

function textOf({ name, action, members, change }: ChangeGroup, palette: Palette): string {
  const [only, ...more] = members;
  const heading =
    only !== undefined && more.length === 0
      ? workHeading(only)
      : `# ${oneLine(name)}: would be ${action}d on ${where(members)}\n`;
  if (change !== undefined) return [heading, ...change.changes.map(({ diff }) => colourDiff(diff, palette))].join('');
  return `${heading}# too many different changes to keep: not shown here, diff --consumer=${only?.consumer ?? ''} shows it\n`;
}

/** `57 consumers: a, b, c, d, e and 52 more (all with -o json)` */
function where(members: readonly ComparedWork[]): string {
  const names = members.map(({ consumer }) => oneLine(consumer));
  const all = names.length > shownConsumers ? ' (all with -o json)' : '';
  return `${counted(names.length, 'consumer')}: ${listed(names, shownConsumers)}${all}`;
}

/** `62 works on 62 consumers: 57 would be updated in 2 ways, 2 not there, would be created, 3 unchanged` */
function summaryText({ groups, unchanged, failed }: FleetDiff, consumers: number): string {
  const parts = (['update', 'create'] as const).flatMap((action) => {
    const of = groups.filter((group) => group.action === action);
    const count = of.reduce((sum, { members }) => sum + members.length, 0);
    if (count === 0) return [];
    const ways = of.length === 1 ? '' : ` in ${of.length} ways`;
    return [action === 'create' ? `${count} not there, would be created${ways}` : `${count} would be updated${ways}`];
  });
  if (unchanged.length > 0) parts.push(`${unchanged.length} unchanged`);
  if (failed.length > 0) parts.push(`${failed.length} not compared`);
  const count = groups.reduce((sum, { members }) => sum + members.length, unchanged.length + failed.length);
  return `${counted(count, 'work')} on ${counted(consumers, 'consumer')}: ${parts.join(', ')}`;
}

function printed({ groups, unchanged, failed }: FleetDiff, consumers: number): PrintedDiffs {
  const grouped = groups.flatMap(({ id, members }) => members.map((work) => ({ work, group: id })));
  const works = [...grouped, ...unchanged.map((work) => ({ work }))]
    .toSorted((a, b) => a.work.place - b.work.place)
    .map(({ work: { place: _place, ...work }, ...group }): GroupedWorkDiff => ({ ...work, ...group }));
  const failures = failed.flatMap(({ manifestWorkName: name, consumer, error }): readonly FailedWorkDiff[] =>
    error === undefined ? [] : [{ name, consumer, error: errorValue(error) }],
  );
  const count = (action: ChangeGroup['action']): number => grouped.filter(({ work }) => work.action === action).length;
  return {
    different: groups.length > 0,
    works,
    groups: groups.map(({ id, action, name, members, change }) => ({
      id,
      name,
      action,
      consumers: members.map(({ consumer }) => consumer),
      ...(change === undefined ? { omitted: true } : { changes: change.changes }),
    })),
    failed: failures,
    summary: {
      works: works.length + failures.length,
      consumers,
      update: count('update'),
      create: count('create'),
      unchanged: unchanged.length,
      failed: failures.length,
    },
  };
}
