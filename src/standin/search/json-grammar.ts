import type { Comparison, Expression, Field } from './expression.ts';

/** The complaint of the JSON grammar, with the position that the server names. */
export class JsonSearchError extends Error {}

/** The server would hand the database a text with NUL characters, which it refuses. */
export class UnstorableText extends Error {}

const maximumJoins = 10;

interface Token {
  readonly text: string;
  /** Bytes from the start. */
  readonly position: number;
}

/** Splits like the server's scanner: quoted parts with `\'` escapes, runs of operator characters, words. */
export function scan(text: string): Token[] {
  const found: Token[] = [];
  let current = '';
  let kind = 'none' as 'none' | 'operator' | 'word' | 'quoted';
  let start = 0;
  let escaped = false;
  let position = 0;
  const send = (): void => {
    if (current !== '') found.push({ text: current, position: start });
    current = '';
    kind = 'none';
  };
  const grow = (next: 'operator' | 'word' | 'quoted', character: string): void => {
    if (kind !== next) send();
    if (current === '') start = position;
    kind = next;
    current += character;
  };
  for (const character of text) {
    if (kind === 'quoted') {
      current += character;
      if (character === "'" && !escaped) send();
      escaped = character === '\\' || (escaped && character !== "'");
    } else if (character === ' ') send();
    else if (character === "'") grow('quoted', character);
    else if ('@-=<>'.includes(character)) grow('operator', character);
    else if ('(),'.includes(character)) {
      send();
      found.push({ text: character, position });
    } else grow('word', character);
    position += Buffer.byteLength(character);
  }
  send();
  return found;
}

type State =
  | 'start'
  | 'open'
  | 'column'
  | 'operator'
  | 'value'
  | 'close'
  | 'logical'
  | 'not'
  | 'in'
  | 'listOpen'
  | 'listValue'
  | 'comma'
  | 'arrow'
  | 'key'
  | 'toText'
  | 'textKey'
  | 'textOperator'
  | 'contains'
  | 'json';

const quoted = /^'(?:[^']|\\')*'$/;
const tests: Readonly<Record<string, (text: string) => boolean>> = {
  open: (text) => text === '(',
  listOpen: (text) => text === '(',
  close: (text) => text === ')',
  comma: (text) => text === ',',
  column: (text) => /^[A-Z][A-Z0-9_.]*$/i.test(text),
  operator: (text) => /^(?:>|<|>=|<=|=|<>|i?like)$/i.test(text),
  textOperator: (text) => /^(?:=|<>|i?like)$/i.test(text),
  in: (text) => /^in$/i.test(text),
  not: (text) => /^not$/i.test(text),
  logical: (text) => /^(?:and|or)$/i.test(text),
  value: (text) => quoted.test(text) || /^[^'() ]*$/.test(text),
  listValue: (text) => quoted.test(text) || /^[^'() ]*$/.test(text),
  json: (text) => quoted.test(text),
  key: (text) => quoted.test(text),
  textKey: (text) => quoted.test(text),
  arrow: (text) => text === '->',
  toText: (text) => text === '->>',
  contains: (text) => text === '@>',
};

const next: Readonly<Record<State, readonly State[]>> = {
  start: ['column', 'open'],
  open: ['column', 'open'],
  column: ['operator', 'in', 'not', 'arrow'],
  operator: ['value'],
  textOperator: ['value'],
  value: ['logical', 'close'],
  json: ['logical', 'close'],
  close: ['logical', 'close'],
  logical: ['column', 'open'],
  not: ['in'],
  in: ['listOpen'],
  listOpen: ['listValue'],
  listValue: ['comma', 'close'],
  comma: ['listValue'],
  arrow: ['key'],
  key: ['arrow', 'toText', 'contains'],
  toText: ['textKey'],
  textKey: ['textOperator', 'in', 'not'],
  contains: ['json'],
};

const finalStates: readonly State[] = ['value', 'json', 'close'];

type Step = readonly [State, string];

/**
 * The grammar of searches with `->>` or `@>`. It knows no `!=`, `is null` or
 * `between`, escapes quotes with a backslash, and allows ten joins
 * (recordings/search.json; consumers.json, step search-by-label, for the text).
 */
export function parseJsonSearch(text: string): Expression {
  const parser = new Parser(accept(text));
  return parser.or();
}

function accept(text: string): Step[] {
  const steps: Step[] = [];
  let state: State = 'start';
  let joins = 0;
  let open = 0;
  for (const token of scan(text)) {
    const fail = (problem: string): never => {
      throw new JsonSearchError(`[${String(token.position + 1)}] error parsing the filter: ${problem}`);
    };
    const following: State =
      next[state].find((name) => tests[name]?.(token.text)) ?? fail(`unexpected token \`${token.text}\``);
    if (following === 'open' || following === 'listOpen') open += 1;
    if (following === 'close') open -= 1;
    if (open < 0) fail("unexpected ')'");
    if (following === 'logical') joins += 1;
    if (joins > maximumJoins) fail(`maximum number of permitted joins (${String(maximumJoins)}) exceeded`);
    steps.push([following, token.text]);
    state = following;
  }
  if (!finalStates.includes(state)) throw new JsonSearchError('EOF encountered while parsing string');
  if (open > 0) throw new JsonSearchError("EOF while searching for closing brace ')'");
  return steps;
}

/** Builds the tree from steps that the grammar has accepted; AND binds closer than OR. */
class Parser {
  readonly #steps: readonly Step[];
  #at = 0;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  or(): Expression {
    let left = this.#and();
    while (this.#logical('or')) left = { kind: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    let left = this.#term();
    while (this.#logical('and')) left = { kind: 'and', left, right: this.#term() };
    return left;
  }

  #term(): Expression {
    if (this.#state() === 'open') {
      this.#take();
      const inner = this.or();
      this.#take();
      return inner;
    }
    const field = this.#field();
    if (this.#state() === 'contains') {
      this.#take();
      return { kind: 'contains', field, json: unquoteValue(this.#take()) };
    }
    const negated = this.#state() === 'not';
    if (negated) this.#take();
    const operator = this.#take().toLowerCase();
    if (operator === 'in') return { kind: 'in', field, values: this.#list(), negated };
    const value = unquoteValue(this.#take());
    if (operator === 'like' || operator === 'ilike') {
      return { kind: 'like', field, pattern: value, foldCase: operator === 'ilike', negated: false };
    }
    return { kind: 'compare', field, operator: operator as Comparison, value };
  }

  #field(): Field {
    const column = this.#take().toLowerCase();
    const path: string[] = [];
    while (this.#state() === 'arrow') {
      this.#take();
      path.push(unquoteKey(this.#take()));
    }
    const asText = this.#state() === 'toText';
    if (asText) {
      this.#take();
      path.push(unquoteKey(this.#take()));
    }
    return { column, path, asText };
  }

  #list(): string[] {
    const values: string[] = [];
    do {
      this.#take();
      values.push(unquoteValue(this.#take()));
    } while (this.#state() === 'comma');
    this.#take();
    return values;
  }

  #logical(word: string): boolean {
    const matches = this.#state() === 'logical' && this.#steps[this.#at]?.[1].toLowerCase() === word;
    if (matches) this.#at += 1;
    return matches;
  }

  #state(): State | undefined {
    return this.#steps[this.#at]?.[0];
  }

  #take(): string {
    const step = this.#steps[this.#at];
    this.#at += 1;
    return step?.[1] ?? '';
  }
}

/**
 * Takes the quotes off a value the way the server does, which counts bytes where
 * it means characters: each character outside ASCII leaves something behind, at
 * first the closing quote, so that such a value finds nothing.
 */
function unquoteValue(text: string): string {
  if (!text.startsWith("'")) return text;
  const characters = [...text.replaceAll("\\'", "'")];
  const surplus = Buffer.byteLength(characters.join('')) - characters.length;
  if (surplus > 1) throw new UnstorableText();
  return characters.slice(1, surplus === 0 ? -1 : undefined).join('');
}

/** A key goes to the database with its quotes, so nothing happens to it. */
function unquoteKey(text: string): string {
  return text.slice(1, -1);
}
