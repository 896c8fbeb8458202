import { MaestroError } from '../errors.ts';
import { parseTemplate, type Template } from './json-path/template.ts';

/** What stored works are printed as; `yaml` and `json` are documents that apply takes back. */
export const workFormats = ['table', 'wide', 'json', 'yaml', 'name', 'manifestwork'] as const;
export type WorkFormat = (typeof workFormats)[number];

/** The `-o` of a command: one of its formats, or a jsonpath template. */
export type OutputOption<Format extends string> =
  { readonly format: Format } | { readonly format: 'jsonpath'; readonly template: Template };

/** The formats and the template that `readOutput` takes beside them, as help names them. */
export function withTemplate(formats: readonly string[]): readonly string[] {
  return [...formats, 'jsonpath=TEMPLATE'];
}

/**
 * Reads `-o`: a format of the closed list, the first when it is absent, or `jsonpath=TEMPLATE`.
 *
 * @throws MaestroError usage, before anything is read or sent
 */
export function readOutput<Format extends string>(
  text: string | undefined,
  formats: readonly [Format, ...Format[]],
): OutputOption<Format> {
  if (text === undefined) return { format: formats[0] };
  const template = /^jsonpath(?:=([\s\S]*))?$/.exec(text);
  if (template !== null) return { format: 'jsonpath', template: parseTemplate(template[1] ?? '') };
  const format = formats.find((known) => known === text);
  if (format !== undefined) return { format };
  throw new MaestroError('usage', `--output does not know "${text}"`, {
    hint: `Use one of: ${withTemplate(formats).join(', ')}.`,
  });
}
