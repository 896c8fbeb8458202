/**
 * Reads the stream of reports in a process of its own: MaestroClient.watch, or a
 * bare Subscribe loop that decodes each event and keeps nothing. Says "live",
 * and once told what was sent last, what reading cost and what was missed.
 */
import { createInterface } from 'node:readline';
import { credentials, makeGenericClientConstructor, type ClientReadableStream } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { descriptor } from '../src/clients/grpc/descriptor.ts';
import { manifestBundleDataType } from '../src/clients/grpc/event-types.ts';
import { createMaestroClient } from '../src/index.ts';
import { costOf, type Endpoints } from './own-process.ts';

export interface StreamReading {
  readonly events: number;
  readonly cpuShare: number;
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
  readonly lagMostMs: number;
  readonly peakMiB: number;
  /** Consumers whose last report was not seen. */
  readonly missed: number;
}

const { how, endpoints } = JSON.parse(process.argv[2] ?? '') as {
  readonly how: 'own' | 'bare';
  readonly endpoints: Endpoints;
};
const source = 'bench';
const say = (message: unknown): void => console.log(JSON.stringify(message));
const seen = new Map<string, number>();
const lagsMs: number[] = [];

/** `<number> <time>`, as the sender writes it; works that were not told anything yet have none. */
function take(consumer: string, sent: string | undefined): void {
  if (sent === undefined) return;
  const [number = '', time = ''] = sent.split(' ');
  seen.set(consumer, Number(number));
  lagsMs.push(performance.timeOrigin + performance.now() - Number(time));
}

async function own(signal: AbortSignal): Promise<void> {
  const client = await createMaestroClient({ ...endpoints, grpcEndpoint: `grpc://${endpoints.grpcEndpoint}`, source });
  const onState = (state: string): void => {
    if (state === 'live') begin();
  };
  for await (const { consumer, status } of client.watch({ signal, onState })) {
    const value = status?.resourceStatus[0]?.feedback.find(({ name }) => name === 'sent')?.value;
    take(consumer, typeof value === 'string' ? value : undefined);
  }
}

interface WireEvent {
  readonly type: string;
  readonly attributes: Readonly<Record<string, { readonly ce_string?: string }>>;
  readonly binary_data?: Buffer;
}

interface Data {
  readonly resourceStatus?: readonly {
    readonly statusFeedback?: {
      readonly values?: readonly { readonly name: string; readonly fieldValue: { readonly string?: string } }[];
    };
  }[];
}

async function bare(signal: AbortSignal): Promise<void> {
  const loaded = fromJSON(descriptor as unknown as Parameters<typeof fromJSON>[0], { keepCase: true, longs: String });
  const Client = makeGenericClientConstructor(
    loaded['io.cloudevents.v1.CloudEventService'] as Parameters<typeof makeGenericClientConstructor>[0],
    '',
  );
  const client = new Client(endpoints.grpcEndpoint, credentials.createInsecure());
  const subscribe = client['Subscribe'] as unknown as (request: object) => ClientReadableStream<WireEvent>;
  const stream = subscribe.call(client, { source, cluster_name: '', data_type: manifestBundleDataType });
  signal.addEventListener('abort', () => stream.destroy());
  stream.on('metadata', begin);
  for await (const { attributes, binary_data: bytes } of stream as AsyncIterable<WireEvent>) {
    if (bytes === undefined) continue;
    const data = JSON.parse(bytes.toString('utf8')) as Data;
    const value = data.resourceStatus?.[0]?.statusFeedback?.values?.find(({ name }) => name === 'sent');
    take(attributes['ce-clustername']?.ce_string ?? '', value?.fieldValue.string);
  }
}

let begin: () => void = () => undefined;
const begun = new Promise<void>((resolve) => (begin = resolve));
const end = new AbortController();
const reading = (how === 'own' ? own : bare)(end.signal).catch((error: unknown) => {
  if (!end.signal.aborted) throw error;
});
await begun;
// What was read to catch up is not the stream.
await new Promise((resolve) => setTimeout(resolve, 500));
lagsMs.length = 0;
say('live');

let last: Readonly<Record<string, number>> = {};
const cost = await costOf(async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    ({ last } = JSON.parse(line) as { readonly last: Readonly<Record<string, number>> });
    return;
  }
});
// The last reports may still be on their way.
await new Promise((resolve) => setTimeout(resolve, 1000));
end.abort();
await reading;
const lags = lagsMs.toSorted((a, b) => a - b);
const at = (share: number): number => lags[Math.min(lags.length - 1, Math.floor(lags.length * share))] ?? NaN;
const result: StreamReading = {
  events: lags.length,
  cpuShare: cost.cpuMs / cost.wallMs,
  lagP50Ms: at(0.5),
  lagP99Ms: at(0.99),
  lagMostMs: at(1),
  peakMiB: cost.peakMiB,
  missed: Object.entries(last).filter(([consumer, number]) => seen.get(consumer) !== number).length,
};
say(result);
process.exit(0);
