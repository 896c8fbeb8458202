import { dirname, relative, resolve } from 'node:path';
import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { checkContextName, contextKeys } from '../../../core/config-file.ts';
import { ExitCode } from '../../../exit-code.ts';
import { changeConfigFile, exists, readConfigFile } from '../../../io/config-file.ts';
import type { ConfigSetOptions } from './options.ts';
import { printChanged } from '../shared/output.ts';
import { configPath } from '../shared/file.ts';

export async function run(
  options: ConfigSetOptions,
  context: Pick<Context, 'stdout' | 'env' | 'cwd' | 'signal'>,
): Promise<CommandResult> {
  const { name, unset, use } = options;
  checkContextName(name);
  const { path } = configPath(options, context);
  const before = exists(path) ? (await readConfigFile(path, context.signal)).contexts.has(name) : false;
  const values = Object.fromEntries(
    Object.entries(options.values).map(([key, value]) => [
      key,
      contextKeys[key] === 'file' ? storedPath(String(value), context.cwd, dirname(path)) : value,
    ]),
  );
  await changeConfigFile(
    path,
    [{ kind: 'set', name, values, unset }, ...(use ? [{ kind: 'use', name } as const] : [])],
    context.signal,
  );
  printChanged(name, `${before ? 'updated' : 'created'}${use ? ', in use' : ''}`, context.stdout);
  return { exitCode: ExitCode.Done };
}

/** What lies in the folder of the file stays relative to it, so that the folder can be moved; all else is absolute. */
function storedPath(given: string, cwd: string, folder: string): string {
  const absolute = resolve(cwd, given);
  const below = relative(folder, absolute);
  return below.startsWith('..') || below === '' ? absolute : below;
}
