import { connectMaestro } from '../../src/clients/connect.ts';
import { parseGrpcEndpoint, parseHttpEndpoint, type ConnectionSettings } from '../../src/clients/connection.ts';
import type { Maestro } from '../../src/context.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { workFromBundle } from '../../src/core/works/document.ts';
import { bundleId } from '../../src/core/works/bundle-id.ts';
import { systemClock, type Clock } from '../../src/clock.ts';
import type { StandIn } from '../../src/standin/index.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import type { Turns } from './turns.ts';

/** Back-off goes a hundred times as fast; the clients keep the real clock. */
const hastyClock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) };

/** One connection for all writers of a test: 200 interleavings shall not open a thousand. */
export async function openMaestro(standIn: StandIn): Promise<Maestro> {
  const settings: ConnectionSettings = {
    grpcEndpoint: parseGrpcEndpoint(`grpc://${standIn.grpcEndpoint}`, { plaintext: true }),
    httpEndpoint: parseHttpEndpoint(standIn.httpEndpoint),
    insecureSkipVerify: false,
    grpcTls: {},
    httpTls: {},
    allowPlaintextToken: false,
    proxy: {},
  };
  return connectMaestro(settings, { clock: systemClock, random: () => 0.5 });
}

/** The same clients, each step of which waits for its turn. */
function taking(maestro: Maestro, turns: Turns, writer: string): Maestro {
  const { reader } = maestro;
  return {
    writer: {
      publish: async (request, options) => {
        await turns.take(writer, request.kind);
        await maestro.writer.publish(request, options);
      },
      close: () => undefined,
    },
    reader: {
      ...reader,
      getBundle: async (id, options) => {
        await turns.take(writer, 'read');
        return reader.getBundle(id, options);
      },
    },
    subscriber: maestro.subscriber,
    close: async () => undefined,
  };
}

/** One run of the whole command, its steps taken in turn. */
export async function applyInTurn(
  writer: string,
  manifests: readonly JsonObject[],
  argv: readonly string[],
  at: { readonly maestro: Maestro; readonly turns: Turns; readonly work: string },
): Promise<CliRun> {
  return runInTurn(writer, manifests, ['apply', `--manager=${writer}`, ...argv], at);
}

/** The same with a command line of its own, which gets the files, the consumer and the name of the work. */
export async function runInTurn(
  writer: string,
  manifests: readonly JsonObject[],
  [command = '', ...argv]: readonly string[],
  at: { readonly maestro: Maestro; readonly turns: Turns; readonly work: string },
): Promise<CliRun> {
  return runCli([command, '-f', '-', '--consumer=c1', `--name=${at.work}`, ...argv], {
    stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }),
    connect: async () => taking(at.maestro, at.turns, writer),
    clock: hastyClock,
  });
}

export const namespace: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'np' } };

export function configMap(name: string, value = 'one'): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'np' }, data: { value } };
}

/** `name=value` of every ConfigMap that is stored, and the names of the rest; undefined when there is no work. */
export async function storedManifests(maestro: Maestro, work: string): Promise<readonly string[] | undefined> {
  const options = { signal: new AbortController().signal, deadlineMs: systemClock.monotonicMs() + 10_000 };
  const bundle = await maestro.reader.getBundle(bundleId('maestro-cli', 'c1', work), options);
  return bundle === undefined ? undefined : workFromBundle(bundle).manifests.map(textOf).sort();
}

export function textOf(manifest: JsonObject): string {
  const { name } = manifest['metadata'] as { readonly name: string };
  const data = manifest['data'] as { readonly value: string } | undefined;
  return data === undefined ? name : `${name}=${data.value}`;
}
