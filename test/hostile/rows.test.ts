import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../support/run-cli.ts';

const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
const rows = [...readme.matchAll(/^\| (\d+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(([, number, attack, places]) => ({
  number: Number(number),
  attack,
  files: [...(places ?? '').matchAll(/`([^`]+)`/g)].map(([, file]) => file ?? ''),
}));

it('every kind of attack has a place where it is tried, or is a known limit', () => {
  const known = [...readme.matchAll(/^- Row (\d+)/gm)].map(([, number]) => Number(number));
  const all = Array.from({ length: 25 }, (_unused, at) => at + 1);
  expect(all.filter((number) => !rows.some((row) => row.number === number) && !known.includes(number))).toEqual([]);
});

it.each(rows)('row $number, $attack, names files that are there', ({ files }) => {
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !existsSync(join(projectRoot, file)))).toEqual([]);
});

it('the lock file has a sum for every package that npm installs', () => {
  const lock = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly integrity?: string }>>;
  };
  const packages = Object.entries(lock.packages).filter(([name]) => name !== '');
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter(([, { integrity }]) => integrity === undefined).map(([name]) => name)).toEqual([]);
});
