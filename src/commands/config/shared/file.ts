import { shownEndpoint } from '../../../clients/connection.ts';
import type { Context } from '../../../context.ts';
import type { ConfigFile } from '../../../core/config-file.ts';
import { MaestroError } from '../../../errors.ts';
import { configPlace, exists, missingFile, readConfigFile } from '../../../io/config-file.ts';
import type { ConfigOptions } from './options.ts';

/** @throws MaestroError usage when there is no home folder and no file was named */
export function configPath(
  options: ConfigOptions,
  context: Pick<Context, 'env' | 'cwd'>,
): { readonly path: string; readonly named: boolean } {
  const place = configPlace(options.file, context.env, context.cwd);
  if (place !== undefined) return place;
  throw new MaestroError('usage', 'there is no place for a configuration file', {
    hint: 'Set HOME or XDG_CONFIG_HOME, or give --config.',
  });
}

/** The file that the command is about; an absent default file is an empty one. */
export async function openConfig(
  options: ConfigOptions,
  context: Pick<Context, 'env' | 'cwd' | 'signal'>,
): Promise<ConfigFile & { readonly path: string }> {
  const { path, named } = configPath(options, context);
  if (exists(path)) return { ...(await readConfigFile(path, context.signal)), path };
  if (named) throw missingFile(path);
  return { contexts: new Map(), path };
}

/** The context that commands use now: --context, MAESTRO_CONTEXT, else what the file says. */
export function nameInUse(
  options: ConfigOptions,
  context: Pick<Context, 'env'>,
  config: ConfigFile,
): string | undefined {
  const inherited = context.env['MAESTRO_CONTEXT'];
  return options.context ?? (inherited === undefined || inherited === '' ? config.currentContext : inherited);
}

/** Hides what may be a credential in an endpoint that somebody wrote into the file; it is refused when it is used. */
export function withoutCredentials(key: string, value: string | boolean): string | boolean {
  return typeof value === 'string' && key.endsWith('-endpoint') ? shownEndpoint(value) : value;
}
