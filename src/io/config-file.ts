import { mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { ConfigEdit, ConfigFile, ContextValues } from '../core/config-file.ts';
import { MaestroError } from '../errors.ts';
import { readBytes } from './read-file.ts';
import { fileFault } from './file-fault.ts';
import { fileMode, notWritten, writeWhole } from './write-file.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the configuration file is, and who said so. */
export interface ConfigPlace {
  readonly path: string;
  /** Named by --config or MAESTRO_CONFIG, so that its absence is a mistake. */
  readonly named: boolean;
}

/** The context that holds for this run. */
export interface ChosenContext {
  readonly name: string;
  /** Asked for with --context, so that it beats the environment. */
  readonly explicit: boolean;
  /** Paths of files are absolute. */
  readonly values: ContextValues;
}

/**
 * What the file says for this run; with no context in use, the names of those that there are. A mistake in it is kept
 * until somebody needs a setting: `version` does not fail over a file it does not use.
 */
export type LoadedConfig =
  | { readonly path: string; readonly error: MaestroError }
  | {
      readonly path: string;
      readonly error?: undefined;
      readonly context?: ChosenContext;
      readonly contexts?: readonly string[];
    };

export interface ConfigRequest {
  /** Value of --config. */
  readonly file?: string;
  /** Value of --context. */
  readonly context?: string;
}

/**
 * The file to use: --config, MAESTRO_CONFIG, or `maestro-cli/config.yaml` below the XDG folder; undefined without a
 * home.
 */
export function configPlace(file: string | undefined, env: Environment, cwd: string): ConfigPlace | undefined {
  const named = file ?? nonEmpty(env['MAESTRO_CONFIG']);
  if (named === '') throw new MaestroError('usage', '--config is empty');
  if (named !== undefined) return { path: resolve(cwd, named), named: true };
  const xdg = nonEmpty(env['XDG_CONFIG_HOME']);
  const home = nonEmpty(env['HOME']);
  // The XDG specification has relative paths ignored.
  const folder = xdg !== undefined && isAbsolute(xdg) ? xdg : home === undefined ? undefined : join(home, '.config');
  return folder === undefined ? undefined : { path: join(folder, 'maestro-cli', 'config.yaml'), named: false };
}

/**
 * Finds the context of this run. Without a file that costs one stat, and the
 * YAML parser is not loaded. Never throws; undefined when there is no file and
 * nobody asked for one.
 */
export async function loadConfig(
  request: ConfigRequest,
  env: Environment,
  cwd: string,
  signal: AbortSignal,
): Promise<LoadedConfig | undefined> {
  let path = '';
  try {
    const place = configPlace(request.file, env, cwd);
    const wanted = request.context ?? nonEmpty(env['MAESTRO_CONTEXT']);
    if (wanted === '') throw new MaestroError('usage', '--context is empty');
    path = place?.path ?? '';
    if (place === undefined || !exists(place.path)) {
      if (place?.named === true) throw missingFile(place.path);
      if (wanted === undefined) return undefined;
      throw new MaestroError(
        'usage',
        `the context "${wanted}" was asked for, and there is no configuration file${path === '' ? '' : ` at ${path}`}`,
        {
          hint: 'Make one with: maestro-cli config set-context NAME --grpc-endpoint=…',
        },
      );
    }
    const config = await readConfigFile(place.path, signal);
    const name = wanted ?? config.currentContext;
    if (name === undefined) return { path, contexts: [...config.contexts.keys()] };
    const values = config.contexts.get(name);
    if (values === undefined) {
      const { unknownContext } = await import('../core/config-file.ts');
      throw unknownContext(name, path, [...config.contexts.keys()]);
    }
    return {
      path,
      context: {
        name,
        explicit: request.context !== undefined,
        values: await withAbsoluteFiles(values, dirname(path)),
      },
    };
  } catch (error) {
    return { path, error: MaestroError.from(error) };
  }
}

/** @throws MaestroError usage for a file that cannot be read or is broken */
export async function readConfigFile(path: string, signal: AbortSignal): Promise<ConfigFile> {
  const { readConfig } = await import('../core/config-file.ts');
  return readConfig(await readText(path, signal), path);
}

/**
 * Changes the file, which is made when it is absent, for its owner only. A link
 * is followed, so that a linked file stays linked.
 *
 * @throws MaestroError, and the file is as it was
 */
export async function changeConfigFile(path: string, edits: readonly ConfigEdit[], signal: AbortSignal): Promise<void> {
  const { editConfig } = await import('../core/config-file.ts');
  const present = exists(path);
  const text = edits.reduce(
    (before, edit) => editConfig(before, path, edit),
    present ? await readText(path, signal) : '',
  );
  try {
    const target = present ? realpathSync(path) : path;
    if (present && !statSync(target).isFile()) throw new Error('it is no regular file');
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    writeWhole(target, text, fileMode.secret);
  } catch (error) {
    throw notWritten(`the configuration file ${path}`, error, 'Name another file with --config.');
  }
}

async function withAbsoluteFiles(values: ContextValues, folder: string): Promise<ContextValues> {
  const { contextKeys } = await import('../core/config-file.ts');
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      contextKeys[key] === 'file' ? resolve(folder, String(value)) : value,
    ]),
  );
}

/** @throws MaestroError usage when a folder above may not be looked into */
export function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw unreadable(path, error);
  }
}

export function missingFile(path: string): MaestroError {
  return new MaestroError('usage', `the configuration file ${path} does not exist`, {
    hint: 'It was named by --config or MAESTRO_CONFIG.',
  });
}

/** No list of contexts is this long. */
const maxConfigBytes = 4 * 1024 * 1024;

async function readText(path: string, signal: AbortSignal): Promise<string> {
  try {
    return (await readBytes(path, { maxBytes: maxConfigBytes, signal })).toString('utf8');
  } catch (error) {
    signal.throwIfAborted();
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): MaestroError {
  return new MaestroError('usage', `the configuration file ${path} cannot be read: ${fileFault(error)}`, {
    hint: 'Name another one with --config.',
    cause: error,
  });
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
