import { appendFileSync, chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openGrowingLines, openLines, type GrowingLineFile } from '../../src/io/line-file.ts';
import { usageErrorOf } from '../command-line/support.ts';
import { emptyFolder, runs } from '../support/run-cli.ts';

const owner = { pid: process.pid, wallMs: Date.parse('2026-11-23T01:00:00Z'), isRunning: runs };
const open = (cwd: string): GrowingLineFile => openGrowingLines('b', cwd, { noun: 'backup', flag: '--backup' }, owner);
const textsOf = (file: Pick<GrowingLineFile, 'lines'>): readonly string[] => [...file.lines()].map(({ text }) => text);

describe('a file of lines', () => {
  it('is for its owner alone, and each line is on the disk when it is added', () => {
    const cwd = emptyFolder();
    const file = open(cwd);
    expect(file.isNew).toBe(true);
    file.append('one');
    expect(readFileSync(join(cwd, 'b'), 'utf8')).toBe('one\n');
    const two = file.append('zwölf');
    expect(file.read(two)).toBe('zwölf');
    file.close();
    expect(statSync(join(cwd, 'b')).mode & 0o777).toBe(0o600);
    const again = open(cwd);
    expect(again.isNew).toBe(false);
    again.append('three');
    expect([...again.lines()].map((line) => again.read(line))).toEqual(['one', 'zwölf', 'three']);
    again.close();
  });

  it('keeps a last line that was cut off, and begins a new one behind it', () => {
    const cwd = emptyFolder();
    const first = open(cwd);
    first.append('one');
    first.close();
    appendFileSync(join(cwd, 'b'), '{"half":');
    const second = open(cwd);
    expect([...second.lines()].map(({ text, whole }) => [text, whole])).toEqual([
      ['one', true],
      ['{"half":', false],
    ]);
    const added = second.append('two');
    expect(second.read(added)).toBe('two');
    expect(textsOf(second)).toEqual(['one', '{"half":', 'two']);
    second.close();
  });

  it('is read line by line, however long the lines are', () => {
    const cwd = emptyFolder();
    const lines = ['x'.repeat(200_000), '', 'ü'.repeat(65_536), 'end'];
    writeFileSync(join(cwd, 'b'), `${lines.join('\n')}\n`);
    const file = openLines('b', cwd, 'backup');
    expect(textsOf(file)).toEqual(lines);
    expect([...file.lines()].map((line) => file.read(line))).toEqual(lines);
    writeFileSync(join(cwd, 'long'), 'x'.repeat(17 * 1024 * 1024));
    expect(usageErrorOf(() => textsOf(openLines('long', cwd, 'backup'))).message).toBe(
      'the backup long cannot be used: it is longer than 16 MiB',
    );
  });

  it('that cannot be used, that others may read, or that another run uses is refused, and left as it is', () => {
    const cwd = emptyFolder();
    expect(usageErrorOf(() => openLines('none', cwd, 'plan')).message).toMatch(
      /^the plan none cannot be used: no such file or directory/,
    );
    mkdirSync(join(cwd, 'b'));
    expect(usageErrorOf(() => open(cwd)).message).toBe('the backup b cannot be used: it is no regular file');
    const other = emptyFolder();
    writeFileSync(join(other, 'b'), 'one\n');
    chmodSync(join(other, 'b'), 0o644);
    expect(usageErrorOf(() => open(other)).message).toMatch(/^the backup b cannot be used: others may read it/);
    expect(readFileSync(join(other, 'b'), 'utf8')).toBe('one\n');
    chmodSync(join(other, 'b'), 0o600);
    const held = open(other);
    expect(usageErrorOf(() => open(other)).message).toMatch(/^the backup b is in use by process \d+/);
    held.close();
    open(other).close();
    const planted = emptyFolder();
    symlinkSync(join(planted, 'elsewhere'), join(planted, 'b'));
    usageErrorOf(() => open(planted));
  });
});
