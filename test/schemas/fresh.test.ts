import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { schemaFiles, schemaFolder, schemaTable } from '../../scripts/output-schemas.ts';
import { schemaAddress } from '../../scripts/output-schemas/generate.ts';
import { outputDocuments } from '../../scripts/output-schemas/documents.ts';
import { exitCodeOf, reasonsOf } from '../../src/errors.ts';
import { commands } from '../../src/commands/index.ts';
import { allExitCodes } from '../../src/exit-code.ts';
import { publishedSchemas, schemaFaults } from '../support/output-schemas.ts';
import { projectRoot } from '../support/run-cli.ts';

describe('schemas/ is made from the types of what is printed', () => {
  const files = schemaFiles();

  test('there is a file for each document, and none for what is gone', () => {
    expect(readdirSync(schemaFolder).sort(), 'run: npm run output-schemas').toEqual([...files.keys()].sort());
  });

  test.each([...files])('%s is fresh', (name, text) => {
    expect(readFileSync(join(schemaFolder, name), 'utf8'), 'run: npm run output-schemas').toBe(text);
  });
});

describe.each([...publishedSchemas])('%s', (name, schema) => {
  test('says what it is, and can be had where its id says', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: schemaAddress(name),
      title: expect.any(String) as string,
      description: expect.any(String) as string,
    });
  });

  test('describes every property', () => {
    expect(undescribed(schema, name)).toEqual([]);
  });

  test('bears what a later version says more, unless it is read by us', () => {
    expect(JSON.stringify(schema).includes('"additionalProperties":false')).toBe(name === 'config');
  });
});

function undescribed(schema: unknown, place: string): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap((item, index) => undescribed(item, `${place}[${index}]`));
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { readonly properties?: Readonly<Record<string, object>> };
  const own = Object.entries(properties).filter(([, property]) => !('description' in property));
  return [
    ...own.map(([key]) => `${place}.${key}`),
    ...Object.entries(schema).flatMap(([key, value]) => undescribed(value, `${place}.${key}`)),
  ];
}

test('words that the program chooses from are those of its own lists', () => {
  const parts = publishedSchemas.get('error')?.['$defs'] as Readonly<Record<string, { readonly enum: unknown[] }>>;
  expect(parts['ErrorCode']?.enum.toSorted()).toEqual(Object.keys(exitCodeOf).sort());
  expect(parts['ErrorReason']?.enum.toSorted()).toEqual([...new Set(Object.values(reasonsOf).flat())].sort());
  expect(parts['ExitCode']?.enum).toEqual(allExitCodes);
});

test('every command that prints JSON has a schema for it', () => {
  const named = outputDocuments.flatMap((document) => document.commands ?? []);
  const printing = commands.filter(({ outputs = [] }) => outputs.includes('json')).map(({ name }) => name);
  expect([...new Set(named)].sort()).toEqual(printing.sort());
});

test('the strict form that tests use knows no member that is not described', () => {
  const value = { version: '1', commit: 'c', date: 'd', node: 'n', platform: 'p' };
  expect(schemaFaults('version', value)).toEqual([]);
  expect(schemaFaults('version', { ...value, more: 1 })).toEqual([
    '(all) must NOT have additional properties {"additionalProperty":"more"}',
  ]);
});

test('docs/schemas.md names each of them', () => {
  expect(
    readFileSync(join(projectRoot, 'docs/schemas.md'), 'utf8'),
    'put schemaTable() in the place of its table',
  ).toContain(schemaTable());
});
