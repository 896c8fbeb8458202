import { isMap, parseDocument } from 'yaml';

const path = ['pullModel', 'maestro', 'disabled'] as const;

/**
 * The YAML of the switches with `pullModel.maestro.disabled` set; all else of it, comments too, stays as it is.
 *
 * @param text as it stands under the key; "" when there is none
 * @returns undefined for a text that is no YAML mapping, which nobody may overwrite
 */
export function withMaestroDisabled(text: string): string | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  if (document.contents !== null && !isMap(document.contents)) return undefined;
  for (const length of [1, 2]) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    // A key without a value is a place for one; a scalar that stands there says something that we do not know.
    if (node !== undefined && node !== null && !isMap(node)) {
      if (document.getIn(path.slice(0, length)) !== null) return undefined;
      document.deleteIn(path.slice(0, length));
    }
  }
  document.setIn(path, true);
  return document.toString();
}
