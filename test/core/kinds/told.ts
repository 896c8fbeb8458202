import { expect } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { checkObject } from '../../../src/core/kinds/check-object.ts';
import { kindFinder } from '../../../src/core/kinds/known-kinds.ts';
import { pathText } from '../../../src/core/yaml/json-path.ts';

/** A problem: where, which rule, and what is said. */
export type Told = readonly [path: string, rule: string | undefined, message: string];

export const find = kindFinder([]);

/** What is wrong with a manifest that stands at `m`. */
export function told(manifest: JsonObject): readonly Told[] {
  const problems = checkObject(manifest, find, ['m']);
  expect(problems.every(({ severity }) => severity === 'error')).toBe(true);
  return problems.map(({ path, rule, message }) => [pathText(path), rule, message]);
}

export const inShop = { name: 'a', namespace: 'shop' };

export const configMap = (more: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: inShop,
  ...more,
});

export const secret = (more: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: inShop,
  ...more,
});
