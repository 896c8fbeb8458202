import { resolve } from 'node:path';
import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import { startStandIn } from '../../standin/index.ts';
import type { DevOptions } from './options.ts';

/** Serves until a signal comes; being told to stop is how a server ends well. */
export async function run(options: DevOptions, context: Context): Promise<CommandResult> {
  const { verbose } = options.log;
  const { access, dataFile } = options.standIn;
  const standIn = await startStandIn({
    ...options.standIn,
    ...(dataFile === undefined ? {} : { dataFile: resolve(context.cwd, dataFile) }),
    ...(access?.directory === undefined
      ? {}
      : { access: { ...access, directory: resolve(context.cwd, access.directory) } }),
    clock: context.clock,
    ...(verbose ? { log: (line: string) => context.stderr.write(`${line}\n`) } : {}),
  });
  try {
    const consumers = options.standIn.consumers ?? [];
    context.stdout.write(
      [
        `Stand-in for Maestro, with simulated agents. Nothing reaches a cluster.`,
        `REST       ${standIn.httpEndpoint}`,
        `gRPC       ${standIn.grpcEndpoint}${standIn.certificates === undefined ? ' (plaintext)' : ''}`,
        `consumers  ${consumers.length === 0 ? 'none yet: maestro-cli consumer create NAME' : consumers.map((consumer) => (typeof consumer === 'string' ? consumer : consumer.name)).join(', ')}`,
        '',
        'To use it:',
        `  export MAESTRO_HTTP_ENDPOINT=${standIn.httpEndpoint}`,
        `  export MAESTRO_GRPC_ENDPOINT=${standIn.certificates === undefined ? 'grpc://' : 'grpcs://'}${standIn.grpcEndpoint}`,
        ...certificateLines(standIn.certificates),
        '',
      ].join('\n'),
    );
    await untilAborted(context.signal);
    return { exitCode: ExitCode.Done };
  } finally {
    await standIn.close();
  }
}

function certificateLines(
  certificates:
    | {
        readonly caFile: string;
        readonly clientCertFile?: string;
        readonly clientKeyFile?: string;
        readonly tokenFile?: string;
      }
    | undefined,
): readonly string[] {
  if (certificates === undefined) return [];
  const lines = [`  export MAESTRO_GRPC_SERVER_CA_FILE=${certificates.caFile}`];
  if (certificates.clientCertFile !== undefined) {
    lines.push(
      `  export MAESTRO_GRPC_CLIENT_CERT=${certificates.clientCertFile}`,
      `  export MAESTRO_GRPC_CLIENT_KEY=${certificates.clientKeyFile}`,
    );
    lines.push(
      `  export MAESTRO_HTTP_CLIENT_CERT=${certificates.clientCertFile}`,
      `  export MAESTRO_HTTP_CLIENT_KEY=${certificates.clientKeyFile}`,
    );
  }
  if (certificates.tokenFile !== undefined) {
    lines.push(
      `  export MAESTRO_GRPC_TOKEN_FILE=${certificates.tokenFile}`,
      `  export MAESTRO_HTTP_TOKEN_FILE=${certificates.tokenFile}`,
    );
  }
  return lines;
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
