import { describe, expect, it } from 'vitest';
import type { Key, NamedKey } from '../../../src/commands/ui/frame/key.ts';
import { indexOfName } from '../../../src/commands/ui/frame/list-state.ts';
import { firstSeen, seenAfter } from '../../../src/commands/ui/frame/scroll.ts';
import { keysOf } from '../../../src/commands/ui/screen/ink-keys.ts';

const named = (name: NamedKey): Key => ({ kind: 'key', name });
const typed = (text: string): Key => ({ kind: 'character', text });
const text = { lines: 100, rows: 20 };

describe('a text that is longer than the screen', () => {
  it.each<readonly [number, Key, number]>([
    [0, named('down'), 1],
    [0, typed('k'), 0],
    [10, named('page-down'), 29],
    [10, typed(' '), 29],
    [30, named('page-up'), 11],
    [50, typed('g'), 0],
    [50, typed('G'), 80],
    [79, typed('j'), 80],
    [80, named('down'), 80],
  ])('moves from line %d by %o to line %d', (from, key, to) => {
    expect(seenAfter(from, key, text)).toBe(to);
  });

  it('is moved by no other key', () => {
    expect(seenAfter(10, typed('d'), text)).toBeUndefined();
    expect(seenAfter(10, { kind: 'paste', text: 'G' }, text)).toBeUndefined();
  });

  it('is seen to its end when it has become shorter, and moves on from there', () => {
    expect(firstSeen(80, { lines: 30, rows: 20 })).toBe(10);
    expect(firstSeen(80, { lines: 5, rows: 20 })).toBe(0);
    expect(seenAfter(80, named('up'), { lines: 30, rows: 20 })).toBe(9);
  });
});

describe('a name that is jumped to', () => {
  const names = ['east-web', 'web-2', 'Web', 'web-1'];

  it('is the one that is called so, before one that begins so, before one that holds it', () => {
    expect(indexOfName(names, ' web ')).toBe(2);
    expect(indexOfName(names, 'WEB-')).toBe(1);
    expect(indexOfName(names, 'st-w')).toBe(0);
    expect(indexOfName(names, 'north')).toBeUndefined();
  });
});

describe('keys as Ink tells of them', () => {
  it('come apart when they were pressed quickly', () => {
    expect(keysOf('jG\r', noKey)).toEqual([typed('j'), typed('G'), named('enter')]);
  });

  it('are known by their names, and those with control or alt only when they mean something', () => {
    expect(keysOf('', { ...noKey, tab: true, shift: true })).toEqual([named('back-tab')]);
    expect(keysOf('', { ...noKey, pageDown: true })).toEqual([named('page-down')]);
    expect(keysOf('l', { ...noKey, ctrl: true })).toEqual([named('ctrl-l')]);
    expect(keysOf('x', { ...noKey, ctrl: true })).toEqual([]);
    expect(keysOf('x', { ...noKey, meta: true })).toEqual([]);
  });
});

const noKey: Parameters<typeof keysOf>[1] = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
};
