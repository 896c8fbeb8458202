import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createExclusive, fileMode, openAppended, tryWriting, writeWhole } from '../../src/io/write-file.ts';
import { emptyFolder } from '../support/run-cli.ts';

vi.mock('node:fs', async (load) => {
  const real = await load<typeof fs>();
  const counted =
    (name: 'openSync' | 'writeSync' | 'fsyncSync' | 'renameSync'): unknown =>
    (...words: readonly unknown[]) =>
      disk.call(name, real[name] as (...words: readonly unknown[]) => unknown, words);
  return {
    ...real,
    openSync: counted('openSync'),
    writeSync: counted('writeSync'),
    fsyncSync: counted('fsyncSync'),
    renameSync: counted('renameSync'),
  };
});

/** A disk that takes few bytes at a time, and fails at a call of one kind. */
const disk = vi.hoisted(() => {
  const state = {
    atOnce: Infinity,
    failing: undefined as { name: string; call: number; code: string } | undefined,
    seen: {} as Record<string, number>,
  };
  return {
    set(change: Partial<typeof state>): void {
      Object.assign(state, { atOnce: Infinity, failing: undefined, seen: {} }, change);
    },
    call(name: string, real: (...words: readonly unknown[]) => unknown, words: readonly unknown[]): unknown {
      state.seen[name] = (state.seen[name] ?? 0) + 1;
      if (state.failing?.name === name && state.seen[name] >= state.failing.call)
        throw Object.assign(new Error(`${state.failing.code}: no space left on device, write`), {
          code: state.failing.code,
        });
      if (name !== 'writeSync') return real(...words);
      const [file, bytes, from = 0] = words as [number, Buffer, number?];
      return real(file, bytes, from, Math.min(state.atOnce, bytes.length - from));
    },
  };
});

afterEach(() => disk.set({}));

const path = (): string => join(emptyFolder(), 'file');

describe('a file that is written', () => {
  it('has every byte, however few the disk takes at a time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.integer({ min: 1, max: 40 }), (text, atOnce) => {
        disk.set({ atOnce });
        const file = path();
        writeWhole(file, text, fileMode.secret);
        expect(readFileSync(file, 'utf8')).toBe(text);
        expect(readdirSync(dirname(file))).toEqual(['file']);
      }),
      { numRuns: 50 },
    );
  });

  it('is as it was when any step fails, and nothing stands beside it', () => {
    const steps = [
      ['openSync', 1],
      ['writeSync', 1],
      ['writeSync', 3],
      ['fsyncSync', 1],
      ['renameSync', 1],
    ] as const;
    for (const [name, call] of steps) {
      for (const before of [undefined, 'old content']) {
        const file = path();
        if (before !== undefined) writeFileSync(file, before);
        disk.set({ atOnce: 4, failing: { name, call, code: 'ENOSPC' } });
        expect(
          () => writeWhole(file, 'new content, longer than what is taken at once', fileMode.secret),
          `${name} ${call}`,
        ).toThrow('ENOSPC');
        disk.set({});
        expect(readdirSync(dirname(file))).toEqual(before === undefined ? [] : ['file']);
        if (before !== undefined) expect(readFileSync(file, 'utf8')).toBe(before);
      }
    }
  });

  it('is no success when the disk takes nothing more and does not say so', () => {
    disk.set({ atOnce: 0 });
    expect(() => writeWhole(path(), 'text', fileMode.secret)).toThrow('takes no more bytes');
  });

  it('takes the place of a link, and what the link names is as it was', () => {
    const file = path();
    const victim = path();
    writeFileSync(victim, 'precious');
    symlinkSync(victim, file);
    writeWhole(file, 'new', fileMode.secret);
    expect(lstatSync(file).isFile()).toBe(true);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });

  it('is not written by way of a name that can be guessed', () => {
    const file = path();
    const victim = path();
    writeFileSync(victim, 'precious');
    for (const name of [`${file}.tmp`, `${file}.${process.pid}.tmp`, join(dirname(file), `.file.${process.pid}.tmp`)])
      symlinkSync(victim, name);
    writeWhole(file, 'new', fileMode.secret);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(lstatSync(`${file}.tmp`).isSymbolicLink()).toBe(true);
  });

  it.each([
    { mode: fileMode.secret, before: undefined, after: 0o600 },
    { mode: fileMode.secret, before: 0o644, after: 0o600 },
    { mode: fileMode.secret, before: 0o400, after: 0o400 },
    { mode: fileMode.shared, before: undefined, after: 0o644 },
    { mode: fileMode.shared, before: 0o600, after: 0o644 },
  ])('has the right mode: $before becomes $after', ({ mode, before, after }) => {
    const file = path();
    if (before !== undefined) {
      writeFileSync(file, '');
      chmodSync(file, before);
    }
    const umask = process.umask(0o777);
    writeWhole(file, 'x', mode);
    process.umask(umask);
    expect(statSync(file).mode & 0o777).toBe(after);
  });
});

describe('a place that is tried', () => {
  it('is left as it was', () => {
    const file = path();
    tryWriting(file);
    expect(readdirSync(dirname(file))).toEqual([]);
  });

  it('is refused when the disk takes no byte, although it takes the name', () => {
    const file = path();
    disk.set({ failing: { name: 'writeSync', call: 1, code: 'ENOSPC' } });
    expect(() => tryWriting(file)).toThrow('ENOSPC');
    disk.set({});
    expect(readdirSync(dirname(file))).toEqual([]);
  });
});

describe('a file made anew', () => {
  it('is made once, and through no link', () => {
    const file = path();
    createExclusive(file, 'one', fileMode.shared);
    expect(() => createExclusive(file, 'two', fileMode.shared)).toThrow('EEXIST');
    const link = path();
    symlinkSync(join(emptyFolder(), 'nothing'), link);
    expect(() => createExclusive(link, 'three', fileMode.shared)).toThrow('EEXIST');
    expect(readFileSync(file, 'utf8')).toBe('one');
  });
});

describe('a file that is appended to', () => {
  it('ends where it ended when there is no room, so that the next line stands by itself', () => {
    const file = path();
    const opened = openAppended(file, fileMode.shared);
    opened.append('first\n');
    disk.set({ atOnce: 3, failing: { name: 'writeSync', call: 2, code: 'ENOSPC' } });
    expect(() => opened.append('second\n')).toThrow('ENOSPC');
    disk.set({});
    opened.append('third\n');
    opened.close();
    expect(readFileSync(file, 'utf8')).toBe('first\nthird\n');
  });

  it('is a file, reached by a link or not, and never made by way of one', () => {
    const file = path();
    writeFileSync(file, 'a\n');
    const link = path();
    symlinkSync(file, link);
    const opened = openAppended(link, fileMode.shared);
    opened.append('b\n');
    opened.close();
    expect(readFileSync(file, 'utf8')).toBe('a\nb\n');
    const dangling = path();
    const outside = join(emptyFolder(), 'outside');
    symlinkSync(outside, dangling);
    expect(() => openAppended(dangling, fileMode.shared)).toThrow('EEXIST');
    expect(existsSync(outside)).toBe(false);
    const folder = path();
    mkdirSync(folder);
    expect(() => openAppended(folder, fileMode.shared)).toThrow('it is no regular file');
    const pipe = path();
    execFileSync('mkfifo', [pipe]);
    expect(() => openAppended(pipe, fileMode.shared)).toThrow('it is no regular file');
  });
});

/** A disk of one or two pages, where this user may make one. */
function smallDisk(): { readonly folder: string; unmount(): void } | undefined {
  const folder = emptyFolder();
  const made = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12k', 'tmpfs', folder]).status === 0;
  return made ? { folder, unmount: () => void spawnSync('umount', [folder]) } : undefined;
}

describe('a disk that is really full', () => {
  it('leaves the old file (only where this user may mount one)', ({ skip }) => {
    const disk_ = smallDisk();
    if (disk_ === undefined) return skip('this user may not mount a file system');
    try {
      const file = join(disk_.folder, 'file');
      writeFileSync(file, 'x'.repeat(4_000));
      expect(() => writeWhole(file, 'y'.repeat(10_000), fileMode.secret)).toThrow('ENOSPC');
      expect(() => tryWriting(file)).toThrow('ENOSPC');
      expect(readFileSync(file, 'utf8')).toBe('x'.repeat(4_000));
      expect(readdirSync(disk_.folder)).toEqual(['file']);
    } finally {
      disk_.unmount();
    }
  });
});
