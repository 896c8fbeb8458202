import { resolveScalar } from './scalars.ts';

/**
 * All that stands outside double quotes: letters, digits, signs and the plain
 * space. Whatever else there is (controls, tabs, other spaces and line breaks,
 * a byte order mark, marks of direction, halves of a surrogate pair) some
 * reader refuses, changes or hides.
 */
const plainCharacters = /^[ \p{L}\p{M}\p{N}\p{P}\p{S}]*$/u;

/** As `plainCharacters`, for a line of a block; a tab between characters stays there what it is. */
const blockLine = /^[ \t\p{L}\p{M}\p{N}\p{P}\p{S}]*$/u;

/** What cannot begin a plain scalar, and what ends one or turns it into something else. */
const indicators = /^[-?:](?: |$)|^[,[\]{}#&*!|>'"%@`]|^ |^(?:---|\.\.\.)|: | #|[: ]$/;

/** The words that some reader takes for a boolean, for null or for a number. */
const words = /^(?:=|~|<<|y|yes|n|no|on|off|true|false|null|nil|none|[-+]?\.?inf(?:inity)?|\.?nan)?$/i;

/** What numbers, dates and times begin with. Some libraries take an exponent alone for a number. */
const numberStart = /^(?:[-+.0-9]|e[-+]?[0-9])/i;

/** Numbers, dates and times of YAML 1.1 and 1.2, of JSON and of the usual libraries; wider than any one of them. */
const numbers = [
  /^[-+]?0[xob][0-9a-f_]*$/i,
  /^[-+]?(?:[0-9][0-9_,]*)?\.?[0-9_]*(?:e[-+]?[0-9_]*)?$/i,
  /^[-+]?[0-9][0-9_]*(?::[0-9]+)+(?:\.[0-9_]*)?$/,
  /^[0-9]{4}-[0-9]{1,2}(?:-[0-9]{1,2}(?:[Tt ].*)?)?$/,
];

/** What a CI system takes for a command when it reads a log: at the beginning of a line, and in a line. */
const commands = /^([ \t]*):(?=:)|#(?=#(?:vso)?\[)/gm;

/** Whether a text has to stand in double quotes to be the same text for every reader. */
export function needsQuotes(text: string): boolean {
  if (text.search(commands) !== -1) return true;
  if (!plainCharacters.test(text) || indicators.test(text) || words.test(text)) return true;
  if (numberStart.test(text) && numbers.some((pattern) => pattern.test(text))) return true;
  return !isText(text);
}

function isText(text: string): boolean {
  try {
    return resolveScalar({ text, plain: true, tag: undefined }).type === 'string';
  } catch {
    // It is refused as a plain scalar.
    return false;
  }
}

/**
 * Whether a text of several lines can be a literal block, without an indicator
 * of its indentation: the first line sets that, so it begins with a character.
 * Blanks at the end of a line and empty lines at either end are left to
 * double quotes, where they can be seen.
 */
export function fitsBlock(text: string): boolean {
  if (text.search(commands) !== -1) return false;
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length < (text.endsWith('\n') ? 1 : 2)) return false;
  if (/^(?:[ \t]|$)/.test(lines[0] ?? '') || lines.at(-1) === '') return false;
  return lines.every((line) => blockLine.test(line) && !/[ \t]$/.test(line));
}

/** A text in double quotes, on one line. */
export function quoted(text: string): string {
  return `"${escaped(text.toWellFormed())}"`;
}

/**
 * A text in double quotes with a line of the file for each of its own, so that
 * a comparison shows the line that changed. The backslash takes the break and
 * the indentation out again.
 */
export function quotedLines(text: string, indent: string): string {
  const lines = text.toWellFormed().match(/[^\n]*\n|[^\n]+$/g) ?? [''];
  // What follows the break is stripped of its blanks.
  const [first = '', ...rest] = lines.map((line) => escaped(line));
  const written = [first, ...rest.map((line) => line.replace(/^ /, String.raw`\x20`))];
  return `"${written.join(`\\\n${indent}`)}"`;
}

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function escaped(text: string): string {
  return withoutControls(text).replace(commands, (_found, blanks: string | undefined) =>
    blanks === undefined ? String.raw`\x23` : `${blanks}${String.raw`\x3A`}`,
  );
}

function withoutControls(text: string): string {
  return text.replace(/["\\]|[^ \p{L}\p{M}\p{N}\p{P}\p{S}]/gu, (character) => {
    const short = shortEscapes[character];
    if (short !== undefined) return short;
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
    if (code.length <= 2) return `\\x${code.padStart(2, '0')}`;
    return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
  });
}
