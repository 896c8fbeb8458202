import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { validateCommand } from '../../../src/commands/validate/command.ts';
import { inspect } from '../../../src/commands/validate/inspect.ts';
import { toWireJson, type JsonObject, type JsonValue } from '../../../src/core/json.ts';
import { readDocuments } from '../../../src/core/yaml/read-documents.ts';
import type { Report } from '../../../src/output/findings/finding.ts';
import { githubReport } from '../../../src/output/findings/github.ts';
import { junitReport } from '../../../src/output/findings/junit.ts';
import { sarifReport } from '../../../src/output/findings/sarif.ts';
import { textReport } from '../../../src/output/findings/text.ts';
import { projectRoot } from '../../support/run-cli.ts';

const options = validateCommand.parse({ flags: { manifestFile: ['-'] }, args: [], env: {} });

/** A run that throws nothing, gives every finding a place in the text, and can be printed in every form. */
async function examine(text: string): Promise<Report> {
  const bytes = new TextEncoder().encode(text);
  const report = await inspect(
    options,
    {
      cwd: '/',
      stdin: async function* () {
        yield bytes;
      },
      run: () => Promise.reject(new Error('nothing is to be run')),
    },
    () => undefined,
  );
  const lines = text.split('\n').length;
  for (const { line, column, message, rule } of report.findings) {
    expect(line).toBeGreaterThan(0);
    expect(line).toBeLessThanOrEqual(lines);
    expect(column).toBeGreaterThan(0);
    expect(message).not.toBe('');
    expect(rule).not.toBe('invalid');
  }
  // Two lines more of those whose place is shown.
  const shown = 2 * (report.excerpts?.size ?? 0);
  expect(textReport(report).split('\n')).toHaveLength(report.findings.length + shown + 2);
  expect(githubReport(report).split('\n')).toHaveLength(report.findings.length + 2);
  expect(JSON.parse(sarifReport(report))).toHaveProperty('version', '2.1.0');
  expect(junitReport(report, true)).toContain('</testsuites>');
  return report;
}

/** Every place of a document that can be replaced. */
function places(
  value: JsonValue | undefined,
  path: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, member]) =>
      places(member as JsonValue, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

function replace(value: JsonValue, path: readonly (string | number)[], by: JsonValue): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  if (Array.isArray(value))
    return value.map((item: JsonValue, index) => (index === step ? replace(item, rest, by) : item));
  const object = value as JsonObject;
  return { ...object, [step]: replace(object[step] ?? null, rest, by) };
}

describe('validate', () => {
  test('never throws on arbitrary text', async () => {
    const pieces = fc.array(
      fc.constantFrom(
        'a',
        ': ',
        '- ',
        '\n',
        '  ',
        '{',
        '}',
        '[',
        ']',
        '&x ',
        '*x',
        '"',
        "'",
        '|',
        '---\n',
        '#',
        '<<: ',
        'kind: ',
        'apiVersion: v1\n',
        '\t',
        '💥',
        '\u0000',
      ),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(pieces, async (parts) => void (await examine(parts.join('')))),
      { numRuns: 200 },
    );
  });

  test('never throws on arbitrary JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => void (await examine(JSON.stringify(value)))),
      { numRuns: 100 },
    );
  });

  test('never throws on a right manifest with a part replaced', async () => {
    const files = ['work.yaml', 'workloads.yaml', 'cluster.yaml'].map((name) =>
      readFileSync(join(projectRoot, 'test/fixtures/validate/good', name), 'utf8'),
    );
    const documents = files
      .flatMap((text) => readDocuments(text, 'x'))
      .map(({ value }) => ({ value, places: places(value) }));
    const odd = fc.constantFrom<JsonValue>(
      null,
      true,
      0,
      -1.5,
      '',
      'x',
      [],
      {},
      [null],
      [[]],
      { x: {} },
      2n ** 70n,
      '\u0000',
      { $ref: '#' },
    );
    const mutated = fc
      .constantFrom(...documents)
      .chain(({ value, places: found }) => fc.tuple(fc.constant(value), fc.constantFrom(...found), odd));
    await fc.assert(
      fc.asyncProperty(
        mutated,
        async ([value, path, by]) => void (await examine(toWireJson(replace(value, path, by)))),
      ),
      { numRuns: 25 },
    );
  }, 120_000);
});
