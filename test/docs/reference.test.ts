import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { referenceFolder, referencePages } from '../../scripts/reference.ts';
import { reasonsOf } from '../../src/errors.ts';

describe('docs/commands is made from the commands', () => {
  const pages = referencePages();

  test('there is a page for each, and none for what is gone', () => {
    expect(readdirSync(referenceFolder).sort(), 'run: npm run reference').toEqual([...pages.keys()].sort());
  });

  test.each([...pages])('%s is fresh', (name, text) => {
    expect(readFileSync(join(referenceFolder, name), 'utf8'), 'run: npm run reference').toBe(text);
  });

  test('every reason is listed under its exit code', () => {
    const results = pages.get('results.md') ?? '';
    for (const reason of Object.values(reasonsOf).flat()) expect(results).toContain(reason);
  });

  test('links lead to pages', () => {
    for (const [name, text] of pages) {
      for (const [, target = ''] of text.matchAll(/\]\(([^)]+)\)/g)) expect([...pages.keys()], name).toContain(target);
    }
  });
});
