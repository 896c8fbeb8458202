/** What Go's encoding/json says about a text that is no JSON; undefined when it is JSON. */
export function goJsonProblem(text: string): string | undefined {
  const scanner = new Scanner(text);
  try {
    scanner.value('looking for beginning of value');
    scanner.space();
    if (!scanner.done) scanner.fail('after top-level value');
    return undefined;
  } catch (error) {
    if (error instanceof JsonProblem) return error.message;
    throw error;
  }
}

class JsonProblem extends Error {}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  space(): void {
    while (!this.done && ' \t\r\n'.includes(this.#peek())) this.#at += 1;
  }

  value(context: string): void {
    this.space();
    const first = this.#need();
    if (first === '{') this.#object();
    else if (first === '[') this.#array();
    else if (first === '"') this.#string();
    else if (first === '-' || isDigit(first)) this.#number();
    else if (first === 't') this.#literal('true');
    else if (first === 'f') this.#literal('false');
    else if (first === 'n') this.#literal('null');
    else this.fail(context);
  }

  fail(context: string): never {
    if (this.done) throw new JsonProblem('unexpected end of JSON input');
    const character = this.#peek();
    const quoted =
      character === "'" ? `'\\''` : character === '"' ? `'"'` : `'${JSON.stringify(character).slice(1, -1)}'`;
    throw new JsonProblem(`invalid character ${quoted} ${context}`);
  }

  #object(): void {
    this.#at += 1;
    this.space();
    if (this.#need() === '}') {
      this.#at += 1;
      return;
    }
    for (;;) {
      this.space();
      if (this.#need() !== '"') this.fail('looking for beginning of object key string');
      this.#string();
      this.space();
      if (this.#need() !== ':') this.fail('after object key');
      this.#at += 1;
      this.value('looking for beginning of value');
      this.space();
      const next = this.#need();
      if (next !== ',' && next !== '}') this.fail('after object key:value pair');
      this.#at += 1;
      if (next === '}') return;
    }
  }

  #array(): void {
    this.#at += 1;
    this.space();
    if (this.#need() === ']') {
      this.#at += 1;
      return;
    }
    for (;;) {
      this.value('looking for beginning of value');
      this.space();
      const next = this.#need();
      if (next !== ',' && next !== ']') this.fail('after array element');
      this.#at += 1;
      if (next === ']') return;
    }
  }

  #string(): void {
    this.#at += 1;
    for (;;) {
      const character = this.#need();
      if (character === '"') {
        this.#at += 1;
        return;
      }
      if (character < ' ') this.fail('in string literal');
      this.#at += 1;
      if (character !== '\\') continue;
      const escape = this.#need();
      if (escape === 'u') this.#unicodeEscape();
      else if (!'"\\/bfnrt'.includes(escape)) this.fail('in string escape code');
      else this.#at += 1;
    }
  }

  #unicodeEscape(): void {
    this.#at += 1;
    for (let digits = 0; digits < 4; digits += 1) {
      if (!/[0-9a-fA-F]/.test(this.#need())) this.fail('in \\u hexadecimal character escape');
      this.#at += 1;
    }
  }

  #number(): void {
    if (this.#peek() === '-') {
      this.#at += 1;
      if (!isDigit(this.#need())) this.fail('in numeric literal');
    }
    if (this.#peek() === '0') this.#at += 1;
    else this.#digits();
    if (!this.done && this.#peek() === '.') {
      this.#at += 1;
      if (!isDigit(this.#need())) this.fail('after decimal point in numeric literal');
      this.#digits();
    }
    if (!this.done && 'eE'.includes(this.#peek())) {
      this.#at += 1;
      if ('+-'.includes(this.#need())) this.#at += 1;
      if (!isDigit(this.#need())) this.fail('in exponent of numeric literal');
      this.#digits();
    }
  }

  #digits(): void {
    while (!this.done && isDigit(this.#peek())) this.#at += 1;
  }

  #literal(word: string): void {
    for (const letter of word) {
      if (this.#need() !== letter) this.fail(`in literal ${word} (expecting '${letter}')`);
      this.#at += 1;
    }
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #need(): string {
    if (this.done) throw new JsonProblem('unexpected end of JSON input');
    return this.#peek();
  }
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}
