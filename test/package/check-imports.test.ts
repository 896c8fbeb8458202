import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { checkImports } from '../../scripts/check-package/imports.ts';

/** A package with a compiled library. */
function unpacked(library: Readonly<Record<string, string>>, packageJson: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'check-imports-'));
  mkdirSync(join(folder, 'dist/lib/deep'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(packageJson));
  for (const [file, text] of Object.entries(library)) writeFileSync(join(folder, 'dist/lib', file), text);
  return folder;
}

const needs = {
  dependencies: { yaml: '1.0.0', '@grpc/grpc-js': '1.0.0' },
  peerDependencies: { '@open/api': '^1.0.0' },
};
const fine = {
  'index.js':
    "import { parse } from 'yaml'; import './deep/a.js'; import 'node:fs'; import 'fs'; await import('@open/api');",
  'index.d.ts': "export type A = import('@grpc/grpc-js/build/src/call').Call;",
};

test('a library that imports its dependencies, all of them and nothing else, passes', () => {
  vi.spyOn(console, 'log').mockReturnValue();
  expect(() => checkImports(unpacked(fine, needs))).not.toThrow();
});

test.each([
  ['code', { 'deep/a.js': "export { Ajv } from 'ajv';" }],
  ['a deferred import', { 'deep/a.js': "export const load = () => import('ajv/dist/core.js');" }],
  ['types', { 'deep/a.d.ts': "export type A = import('ajv').Ajv;" }],
  ['an import for its effects', { 'deep/a.js': "import 'ajv';" }],
])('an import of what is not installed with it is found in %s', (_where, more) => {
  vi.spyOn(console, 'log').mockReturnValue();
  expect(() => checkImports(unpacked({ ...fine, ...more }, needs))).toThrow(/not installed with it; seen: \[\["ajv"/);
});

test('a dependency that the library does not import is found', () => {
  vi.spyOn(console, 'log').mockReturnValue();
  const more = { ...needs, dependencies: { ...needs.dependencies, chalk: '1.0.0' } };
  expect(() => checkImports(unpacked(fine, more))).toThrow(/imported by the library; seen: \["chalk"\]/);
});
