import { execFileSync } from 'node:child_process';
import { existsSync, openSync, closeSync, constants, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBytes, readRegularFile } from '../../src/io/read-file.ts';
import { emptyFolder } from '../support/run-cli.ts';

const limits = { maxBytes: 1024 };

function fifo(): string {
  const path = join(emptyFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

function file(text: string): string {
  const path = join(emptyFolder(), 'file');
  writeFileSync(path, text);
  return path;
}

const both = [
  { name: 'readBytes', read: (path: string, maxBytes: number): Promise<Buffer> => readBytes(path, { maxBytes }) },
  {
    name: 'readRegularFile',
    read: async (path: string, maxBytes: number): Promise<Buffer> => readRegularFile(path, maxBytes),
  },
];

describe.each(both)('$name', ({ read }) => {
  it.each(['', 'x', 'x'.repeat(1024)])('gives a file as it is (%#)', async (text) => {
    expect((await read(file(text), 1024)).toString()).toBe(text);
  });

  it.runIf(existsSync('/proc/self/cmdline'))('gives a file that says it has no bytes', async () => {
    expect((await read('/proc/self/cmdline', 100_000)).length).toBeGreaterThan(0);
  });

  it('refuses what is too long, a file of gigabytes without reading it', async () => {
    const path = file('');
    truncateSync(path, 8 * 1024 ** 3);
    await expect(read(path, 1024 * 1024)).rejects.toThrow('it is longer than 1 MiB');
    await expect(read(file('x'.repeat(1025)), 1024)).rejects.toThrow('it is longer than 1 KiB');
  });

  it('refuses a directory and what is not there, in the words of the system', async () => {
    await expect(read(emptyFolder(), 1)).rejects.toMatchObject({ code: 'EISDIR' });
    await expect(read('/no/such', 1)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('what may never end', () => {
  it.runIf(existsSync('/dev/zero'))('is read to the limit and no further', async () => {
    await expect(readBytes('/dev/zero', limits)).rejects.toThrow('it is longer than 1 KiB');
  });

  it('is given up at a signal, with its reason: a pipe without a writer, and one with a writer that is silent', async () => {
    for (const opened of [false, true]) {
      const path = fifo();
      const stop = new AbortController();
      const reading = readBytes(path, { ...limits, signal: stop.signal });
      const writer = opened ? openSync(path, constants.O_WRONLY | constants.O_NONBLOCK) : undefined;
      const why = new Error('terminated');
      setImmediate(() => stop.abort(why));
      await expect(reading).rejects.toBe(why);
      if (writer !== undefined) closeSync(writer);
    }
  });

  it('is not begun after the signal', async () => {
    await expect(readBytes(fifo(), { ...limits, signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow(
      'before',
    );
  });

  it('is read to its end when its writer comes late, and refused when it writes too much', async () => {
    for (const [text, outcome] of [
      ['hello', 'hello'],
      ['x'.repeat(1025), 'it is longer than 1 KiB'],
    ] as const) {
      const path = fifo();
      const reading = readBytes(path, limits).then(String, (error: Error) => error.message);
      await new Promise((resolve) => setTimeout(resolve, 20));
      const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      writeSync(writer, text);
      closeSync(writer);
      expect(await reading).toBe(outcome);
    }
  });

  it('is refused at once where only a file will do', () => {
    expect(() => readRegularFile(fifo(), 1)).toThrow('it is no regular file');
    if (existsSync('/dev/zero')) expect(() => readRegularFile('/dev/zero', 1)).toThrow('it is no regular file');
  });
});
