import type { OutputStream } from '../../../context.ts';
import type { ConfigFile, ContextValues } from '../../../core/config-file.ts';
import { oneWord } from '../../../core/shown-text.ts';
import { toJson } from '../../../output/json.ts';
import { openTable } from '../../../output/table.ts';
import { withoutCredentials } from '../shared/file.ts';
import type { ConfigListOptions } from './options.ts';

/** What `config get-contexts -o json` prints; `[]` for no contexts. */
export type PrintedContexts = readonly PrintedContext[];

/** A context of the configuration file. */
export interface PrintedContext {
  /** Its name. */
  readonly name: string;
  /** Whether commands use it now. */
  readonly inUse: boolean;
  /** gRPC address; empty when it sets none. */
  readonly grpcEndpoint: string;
  /** REST address; empty when it sets none. */
  readonly httpEndpoint: string;
  /** Who works belong to; empty when it sets none. */
  readonly sourceId: string;
  /** The consumer of commands that name none; empty when it sets none. */
  readonly consumer: string;
}

/** Prints the contexts of a file; `inUse` is the name of the one that commands use now. */
export function printContexts(
  { contexts }: ConfigFile,
  inUse: string | undefined,
  format: ConfigListOptions['output'],
  stdout: OutputStream,
): void {
  const rows: PrintedContexts = [...contexts].map(([name, values]) => ({
    name,
    inUse: name === inUse,
    grpcEndpoint: shown('grpc-endpoint', values),
    httpEndpoint: shown('http-endpoint', values),
    sourceId: shown('source-id', values),
    consumer: shown('consumer', values),
  }));
  if (format === 'json') stdout.write(toJson(rows));
  else if (format === 'name') for (const { name } of rows) stdout.write(`${oneWord(name)}\n`);
  else if (rows.length > 0) {
    openTable(
      ['IN USE', { header: 'NAME', rank: -1 }, 'GRPC ENDPOINT', 'HTTP ENDPOINT', 'SOURCE', 'CONSUMER'],
      stdout,
    ).rows(
      rows.map((row) => [
        row.inUse ? '*' : '',
        row.name,
        row.grpcEndpoint,
        row.httpEndpoint,
        row.sourceId,
        row.consumer,
      ]),
    );
  }
}

function shown(key: string, values: ContextValues): string {
  const value = values[key];
  return value === undefined ? '' : String(withoutCredentials(key, value));
}
