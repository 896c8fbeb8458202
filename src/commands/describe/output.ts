import { formatAge } from '../../core/duration.ts';
import { toWireJson, type JsonValue } from '../../core/json.ts';
import type { Condition } from '../../core/status/work-status.ts';
import type { Context, OutputStream } from '../../context.ts';
import { openPalette, type Palette } from '../../output/colour.ts';
import { toJson } from '../../output/json.ts';
import { oneLine, shownJson } from '../../core/shown-text.ts';
import { cutToWidth, padToWidth } from '../../output/one-line.ts';
import { openTable } from '../../output/table.ts';
import type { Description, ResourceDescription } from '../shared/description.ts';
import type { DescribeOptions } from './options.ts';

/** Longer values of labels and annotations hide the rest; get shows them whole. */
const longestValue = 200;
const keyWidth = 16;

/** Prints a description: as one JSON value, or for people. */
export async function printDescription(
  description: Description,
  wallMs: number,
  format: DescribeOptions['output'],
  { stdout, env }: Pick<Context, 'stdout' | 'env'>,
): Promise<void> {
  if (format === 'json') stdout.write(toJson(description));
  else stdout.write(descriptionText(description, wallMs, await openPalette(stdout, env)));
}

/** A description for people: sections, one thing a line, what is odd first. */
export function descriptionText(description: Description, wallMs: number, palette: Palette): string {
  const sections = [
    headLines(description, wallMs),
    section(
      'Notes',
      description.notes.map((note) => `  ${oneLine(note)}`),
      palette,
    ),
    section('Labels', mapLines(description.labels), palette),
    section('Annotations', mapLines(description.annotations), palette),
    section('Managers', mapLines(description.managers === undefined ? {} : joined(description.managers)), palette),
    section('Conditions', conditionLines(description.conditions, '  ', wallMs), palette),
    section(
      'Resources',
      description.resources.flatMap((resource) => resourceLines(resource, wallMs)),
      palette,
    ),
    section(
      'Reported, but no part of this version',
      description.formerResources.map((label) => `  ${oneLine(label)}`),
      palette,
    ),
    section('On the cluster', clusterLines(description), palette),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function headLines(description: Description, wallMs: number): readonly string[] {
  const { version, observedVersion, executor, deletingSince, lastReport, replaces } = description;
  return [
    field('Name', description.name),
    field('Consumer', description.consumer),
    field('Id', description.id),
    field('Source', description.source === '?' ? '? (not ours; Maestro does not show it)' : description.source),
    field('Version', `${version} (the agent last reported ${observedVersion === 0 ? 'none' : observedVersion})`),
    field('Created', withAge(description.createdAt, wallMs)),
    field('Updated', withAge(description.updatedAt, wallMs)),
    ...(deletingSince === undefined ? [] : [field('Deleting since', withAge(deletingSince, wallMs))]),
    field('Last report', lastReport === undefined ? 'never' : withAge(lastReport, wallMs)),
    field('Delete policy', description.deletePolicy),
    ...(replaces === undefined ? [] : [field('Replaces', `${replaces.join(', ')} (migrated; not to be made anew)`)]),
    ...(executor === undefined
      ? []
      : [field('Executor', typeof executor === 'string' ? executor : toWireJson(executor))]),
    field('State', `${description.state}: ${description.summary}`),
  ];
}

function section(title: string, lines: readonly string[], palette: Palette): readonly string[] {
  return lines.length === 0 ? [] : [palette.heading(`${title}:`), ...lines];
}

function resourceLines(resource: ResourceDescription, wallMs: number): readonly string[] {
  const manager = resource.manager === undefined ? '' : ` (managed by ${resource.manager})`;
  return [
    `  ${oneLine(`${resource.resource}${manager}`)}`,
    ...resource.configs.map((config) => `    Config: ${oneLine(config)}`),
    ...(resource.reported
      ? conditionLines(resource.conditions, '    ', wallMs)
      : ['    the agent has reported nothing of it']),
    ...(resource.feedback.length === 0 ? [] : ['    Feedback:']),
    ...resource.feedback.flatMap(({ name, value }) => feedbackLines(name, value as JsonValue)),
  ];
}

/** Objects and lists are decoded and indented, since that is where the reason usually stands. */
function feedbackLines(name: string, value: JsonValue): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`      ${oneLine(name)}: ${oneLine(String(value))}`];
  return [
    `      ${oneLine(name)}:`,
    ...shownJson(toWireJson(value, 2))
      .split('\n')
      .map((line) => `        ${line}`),
  ];
}

function conditionLines(conditions: readonly Condition[], indent: string, wallMs: number): readonly string[] {
  if (conditions.length === 0) return [];
  const lines: string[] = [];
  const collect: OutputStream = {
    write: (text) => lines.push(...text.trimEnd().split('\n')),
    isTTY: false,
    columns: undefined,
  };
  openTable(['TYPE', 'STATUS', 'VERSION', 'REASON', 'AGE', 'MESSAGE'], collect).rows(
    conditions.map((condition) => [
      condition.type,
      condition.status,
      condition.observedGeneration === undefined ? '-' : String(condition.observedGeneration),
      condition.reason === '' ? '-' : condition.reason,
      condition.lastTransitionTime === undefined ? '-' : formatAge(wallMs - Date.parse(condition.lastTransitionTime)),
      condition.message,
    ]),
  );
  return lines.map((line) => `${indent}${line}`);
}

function clusterLines({ id, onCluster }: Description): readonly string[] {
  return [
    `  ${field('ManifestWork', onCluster.manifestWork)}`,
    `  ${field('AppliedWork', `${onCluster.appliedManifestWork}; find it with: kubectl get appliedmanifestworks -o name | grep ${id}`)}`,
  ];
}

function mapLines(map: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(map)
    .sort()
    .map((key) => `  ${oneLine(key)}: ${cutToWidth(oneLine(map[key] ?? ''), longestValue)}`);
}

function joined(managers: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(managers).map(([manager, labels]) => [manager, labels.join(', ')]));
}

function field(name: string, value: string): string {
  return `${padToWidth(`${name}:`, keyWidth)}${oneLine(value)}`;
}

function withAge(time: string, wallMs: number): string {
  return time === '' ? 'unknown' : `${time} (${formatAge(wallMs - Date.parse(time))} ago)`;
}
