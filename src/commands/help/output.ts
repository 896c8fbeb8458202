import type { ProgramOutput } from '../../command-line/program.ts';
import type { Context } from '../../context.ts';
import { wrapped } from '../../output/wrap.ts';
import type { Topic, TopicSection } from './topics.ts';

/** Where help is printed: that of a command by commander, topics by us. */
export function openHelpOutput({ stdout, invokedAs }: Pick<Context, 'stdout' | 'invokedAs'>): {
  readonly program: ProgramOutput;
  topic(topic: Topic): void;
  topics(all: Readonly<Record<string, Topic>>): void;
} {
  const columns = stdout.columns ?? 80;
  return {
    program: { out: (text) => stdout.write(text), err: () => undefined, columns, invokedAs },
    topic: (topic) => stdout.write(topicText(topic, Math.min(80, columns))),
    topics: (all) => {
      const rows = Object.entries(all).map(([name, { summary }]) => `  ${name.padEnd(13)}${summary}`);
      stdout.write(['', 'Topics of help:', ...rows, ''].join('\n'));
    },
  };
}

/** A topic for a terminal, no line longer than `width`. */
export function topicText(topic: Topic, width: number): string {
  const parts = topic.sections.flatMap((section) => [
    ...section.paragraphs.map((paragraph) => wrapped(paragraph, width).join('\n')),
    ...(section.rows === undefined ? [] : [rowsText(section.rows, width)]),
  ]);
  return `${[topic.title, ...parts].join('\n\n')}\n`;
}

function rowsText(rows: NonNullable<TopicSection['rows']>, width: number): string {
  const termWidth = Math.max(...rows.map(([term = '']) => term.length));
  const wide = termWidth > 26;
  const indent = ' '.repeat(wide ? 6 : termWidth + 4);
  return rows
    .map(([term = '', ...cells]) => {
      const text = cells
        .filter((cell) => cell !== '')
        .join('; ')
        .replace(/; yes$/, ' (try again)');
      const lines = wrapped(text, width - indent.length).map((line) => `${indent}${line}`);
      return wide
        ? [`  ${term}`, ...lines].join('\n')
        : [`  ${term.padEnd(termWidth)}  ${(lines[0] ?? '').trimStart()}`, ...lines.slice(1)].join('\n');
    })
    .join('\n');
}

/** A topic as a page of the reference. */
export function topicMarkdown(topic: Topic): string {
  const parts = topic.sections.flatMap((section) => [
    ...section.paragraphs.map((paragraph) => escaped(paragraph)),
    ...(section.rows === undefined ? [] : [markdownTable(section.columns ?? [], section.rows)]),
  ]);
  return `${[`# ${topic.title}`, ...parts].join('\n\n')}\n`;
}

/** The first column is what one types, so it is set as code. */
export function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const code = (cell: string): string => (cell === '' ? '' : `\`${cell.replaceAll('|', '\\|')}\``);
  return [
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map(([first = '', ...rest]) => line([code(first), ...rest.map((cell) => escaped(cell))])),
  ].join('\n');
}

export function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*');
}
