import { isJsonObject, type JsonValue } from '../core/json.ts';
import { fitsBlock, needsQuotes, quoted, quotedLines } from '../core/yaml/write-scalar.ts';

/** What a caller wants beyond the rules that hold for every text. */
export interface YamlOptions {
  /** Texts of one line that stand in quotes although every reader takes them for texts. */
  readonly alsoQuoted?: (text: string) => boolean;
}

/** Readers look back 1,024 characters for the start of a key; a longer one says at its start that it is a key. */
const longestPlainKey = 500;

const step = '  ';

/**
 * YAML that every reader takes the same way, those of YAML 1.1 and kubectl's
 * among them: in blocks, without anchors, tags and folded lines, and with
 * double quotes and escapes around whatever one of them could take for
 * something else. Ends with a line break.
 */
export function toYaml(value: JsonValue, options: YamlOptions = {}): string {
  return `${node(value, '', options).trimStart()}\n`;
}

/** The value as it stands behind a key or a dash: on the same line after a space, or on the lines below. */
function node(value: JsonValue, indent: string, options: YamlOptions): string {
  if (isList(value)) {
    if (value.length === 0) return ' []';
    return value.map((item) => `\n${indent}-${inItem(item, indent, options)}`).join('');
  }
  if (isJsonObject(value)) {
    const members = Object.entries(value).flatMap(([key, member]) =>
      member === undefined ? [] : [[key, member] as const],
    );
    if (members.length === 0) return ' {}';
    return members.map(([key, member]) => `\n${indent}${entry(key, member, indent, options)}`).join('');
  }
  return ` ${scalar(value, indent, options)}`;
}

/** Array.isArray does not tell a list that cannot be written to from the rest. */
function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A map or list in a list begins on the line of its dash. */
function inItem(item: JsonValue, indent: string, options: YamlOptions): string {
  const text = node(item, indent + step, options);
  return text.startsWith('\n') ? ` ${text.trimStart()}` : text;
}

function entry(key: string, member: JsonValue, indent: string, options: YamlOptions): string {
  const name = scalarText(key, options);
  const value = node(member, indent + step, options);
  return name.length > longestPlainKey ? `? ${name}\n${indent}:${value}` : `${name}:${value}`;
}

function scalar(value: string | number | bigint | boolean | null, indent: string, options: YamlOptions): string {
  if (typeof value === 'number') return numberText(value);
  if (typeof value !== 'string') return String(value);
  if (!value.includes('\n')) return scalarText(value, options);
  const inner = indent === '' ? step : indent;
  if (!fitsBlock(value)) return quotedLines(value, inner);
  const body = value.endsWith('\n') ? value.slice(0, -1) : value;
  const lines = body.split('\n').map((line) => (line === '' ? '' : `${inner}${line}`));
  return `${value.endsWith('\n') ? '|' : '|-'}\n${lines.join('\n')}`;
}

function scalarText(text: string, { alsoQuoted }: YamlOptions): string {
  return needsQuotes(text) || alsoQuoted?.(text) === true ? quoted(text) : text;
}

/** A power of ten needs a point before it: without one it is text for readers of YAML 1.1. */
function numberText(value: number): string {
  const text = JSON.stringify(value);
  return /^-?\d+e/.test(text) ? text.replace('e', '.0e') : text;
}
