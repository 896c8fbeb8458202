import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isPlainOutput, writeNow } from '../../src/io/descriptor-output.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'output-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('a file and /dev/null are no terminals, a descriptor that is not open is not judged', () => {
  const file = openSync(join(folder, 'file'), 'w');
  const none = openSync('/dev/null', 'w');
  expect([isPlainOutput(file), isPlainOutput(none)]).toEqual([true, true]);
  closeSync(file);
  closeSync(none);
  expect(isPlainOutput(987)).toBe(false);
});

test('writes all of a long text, whatever its letters', () => {
  const text = 'größe ✓ '.repeat(50_000);
  const file = openSync(join(folder, 'file'), 'w');
  expect(writeNow(file, text)).toBeUndefined();
  closeSync(file);
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe(text);
});

test('hands back what a pipe that does not block cannot take yet', () => {
  // A FIFO that is open for reading and writing has no reader that empties it.
  spawnSync('mkfifo', [join(folder, 'pipe')]);
  const nonBlocking = 0o4002;
  const pipe = openSync(join(folder, 'pipe'), nonBlocking);
  const left = writeNow(pipe, 'x'.repeat(1_000_000));
  closeSync(pipe);
  expect(left?.length).toBeGreaterThan(0);
  expect(left?.length).toBeLessThan(1_000_000);
});
