/**
 * Writes docs/commands from the commands' own data. `test/docs` fails when a
 * page is not what this makes of it.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnyCommandSpec } from '../src/command-line/command-spec.ts';
import { aliasNames } from '../src/command-line/flag-syntax.ts';
import { flagName } from '../src/command-line/flag-values.ts';
import { exitCodesOf } from '../src/command-line/exit-codes.ts';
import { sentence } from '../src/command-line/program.ts';
import { commands } from '../src/commands/index.ts';
import { escaped, markdownTable, topicMarkdown } from '../src/commands/help/output.ts';
import { topics } from '../src/commands/help/topics.ts';
import { exitCodes } from '../src/exit-code.ts';

export const referenceFolder = join(import.meta.dirname, '..', 'docs', 'commands');

/** Every page by its file name. */
export function referencePages(): ReadonlyMap<string, string> {
  const pages = new Map<string, string>([['README.md', indexPage()]]);
  for (const [name, topic] of Object.entries(topics)) pages.set(`${name}.md`, topicMarkdown(topic));
  for (const spec of commands) pages.set(fileOf(spec.name), commandPage(spec));
  return pages;
}

function fileOf(name: string): string {
  return `${name.replaceAll(' ', '-')}.md`;
}

function indexPage(): string {
  const link = (text: string, file: string): string => `[${text}](${file})`;
  const rows = commands.map(({ name, summary }) => `| ${link(`\`${name}\``, fileOf(name))} | ${escaped(summary)} |`);
  const topicRows = Object.entries(topics).map(
    ([name, { title, summary }]) => `| ${link(title, `${name}.md`)} | ${escaped(summary)} |`,
  );
  return [
    '# Commands',
    '',
    '| command | does |',
    '| --- | --- |',
    ...rows,
    '',
    '| topic | says |',
    '| --- | --- |',
    ...topicRows,
    '',
  ].join('\n');
}

function commandPage(spec: AnyCommandSpec): string {
  const outputs = spec.outputs ?? [];
  const synopsis = ['maestro-cli', spec.name, ...(spec.args === undefined ? [] : [spec.args]), '[flags]'].join(' ');
  const parts = [
    `# maestro-cli ${spec.name}`,
    escaped(spec.description ?? sentence(spec.summary)),
    fenced(synopsis),
    ...(spec.aliases ?? []).map((alias) => `\`maestro-cli ${alias}\` is the same.`),
    '## Flags',
    ...(spec.flags.length === 0 ? [] : [flagTable(spec)]),
    'Connection and other flags of every command: [common flags](flags.md).',
    ...(outputs.length === 0 ? [] : [`## Output\n\n\`-o\` takes ${outputs.map((name) => `\`${name}\``).join(', ')}.`]),
    ...(spec.hasOutcome === false ? [] : [outcomeText(spec.hasOutcome)]),
    '## Examples',
    ...spec.examples.map(({ about, command }) => `${escaped(about)}:\n\n${fenced(command)}`),
    '## Exit codes',
    markdownTable(
      ['code', 'meaning'],
      exitCodesOf(spec).map((code) => [String(code), exitCodes[code].meaning]),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

function outcomeText(hasOutcome: true | string): string {
  const where = 'the [result](results.md) to `--results-path`';
  return hasOutcome === true ? `Writes ${where}.` : `With \`${flagName(hasOutcome)}\` it writes ${where}.`;
}

function flagTable({ flags }: AnyCommandSpec): string {
  return markdownTable(
    ['flag', 'meaning', 'default', 'environment'],
    flags.map((flag) => {
      const also = flag.aliases === undefined ? '' : ` (also ${aliasNames(flag.aliases)})`;
      return [flag.flags, `${flag.about}${also}`, flag.defaultText ?? '', flag.env ?? ''];
    }),
  );
}

function fenced(text: string): string {
  return `\`\`\`sh\n${text}\n\`\`\``;
}

function write(): void {
  mkdirSync(referenceFolder, { recursive: true });
  const pages = referencePages();
  for (const name of readdirSync(referenceFolder)) if (!pages.has(name)) rmSync(join(referenceFolder, name));
  for (const [name, text] of pages) writeFileSync(join(referenceFolder, name), text);
}

if (import.meta.main) write();
