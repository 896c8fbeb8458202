import type { Key as InkKey } from 'ink';
import type { Key, NamedKey } from '../frame/key.ts';

const named: readonly (readonly [keyof InkKey, NamedKey])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'page-up'],
  ['pageDown', 'page-down'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

const withControl: readonly string[] = ['c', 'd', 'l', 'u', 'z'];

/** The keys of what Ink tells of at once: keys that were pressed quickly come as one text. */
export function keysOf(text: string, key: InkKey): readonly Key[] {
  if (key.tab) return [{ kind: 'key', name: key.shift ? 'back-tab' : 'tab' }];
  const found = named.find(([flag]) => key[flag] === true);
  if (found !== undefined) return [{ kind: 'key', name: found[1] }];
  if (key.ctrl) return withControl.includes(text) ? [{ kind: 'key', name: `ctrl-${text}` as NamedKey }] : [];
  if (key.meta) return [];
  return [...text].map((character) =>
    character === '\r' || character === '\n' ? { kind: 'key', name: 'enter' } : { kind: 'character', text: character },
  );
}
