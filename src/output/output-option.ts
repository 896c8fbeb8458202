import { MaestroError } from '../errors.ts';
import { unknownValue } from '../core/works/did-you-mean.ts';
import { parseCustomColumns, type CustomColumn } from './custom-columns.ts';
import { parseTemplate, type Template } from './json-path/template.ts';

/** What stored works are printed as; `yaml` and `json` are documents that apply takes back. */
export const workFormats = ['table', 'wide', 'json', 'yaml', 'name', 'manifestwork'] as const;
export type WorkFormat = (typeof workFormats)[number];

/** What a user makes of documents, as kubectl names it. */
const templateFormats = ['jsonpath', 'custom-columns', 'custom-columns-file'] as const;
export type TemplateFormat = (typeof templateFormats)[number];

/** What `-o` says: one of a command's formats, or what a user makes of documents. */
export type ReadyOutput<Format extends string> =
  | { readonly format: Format }
  | { readonly format: 'jsonpath'; readonly template: Template }
  | { readonly format: 'custom-columns'; readonly columns: readonly CustomColumn[] };

/** The same before a file that holds the columns is read, which it is when the command runs. */
export type OutputOption<Format extends string> =
  ReadyOutput<Format> | { readonly format: 'custom-columns-file'; readonly file: string };

const written: Readonly<Record<TemplateFormat, string>> = {
  jsonpath: 'jsonpath=TEMPLATE',
  'custom-columns': 'custom-columns=HEADER:PATH,…',
  'custom-columns-file': 'custom-columns-file=FILE',
};

/** The formats and what `readOutput` takes beside them, as help names them. */
export function withTemplate(
  formats: readonly string[],
  templates: readonly TemplateFormat[] = templateFormats,
): readonly string[] {
  return [...formats, ...templates.map((template) => written[template])];
}

/**
 * Reads `-o`: a format of the closed list, the first when it is absent, or a template with what it is made of behind
 * `=`.
 *
 * @throws MaestroError usage, before anything is read or sent
 */
export function readOutput<Format extends string>(
  text: string | undefined,
  formats: readonly [Format, ...Format[]],
  templates: readonly TemplateFormat[] = templateFormats,
): OutputOption<Format> {
  if (text === undefined) return { format: formats[0] };
  const name = text.replace(/=[\s\S]*$/, '');
  const template = templates.find((known) => known === name);
  if (template !== undefined) return templateOutput(template, text.slice(name.length + 1));
  const format = formats.find((known) => known === text);
  if (format !== undefined) return { format };
  throw unknownValue('--output', text, withTemplate(formats, templates), [...formats, ...templates]);
}

function templateOutput(format: TemplateFormat, text: string): OutputOption<never> {
  switch (format) {
    case 'jsonpath':
      return { format, template: parseTemplate(text) };
    case 'custom-columns':
      return { format, columns: parseCustomColumns(text) };
    case 'custom-columns-file':
      if (text === '') throw new MaestroError('usage', '-o custom-columns-file= needs a file');
      return { format, file: text };
  }
}
