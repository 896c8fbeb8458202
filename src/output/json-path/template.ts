import { oneLineInPlace } from '../../core/shown-text.ts';
import { textWidth } from '../../core/text-width.ts';
import { toWireJson, type JsonValue } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import { parsePath, PathFault } from './parse-path.ts';
import { valuesAt, type Step } from './path.ts';

/** A template as kubectl's `-o jsonpath` takes it. */
export type Template = readonly Part[];

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly steps: readonly Step[]; readonly fromRoot: boolean }
  | { readonly kind: 'range'; readonly steps: readonly Step[]; readonly fromRoot: boolean; readonly body: Template };

/** A template that was opened and waits for its `{end}`. */
interface Open {
  readonly parts: Part[];
  readonly range?: { readonly steps: readonly Step[]; readonly fromRoot: boolean; readonly at: number };
}

/**
 * Reads a template: text is printed as it stands, `{.path}` prints values,
 * `{"\n"}` prints a string with its escapes, `{range .items[*]}…{end}` repeats.
 * A template without any brace is taken for one path.
 *
 * @throws MaestroError usage with a caret under the place
 */
export function parseTemplate(text: string): Template {
  if (text === '') throw new MaestroError('usage', '-o jsonpath= needs a template', { hint: templateHint });
  if (!text.includes('{')) return [pathPart(text, 0, text)];
  const stack: Open[] = [{ parts: [] }];
  let at = 0;
  while (at < text.length) {
    const top = stack.at(-1) as Open;
    const opening = text.indexOf('{', at);
    const literal = text.slice(at, opening < 0 ? text.length : opening);
    if (literal !== '') top.parts.push({ kind: 'text', text: literal });
    if (opening < 0) break;
    const end = closingBrace(text, opening);
    if (end === undefined) throw templateError(text, opening, 'this brace is not closed');
    readAction(text, opening + 1, end, stack);
    at = end + 1;
  }
  const open = stack.at(-1);
  if (open?.range !== undefined) throw templateError(text, open.range.at, 'this range has no {end}');
  return stack[0]?.parts ?? [];
}

/**
 * What the template makes of a value. Several values at one path are joined by
 * spaces, objects and lists are printed as JSON, and what is not there prints
 * nothing, as kubectl does.
 */
export function renderTemplate(template: Template, value: JsonValue): string {
  return render(template, value, value);
}

const templateHint =
  "Write it as kubectl does: -o jsonpath='{.metadata.name}' or '{range .items[*]}{.metadata.name}{\"\\n\"}{end}'.";

function render(template: Template, value: JsonValue, root: JsonValue): string {
  return template
    .map((part) => {
      if (part.kind === 'text') return part.text;
      const found = valuesAt(part.steps, part.fromRoot ? root : value, root);
      if (part.kind === 'path') return found.map((item) => asText(item)).join(' ');
      return found.map((item) => render(part.body, item, root)).join('');
    })
    .join('');
}

function asText(value: JsonValue): string {
  return typeof value === 'string' ? value : toWireJson(value);
}

function readAction(text: string, start: number, end: number, stack: Open[]): void {
  const inside = text.slice(start, end);
  const action = inside.trim();
  const at = start + inside.length - inside.trimStart().length;
  const top = stack.at(-1) as Open;
  if (action === '') throw templateError(text, start, 'the braces are empty');
  if (action === 'end') {
    if (top.range === undefined) throw templateError(text, at, 'this end has no range');
    stack.pop();
    const { steps, fromRoot } = top.range;
    (stack.at(-1) as Open).parts.push({ kind: 'range', steps, fromRoot, body: top.parts });
    return;
  }
  const range = /^range\s+/.exec(action);
  if (range !== null) {
    const { steps, fromRoot } = pathPart(action.slice(range[0].length), at + range[0].length, text);
    stack.push({ parts: [], range: { steps, fromRoot, at: start - 1 } });
    return;
  }
  if (/^["']/.test(action)) top.parts.push({ kind: 'text', text: unquoted(action, at, text) });
  else top.parts.push(pathPart(action, at, text));
}

function pathPart(path: string, at: number, whole: string): Extract<Part, { kind: 'path' }> {
  try {
    return { kind: 'path', steps: parsePath(path), fromRoot: path.startsWith('$') };
  } catch (error) {
    if (error instanceof PathFault) throw templateError(whole, at + error.column - 1, error.message);
    throw error;
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unquoted(quoted: string, at: number, whole: string): string {
  if (quoted.length < 2 || !quoted.endsWith(quoted.charAt(0)))
    throw templateError(whole, at, 'this string has no closing quote');
  return quoted.slice(1, -1).replace(/\\(.)/g, (_all, character: string) => escapes[character] ?? character);
}

/** The brace that closes the one at a place; braces within quotes do not count. */
function closingBrace(text: string, opening: number): number | undefined {
  let quote: string | undefined;
  for (let at = opening + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== undefined) {
      if (character === '\\') at += 1;
      else if (character === quote) quote = undefined;
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '}') return at;
  }
  return undefined;
}

function templateError(text: string, at: number, problem: string): MaestroError {
  const line = oneLineInPlace(text);
  return new MaestroError(
    'usage',
    `the jsonpath template does not parse: ${problem}\n  ${line}\n  ${' '.repeat(textWidth(line.slice(0, at)))}^`,
    { hint: templateHint },
  );
}
