/** An action of a Go template, as Helm charts hold them, or one of Jinja; `{{ consumer.name }}` is one of our own. */
const functions =
  'if|else|end|range|with|include|template|define|block|toYaml|tpl|printf|lookup|default|quote|required|fromYaml|index|len|not|and|or|eq|ne';
const action = new RegExp(String.raw`\{\{-?\s*(?:[.$"(/]|(?:${functions})\b)|\{\{(?!\s*consumer\b)[^{}:\n]*\}\}|\{%`);

/** What is said of a template that stands where a manifest should, once for a file. */
export const unrendered = 'a template that was not rendered; render it first (helm template, gomplate, …)';

/**
 * Where the first action of a template stands, when one of the mistakes that
 * make a text no YAML is on the line of an action or on the line after it.
 * What stands in quotes elsewhere, such as the text of an alert, is no reason.
 */
export function templateOffset(text: string, mistakes: readonly number[]): number | undefined {
  // A line can hold 100,000 mistakes, and be as long.
  const lines = new Map(mistakes.map((mistake) => linesAt(text, mistake)));
  return [...lines].some(([from, to]) => action.test(text.slice(from, to))) ? text.search(action) : undefined;
}

/** From where to where the line of an offset and the line before go. */
function linesAt(text: string, offset: number): readonly [from: number, to: number] {
  const before = text.lastIndexOf('\n', Math.max(0, text.lastIndexOf('\n', offset - 1) - 1));
  const end = text.indexOf('\n', offset);
  return [before + 1, end < 0 ? text.length : end];
}

/** Whether a name, a kind or a label is one that a template would have filled in; `{{ "{{" }}` is our own too. */
export function isUnrendered(text: string): boolean {
  return /(?<!\{\{\s*")\{\{(?!\s*(?:consumer\b|"\{\{"))|\$\{\{|<%/.test(text);
}

/** What a text is that is no YAML on purpose; undefined for what may be YAML. */
export function markupName(text: string): string | undefined {
  if (/^\s*<(?:!doctype html|html|head|body)\b/i.test(text)) {
    return 'an HTML page, not a manifest; a login page or an error page was perhaps saved in its place';
  }
  return /^\s*<[?!A-Za-z]/.test(text) ? 'XML, not YAML or JSON' : undefined;
}
