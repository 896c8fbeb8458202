import { oneWord } from '../../core/shown-text.ts';
import { printedJson } from '../../output/json.ts';
import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import type { ContextValues } from '../../core/config-file.ts';
import { ExitCode } from '../../exit-code.ts';
import { openTable } from '../../output/table.ts';
import type { ConfigListOptions } from './commands.ts';
import { nameInUse, openConfig, withoutCredentials } from './file.ts';

export async function run(options: ConfigListOptions, context: Context): Promise<CommandResult> {
  const config = await openConfig(options, context);
  const inUse = nameInUse(options, context, config);
  const rows = [...config.contexts].map(([name, values]) => ({
    name,
    inUse: name === inUse,
    grpcEndpoint: shown('grpc-endpoint', values),
    httpEndpoint: shown('http-endpoint', values),
    sourceId: shown('source-id', values),
  }));
  if (options.output === 'json') context.stdout.write(`${printedJson(rows, 2)}\n`);
  else if (options.output === 'name') for (const { name } of rows) context.stdout.write(`${oneWord(name)}\n`);
  else if (rows.length === 0) context.stderr.write(`no contexts found in ${config.path}\n`);
  else {
    openTable(['IN USE', 'NAME', 'GRPC ENDPOINT', 'HTTP ENDPOINT', 'SOURCE'], context.stdout).rows(
      rows.map((row) => [row.inUse ? '*' : '', row.name, row.grpcEndpoint, row.httpEndpoint, row.sourceId]),
    );
  }
  return { exitCode: ExitCode.Done };
}

function shown(key: string, values: ContextValues): string {
  const value = values[key];
  return value === undefined ? '' : String(withoutCredentials(key, value));
}
