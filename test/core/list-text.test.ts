import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson, type JsonObject, type JsonValue } from '../../src/core/json.ts';
import { JsonLimitError } from '../../src/core/json-nesting.ts';
import { ListText } from '../../src/core/list-text.ts';

const opening = /^\{[^{]*\{/;
const parse = (text: string): JsonValue => JSON.parse(text) as JsonValue;

/** Pushes the pieces; what was handed out on the way, and what was left for the end. */
function readAll(pieces: readonly string[]): { readonly early: JsonObject[]; readonly rest: JsonValue } {
  const list = new ListText({ opening, parse });
  const early: JsonObject[] = [];
  for (const piece of pieces) early.push(...list.push(piece));
  return { early, rest: list.end() };
}

function cut(text: string, ends: readonly number[]): string[] {
  const places = [...new Set(ends.map((end) => end % (text.length + 1)))].sort((left, right) => left - right);
  return [0, ...places].map((from, at) => text.slice(from, places[at]));
}

/** As an API server writes them, with all that may look like the beginning of the next one inside. */
function widget(name: string, more: JsonValue = null): JsonObject {
  const like = { apiVersion: 'v1', kind: 'Widget', metadata: { name: 'inner' } };
  return {
    apiVersion: 'v1',
    kind: 'Widget',
    metadata: { name, managedFields: [like, like], text: '},{"apiVersion":"v1","kind":"Widget","metadata":{' },
    spec: { padding: 'x'.repeat(400), more },
  };
}

const names = ['a', 'b', 'c', 'd', 'e'];

describe('the text of a list', () => {
  it('gives each item as soon as the next one begins', () => {
    const text = JSON.stringify({
      apiVersion: 'v1',
      items: names.map((name) => widget(name)),
      kind: 'WidgetList',
      metadata: { continue: 'more', resourceVersion: '7' },
    });
    const { early, rest } = readAll([text]);
    expect(early).toEqual(names.slice(0, -1).map((name) => widget(name)));
    expect(rest).toEqual({
      apiVersion: 'v1',
      items: [widget('e')],
      kind: 'WidgetList',
      metadata: { continue: 'more', resourceVersion: '7' },
    });
  });

  it('reads any list as JSON.parse does, wherever its text is cut', () => {
    const values = fc.jsonValue() as fc.Arbitrary<JsonValue>;
    const items = fc.array(
      fc.oneof(
        fc.record({ name: fc.string(), more: values }).map(({ name, more }) => widget(name, more)),
        fc.dictionary(fc.string(), values),
      ),
      { maxLength: 8 },
    );
    const around = fc.record(
      { metadata: fc.record({ resourceVersion: fc.string() }), kind: fc.string() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(items, around, around, fc.array(fc.nat(), { maxLength: 12 }), (list, before, after, ends) => {
        const text = JSON.stringify({ ...before, items: list, ...after });
        const { early, rest } = readAll(cut(text, ends));
        const { items: left, ...others } = rest as { readonly items: readonly JsonValue[] };
        const { items: all, ...expected } = JSON.parse(text) as { readonly items: readonly JsonValue[] };
        expect([...early, ...left]).toEqual(all);
        expect(others).toEqual(expected);
      }),
    );
  });

  it.each([
    ['items of something else', JSON.stringify({ metadata: { items: names.map((name) => widget(name)) }, items: [] })],
    [
      'a list whose items begin late',
      JSON.stringify({ metadata: { note: 'x'.repeat(6_000) }, items: names.map((name) => widget(name)) }),
    ],
    ['no list', JSON.stringify(widget('a', 'y'.repeat(9_000)))],
    ['a list with white space', JSON.stringify({ items: names.map((name) => widget(name)) }, undefined, 1)],
    ['items that are no objects', JSON.stringify({ items: Array.from({ length: 900 }, (_, at) => at) })],
    [
      'items that begin otherwise',
      JSON.stringify({
        items: Array.from({ length: 90 }, (_, at) => ({ [`name${at}`]: 'text', padding: 'x'.repeat(60) })),
      }),
    ],
    [
      'many that look like the next one',
      JSON.stringify({
        items: [
          { apiVersion: 'v1', kind: 'Widget', metadata: { like: Array.from({ length: 40 }, () => widget('inner')) } },
          widget('b'),
        ],
      }),
    ],
  ])('reads %s in one piece', (_what, text) => {
    const { early, rest } = readAll(cut(text, [100, 5_000]));
    expect(early).toEqual([]);
    expect(rest).toEqual(JSON.parse(text));
  });

  it.each([1, 10, 28, 40, 100, 500])('gives items early also when its first piece has %i characters', (first) => {
    const { early } = readAll(
      cut(JSON.stringify({ apiVersion: 'v1', items: names.map((name) => widget(name)) }), [first]),
    );
    expect(early).toEqual(names.slice(0, -1).map((name) => widget(name)));
  });

  it('throws what is no syntax error of an item at once', () => {
    const text = JSON.stringify({ items: names.map((name) => widget(name)) });
    const failing = new ListText({
      opening,
      parse: (part) => {
        if (part.startsWith('{"apiVersion"')) throw new RangeError('no stack left');
        return parse(part);
      },
    });
    expect(() => [...failing.push(text)]).toThrow(RangeError);
  });

  it('says at the end that the text is no JSON, and throws what is no syntax error at once', () => {
    const text = JSON.stringify({ items: names.map((name) => widget(name)) });
    const list = new ListText({ opening, parse });
    expect([...list.push(text.slice(0, -30))]).toHaveLength(4);
    expect(() => list.end()).toThrow(SyntaxError);
    const failing = new ListText({
      opening,
      parse: () => {
        throw new RangeError('no stack left');
      },
    });
    expect(() => [...failing.push(text)]).toThrow(RangeError);
  });

  const deep = (name: string, levels: number): string =>
    JSON.stringify(widget(name, '?')).replace(
      '"?"',
      `${'{"apiVersion":"v1","kind":"Widget","metadata":{"in":['.repeat(levels / 3)}${']}}'.repeat(levels / 3)}`,
    );
  const layouts: readonly (readonly [string, (items: readonly string[]) => string])[] = [
    ['one line', (items) => `{"apiVersion":"v1","items":[${items.join(',')}],"kind":"WidgetList"}`],
    [
      'other items before them, and other objects after',
      (items) =>
        `{ "metadata": {"items": [{"a": "]"}], "b": [1]}, "note": "items", "items": [${items.join(', ')}], "c": [{}]}`,
    ],
    ['many lines', (items) => `{\n "kind": "WidgetList", "apiVersion": "v1",\n "items": [\n${items.join(',\n')}\n]\n}`],
  ];

  it.each(layouts.flatMap(([layout, write]) => [0, 1, 2, 3, 4].map((at) => [layout, at, write] as const)))(
    'sets an item aside that nests too deeply, and gives the others (%s, item %d)',
    (_layout, at, write) => {
      const aside: string[] = [];
      const items = names.map((name, index) => (index === at ? deep(name, 9_000) : JSON.stringify(widget(name))));
      const list = new ListText({
        opening,
        parse: parseJson,
        setAside: (shallow) => aside.push((shallow['metadata'] as { name: string }).name),
      });
      const early = cut(write(items), [300, 5_000, 12_000]).flatMap((piece) => [...list.push(piece)]);
      const { items: late } = list.end() as { items: JsonObject[] };
      expect([...early, ...late]).toEqual(names.filter((_name, index) => index !== at).map((name) => widget(name)));
      expect(aside).toEqual([names[at]]);
    },
  );

  it('fails for an item that nests too deeply when nobody sets it aside', () => {
    const list = new ListText({ opening, parse: parseJson });
    const text = layouts[0]?.[1]([deep('a', 9_000), JSON.stringify(widget('b'))]) ?? '';
    expect(() => [...list.push(text), list.end()]).toThrow(JsonLimitError);
    for (const [, write] of layouts) {
      const whole = new ListText({ opening, parse: parseJson });
      const late = write([deep('a', 9_000), JSON.stringify(widget('b'))]);
      expect(() => [...whole.push(late.slice(0, 5)), ...whole.push(late.slice(5)), whole.end()]).toThrow(
        JsonLimitError,
      );
    }
  });

  it('fails for what is no list and nests too deeply, and for more items than anybody asks for', () => {
    const aside: JsonObject[] = [];
    const fails = (text: string, expected: boolean): void => {
      const list = new ListText({ opening, parse: parseJson, setAside: (shallow) => aside.push(shallow) });
      const read = (): unknown => [...list.push(text), list.end()];
      if (expected) expect(read).toThrow(JsonLimitError);
      else expect(read).not.toThrow();
    };
    fails(deep('a', 9_000), true);
    expect(aside).toEqual([]);
    const many = (count: number): string => layouts[2]?.[1]([...Array<string>(count).fill('{}'), deep('z', 900)]) ?? '';
    fails(many(10_000), false);
    expect(aside).toHaveLength(1);
    fails(many(10_001), true);
  });

  it('lets an item nest as deep as it may, whether it is read alone or with its list', () => {
    const exact = JSON.stringify(widget('a', '?')).replace('"?"', `${'['.repeat(498)}${']'.repeat(498)}`);
    const aside: JsonObject[] = [];
    for (const [, write] of layouts) {
      const list = new ListText({ opening, parse: parseJson, setAside: (shallow) => aside.push(shallow) });
      const early = [...list.push(write([exact, exact]))];
      expect([...early, ...(list.end() as { items: JsonObject[] }).items]).toHaveLength(2);
    }
    expect(aside).toEqual([]);
  });
});
