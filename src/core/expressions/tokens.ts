import { oneLineInPlace } from '../shown-text.ts';
import { textWidth } from '../text-width.ts';
import { MaestroError } from '../../errors.ts';

/** Longer expressions are refused unread. */
export const longestExpression = 4096;

/** A piece of the expression; `end` is exclusive, both count UTF-16 units. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface QuotedToken extends Token {
  /** The text without quotes and escapes. */
  readonly value: string;
}

const patterns = {
  /** A keyword, a condition or a kind with its group. */
  word: /[A-Za-z_][A-Za-z0-9_.-]*/y,
  /** A namespace or a name; quote it when it has a colon. */
  name: /[A-Za-z0-9][A-Za-z0-9_.~-]*/y,
  /** A condition of a resource, which may have a domain before a slash. */
  conditionType: /[A-Za-z][A-Za-z0-9_.-]*\/[A-Za-z][A-Za-z0-9_.-]*/y,
  /** One step of a feedback path. */
  pathStep: /[A-Za-z_$][A-Za-z0-9_$-]*/y,
  integer: /\d{1,9}/y,
  comparison: /==|!=|>=|<=|=|>|</y,
  conjunction: /&&|(?:and)(?![A-Za-z0-9_.-])/iy,
  disjunction: /\|\||(?:or)(?![A-Za-z0-9_.-])/iy,
  negation: /!(?!=)|(?:not)(?![A-Za-z0-9_.-])/iy,
  /** A bare value. It ends at a space, a parenthesis, a quote or the sign of another operator. */
  value: /[^\s()"'!&|<>=][^\s()"'!&|<>]*/y,
} as const;

export type Pattern = keyof typeof patterns;

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Cuts an expression into tokens on demand, because what a character means
 * depends on the place: a dot is part of a group, separates steps of a path
 * and is part of a value.
 */
export class Scanner {
  readonly text: string;
  #at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get position(): number {
    return this.#at;
  }

  /** Whether nothing but space is left; skips that space. */
  atEnd(): boolean {
    this.skipSpace();
    return this.#at >= this.text.length;
  }

  skipSpace(): void {
    while (this.#at < this.text.length && /\s/.test(this.text.charAt(this.#at))) this.#at += 1;
  }

  /** Takes a fixed text if it comes next. */
  take(expected: string): boolean {
    if (!this.text.startsWith(expected, this.#at)) return false;
    this.#at += expected.length;
    return true;
  }

  /** Takes what matches the pattern if it comes next. */
  match(name: Pattern): Token | undefined {
    const token = this.peek(name);
    if (token !== undefined) this.#at = token.end;
    return token;
  }

  peek(name: Pattern): Token | undefined {
    const pattern = patterns[name];
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.text)?.[0];
    return text === undefined ? undefined : { text, start: this.#at, end: this.#at + text.length };
  }

  /** Takes a string in single or double quotes, with JSON's escapes, if one comes next. */
  quoted(): QuotedToken | undefined {
    const quote = this.text.charAt(this.#at);
    if (quote !== '"' && quote !== "'") return undefined;
    const start = this.#at;
    let value = '';
    for (let at = start + 1; at < this.text.length; at += 1) {
      const character = this.text.charAt(at);
      if (character === quote) {
        this.#at = at + 1;
        return { text: this.text.slice(start, this.#at), value, start, end: this.#at };
      }
      if (character !== '\\') {
        value += character;
        continue;
      }
      const escape = this.text.charAt(at + 1);
      const code = /^[0-9a-fA-F]{4}$/.exec(this.text.slice(at + 2, at + 6));
      const plain = Object.hasOwn(escapes, escape) ? escapes[escape] : undefined;
      if (plain !== undefined) {
        value += plain;
        at += 1;
      } else if (escape === 'u' && code !== null) {
        value += String.fromCharCode(Number.parseInt(code[0], 16));
        at += 5;
      } else {
        throw this.error(at, 'this is not an escape; write \\\\ for a backslash');
      }
    }
    throw this.error(start, 'this string has no closing quote');
  }

  /** A syntax error at a place, with the expression and a caret under the place. */
  error(at: number, problem: string, hint?: string): MaestroError {
    return syntaxError(this.text, at, problem, hint);
  }
}

const examples = 'Examples: Available; Job:Complete OR Job:Failed; Deployment/web:ReadyReplicas>=2; NOT Applied=False.';

/** The expression stands on a line of its own, the caret under the place below it. */
export function syntaxError(text: string, at: number, problem: string, hint = examples): MaestroError {
  // A line break or a tab would move the caret away from its place.
  const line = oneLineInPlace(text);
  const indent = ' '.repeat(textWidth(line.slice(0, at)));
  return new MaestroError('usage', `the expression does not parse: ${problem}\n  ${line}\n  ${indent}^`, {
    reason: 'InvalidExpression',
    hint,
  });
}
