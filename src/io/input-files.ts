import { statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { glob, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { shellWord } from '../core/shell-word.ts';
import { decodeText } from '../core/yaml/decode-text.ts';
import { MaestroError } from '../errors.ts';
import { collect, readBytes } from './read-file.ts';

/** One input as text, under the name that messages use for it. */
export interface InputText {
  readonly name: string;
  readonly text: string;
}

/**
 * A request to Maestro holds 4 MiB, and comments or a few works may stand
 * beside that in one file; a larger one is a mistake (a log, an image), and not
 * worth the memory.
 */
export const maxInputBytes = 8 * 1024 * 1024;

/** What inputs are read from. */
export interface Source {
  /** Relative paths start here. */
  readonly cwd: string;
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /** Ends the reading of standard input and of pipes. */
  readonly signal?: AbortSignal;
  /** Memory for all that is read; without it there is no limit. */
  readonly roomBytes?: number;
}

/** Directories below the one that was named; a mistake leads further. */
const mostDirectories = 10_000;

/**
 * Reads `-f` arguments: files, directories (their .yaml, .yml and .json files,
 * by name, and with `recursive` those of the directories in them), globs, and
 * `-` for standard input. No link to a directory is followed.
 *
 * @throws MaestroError invalid-input, naming the argument
 */
export async function readInputs(
  arguments_: readonly string[],
  source: Source,
  { recursive = false }: { readonly recursive?: boolean | undefined } = {},
): Promise<readonly InputText[]> {
  if (arguments_.filter((argument) => argument === '-').length > 1) {
    throw new MaestroError('usage', 'standard input (-) can be read only once');
  }
  // An unset variable in a script must not mean the working folder.
  if (arguments_.includes('')) throw new MaestroError('usage', 'the path of a manifest file is empty');
  const texts: InputText[] = [];
  for (const argument of arguments_) {
    if (argument === '-') texts.push(await readInput(argument, source));
    else for (const file of await filesOf(argument, source.cwd, recursive)) texts.push(await readOne(file, source));
  }
  return texts;
}

/**
 * Reads one file, or `-` for standard input, where several would make no sense.
 *
 * @throws MaestroError invalid-input, naming the file; a directory is none
 */
export async function readInput(file: string, source: Source): Promise<InputText> {
  if (file === '-') return { name: 'standard input', text: await readStdin(source) };
  return readOne(file, source);
}

/** What is there. Asked at once: Node would start threads to ask otherwise, which most runs need for nothing else. */
function found(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

async function filesOf(argument: string, cwd: string, recursive: boolean): Promise<readonly string[]> {
  const info = found(resolve(cwd, argument));
  if (info?.isDirectory()) {
    if ((await kustomizationIn(argument, cwd)) === 'kustomization') throw kustomizationError(argument);
    const files = await filesIn(argument, cwd, recursive);
    if (files.length > 0) return files;
    const deeper =
      recursive || (await filesIn(argument, cwd, true)).length === 0 ? '' : '; -R takes those below it, too';
    throw new MaestroError('invalid-input', `the directory ${argument} has no .yaml, .yml or .json file${deeper}`);
  }
  if (info === undefined) refuseOtherSpellings(argument, cwd);
  if (info !== undefined || !/[*?[{]/.test(argument)) return [argument];
  const matches: string[] = [];
  for await (const match of glob(argument, { cwd })) matches.push(match);
  if (matches.length > 0) return matches.sort();
  throw new MaestroError('invalid-input', `no file matches ${argument}`);
}

/** The manifest files of a directory, by name, and with `recursive` then those of each directory in it. */
export async function filesIn(directory: string, cwd: string, recursive: boolean): Promise<readonly string[]> {
  const files: string[] = [];
  const waiting = [directory];
  for (let seen = 1; ; seen += 1) {
    const next = waiting.shift();
    if (next === undefined) return files;
    if (seen > mostDirectories)
      throw new MaestroError('invalid-input', `below ${directory} are more than ${mostDirectories} directories`);
    const entries = await readdir(resolve(cwd, next), { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    const inside = entries.filter((entry) => recursive && entry.isDirectory());
    const own = entries.filter((entry) => !entry.isDirectory() && /\.(ya?ml|json)$/.test(entry.name));
    files.push(...own.map(({ name }) => join(next, name)));
    waiting.unshift(...inside.map(({ name }) => join(next, name)));
  }
}

/**
 * Whether a directory is that of a kustomization, by the names that kustomize looks for.
 *
 * @returns undefined for a directory of anything else
 */
export async function kustomizationIn(
  directory: string,
  cwd: string,
): Promise<'kustomization' | 'no-directory' | undefined> {
  const names = await readdir(resolve(cwd, directory)).catch(() => undefined);
  if (names === undefined) return 'no-directory';
  return names.some((name) => /^(?:kustomization\.ya?ml|Kustomization)$/.test(name)) ? 'kustomization' : undefined;
}

/** kubectl refuses it too: the files are those of kustomize, and not all are manifests. */
function kustomizationError(directory: string): MaestroError {
  return new MaestroError(
    'invalid-input',
    `${directory} is a kustomization, and its files are no manifests before it is built; take -k ${shellWord(directory)} in the place of -f`,
  );
}

/** What kubectl takes and a file name is not: a URL, and several files with commas between them. */
function refuseOtherSpellings(argument: string, cwd: string): void {
  if (/^https?:\/\//i.test(argument)) {
    throw new MaestroError(
      'invalid-input',
      `${argument} cannot be read: it is a URL, and only files are read; look at it first, then: curl -fsSL ${shellWord(argument)} | maestro-cli apply -f -`,
    );
  }
  const parts = argument.split(',').filter((part) => part !== '');
  if (parts.length < 2) return;
  if (!parts.some((part) => found(resolve(cwd, part)) !== undefined)) return;
  throw new MaestroError(
    'invalid-input',
    `${argument} cannot be read: there is no such file; several files take an -f each: ${parts.map((part) => `-f ${part}`).join(' ')}`,
  );
}

async function readOne(file: string, { cwd, signal }: Source): Promise<InputText> {
  try {
    return { name: file, text: decodeText(await readBytes(resolve(cwd, file), { maxBytes: maxInputBytes, signal })) };
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    const what =
      error instanceof Error ? error.message.replace(/^[A-Z]+: /, '').replace(/, [a-z]+( '.*')?$/, '') : String(error);
    throw new MaestroError('invalid-input', `${file} cannot be read: ${what}`, { cause: error });
  }
}

/** Standard input may never end; a signal ends the reading with its reason. */
async function readStdin({ stdin, signal }: Source): Promise<string> {
  try {
    return decodeText(await collect(stdin(), { maxBytes: maxInputBytes, signal }));
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    const what = error instanceof Error ? error.message : String(error);
    throw new MaestroError('invalid-input', `standard input cannot be read: ${what}`, { cause: error });
  }
}
