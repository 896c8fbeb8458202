import { globSync, existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutationPage } from '../../scripts/mutation/page.ts';
import { readFigures, scoreOf } from '../../scripts/mutation/figures.ts';
import { readNotes } from '../../scripts/mutation/notes.ts';
import { parts, tables } from '../../scripts/mutation/parts.ts';

describe('mutation testing', () => {
  it('has each file that decides in one part, and in no other', () => {
    const mutated = parts.flatMap(({ mutate }) => mutate.flatMap((glob) => globSync(glob)));
    const deciding = ['src/core', 'src/standin/store', 'src/gitops/policy', 'src/gitops/status'];
    const files = deciding.flatMap((folder) => globSync(`${folder}/**/*.ts`));
    const among = mutated.filter((file) => deciding.some((folder) => file.startsWith(`${folder}/`)));
    expect([...among, ...tables].toSorted()).toEqual(files.toSorted());
    expect(new Set(mutated).size).toBe(mutated.length);
  });

  it('leaves out what a script has made, and nothing else', () => {
    for (const table of tables) expect(readFileSync(table, 'utf8'), table).toMatch(/^\/\/ Made by scripts\//);
  });

  it('names tests that are there', () => {
    for (const place of parts.flatMap(({ tests }) => tests)) expect(existsSync(place), place).toBe(true);
  });

  it('scores what was noticed of all that could be run', () => {
    const one = { killed: 6, timedOut: 2, survived: 1, notReached: 1, invalid: 5, texts: [0, 0], left: [] } as const;
    expect(scoreOf({ files: { a: one, b: { ...one, killed: 0, timedOut: 0 } } })).toBeCloseTo((100 * 8) / 12);
    expect(scoreOf({ files: {} })).toBeNaN();
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
