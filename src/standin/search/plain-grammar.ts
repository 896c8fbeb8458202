import type { Comparison, Expression, Field, Literal } from './expression.ts';

/** Thrown for a text outside the grammar; the caller answers 400 with the whole search. */
export class SearchSyntaxError extends Error {}

type Token =
  | { readonly kind: 'word' | 'quoted-name' | 'string' | 'symbol'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string };

const tokenPattern =
  /[ \v\t\r\n]+|(?<word>[a-zA-Z_][a-zA-Z_0-9]*)|(?<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(?<number>\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|(?<string>'(?:[^']|'')*')|(?<symbol><=|>=|<>|!=|[=<>(),.+-])/y;

const comparisons: Readonly<Record<string, Comparison>> = {
  '=': '=',
  '!=': '<>',
  '<>': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/**
 * The grammar of searches without `->>` and `@>`: comparisons, like, ilike, in,
 * between, is null, and/or/not, parentheses; `''` inside a string is a quote.
 * Arithmetic, which the real grammar also knows, is refused.
 */
export function parsePlainSearch(text: string): Expression {
  const parser = new Parser(tokens(text));
  const expression = parser.or();
  parser.end();
  return expression;
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  const pattern = new RegExp(tokenPattern);
  while (pattern.lastIndex < text.length) {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) throw new SearchSyntaxError('unknown character');
    const { word, name, number, string, symbol } = groups;
    if (word !== undefined) found.push({ kind: 'word', text: word });
    else if (name !== undefined) found.push({ kind: 'quoted-name', text: name.slice(1, -1) });
    else if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (string !== undefined) found.push({ kind: 'string', text: string.slice(1, -1).replaceAll("''", "'") });
    else if (symbol !== undefined) found.push({ kind: 'symbol', text: symbol });
  }
  return found;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(found: readonly Token[]) {
    this.#tokens = found;
  }

  or(): Expression {
    let left = this.#and();
    while (this.#word('or')) left = { kind: 'or', left, right: this.#and() };
    return left;
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw new SearchSyntaxError('text after the end');
  }

  #and(): Expression {
    let left = this.#unary();
    while (this.#word('and')) left = { kind: 'and', left, right: this.#unary() };
    return left;
  }

  #unary(): Expression {
    if (this.#word('not')) return { kind: 'not', of: this.#unary() };
    if (!this.#symbol('(')) return this.#predicate();
    const inner = this.or();
    if (!this.#symbol(')')) throw new SearchSyntaxError('missing )');
    return inner;
  }

  #predicate(): Expression {
    const field = this.#field();
    const comparison = this.#comparison();
    if (comparison !== undefined) return { kind: 'compare', field, operator: comparison, value: this.#literal() };
    if (this.#word('is')) return this.#is(field);
    const negated = this.#word('not');
    if (this.#word('like')) return { kind: 'like', field, pattern: this.#literal(), foldCase: false, negated };
    if (this.#word('ilike')) return { kind: 'like', field, pattern: this.#literal(), foldCase: true, negated };
    if (this.#word('in')) return { kind: 'in', field, values: this.#list(), negated };
    if (!this.#word('between')) throw new SearchSyntaxError('missing operator');
    const low = this.#literal();
    if (!this.#word('and')) throw new SearchSyntaxError('between without and');
    return { kind: 'between', field, low, high: this.#literal(), negated };
  }

  #is(field: Field): Expression {
    const negated = this.#word('not');
    if (this.#word('null')) return { kind: 'null', field, negated };
    return { kind: 'compare', field, operator: negated ? '<>' : '=', value: this.#literal() };
  }

  #field(): Field {
    const parts = [this.#name()];
    while (this.#symbol('.')) parts.push(this.#name());
    return { column: parts.join('.').toLowerCase(), path: [], asText: false };
  }

  #name(): string {
    const token = this.#next();
    if (token.kind !== 'word' && token.kind !== 'quoted-name') throw new SearchSyntaxError('missing column');
    return token.text;
  }

  #list(): Literal[] {
    if (!this.#symbol('(')) throw new SearchSyntaxError('in without list');
    const values: Literal[] = [];
    if (this.#symbol(')')) return values;
    do values.push(this.#literal());
    while (this.#symbol(','));
    if (!this.#symbol(')')) throw new SearchSyntaxError('list without end');
    return values;
  }

  #literal(): Literal {
    const sign = this.#symbol('-') ? -1 : 1;
    if (sign === 1) this.#symbol('+');
    const token = this.#next();
    if (token.kind === 'number') return sign * Number(token.text);
    if (token.kind === 'string' && sign === 1) return token.text;
    throw new SearchSyntaxError('missing value');
  }

  #comparison(): Comparison | undefined {
    const token = this.#tokens[this.#at];
    const found = token?.kind === 'symbol' ? comparisons[token.text] : undefined;
    if (found !== undefined) this.#at += 1;
    return found;
  }

  #word(word: string): boolean {
    const token = this.#tokens[this.#at];
    const matches = token?.kind === 'word' && token.text.toLowerCase() === word;
    if (matches) this.#at += 1;
    return matches;
  }

  #symbol(symbol: string): boolean {
    const token = this.#tokens[this.#at];
    const matches = token?.kind === 'symbol' && token.text === symbol;
    if (matches) this.#at += 1;
    return matches;
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new SearchSyntaxError('end of text');
    this.#at += 1;
    return token;
  }
}
