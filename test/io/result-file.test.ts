import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MaestroError } from '../../src/errors.ts';
import { openResultFile } from '../../src/io/result-file.ts';
import { emptyFolder } from '../support/run-cli.ts';

function failureOf(doing: () => unknown): MaestroError {
  try {
    doing();
  } catch (error) {
    expect(error).toBeInstanceOf(MaestroError);
    return error as MaestroError;
  }
  throw new Error('it worked');
}
const path = (): string => join(emptyFolder(), 'result.json');

describe('opening', () => {
  it('leaves nothing behind, and removes a stale file', () => {
    const file = path();
    writeFileSync(file, '{"status":"success"}');
    openResultFile(file);
    expect(readdirSync(dirname(file))).toEqual([]);
  });

  it('removes a dangling link, and does not write through one', () => {
    const file = path();
    const outside = join(emptyFolder(), 'outside');
    writeFileSync(outside, 'precious');
    symlinkSync(outside, file);
    openResultFile(file).write('{}\n');
    expect(readFileSync(outside, 'utf8')).toBe('precious');
    expect(lstatSync(file).isFile()).toBe(true);
  });

  it.each([
    { title: 'a directory', make: (file: string) => mkdirSync(file), text: 'it is a directory' },
    {
      title: 'a folder that is not there',
      make: (file: string) => file,
      path: 'no/such/result.json',
      text: 'cannot be written: no such file or directory',
    },
    {
      title: 'a file as a folder',
      make: (file: string) => writeFileSync(file, ''),
      path: 'result.json/result.json',
      text: 'cannot be written: not a directory',
    },
  ])('refuses $title, before anything is sent', ({ make, path: relative, text }) => {
    const file = path();
    make(file);
    const error = failureOf(() => openResultFile(relative === undefined ? file : join(dirname(file), relative)));
    expect(error).toMatchObject({
      code: 'usage',
      reason: 'UnwritableResult',
      hint: expect.stringContaining('Nothing was sent') as string,
    });
    expect(error.message).toContain(text);
  });

  it.skipIf(process.getuid?.() === 0)('refuses a folder that may not be written', () => {
    const file = path();
    chmodSync(dirname(file), 0o555);
    expect(failureOf(() => openResultFile(file))).toMatchObject({ reason: 'UnwritableResult' });
    chmodSync(dirname(file), 0o755);
  });
});

describe('writing', () => {
  let umask = 0;
  beforeEach(() => {
    umask = process.umask();
  });
  afterEach(() => process.umask(umask));

  it.each([0o000, 0o022, 0o077, 0o777])('gives mode 0644 under umask %o', (mask) => {
    const file = path();
    process.umask(mask);
    openResultFile(file).write('{}\n');
    process.umask(umask);
    expect(statSync(file).mode & 0o777).toBe(0o644);
  });

  it('writes everything, and only the file itself', () => {
    const file = path();
    const text = '€'.repeat(300_000);
    openResultFile(file).write(text);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(readdirSync(dirname(file))).toEqual(['result.json']);
  });

  it('tells when the folder went away meanwhile, and leaves nothing', () => {
    const file = path();
    const result = openResultFile(file);
    mkdirSync(file);
    writeFileSync(join(file, 'in-the-way'), '');
    expect(failureOf(() => result.write('{}'))).toMatchObject({ code: 'unavailable', reason: 'ResultNotWritten' });
    expect(readdirSync(dirname(file))).toEqual(['result.json']);
    expect(existsSync(join(file, 'in-the-way'))).toBe(true);
  });
});

describe('a file that is there', () => {
  it.each([
    ['a manifest', 'apiVersion: v1\nkind: ConfigMap\n'],
    ['a manifest in JSON', '{"apiVersion":"v1","kind":"ConfigMap","status":{"phase":"x"}}'],
    ['a list of manifests', '[{"apiVersion":"v1","kind":"ConfigMap"}]'],
  ])('is not removed when it is %s', (_what, content) => {
    const file = path();
    writeFileSync(file, content);
    expect(failureOf(() => openResultFile(file))).toMatchObject({
      code: 'usage',
      reason: 'UnwritableResult',
      message: expect.stringContaining('a manifest stands there') as string,
    });
    expect(readFileSync(file, 'utf8')).toBe(content);
    expect(readdirSync(dirname(file))).toEqual(['result.json']);
  });

  it.each([
    [''],
    ['stale'],
    ['{"status":"Failed","message":"Job: apiVersion and kind are wrong","resources":[{"kind":"Job"}]}\n'],
  ])('is removed when it holds %j', (content) => {
    const file = path();
    writeFileSync(file, content);
    openResultFile(file);
    expect(existsSync(file)).toBe(false);
  });
});

describe('what is no file', () => {
  const pipe = (): string => {
    const file = path();
    execFileSync('mkfifo', [file]);
    return file;
  };

  it('a pipe gets the result and stays', () => {
    const file = pipe();
    const reader = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    openResultFile(file).write('{}\n');
    expect(readFileSync(reader, 'utf8')).toBe('{}\n');
    closeSync(reader);
    expect(lstatSync(file).isFIFO()).toBe(true);
  });

  it('a pipe that nobody reads is told of at the start, and does not hold the run up', () => {
    const file = pipe();
    expect(failureOf(() => openResultFile(file))).toMatchObject({ code: 'usage', reason: 'UnwritableResult' });
    expect(lstatSync(file).isFIFO()).toBe(true);
  });

  it('a device is written to through its link, and no file takes its place', () => {
    const file = path();
    symlinkSync('/dev/null', file);
    openResultFile(file).write('{}\n');
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readdirSync(dirname(file))).toEqual(['result.json']);
  });

  it('the name of an open descriptor is written to, also when it is of a file', () => {
    const file = path();
    const descriptor = openSync(file, 'w+');
    openResultFile(`/proc/self/fd/${descriptor}`).write('{}\n');
    closeSync(descriptor);
    expect(readFileSync(file, 'utf8')).toBe('{}\n');
  });

  it('a name that ends like a directory is refused', () => {
    expect(failureOf(() => openResultFile(`${path()}/`))).toMatchObject({ code: 'usage', reason: 'UnwritableResult' });
  });
});
