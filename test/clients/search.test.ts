import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equals, executorProbe, hasLabels, idIn, searchAnd, sourceIs, workNameIs } from '../../src/clients/index.ts';
import { afterId } from '../../src/clients/rest/search.ts';
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

describe('searches', () => {
  it('are those that the server was seen to answer', () => {
    const ids = ['3a476542-6859-5502-b41c-c10d91a41f65', 'bb6f5674-5b81-5cea-946c-6ff5d1c08629'];
    expect(searchAnd(equals('id', ids[0] ?? '')).text).toBe(recorded.get('by-id'));
    expect(searchAnd(idIn(ids)).text).toBe(recorded.get('id-in'));
    expect(searchAnd(sourceIs('maestro-cli')).text).toBe(recorded.get('by-source'));
    expect(searchAnd(workNameIs('hyperfleet-rec-offline-a1')).text).toBe(recorded.get('by-work-name-jsonb'));
    expect(searchAnd(hasLabels({ adapter: 'a1' })).text).toBe(recorded.get('by-label-jsonb'));
    expect(searchAnd(equals('consumer_name', 'rec-offline'), hasLabels({ adapter: 'a1' })).text).toBe(
      recorded.get('by-label-jsonb-and-consumer'),
    );
  });

  it('probe for an executor', () => {
    expect(searchAnd(executorProbe('i')).text).toBe(`id = 'i' and payload -> 'data' -> 'executer' @> '{}'`);
    expect(searchAnd(executorProbe('i', { subject: { type: 'ServiceAccount' } })).text).toContain(
      `@> '{"subject":{"type":"ServiceAccount"}}'`,
    );
  });

  it('escape by the parser that the server will choose', () => {
    expect(searchAnd(sourceIs("o'neil")).text).toBe("source = 'o''neil'");
    expect(searchAnd(sourceIs("o'neil"), workNameIs('w')).text).toBe(
      `source = 'o\\'neil' and payload -> 'metadata' ->> 'name' = 'w'`,
    );
    // Such a value sends even a plain search to the other parser.
    expect(searchAnd(sourceIs("a->>'b")).text).toBe("source = 'a->>\\'b'");
  });

  it('go on after an id, with any search or none', () => {
    expect(afterId(undefined, 'x')).toBe("id > 'x'");
    expect(afterId("source = 's'", 'x')).toBe("source = 's' and id > 'x'");
  });

  it.each([
    ['a control character', () => searchAnd(sourceIs('a\nb'))],
    ['a NUL', () => searchAnd(equals('name', '\u0000'))],
    ['a backslash for the JSON parser', () => searchAnd(workNameIs('a\\'))],
    ['an umlaut for the JSON parser', () => searchAnd(workNameIs('ä'))],
    [
      'eleven conditions for the JSON parser',
      () => searchAnd(workNameIs('w'), ...Array.from({ length: 10 }, () => sourceIs('s'))),
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
            if (plain) expect(plainValue(searchAnd(sourceIs(value)).text)).toBe(value);
            expect(jsonValue(searchAnd(workNameIs(value)).text)).toBe(value);
          } catch (error) {
            if (!(error instanceof MaestroError)) throw error;
            expect(value).toMatch(/[\\ä]/);
          }
        },
      ),
    );
  });
});
