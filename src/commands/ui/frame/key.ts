/** The keys that are no characters. */
export type NamedKey =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'enter'
  | 'escape'
  | 'tab'
  | 'back-tab'
  | 'backspace'
  | 'delete'
  | 'ctrl-c'
  | 'ctrl-z'
  | 'ctrl-l'
  | 'ctrl-d'
  | 'ctrl-u';

/** One key that was pressed, or one text that was pasted. */
export type Key =
  | { readonly kind: 'key'; readonly name: NamedKey }
  /** One character; letters as they were typed, `G` with shift. */
  | { readonly kind: 'character'; readonly text: string }
  /** What was pasted: text to be typed, and never a command. */
  | { readonly kind: 'paste'; readonly text: string };

/** @param names names of keys, and characters */
export function isKey(key: Key, ...names: readonly string[]): boolean {
  if (key.kind === 'paste') return false;
  return names.includes(key.kind === 'key' ? key.name : key.text);
}
