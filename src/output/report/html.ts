import { shownText } from '../../core/shown-text.ts';

/** Text of a page that is safe as it is; nothing but `html` makes it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a page: parts of it, and texts of whoever, which are escaped. */
export type HtmlValue = Html | string | number | undefined | readonly HtmlValue[];

/**
 * Makes a part of a page. Whatever is filled in is escaped, unless `html` made it; no other function puts text into a
 * page. Places for values are texts of elements and quoted attributes: in no other place would escaping be enough.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = '';
  for (const [index, part] of parts.entries()) text += index < values.length ? part + textOf(values[index]) : part;
  return new Html(text);
}

function textOf(value: HtmlValue): string {
  if (value instanceof Html) return value.text;
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escaped(value);
  return value.map((one) => textOf(one)).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters and marks of direction go as they go from a terminal. */
function escaped(text: string): string {
  return shownText(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
