import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { contextKeys, readConfig } from '../../src/core/config-file.ts';
import { publishedSchemas, schemaFaults } from '../support/output-schemas.ts';

/** Whether the reader of the configuration file takes a text. */
function isRead(text: string): boolean {
  try {
    readConfig(text, 'config.yaml');
    return true;
  } catch {
    return false;
  }
}

const inContext = (line: string): string => `contexts:\n  a:\n    ${line}\n`;

describe('an editor that knows the schema complains about what the reader refuses, and about nothing else', () => {
  test.each([
    '',
    '# a comment\n',
    'current-context:\n',
    'current-context: a\n',
    'current-context: 7\n',
    'current-context: ""\n',
    'curent-context: a\n',
    'contexts:\n',
    'contexts: []\n',
    'contexts: {a: }\n',
    'contexts: {a: text}\n',
    '- a\n',
    'text\n',
    ...Object.entries(contextKeys).flatMap(([key, kind]) => [
      inContext(kind === 'switch' ? `${key}: true` : `${key}: text`),
      inContext(`${key}: ${kind === 'switch' ? 'text' : 'true'}`),
      inContext(`${key}: ""`),
      inContext(`${key}:`),
      inContext(`${key}: 7`),
      inContext(`${key}: [a]`),
    ]),
    inContext('grpc-client-token: abc'),
    inContext('http-token: abc'),
    inContext('grpc-endpont: host:1'),
  ])('%j', (text) => {
    expect(schemaFaults('config', parse(text) as unknown).length === 0).toBe(isRead(text));
  });
});

test('every key of a context is described', () => {
  const { Context } = publishedSchemas.get('config')?.['$defs'] as {
    readonly Context: { readonly properties: object };
  };
  expect(Object.keys(Context.properties)).toEqual(Object.keys(contextKeys));
});
