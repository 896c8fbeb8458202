import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, likePattern, parseTime } from '../../src/standin/search/compile.ts';
import type { Expression } from '../../src/standin/search/expression.ts';
import { JsonSearchError, parseJsonSearch, scan } from '../../src/standin/search/json-grammar.ts';
import { jsonbContains, jsonbText } from '../../src/standin/search/jsonb.ts';
import { listArguments, Lister } from '../../src/standin/search/list.ts';
import { parsePlainSearch, SearchSyntaxError } from '../../src/standin/search/plain-grammar.ts';
import { workIdsWhere } from '../../src/standin/search/work-ids-where.ts';
import { resourcesTable } from '../../src/standin/search/tables.ts';
import { Store } from '../../src/standin/store/store.ts';
import type { StoredWork } from '../../src/standin/store/types.ts';

function work(id: string, change: Partial<StoredWork> = {}, payload: object = {}): StoredWork {
  const micros = Date.parse('2026-11-22T10:00:00Z') * 1000;
  return {
    id,
    consumerName: 'c1',
    source: 's1',
    version: 1,
    payload: JSON.stringify(payload),
    createdAt: micros,
    updatedAt: micros,
    ...change,
  };
}

function matches(search: string, row: StoredWork, parse: (text: string) => Expression = parsePlainSearch): boolean {
  return compile(parse(search), resourcesTable)(row) === true;
}

describe('the plain grammar', () => {
  const row = work('a1', { consumerName: "o'hara", version: 3 });
  it.each([
    ["consumer_name = 'o''hara'", true],
    ['version = 3', true],
    ["version = '3'", true],
    ['version != 3', false],
    ['version <> 2 and version >= 3 and version < 4', true],
    ["id like 'a%'", true],
    ["id LIKE 'A%'", false],
    ["id ilike 'A%'", true],
    ["id not like 'a_'", false],
    ["id in ('x', 'a1')", true],
    ["id not in ('x', 'a1')", false],
    ['deleted_at is null', true],
    ['deleted_at is not null', false],
    ["deleted_at > '2020-01-01' or version = 3", true],
    ['not (version = 3)', false],
    ["not version = 1 and id = 'a1'", true],
    ['version between 1 and 3', true],
    ['version not between 1 and 3', false],
    ["resources.id = 'a1'", true],
    ['"id" = \'a1\'', true],
    ["created_at = '2026-11-22T10:00:00Z'", true],
    ["created_at < '2026-11-22T11:00:00+01:00'", false],
    ["updated_at > '2026-11-22 09:59:59.999999'", true],
  ])('%s → %s', (search, expected) => {
    expect(matches(search, row)).toBe(expected);
  });

  it.each([
    "id === 'x'",
    'id =',
    "= 'x'",
    "id 'x'",
    "(id = 'x'",
    "id = 'x')",
    "id = 'x",
    'id ; 1',
    "id in 'x'",
    'id between 1 or 2',
  ])('refuses %s', (search) => {
    expect(() => parsePlainSearch(search)).toThrow(SearchSyntaxError);
  });

  it('finds any text again that was quoted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const quoted = `'${text.replaceAll("'", "''")}'`;
        return matches(`consumer_name = ${quoted}`, work('a', { consumerName: text }));
      }),
    );
  });

  it('treats NULL as unknown', () => {
    const gone = work('a', { deletedAt: 5 });
    expect(matches("not (deleted_at > '2020-01-01')", row)).toBe(false);
    expect(matches("not (deleted_at > '2020-01-01')", gone)).toBe(true);
  });
});

describe('the JSON grammar', () => {
  const row = work(
    'a1',
    {},
    { metadata: { name: 'w1', labels: { a: '1', b: '2' } }, data: { executer: { subject: {} } } },
  );
  it.each([
    ["payload -> 'metadata' ->> 'name' = 'w1'", true],
    ["payload->'metadata'->>'name'='w1'", true],
    ["payload -> 'metadata' ->> 'name' in ('x', 'w1')", true],
    ["payload -> 'metadata' ->> 'name' not in ('x', 'w1')", false],
    ["payload -> 'metadata' ->> 'nope' = 'w1'", false],
    [`payload -> 'metadata' -> 'labels' @> '{"a":"1"}'`, true],
    [`payload -> 'metadata' -> 'labels' @> '{"a":"2"}'`, false],
    [`payload -> 'data' -> 'executer' @> '{}'`, true],
    [`payload -> 'data' -> 'nothing' @> '{}'`, false],
    [`id = 'a1' and (version = 2 or payload -> 'metadata' ->> 'name' like 'w%')`, true],
    [`version = 1 or version = 2 and payload -> 'metadata' ->> 'name' = 'x'`, true],
  ])('%s → %s', (search, expected) => {
    expect(matches(search, row, parseJsonSearch)).toBe(expected);
  });

  it.each([
    ["labels->>'env' = 'stage'", '[7] error parsing the filter: unexpected token `->>`'],
    ["payload -> 'a' ->> 'b' != 'x'", '[24] error parsing the filter: unexpected token `!`'],
    ["payload -> 'a' ->> 'b' =", 'EOF encountered while parsing string'],
    ["(payload -> 'a' ->> 'b' = 'x'", "EOF while searching for closing brace ')'"],
    ["payload -> 'a' ->> 'b' = 'it''s'", "[30] error parsing the filter: unexpected token `'s'`"],
  ])('refuses %s', (search, message) => {
    expect(() => parseJsonSearch(search)).toThrow(new JsonSearchError(message));
  });

  it('allows ten joins and no more', () => {
    const form = "payload -> 'a' ->> 'b' = 'x'";
    expect(() => parseJsonSearch(Array<string>(11).fill(form).join(' and '))).not.toThrow();
    expect(() => parseJsonSearch(Array<string>(12).fill(form).join(' and '))).toThrow(
      'maximum number of permitted joins (10) exceeded',
    );
  });

  it('loses no character of what it scans but spaces outside quotes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const spaceless = (value: string): string => value.replaceAll(' ', '');
        expect(
          spaceless(
            scan(text)
              .map((token) => token.text)
              .join(''),
          ),
        ).toBe(spaceless(text));
      }),
    );
  });
});

describe('jsonb', () => {
  it.each([
    ['{"a":1,"b":2}', '{"a":1}', true],
    ['{"a":{"b":[1,2,3]}}', '{"a":{"b":[3,1]}}', true],
    ['[1,2]', '1', true],
    ['[[1]]', '1', false],
    ['{"a":1}', '[]', false],
    ['[]', '[]', true],
    ['{"a":null}', '{"a":null}', true],
    ['{}', '{"a":null}', false],
  ])('%s @> %s is %s', (left, right, expected) => {
    expect(jsonbContains(JSON.parse(left) as never, JSON.parse(right) as never)).toBe(expected);
  });

  it('contains itself, whatever it is', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => jsonbContains(value as never, value as never)));
  });

  it('prints objects as PostgreSQL does', () => {
    expect(jsonbText({ bb: [1, true], a: { c: null } })).toBe('{"a": {"c": null}, "bb": [1, true]}');
    expect(jsonbText(null)).toBeNull();
  });
});

describe('patterns and times', () => {
  it.each([
    ['a%', 'abc', true],
    ['a_c', 'abc', true],
    ['a\\_c', 'abc', false],
    ['a\\%c', 'a%c', true],
    ['a.c', 'abc', false],
    ['%', '', true],
  ])('like %s finds %s: %s', (pattern, text, expected) => {
    expect(likePattern(pattern, false).test(text)).toBe(expected);
  });

  it.each([
    ['2026-11-22T10:58:32.237016Z', 1_795_345_112_237_016],
    ['2026-11-22T11:58:32.237016+01:00', 1_795_345_112_237_016],
    ['2026-11-22', 1_795_305_600_000_000],
    ['yesterday', undefined],
  ])('reads %s', (text, micros) => {
    expect(parseTime(text)).toBe(micros);
  });
});

describe('lists', () => {
  const store = new Store();
  for (let at = 0; at < 1000; at += 1) {
    const id = String((at * 7919) % 1000).padStart(4, '0');
    store.saveWork(work(id, { consumerName: `c${String(at % 3)}`, updatedAt: at, version: at % 5 }));
  }
  const lister = new Lister(resourcesTable, {
    revision: () => store.revision,
    get: (id) => store.work(id),
    all: () => store.works(),
    ids: () => store.workIds(),
    idsWhere: (condition) => workIdsWhere(condition, store),
  });
  const list = (query: string): { ids: string[]; total: number } => {
    const { rows, total } = lister.list(listArguments(new URLSearchParams(query)));
    return { ids: rows.map(({ id }) => id), total };
  };

  it('pages by key over an index, each row once', () => {
    const seen: string[] = [];
    for (let last = ''; ; last = seen.at(-1) ?? '') {
      const query = new URLSearchParams({
        search: `consumer_name = 'c1' and id > '${last}'`,
        orderBy: 'id asc',
        size: '50',
      });
      const { ids } = list(query.toString());
      if (ids.length === 0) break;
      seen.push(...ids);
    }
    const expected = [...store.works()].filter(({ consumerName }) => consumerName === 'c1').map(({ id }) => id);
    expect(seen).toEqual(expected.sort());
  });

  it.each([
    ['page=0&size=3', 3],
    ['page=-1&size=3', 3],
    ['size=0', 0],
    ['size=-1', 1000],
    ['size=nonsense', 0],
    ['page=999', 0],
    ['page=334&size=3', 1],
  ])('%s gives %i rows of 1000', (query, count) => {
    const { ids, total } = list(query);
    expect(ids).toHaveLength(count);
    expect(total).toBe(1000);
  });

  it('sorts by several columns', () => {
    const { rows } = lister.list(listArguments(new URLSearchParams('orderBy=version desc,id asc&size=1000')));
    const keys = rows.map(({ version, id }) => `${String(9 - version)}${id}`);
    expect(keys).toEqual([...keys].sort());
  });

  it.each([
    ['orderBy=id sideways', "bad order value 'id sideways'"],
    ['orderBy=nope', 'Unable to list resources: ERROR: column "nope" does not exist (SQLSTATE 42703)'],
    [
      "search=nonsense = 'x'",
      'Unable to list resources: ERROR: column resources.nonsense does not exist (SQLSTATE 42703)',
    ],
    [
      "search=version = 'x'",
      'Unable to list resources: ERROR: invalid input syntax for type integer: "x" (SQLSTATE 22P02)',
    ],
    ["search=id === 'x'", "Failed to parse search query: id === 'x'"],
  ])('refuses %s', (query, reason) => {
    expect(() => list(query)).toThrow(reason);
  });

  it('sees a write at once although answers are remembered', () => {
    expect(list("search=source = 'new'").total).toBe(0);
    store.saveWork(work('zzz', { source: 'new' }));
    expect(list("search=source = 'new'").ids).toEqual(['zzz']);
    store.removeWork('zzz');
    expect(list("search=source = 'new'").total).toBe(0);
  });
});
