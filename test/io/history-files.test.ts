import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HistoryFiles, historyFolder, readHistory, usualBounds, workFolder } from '../../src/io/history-files.ts';
import { keptOf, keyOf } from './support/kept-versions.ts';

const newRoot = (): string => mkdtempSync(join(tmpdir(), 'maestro-cli-history-'));
const versionsIn = (root: string, name = 'w'): readonly number[] =>
  readHistory(root, keyOf(name)).versions.map(({ version }) => version);

describe('where it lies', () => {
  it.each([
    [{ XDG_STATE_HOME: '/s', HOME: '/h' }, '/s/maestro-cli/history'],
    [{ HOME: '/h' }, '/h/.local/state/maestro-cli/history'],
    [{ XDG_STATE_HOME: 'relative', HOME: '/h' }, '/h/.local/state/maestro-cli/history'],
    [{ XDG_STATE_HOME: '', HOME: '' }, undefined],
    [{}, undefined],
  ])('%j', (env, folder) => {
    expect(historyFolder(env)).toBe(folder);
  });

  it('is another folder for another server, source, consumer or name, whatever they are called', () => {
    const keys = [
      keyOf('w'),
      keyOf('../../w'),
      { ...keyOf('w'), server: 's' },
      { ...keyOf('w'), consumer: 'c2' },
      { ...keyOf('w'), source: 's' },
    ];
    const folders = keys.map((key) => workFolder('/root', key));
    expect(new Set(folders).size).toBe(keys.length);
    for (const folder of folders) expect(folder).toMatch(/^\/root\/[0-9a-f]{32}$/);
  });
});

describe('whatever is kept, in whatever order', () => {
  const kept = fc.record({
    work: fc.constantFrom('a', 'b', 'c'),
    version: fc.integer({ min: 1, max: 30 }),
    madeAgain: fc.integer({ min: 0, max: 2 }),
    bytes: fc.integer({ min: 0, max: 6_000 }),
    damage: fc.boolean(),
  });

  it('stays in bounds, is read back in order, and the last that was kept is there', () => {
    fc.assert(
      fc.property(
        fc.array(kept, { maxLength: 20 }),
        fc.record({
          versions: fc.integer({ min: 1, max: 5 }),
          workBytes: fc.integer({ min: 8_000, max: 20_000 }),
          allBytes: fc.integer({ min: 8_000, max: 40_000 }),
        }),
        (all, bounds) => {
          const root = newRoot();
          for (const { work, version, madeAgain, bytes, damage } of all) {
            const createdAt = `2026-01-0${madeAgain + 1}T00:00:00Z`;
            const { kept: one, document } = keptOf(version, 'x'.repeat(bytes), createdAt);
            new HistoryFiles(root, bounds).keep(keyOf(work), one, { document });
            const { versions } = readHistory(root, keyOf(work));
            expect(versions.some((found) => found.version === version && found.createdAt === createdAt)).toBe(true);
            const order = versions.map((found) => `${found.createdAt} ${String(found.version).padStart(9, '0')}`);
            expect(order).toEqual([...order].sort());
            const files = filesOf(root);
            expect(files.filter(({ folder }) => folder === workFolder(root, keyOf(work))).length).toBeLessThanOrEqual(
              bounds.versions,
            );
            // One file alone may take more than all are to.
            expect(files.length === 1 || sum(files) <= bounds.allBytes).toBe(true);
            const [some] = files;
            if (damage && some !== undefined) writeFileSync(some.path, readFileSync(some.path, 'utf8').slice(0, 50));
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  it('keeps a version once, unless it is seen with other content, and mends its file when that is broken', () => {
    const root = newRoot();
    const files = new HistoryFiles(root, usualBounds);
    const { kept: one, document } = keptOf(1);
    const found = { ...one, manager: 'nobody', operation: 'found' } as const;
    expect(files.keep(keyOf('w'), one, { document })).toMatchObject({ added: true });
    expect(files.keep(keyOf('w'), found, { document })).toMatchObject({ added: false });
    expect(readHistory(root, keyOf('w')).versions).toMatchObject([{ manager: 'm' }]);
    // A server that was restored from a backup has given the number again.
    expect(files.keep(keyOf('w'), found, keptOf(1, 'other'))).toMatchObject({ added: true });
    expect(readHistory(root, keyOf('w')).versions).toMatchObject([{ manager: 'nobody' }]);
    const [file] = filesOf(root);
    writeFileSync(file?.path ?? '', '{');
    expect(readHistory(root, keyOf('w')).broken).toEqual([
      { path: file?.path, why: 'it is no JSON, or not all of it' },
    ]);
    expect(files.keep(keyOf('w'), one, { document })).toMatchObject({ added: true });
    expect(versionsIn(root)).toEqual([1]);
  });

  it('refuses a version that takes more than is kept of a work, and the others stay', () => {
    const root = newRoot();
    const files = new HistoryFiles(root, { ...usualBounds, workBytes: 5_000 });
    const first = keptOf(1);
    files.keep(keyOf('w'), first.kept, first);
    const large = keptOf(2, 'x'.repeat(6_000));
    expect(() => files.keep(keyOf('w'), large.kept, large)).toThrow('and 5000 are kept of a work');
    expect(versionsIn(root)).toEqual([1]);
  });
});

function filesOf(root: string): readonly { readonly folder: string; readonly path: string; readonly size: number }[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\d{10}\.json$/.test(name))
    .map((name) => join(root, name))
    .map((path) => ({ folder: join(path, '..'), path, size: statSync(path).size }));
}

function sum(files: readonly { readonly size: number }[]): number {
  return files.reduce((total, { size }) => total + size, 0);
}

async function keeping(root: string, name: string, first: number, last: number): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'support/keep-versions.ts');
  const child = spawn(process.execPath, [script, root, name, `${first}`, `${last}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout !== null) await once(child.stdout, 'data');
  return child;
}

describe('processes', () => {
  it('that are killed while they keep leave whole files, and the next one goes on', async () => {
    const root = newRoot();
    let reached = 0;
    for (const afterMs of [0, 11, 37, 70]) {
      const child = await keeping(root, 'w', reached + 1, 100_000);
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      child.kill('SIGKILL');
      await once(child, 'close');
      const { versions, broken } = readHistory(root, keyOf('w'));
      expect(broken).toEqual([]);
      expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1));
      expect(versions.length).toBeGreaterThanOrEqual(reached);
      reached = versions.length;
    }
    expect(reached).toBeGreaterThan(0);
    // What was half written is taken away an hour later, when nobody can be at it any more.
    const { kept: one, document } = keptOf(reached + 1);
    const later = { ...one, keptAt: new Date(Date.now() + 2 * 3_600_000).toISOString() };
    new HistoryFiles(root, { ...usualBounds, versions: 1_000 }).keep(keyOf('w'), later, { document });
    expect(readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp'))).toEqual(
      [],
    );
  });

  it('that keep at the same time lose nothing of each other', async () => {
    const root = newRoot();
    const both = await Promise.all([keeping(root, 'w', 1, 12), keeping(root, 'w', 13, 24), keeping(root, 'v', 1, 12)]);
    await Promise.all(
      both.map(async (child) => {
        if (child.exitCode === null) await once(child, 'close');
      }),
    );
    expect(versionsIn(root)).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
    expect(versionsIn(root, 'v')).toHaveLength(12);
  });
});
