import { Wire } from './wire.ts';
import type { WireEvent } from './wire.ts';
import type { TargetKind } from './differences.ts';
import { deletedReport } from './events.ts';

/** The Maestro that the suite runs against. */
export interface Target {
  readonly kind: TargetKind;
  readonly httpEndpoint: string;
  readonly grpcEndpoint: string;
  readonly wire: Wire;
  /** The consumer whose agent answers; undefined when there is none. */
  readonly agentConsumer: string | undefined;
  /** Removes the rows and the consumer of a run, as far as the target lets it. */
  removeConsumer(id: string): Promise<void>;
  close(): Promise<void>;
}

const bundlesPath = '/api/maestro/v1/resource-bundles';
const consumersPath = '/api/maestro/v1/consumers';

/**
 * The stand-in, or a real server when MAESTRO_CONFORMANCE_HTTP and
 * MAESTRO_CONFORMANCE_GRPC name one. Two more variables are optional:
 * MAESTRO_CONFORMANCE_AGENT names a consumer that has an agent, and
 * MAESTRO_CONFORMANCE_BROKER the broker port, where this suite reports its own
 * rows deleted; without it the rows of agentless consumers stay soft-deleted.
 */
export async function openTarget(env: NodeJS.ProcessEnv = process.env): Promise<Target> {
  const http = env['MAESTRO_CONFORMANCE_HTTP'];
  const grpc = env['MAESTRO_CONFORMANCE_GRPC'];
  if (http !== undefined && grpc !== undefined) {
    return target(
      'real',
      http,
      grpc,
      env['MAESTRO_CONFORMANCE_AGENT'],
      env['MAESTRO_CONFORMANCE_BROKER'],
      async () => {},
    );
  }
  const { startStandIn } = await import('../../src/standin/index.ts');
  const standIn = await startStandIn({
    httpPort: 0,
    grpcPort: 0,
    consumers: ['cluster1'],
    agent: { online: false },
    agents: { cluster1: { online: true } },
    heartbeatMs: 1_000,
  });
  return target('stand-in', standIn.httpEndpoint, standIn.grpcEndpoint, 'cluster1', undefined, () => standIn.close());
}

function target(
  kind: TargetKind,
  httpEndpoint: string,
  grpcEndpoint: string,
  agentConsumer: string | undefined,
  broker: string | undefined,
  stop: () => Promise<void>,
): Target {
  const wire = new Wire(httpEndpoint, grpcEndpoint);
  const brokerWire = broker === undefined ? undefined : new Wire(httpEndpoint, broker);
  return {
    kind,
    httpEndpoint,
    grpcEndpoint,
    wire,
    agentConsumer,
    removeConsumer: async (id) => {
      const consumer = await wire.http('GET', `${consumersPath}/${id}`);
      if (typeof consumer === 'string' || consumer.status !== 200) return;
      const name = (consumer.body as { name: string }).name;
      for (const row of await rowsOf(wire, name)) {
        await wire.http('DELETE', `${bundlesPath}/${encodeURIComponent(row.id)}`);
        if (brokerWire !== undefined) await reportDeleted(brokerWire, deletedReport(name, row.id, row.version));
      }
      await wire.http('DELETE', `${consumersPath}/${id}`);
    },
    close: async () => {
      wire.close();
      brokerWire?.close();
      await stop();
    },
  };
}

async function rowsOf(wire: Wire, consumer: string): Promise<readonly { id: string; version: number }[]> {
  const search = encodeURIComponent(`consumer_name = '${consumer}'`);
  const list = await wire.http('GET', `${bundlesPath}?size=-1&search=${search}`);
  return typeof list === 'string' ? [] : (list.body as { items: { id: string; version: number }[] }).items;
}

async function reportDeleted(broker: Wire, report: WireEvent): Promise<void> {
  const answer = await broker.publish(report);
  if (answer.code !== 0) throw new Error(`The broker refused a report: ${answer.message}`);
}
