import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../support/run-cli.ts';

const pages = [
  ...['CONTRIBUTING.md', 'README.md', 'RELEASING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...globSync(['docs/*.md', 'docs/api/*.md', 'docs/decisions/*.md', 'docs/runbooks/*.md'], { cwd: projectRoot }),
];
const roots = /^(src|test|docs|scripts|bin|bench|proto|charts|examples|integrations|job-templates|\.ci)\//;
const exists = (path: string): boolean => existsSync(join(projectRoot, path));

/**
 * A name that stands alone is that of a file of a folder in the same line, as in `src/works/store.ts`, `order.ts`; or
 * of a path that the page has named before.
 */
function missingIn(page: string): readonly string[] {
  const missing: string[] = [];
  const named = new Set<string>();
  for (const line of page.split('\n')) {
    const folders: string[] = [];
    for (const [, name = ''] of line.matchAll(/`([\w.\-/]+)`/g)) {
      if (roots.test(name)) {
        folders.push(/\.\w+$/.test(name) ? dirname(name) : name);
        named.add(basename(name));
        if (!exists(name)) missing.push(name);
      } else if (name.endsWith('.ts') && folders.length > 0 && !named.has(name))
        if (!folders.some((folder) => exists(join(folder, name)))) missing.push(name);
    }
  }
  return missing;
}

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(projectRoot, page), 'utf8');

  test('names files and folders that exist', () => {
    // A release names what it had.
    const missing = page === 'CHANGELOG.md' ? [] : missingIn(text);
    expect(missing, `these have moved or are gone; mend ${page}`).toEqual([]);
  });

  test('names nothing that only the tests have, where programs are told of an export', () => {
    const told = page.startsWith('docs/api/') ? text.match(/\b(?:recordings|fixtures)\/[\w.-]+/g) : [];
    expect(told ?? [], 'say it in a comment beside the docstring').toEqual([]);
  });

  test('links to pages that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, target = '']) => target);
    expect(links.filter((target) => !exists(join(dirname(page), target)))).toEqual([]);
  });
});
