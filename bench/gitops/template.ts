/** A text with named holes, cut up once, so that hundreds of thousands of like texts need not be kept. */
export class Template {
  readonly #parts: readonly string[];

  /** @param text has the holes as `@NAME@` */
  constructor(text: string) {
    this.#parts = text.split(/@([A-Z]+)@/);
  }

  fill(values: Readonly<Record<string, string>>): string {
    let text = '';
    for (let at = 0; at < this.#parts.length; at += 1) {
      const part = this.#parts[at] ?? '';
      text += at % 2 === 0 ? part : (values[part] ?? '');
    }
    return text;
  }
}
