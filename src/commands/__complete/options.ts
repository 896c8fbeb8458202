import { connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { AnyCommandSpec, ParseInput } from '../../command-line/command-spec.ts';
import { defaultConsumer } from '../../command-line/default-consumer.ts';
import type { LoadedConfig } from '../../io/config-file.ts';
import { lineUpTo, rawFlags, type LineToComplete } from './line.ts';

export interface CompleteOptions {
  readonly line: LineToComplete;
  readonly commands: readonly AnyCommandSpec[];
}

export function parseComplete({ args, flags }: ParseInput, commands: readonly AnyCommandSpec[]): CompleteOptions {
  return { commands, line: lineUpTo(flags['newWord'] === true ? [...args, ''] : args, commands) };
}

/** How long a shell may be kept waiting for names. */
export const namesTimeoutMs = 1_000;

/** Which Maestro the line is about, and whose works. */
export interface AskOptions {
  readonly connection: Pick<ConnectionOptions, 'settings'>;
  /** Of these consumers; undefined: of all. */
  readonly consumers?: readonly string[];
}

/** @throws MaestroError usage for settings that cannot work */
export function askOptions(
  line: LineToComplete,
  rest: { readonly env: ParseInput['env']; readonly config?: LoadedConfig },
): AskOptions {
  const flags = rawFlags(line);
  const input: ParseInput = { flags, args: [], ...rest };
  const named = [flags['consumer'] ?? []]
    .flat()
    .flatMap((text) => (typeof text === 'string' ? text.split(',') : []))
    .filter((name) => name !== '');
  const several = ['allConsumers', 'consumerSelector', 'consumersFrom'].some((name) => flags[name] !== undefined);
  const standard = several ? undefined : defaultConsumer(input)?.name;
  const consumers = named.length > 0 ? named : standard === undefined ? undefined : [standard];
  return {
    connection: connectionOptions({ ...input, flags: { ...flags, timeout: undefined } }, namesTimeoutMs),
    ...(consumers === undefined ? {} : { consumers }),
  };
}
