import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { framePicture, leastSize } from '../../../src/commands/ui/frame/frame-picture.ts';
import { keyBeforeView, keyOfFrame, type FrameState } from '../../../src/commands/ui/frame/frame-state.ts';
import type { Key } from '../../../src/commands/ui/frame/key.ts';
import { moveInList, selectedIndex, startOfList, windowOf } from '../../../src/commands/ui/frame/list-state.ts';
import { tableLines } from '../../../src/commands/ui/frame/table.ts';
import { fitText, line, span, widthOf, wrapText } from '../../../src/commands/ui/screen/line.ts';
import { textWidth } from '../../../src/core/text-width.ts';
import { hostileTexts } from '../../support/hostile-texts.ts';

const typed = (text: string): Key => ({ kind: 'character', text });
const named = (name: Extract<Key, { kind: 'key' }>['name']): Key => ({ kind: 'key', name });

describe('keys', () => {
  it.each<[string, FrameState, Key, unknown]>([
    [
      'Ctrl-C leaves, whatever is typed',
      { tab: 0, prompt: { kind: 'filter', label: '/', text: 'a' } },
      named('ctrl-c'),
      { act: 'quit' },
    ],
    [
      'q is a letter while something is typed',
      { tab: 0, prompt: { kind: 'filter', label: '/', text: '' } },
      typed('q'),
      { act: 'typed', kind: 'filter', text: 'q', done: false },
    ],
    [
      'escape takes back what was typed',
      { tab: 0, prompt: { kind: 'answer', label: '', text: 'yes' } },
      named('escape'),
      { act: 'typed', kind: 'answer', text: '', done: true },
    ],
    [
      'a pasted text is typed in one line, and no key',
      { tab: 0, prompt: { kind: 'path', label: '', text: '' } },
      { kind: 'paste', text: 'a\nq' },
      { act: 'typed', kind: 'path', text: 'a q', done: false },
    ],
  ])('%s', (_name, state, key, act) => {
    expect(keyBeforeView(state, key).act).toEqual(act);
  });

  it('a pasted text is no command', () => {
    for (const text of ['q', 'D', 'yes'])
      expect(keyOfFrame({ tab: 0 }, { kind: 'paste', text }, 3)).toEqual({ state: { tab: 0 }, act: { act: 'none' } });
  });
});

describe('a list', () => {
  const key = fc.constantFrom<Key>(
    named('up'),
    named('down'),
    named('page-up'),
    named('page-down'),
    typed('g'),
    typed('G'),
    typed('j'),
    typed('k'),
  );

  it('always shows the selected row, and no more rows than there is room for', () => {
    fc.assert(
      fc.property(
        fc.nat(200),
        fc.integer({ min: 1, max: 30 }),
        fc.array(key, { maxLength: 30 }),
        (count, lines, keys) => {
          const list = { rows: Array.from({ length: count }, (_none, at) => `row-${at}`), idOf: (row: string) => row };
          let state = startOfList;
          for (const each of keys) state = moveInList(state, each, list, lines) ?? state;
          const { top, index, shown } = windowOf(state, list, lines);
          expect(shown.length).toBe(Math.min(lines, count));
          if (count > 0) expect(shown).toContain(list.rows[index]);
          expect(top).toBeLessThanOrEqual(index);
        },
      ),
    );
  });

  it('keeps the same row selected when others come and go before it', () => {
    const idOf = (row: string): string => row;
    const before = { rows: ['a', 'b', 'c'], idOf };
    const state = moveInList(startOfList, named('down'), before, 10) ?? startOfList;
    expect(selectedIndex(state, { rows: ['0', '1', 'a', 'b', 'c'], idOf })).toBe(3);
    expect(selectedIndex(state, { rows: ['a', 'c'], idOf })).toBe(1);
    expect(selectedIndex(state, { rows: ['a'], idOf })).toBe(0);
  });
});

describe('lines', () => {
  const words = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constantFrom('名前', 'e\u0301', '👩‍👩‍👧', '…'));

  it('are exactly as wide as they should be, whatever stands in them', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 60 }), (text, columns) => {
        expect(textWidth(fitText(span(text).text, columns))).toBe(columns);
      }),
    );
  });

  it('lose nothing when they are broken', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 4, max: 60 }), (text, columns) => {
        const joined = wrapText(text, columns).join('').replaceAll(' ', '');
        expect(joined).toBe(span(text).text.replaceAll(' ', ''));
      }),
    );
  });

  it('hold nothing that could steer a terminal', () => {
    // eslint-disable-next-line no-control-regex -- that is what must not be there
    const steering = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
    for (const text of hostileTexts()) {
      expect(span(text).text).not.toMatch(steering);
      for (const part of wrapText(text, 20)) expect(part).not.toMatch(steering);
    }
  });

  it('leave columns out rather than cut a name, and cut only one that is wider than the screen', () => {
    const columns = [
      { header: 'NAME', rank: 0, cell: (row: string) => span(row) },
      { header: 'MORE', rank: 5, cell: () => span('x'.repeat(20)) },
    ];
    const drawn = (name: string, width: number): string =>
      (tableLines({ columns, shown: [name], selected: 0, width })[1]?.spans ?? []).map(({ text }) => text).join('');
    expect(drawn('a-name', 40)).toBe(`> a-name  ${'x'.repeat(20)}`);
    expect(drawn('a-name-of-many-letters', 40)).toBe('> a-name-of-many-letters');
    expect(drawn('n'.repeat(60), 40)).toBe(`> ${'n'.repeat(37)}…`);
  });
});

it('a picture has as many lines as the screen, each as wide as it, at any size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 60 }), (columns, rows) => {
      const lines = framePicture({
        state: { tab: 0 },
        size: { columns, rows },
        standing: {
          server: 'http://a.server.of.some.length:8000',
          source: 'maestro-cli',
          contextName: 'production',
          allowsChanges: false,
          sight: span('live', 'good'),
        },
        tabs: ['Fleet', 'Works'],
        keys: [{ key: '/', about: 'filter' }],
        body: (size) => Array.from({ length: size.rows }, () => line('x'.repeat(300))),
      });
      expect(lines.length).toBe(rows);
      for (const each of lines) expect(widthOf(each)).toBe(columns);
      const text = lines.map(({ spans }) => spans.map((part) => part.text).join('')).join('\n');
      const isLarge = columns >= leastSize.columns && rows >= leastSize.rows;
      if (isLarge) expect(text).toContain('live');
    }),
  );
});
