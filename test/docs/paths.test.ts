import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../support/run-cli.ts';

const pages = [
  ...['CONTRIBUTING.md', 'README.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...globSync(['docs/*.md', 'docs/decisions/*.md'], { cwd: projectRoot }),
];
const roots = /^(src|test|docs|scripts|bin|bench|proto|charts|examples|job-templates|\.ci)\//;
const exists = (path: string): boolean => existsSync(join(projectRoot, path));

/**
 * Names of files that stand alone lie in the folder of the path before them, in the same line: in
 * `src/works/store.ts`, `order.ts`.
 */
function missingIn(line: string): readonly string[] {
  const missing: string[] = [];
  let folders: readonly string[] = [];
  for (const [, name = ''] of line.matchAll(/`([\w.\-/]+)`/g)) {
    if (roots.test(name)) {
      const folder = name.endsWith('/') || !/\.\w+$/.test(name) ? name.replace(/\/$/, '') : dirname(name);
      folders = [...folders, folder];
      if (!exists(name)) missing.push(name);
    } else if (/\.ts$/.test(name) && folders.length > 0 && !folders.some((folder) => exists(join(folder, name))))
      missing.push(name);
  }
  return missing;
}

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(projectRoot, page), 'utf8');

  test('names files and folders that exist', () => {
    const missing = page === 'CHANGELOG.md' ? [] : text.split('\n').flatMap((line) => missingIn(line));
    expect(missing, `these have moved or are gone; mend ${page}`).toEqual([]);
  });

  test('links to pages that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, target = '']) => target);
    expect(links.filter((target) => !exists(join(dirname(page), target)))).toEqual([]);
  });
});
