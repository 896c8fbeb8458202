import { glob, readFile, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MaestroError } from '../errors.ts';

/** One input as text, under the name that messages use for it. */
export interface InputText {
  readonly name: string;
  readonly text: string;
}

/** No manifest file is this long; a larger one is a mistake (a log, an image) and not worth the memory. */
const maxInputBytes = 64 * 1024 * 1024;

/**
 * Reads `-f` arguments: files, directories (their .yaml, .yml and .json files,
 * by name, not deeper), globs, and `-` for standard input.
 *
 * @throws MaestroError invalid-input, naming the argument
 */
export async function readInputs(
  arguments_: readonly string[],
  source: { readonly cwd: string; readonly stdin: () => AsyncIterable<Uint8Array>; readonly signal?: AbortSignal },
): Promise<readonly InputText[]> {
  if (arguments_.filter((argument) => argument === '-').length > 1) {
    throw new MaestroError('usage', 'standard input (-) can be read only once');
  }
  // An unset variable in a script must not mean the working folder.
  if (arguments_.includes('')) throw new MaestroError('usage', 'the path of a manifest file is empty');
  const texts: InputText[] = [];
  for (const argument of arguments_) {
    if (argument === '-') texts.push(await readInput(argument, source));
    else for (const file of await filesOf(argument, source.cwd)) texts.push(await readOne(file, source.cwd));
  }
  return texts;
}

/**
 * Reads one file, or `-` for standard input, where several would make no sense.
 *
 * @throws MaestroError invalid-input, naming the file; a directory is none
 */
export async function readInput(file: string, source: Parameters<typeof readInputs>[1]): Promise<InputText> {
  if (file === '-') return { name: 'standard input', text: await readStdin(source.stdin(), source.signal) };
  return readOne(file, source.cwd);
}

async function filesOf(argument: string, cwd: string): Promise<readonly string[]> {
  const info = await stat(resolve(cwd, argument)).catch(() => undefined);
  if (info?.isDirectory()) {
    const names = (await readdir(resolve(cwd, argument))).filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
    if (names.length > 0) return names.map((name) => join(argument, name));
    throw new MaestroError('invalid-input', `the directory ${argument} has no .yaml, .yml or .json file`);
  }
  if (info !== undefined || !/[*?[{]/.test(argument)) return [argument];
  const matches: string[] = [];
  for await (const match of glob(argument, { cwd })) matches.push(match);
  if (matches.length > 0) return matches.sort();
  throw new MaestroError('invalid-input', `no file matches ${argument}`);
}

async function readOne(file: string, cwd: string): Promise<InputText> {
  try {
    const path = resolve(cwd, file);
    const { size } = await stat(path);
    if (size > maxInputBytes) throw new Error(`it is ${size} bytes long, and 64 MiB is the most that is read`);
    return { name: file, text: decode(await readFile(path)) };
  } catch (error) {
    const what = error instanceof Error ? error.message.replace(/^[A-Z]+: /, '').replace(/, [a-z]+( '.*')?$/, '') : String(error);
    throw new MaestroError('invalid-input', `${file} can not be read: ${what}`, { cause: error });
  }
}

/** Standard input may never end; a signal ends the reading with its reason. */
async function readStdin(stream: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > maxInputBytes) throw new Error('it is longer than 64 MiB');
      chunks.push(chunk);
    }
    return decode(Buffer.concat(chunks));
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    const what = error instanceof Error ? error.message : String(error);
    throw new MaestroError('invalid-input', `standard input can not be read: ${what}`, { cause: error });
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error('it is not UTF-8 text');
  }
}
