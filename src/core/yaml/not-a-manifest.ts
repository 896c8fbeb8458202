/** An action of a Go template, as Helm charts hold them; `{{ consumer.name }}` is one of our own. */
const functions =
  'if|else|end|range|with|include|template|define|block|toYaml|tpl|printf|lookup|default|quote|required|fromYaml|index|len|not|and|or|eq|ne';
const action = new RegExp(String.raw`\{\{-?\s*(?:[.$"(/]|(?:${functions})\b)`);

/** What is said of a template that stands where a manifest should, once for a file. */
export const unrendered = 'a template that was not rendered; render it first (helm template, gomplate, …)';

/** Where a text holds the first action of a template; undefined without one. */
export function templateOffset(text: string): number | undefined {
  const at = text.search(action);
  return at < 0 ? undefined : at;
}

/** Whether a name, a kind or a label is one that a template would have filled in. */
export function isUnrendered(text: string): boolean {
  return /\{\{(?!\s*(?:consumer\b|"\{\{"))|\$\{\{|<%/.test(text);
}

/** What a text is that is no YAML on purpose; undefined for what may be YAML. */
export function markupName(text: string): string | undefined {
  if (/^\s*<(?:!doctype html|html|head|body)\b/i.test(text)) {
    return 'an HTML page, not a manifest; a login page or an error page was perhaps saved in its place';
  }
  return /^\s*<[?!A-Za-z]/.test(text) ? 'XML, not YAML or JSON' : undefined;
}
