import { chmodSync, closeSync, ftruncateSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MaestroError } from '../../src/errors.ts';
import { readInputs, type InputText } from '../../src/io/input-files.ts';
import { emptyFolder } from '../support/run-cli.ts';

async function* stdin(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function folder(): string {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'b.yaml'), 'b');
  writeFileSync(join(cwd, 'a.yml'), 'a');
  writeFileSync(join(cwd, 'c.json'), 'c');
  writeFileSync(join(cwd, 'notes.txt'), 'n');
  writeFileSync(join(cwd, 'odd[1].yaml'), 'odd');
  mkdirSync(join(cwd, 'deep'));
  writeFileSync(join(cwd, 'deep', 'd.yaml'), 'd');
  mkdirSync(join(cwd, 'none'));
  return cwd;
}

const read = (
  cwd: string,
  arguments_: readonly string[],
  ...chunks: readonly Uint8Array[]
): Promise<readonly InputText[]> => readInputs(arguments_, { cwd, stdin: () => stdin(...chunks) });

async function failure(promise: Promise<unknown>): Promise<MaestroError> {
  const error: unknown = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(MaestroError);
  return error as MaestroError;
}

describe('what -f takes', () => {
  const cwd = folder();
  it.each([
    { arguments_: ['b.yaml'], texts: [['b.yaml', 'b']] },
    { arguments_: ['notes.txt'], texts: [['notes.txt', 'n']] },
    { arguments_: [join(cwd, 'b.yaml')], texts: [[join(cwd, 'b.yaml'), 'b']] },
    {
      arguments_: ['c.json', 'a.yml'],
      texts: [
        ['c.json', 'c'],
        ['a.yml', 'a'],
      ],
    },
    {
      arguments_: ['.'],
      texts: [
        ['a.yml', 'a'],
        ['b.yaml', 'b'],
        ['c.json', 'c'],
        ['odd[1].yaml', 'odd'],
      ],
    },
    { arguments_: ['deep'], texts: [['deep/d.yaml', 'd']] },
    { arguments_: ['deep/'], texts: [['deep/d.yaml', 'd']] },
    {
      arguments_: ['*.yaml'],
      texts: [
        ['b.yaml', 'b'],
        ['odd[1].yaml', 'odd'],
      ],
    },
    {
      arguments_: ['**/*.yaml'],
      texts: [
        ['b.yaml', 'b'],
        ['deep/d.yaml', 'd'],
        ['odd[1].yaml', 'odd'],
      ],
    },
    {
      arguments_: ['{a,b}.y*'],
      texts: [
        ['a.yml', 'a'],
        ['b.yaml', 'b'],
      ],
    },
    { arguments_: ['odd[1].yaml'], texts: [['odd[1].yaml', 'odd']] },
    { arguments_: ['-'], texts: [['standard input', 'in']] },
    {
      arguments_: ['a.yml', '-'],
      texts: [
        ['a.yml', 'a'],
        ['standard input', 'in'],
      ],
    },
  ])('$arguments_', async ({ arguments_, texts }) => {
    const inputs = await read(cwd, arguments_, bytes('in'));
    expect(inputs.map(({ name, text }) => [name, text])).toEqual(texts);
  });

  it('joins the chunks of standard input before decoding', async () => {
    const euro = bytes('€');
    expect(await read(cwd, ['-'], euro.subarray(0, 1), euro.subarray(1))).toEqual([
      { name: 'standard input', text: '€' },
    ]);
  });

  it('follows symbolic links, as a mounted ConfigMap has them', async () => {
    const mounted = folder();
    symlinkSync(join(mounted, 'deep'), join(mounted, '..data'));
    symlinkSync(join('..data', 'd.yaml'), join(mounted, 'link.yaml'));
    expect(await read(mounted, ['link.yaml'])).toEqual([{ name: 'link.yaml', text: 'd' }]);
  });
});

describe('what -f refuses', () => {
  it.each([
    { arguments_: ['-', '-'], code: 'usage', message: 'standard input (-) can be read only once' },
    {
      arguments_: ['missing.yaml'],
      code: 'invalid-input',
      message: /^missing\.yaml cannot be read: no such file or directory$/,
    },
    { arguments_: ['none'], code: 'invalid-input', message: 'the directory none has no .yaml, .yml or .json file' },
    { arguments_: ['*.toml'], code: 'invalid-input', message: 'no file matches *.toml' },
    { arguments_: [''], code: 'usage', message: 'the path of a manifest file is empty' },
  ])('$arguments_', async ({ arguments_, code, message }) => {
    const error = await failure(read(folder(), arguments_));
    expect(error).toMatchObject({ code });
    expect(error.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });

  it('a file that is not UTF-8, by name', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'latin.yaml'), Uint8Array.of(0x61, 0xe9));
    expect(await failure(read(cwd, ['latin.yaml']))).toMatchObject({
      code: 'invalid-input',
      message: 'latin.yaml cannot be read: it is not UTF-8 text',
    });
  });

  it('standard input that is not UTF-8, by name', async () => {
    expect(await failure(read(folder(), ['-'], Uint8Array.of(0xff)))).toMatchObject({
      code: 'invalid-input',
      message: 'standard input cannot be read: it is not UTF-8 text',
    });
  });

  it('a file above 8 MiB, without reading it', async () => {
    const cwd = folder();
    const file = openSync(join(cwd, 'huge.yaml'), 'w');
    ftruncateSync(file, 8 * 1024 * 1024 + 1);
    closeSync(file);
    expect(await failure(read(cwd, ['huge.yaml']))).toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('8 MiB') as string,
    });
  });

  it('standard input above 8 MiB, without holding it', async () => {
    const chunk = new Uint8Array(2 * 1024 * 1024);
    expect(await failure(read(folder(), ['-'], chunk, chunk, chunk, chunk, Uint8Array.of(1)))).toMatchObject({
      code: 'invalid-input',
      message: 'standard input cannot be read: it is longer than 8 MiB',
    });
  });

  it.skipIf(process.getuid?.() === 0)('a file that may not be read', async () => {
    const cwd = folder();
    chmodSync(join(cwd, 'b.yaml'), 0);
    expect(await failure(read(cwd, ['b.yaml']))).toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/^b\.yaml cannot be read: permission denied/) as string,
    });
  });
});

describe('what kubectl takes and is no name of a file', () => {
  const cwd = folder();
  it.each([
    [
      'https://example.com/a.yaml',
      'it is a URL, and only files are read; look at it first, then: curl -fsSL https://example.com/a.yaml | maestro-cli apply -f -',
    ],
    ['b.yaml,a.yml', 'there is no such file; several files take an -f each: -f b.yaml -f a.yml'],
    ['nothing,here', 'no such file or directory'],
  ])('%s', async (argument, message) => {
    expect(await failure(read(cwd, [argument]))).toMatchObject({
      code: 'invalid-input',
      message: `${argument} cannot be read: ${message}`,
    });
  });
});
