import { globSync, existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutationPage } from '../../scripts/mutation/page.ts';
import { readFigures } from '../../scripts/mutation/figures.ts';
import { readNotes } from '../../scripts/mutation/notes.ts';
import { parts, tables } from '../../scripts/mutation/parts.ts';

describe('mutation testing', () => {
  it('has each file that decides in one part, and in no other', () => {
    const mutated = parts.flatMap(({ mutate }) => mutate.flatMap((glob) => globSync(glob)));
    const deciding = ['src/core', 'src/standin/store', 'src/gitops/policy', 'src/gitops/status'];
    const files = deciding.flatMap((folder) => globSync(`${folder}/**/*.ts`));
    expect([...mutated, ...tables].toSorted()).toEqual(files.toSorted());
  });

  it('leaves out what a script has made, and nothing else', () => {
    for (const table of tables) expect(readFileSync(table, 'utf8'), table).toMatch(/^\/\/ Made by scripts\//);
  });

  it('names tests that are there', () => {
    for (const place of parts.flatMap(({ tests }) => tests)) expect(existsSync(place), place).toBe(true);
  });

  it('is told as it was measured', () => {
    expect(readFileSync('docs/mutation-testing.md', 'utf8')).toBe(mutationPage());
  });

  it('says of no file what was found in it that has nothing left', () => {
    for (const { name } of parts) {
      const left = Object.entries(readFigures(name)?.files ?? {}).filter(([, figures]) => figures.left.length > 0);
      expect(left.map(([file]) => file)).toEqual(expect.arrayContaining([...readNotes(name).keys()]));
    }
  });
});
