import { formatAge } from '../../core/duration.ts';
import { toWireJson } from '../../core/json.ts';
import { oneLine } from '../../core/shown-text.ts';
import { shellWord } from '../../core/shell-word.ts';
import type { ShownState } from '../../core/status/shown-state.ts';
import type { Context } from '../../context.ts';
import { openPalette } from '../../output/colour.ts';
import { toJson } from '../../output/json.ts';
import { cutToWidth, padToWidth } from '../../output/one-line.ts';
import { wrapped } from '../../output/wrap.ts';
import type { Description } from '../shared/one-work/description.ts';
import type { DescribeOptions } from './options.ts';
import { section, type Page } from './page.ts';
import { conditionTable, feedbackTable, resourceBlocks, resourceTable } from './resources.ts';

/** Longer values of labels and annotations hide the rest; get shows them whole. */
const longestValue = 200;
const keyWidth = 12;
/** More notes leave no room for the rest of a screen. */
const shownNotes = 4;

/** A description, and the words that the text has for where the work is. */
export interface Described {
  readonly description: Description;
  readonly shown: ShownState;
  /** What stands between the work and a better state, a sentence each. */
  readonly why: readonly string[];
}

/** Prints a description: as one JSON value, or for people. */
export async function printDescription(
  described: Described,
  { output, all }: Pick<DescribeOptions, 'output' | 'all'>,
  { stdout, clock, env }: Pick<Context, 'stdout' | 'clock' | 'env'>,
): Promise<void> {
  if (output === 'json') return stdout.write(toJson(described.description));
  const page: Page = {
    columns: stdout.isTTY ? (stdout.columns ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY,
    palette: await openPalette(stdout, env),
    wallMs: clock.wallMs(),
  };
  stdout.write(all ? wholeText(described, page) : screenText(described, page));
}

/** What fits a screen, what is odd first, and how to see the rest. */
export function screenText(described: Described, page: Page): string {
  const { description } = described;
  const resources = resourceTable(description.resources, description.version, page);
  const feedback = feedbackTable(description.resources, page);
  const notes = description.notes.slice(0, shownNotes);
  const left = [
    ...counted(description.notes.length - notes.length, 'note'),
    ...resources.left,
    ...feedback.left,
    ...counted(Object.keys(description.annotations).length, 'annotation'),
    ...counted(description.resources.filter(({ configs }) => configs.length > 0).length, 'config of resources'),
    ...counted(description.formerResources.length, 'object of earlier versions'),
  ];
  return textOf([
    [
      ...head(described, page),
      ...inline('Labels', labelTexts(description.labels), page),
      ...inline('Managers', managerTexts(description.managers ?? {}), page),
    ],
    section('Notes', bullets(notes, 2, page), page),
    section('Conditions', conditionTable(description.conditions, page, { version: description.version }), page),
    resources.lines,
    feedback.lines,
    section('On the cluster', [`  kubectl get appliedmanifestworks | grep ${description.id}`], page),
    left.length === 0
      ? []
      : [
          ...wrapped(`Not shown: ${left.join(', ')}.`, page.columns),
          `All of it: maestro-cli describe --id=${shellWord(description.id)} --all`,
        ].map((line) => page.palette.skip(line)),
  ]);
}

/** All of it, however long. */
export function wholeText(described: Described, page: Page): string {
  const { description } = described;
  // Here the messages of tables are whole: longer lines go on in the next line of the terminal.
  const uncut: Page = { ...page, columns: Number.POSITIVE_INFINITY };
  return textOf([
    head(described, page),
    section('Notes', bullets(description.notes, 2, page), page),
    section('Labels', mapLines(description.labels), page),
    section('Annotations', mapLines(description.annotations), page),
    section('Managers', mapLines(joined(description.managers ?? {})), page),
    section('Conditions', conditionTable(description.conditions, uncut), page),
    resourceBlocks(description.resources, uncut),
    section(
      'Reported, but no part of this version',
      description.formerResources.map((label) => `  ${oneLine(label)}`),
      page,
    ),
    section('On the cluster', clusterLines(description), page),
  ]);
}

function textOf(sections: readonly (readonly string[])[]): string {
  const texts = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${texts.join('\n\n')}\n`;
}

function head({ description, shown, why }: Described, page: Page): readonly string[] {
  const { version, observedVersion, executor, deletingSince, replaces, source } = description;
  const reported = observedVersion === 0 ? 'none reported yet' : `${observedVersion} reported`;
  return [
    field('Name', description.name, page),
    field('Consumer', description.consumer, page),
    `${padToWidth('State:', keyWidth)}${page.palette.state(shown, shown)}`,
    ...(why.length === 1 ? why.map((sentence) => field('', sentence, page)) : bullets(why, keyWidth, page)),
    field('Version', `${version} stored, ${reported}`, page),
    field('Age', ages(description, page.wallMs), page),
    ...(deletingSince === undefined ? [] : [field('Deleting', `for ${ago(deletingSince, page.wallMs)}`, page)]),
    field('Source', source === '?' ? '? (not ours; Maestro does not show it)' : source, page),
    field('Id', description.id, page),
    field('On delete', description.deletePolicy, page),
    ...(replaces === undefined
      ? []
      : [field('Replaces', `${replaces.join(', ')} (migrated; not to be made anew)`, page)]),
    ...(executor === undefined
      ? []
      : [field('Executor', typeof executor === 'string' ? executor : toWireJson(executor), page)]),
  ];
}

function ages({ createdAt, updatedAt, lastReport }: Description, wallMs: number): string {
  const updated = updatedAt === '' || updatedAt === createdAt ? [] : [`changed ${ago(updatedAt, wallMs)} ago`];
  const report = lastReport === undefined ? 'never reported' : `last report ${ago(lastReport, wallMs)} ago`;
  return [ago(createdAt, wallMs), ...updated, report].join(', ');
}

function ago(time: string, wallMs: number): string {
  return time === '' ? 'unknown' : formatAge(wallMs - Date.parse(time));
}

/** Several values on one line, which ends where the terminal does; --all has a line each. */
function inline(name: string, texts: readonly string[], page: Page): readonly string[] {
  return texts.length === 0 ? [] : [cutToWidth(`${padToWidth(`${name}:`, keyWidth)}${texts.join(', ')}`, page.columns)];
}

function labelTexts(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(labels)
    .sort()
    .map((key) => oneLine(`${key}=${labels[key] ?? ''}`));
}

function managerTexts(managers: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return Object.entries(managers).map(
    ([manager, labels]) => `${oneLine(manager)} (${labels.length} ${labels.length === 1 ? 'resource' : 'resources'})`,
  );
}

/** Sentences below each other, each begun with a dash. */
function bullets(sentences: readonly string[], indent: number, { columns }: Page): readonly string[] {
  const before = ' '.repeat(indent);
  return sentences.flatMap((sentence) =>
    wrapped(sentence, columns - indent - 2).map((line, index) => `${before}${index === 0 ? '-' : ' '} ${line}`),
  );
}

function counted(count: number, what: string): readonly string[] {
  const [first = '', ...rest] = what.split(' ');
  return count === 0 ? [] : [`${count} ${[count === 1 ? first : `${first}s`, ...rest].join(' ')}`];
}

function clusterLines({ id, onCluster }: Description): readonly string[] {
  return [
    `  ManifestWork:         ${oneLine(onCluster.manifestWork)}`,
    `  AppliedManifestWork:  ${oneLine(onCluster.appliedManifestWork)}`,
    `  To find it:           kubectl get appliedmanifestworks -o name | grep ${oneLine(id)}`,
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

/** Long values go on below themselves. */
function field(name: string, value: string, { columns }: Page): string {
  const key = padToWidth(name === '' ? '' : `${name}:`, keyWidth);
  const [first = '', ...rest] = wrapped(value, columns - keyWidth);
  return [`${key}${first}`, ...rest.map((line) => `${' '.repeat(keyWidth)}${line}`)].join('\n');
}
