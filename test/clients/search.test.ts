import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BundleFilter } from '../../src/clients/index.ts';
import { afterId, bundleSearches } from '../../src/clients/rest/search.ts';
import { MaestroError } from '../../src/errors.ts';
import { thrownBy } from './support/failure.ts';
import { recordedSteps } from './support/recordings.ts';

/** The `search` of each recorded request. */
const recorded = new Map(
  recordedSteps('search').flatMap(({ step, request }) => {
    const search = new URLSearchParams(request.path?.split('?')[1] ?? '').get('search');
    return search === null ? [] : [[step, search] as const];
  }),
);

/** Reads a quoted value as the plain parser does (`''` is a quote). */
function plainValue(text: string): string | undefined {
  const match = /^source = '((?:[^']|'')*)'$/s.exec(text);
  return match?.[1]?.replaceAll("''", "'");
}

/** Reads the last quoted value as the JSON parser does: a backslash takes the next quote along, wherever it comes. */
function jsonValue(text: string): string | undefined {
  const start = text.indexOf("= '") + 3;
  let escaped = false;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === "'" && !escaped)
      return at === text.length - 1 ? text.slice(start, at).replaceAll("\\'", "'") : undefined;
    escaped = text[at] === '\\' || (escaped && text[at] !== "'");
  }
  return undefined;
}

/** The one search that finds these. */
function searchFor(where: BundleFilter): string {
  const [search, ...others] = bundleSearches(where);
  expect(others).toEqual([]);
  return search?.text ?? 'none';
}

describe('searches', () => {
  it('are those that the server was seen to answer', () => {
    const ids = ['3a476542-6859-5502-b41c-c10d91a41f65', 'bb6f5674-5b81-5cea-946c-6ff5d1c08629'];
    expect(searchFor({ ids: ids.slice(0, 1) })).toBe(recorded.get('by-id'));
    expect(searchFor({ ids })).toBe(recorded.get('id-in'));
    expect(searchFor({ source: 'maestro-cli' })).toBe(recorded.get('by-source'));
    expect(searchFor({ names: ['hyperfleet-rec-offline-a1'] })).toBe(recorded.get('by-work-name-jsonb'));
    expect(searchFor({ labels: { adapter: 'a1' } })).toBe(recorded.get('by-label-jsonb'));
    expect(searchFor({ consumers: ['rec-offline'], labels: { adapter: 'a1' } })).toBe(
      recorded.get('by-label-jsonb-and-consumer'),
    );
  });

  it('probe for an executor', () => {
    expect(searchFor({ ids: ['i'], executor: {} })).toBe(`id = 'i' and payload -> 'data' -> 'executer' @> '{}'`);
    expect(searchFor({ ids: ['i'], executor: { subject: { type: 'ServiceAccount' } } })).toContain(
      `@> '{"subject":{"type":"ServiceAccount"}}'`,
    );
  });

  it('escape by the parser that the server will choose', () => {
    expect(searchFor({ source: "o'neil" })).toBe("source = 'o''neil'");
    expect(searchFor({ source: "o'neil", names: ['w'] })).toBe(
      `source = 'o\\'neil' and payload -> 'metadata' ->> 'name' = 'w'`,
    );
    // Such a value sends even a plain search to the other parser.
    expect(searchFor({ source: "a->>'b" })).toBe("source = 'a->>\\'b'");
  });

  it('go on after an id, with any search or none', () => {
    expect(afterId('', 'x')).toBe("id > 'x'");
    expect(afterId("source = 's'", 'x')).toBe("source = 's' and id > 'x'");
  });

  it.each([
    ['a control character', () => bundleSearches({ source: 'a\nb' })],
    ['a NUL', () => bundleSearches({ ids: ['\u0000'] })],
    ['a backslash for the JSON parser', () => bundleSearches({ names: ['a\\'] })],
    ['an umlaut for the JSON parser', () => bundleSearches({ names: ['ä'] })],
    [
      'eleven conditions for the JSON parser',
      () => bundleSearches({ manifests: Array.from({ length: 11 }, () => ({ kind: 'Job' })) }),
    ],
  ])('refuse %s', (_name, build) => {
    expect(thrownBy(build).code).toBe('usage');
  });

  it('give every value back as it was, or refuse it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("'", '\\', 'a', '"', ' ', '-', '>', '@', '?', 'ä', '$') }),
        (value) => {
          const plain = !value.includes('->>') && !value.includes('@>');
          try {
            if (plain) expect(plainValue(searchFor({ source: value }))).toBe(value);
            expect(jsonValue(searchFor({ names: [value] }))).toBe(value);
          } catch (error) {
            if (!(error instanceof MaestroError)) throw error;
            expect(value).toMatch(/[\\ä]/);
          }
        },
      ),
    );
  });

  it('find all without a condition, and nothing by an empty list', () => {
    expect(bundleSearches({}).map(({ text }) => text)).toEqual(['']);
    expect(bundleSearches({ source: 's', ids: [] })).toEqual([]);
    expect(bundleSearches({ names: [] })).toEqual([]);
  });

  it('are as many as request lines hold, and ask for each value of a list once', () => {
    const values = fc.array(fc.string({ minLength: 1, maxLength: 80, unit: fc.constantFrom('a', "'", '-', '1') }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(fc.record({ ids: values, consumers: values }), ({ ids, consumers }) => {
        const searches = bundleSearches({ ids, consumers, source: 's' });
        for (const { text } of searches) expect(encodeURIComponent(text).length).toBeLessThan(7_100);
        const pairs = searches.flatMap(({ where }) =>
          (where.ids ?? []).flatMap((id) => (where.consumers ?? []).map((consumer) => `${id}\n${consumer}`)),
        );
        expect(pairs.sort()).toEqual(ids.flatMap((id) => consumers.map((consumer) => `${id}\n${consumer}`)).sort());
      }),
      { numRuns: 50 },
    );
  });
});
