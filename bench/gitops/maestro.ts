/**
 * A simulated Maestro with its agents in a process of its own, for sizes at
 * which the stand-in would be what is measured: REST lists by key, Publish,
 * Subscribe, and agents that report at a steady rate. Bundles are made from a
 * template and a few numbers when somebody reads them. It checks versions, and
 * nothing else that the real server checks.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import {
  Metadata,
  Server,
  ServerCredentials,
  status as grpcStatus,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import { heartbeatType, statusUpdateType } from '../../src/clients/grpc/event-types.ts';
import type { WireEvent } from '../../src/clients/grpc/event-codec.ts';
import {
  loadCloudEventService,
  type Empty,
  type ReceivedPublishRequest,
  type SubscriptionRequest,
} from '../../src/clients/grpc/service.ts';
import { builtBundle, BundleTexts, deletedMembers, idOf, reportMembers } from './bundles.ts';
import { clusterName, clusterOf, sizeOf, specRevisionText, type Fleet } from './fixture.ts';

export interface MaestroOptions {
  readonly fleet: Fleet;
  readonly sourceId: string;
  /** Every application has its bundle, applied and reported at this time; 0 for an empty Maestro. */
  readonly storedMs: number;
  /** Agents answer a publish after so long; absent: never. */
  readonly agentMs?: number;
}

export interface MaestroReport {
  readonly publishes: number;
  readonly deletes: number;
  readonly conflicts: number;
  /** How many bundles were published so often since the last report, by the number of times. */
  readonly times: Readonly<Record<string, number>>;
  readonly stored: number;
  readonly eventsSent: number;
  /** Older reports that came once more. */
  readonly repeated: number;
  /** Requests to REST since the last report. */
  readonly requests: number;
}

export type MaestroTold =
  | { readonly do: 'report' }
  /** Reports at a steady rate: so many a second for so long, of which this share is a change that counts. */
  | { readonly do: 'events'; readonly perSecond: number; readonly seconds: number; readonly transitions: number }
  /** The same without an end and without waiting for it; this share of changes is followed by the report before. */
  | { readonly do: 'begin'; readonly perSecond: number; readonly transitions: number; readonly repeats: number }
  | { readonly do: 'halt' }
  /** What agents told last of each application. */
  | { readonly do: 'states' }
  | MaestroFault;

export type MaestroFault =
  /** Every stream ends with an error. */
  | { readonly do: 'end-streams' }
  /** REST answers 503, or Publish UNAVAILABLE, or REST is late by so much. */
  | { readonly do: 'refuse-rest' | 'refuse-publish' | 'slow-rest'; readonly lastsMs: number };

/** By place in the fleet. */
export interface MaestroStates {
  readonly changed: readonly number[];
  readonly specRevisions: readonly number[];
  /** How often each was stored. */
  readonly versions: readonly number[];
}

const { fleet, sourceId, storedMs, agentMs } = JSON.parse(process.argv[2] ?? '') as MaestroOptions;
const size = sizeOf(fleet);
const texts = new BundleTexts(fleet, sourceId);
const ids = Array.from({ length: size }, (_, at) => idOf(fleet, at, sourceId));
const sorted = Uint32Array.from(ids.keys()).sort((left, right) => ((ids[left] ?? '') < (ids[right] ?? '') ? -1 : 1));
const places = new Map(ids.map((id, at) => [id, at]));
const versions = new Uint32Array(size).fill(storedMs === 0 ? 0 : 1);
const observed = new Uint32Array(size).fill(storedMs === 0 ? 0 : 1);
const deleted = new Float64Array(size);
const specRevisions = new Uint32Array(size);
/** Of what the agent has applied. */
const appliedRevisions = new Uint32Array(size);
const hashes = Buffer.alloc(size * 16);
const changed = new Float64Array(size).fill(storedMs);
const reconciled = new Float64Array(size).fill(storedMs);
const sequences = new Float64Array(size).fill(storedMs === 0 ? 0 : 1);
/** The report before the last: when its change was made, and its sequence. */
const before = { changed: new Float64Array(size), sequences: new Float64Array(size) };
const published = new Uint32Array(size);
const updated = new Float64Array(size).fill(storedMs);
let sequence = 1;
let publishes = 0;
let deletes = 0;
let conflicts = 0;
let eventsSent = 0;
let requests = 0;
let repeated = 0;
if (storedMs > 0)
  for (let at = 0; at < size; at += 1)
    hashes.write(builtBundle(fleet, at, 0, sourceId).contentHash.slice(2), at * 16, 'hex');

const hashOf = (at: number): string => `1:${hashes.toString('hex', at * 16, at * 16 + 16)}`;
const holesAt = (at: number): Record<string, string> =>
  texts.holes(at, specRevisions[at] ?? 0, ids[at] ?? '', hashOf(at));
const sequenceText = (number: number): string => String(2_124_457_496_000_000_000n + BigInt(number));

function membersOf(at: number, holes: Record<string, string>, changedMs = changed[at] ?? 0): string {
  const applied = { ...holes, SPECREV: specRevisionText(appliedRevisions[at] ?? 0) };
  return reportMembers(applied, observed[at] ?? 0, { changedMs, reconciledMs: reconciled[at] ?? 0 });
}

function rowOf(at: number): string {
  const holes = holesAt(at);
  const version = observed[at] ?? 0;
  const status =
    version === 0
      ? ''
      : `{"ObservedVersion":${version},"SequenceID":"${sequenceText(sequences[at] ?? 0)}",${membersOf(at, holes)}}`;
  return texts.row(holes, {
    version: versions[at] ?? 0,
    deletedMs: deleted[at] ?? 0,
    updatedMs: updated[at] ?? 0,
    status,
  });
}

// ---- REST

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function listed(response: ServerResponse, rows: readonly string[], limit: number): void {
  answer(
    response,
    200,
    `{"kind":"ResourceBundleList","page":1,"size":${Math.min(rows.length, limit)},"total":${rows.length},"items":[${rows.join(',')}]}`,
  );
}

/** The first place in the order of ids that is after the id. */
function after(id: string): number {
  let low = 0;
  for (let high = size; low < high;) {
    const middle = (low + high) >>> 1;
    if ((ids[sorted[middle] ?? 0] ?? '') <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}

function list(response: ServerResponse, search: string, limit: number): void {
  const rows: string[] = [];
  const chosen = /id in \(([^)]*)\)/.exec(search)?.[1];
  if (chosen !== undefined) {
    const wanted = chosen.split(',').map((quoted) => quoted.trim().slice(1, -1));
    const last = /id > '([^']*)'/.exec(search)?.[1] ?? '';
    for (const id of wanted.filter((one) => one > last).sort()) {
      const at = places.get(id);
      if (at !== undefined && (versions[at] ?? 0) > 0 && rows.length < limit) rows.push(rowOf(at));
    }
    return listed(response, rows, limit);
  }
  if (!search.includes(`source = '${sourceId}'`)) return listed(response, [], limit);
  const since = Date.parse(/updated_at > '([^']*)'/.exec(search)?.[1] ?? '1970-01-01T00:00:00Z');
  for (let next = after(/id > '([^']*)'/.exec(search)?.[1] ?? ''); next < size && rows.length < limit; next += 1) {
    const at = sorted[next] ?? 0;
    if ((versions[at] ?? 0) > 0 && (updated[at] ?? 0) > since) rows.push(rowOf(at));
  }
  listed(response, rows, limit);
}

/** The one that is asked for, or all: their ids are their names, in the order of those. */
function consumers(response: ServerResponse, search: string, limit: number): void {
  const one = /name = '([^']*)'/.exec(search)?.[1];
  const names = one === undefined ? Array.from({ length: fleet.clusters }, (_, at) => clusterName(at)).sort() : [one];
  const lastId = /id > '([^']*)'/.exec(search)?.[1] ?? '';
  const next = names.filter((name) => name > lastId).slice(0, limit);
  const items = next.map((name) => ({ id: name, kind: 'Consumer', href: `/api/maestro/v1/consumers/${name}`, name }));
  const list = { kind: 'ConsumerList', page: 1, size: items.length, total: names.length, items };
  answer(response, 200, JSON.stringify(list));
}

/** Until when a fault lasts, by its name. */
const faults: Partial<Record<MaestroFault['do'], number>> = {};
const strikes = (fault: MaestroFault['do']): boolean => Date.now() < (faults[fault] ?? 0);
/** Of each answer that is late. */
const slowByMs = 300;

const rest = createServer((request, response) => {
  requests += 1;
  if (strikes('refuse-rest')) return answer(response, 503, 'upstream connect error or disconnect/reset before headers');
  if (strikes('slow-rest')) return void setTimeout(() => serveRest(request, response), slowByMs);
  return serveRest(request, response);
});

function serveRest(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://maestro');
  const search = url.searchParams.get('search') ?? '';
  const limit = Number(url.searchParams.get('size') ?? 100);
  const id = /\/resource-bundles\/([^/]+)$/.exec(url.pathname)?.[1];
  if (url.pathname.endsWith('/consumers')) return consumers(response, search, limit);
  if (id === undefined) return list(response, search, limit);
  const at = places.get(id);
  if (at !== undefined && (versions[at] ?? 0) > 0) return answer(response, 200, rowOf(at));
  answer(
    response,
    404,
    JSON.stringify({
      id: '7',
      kind: 'Error',
      href: '/api/maestro/v1/errors/7',
      code: 'maestro-7',
      reason: `ResourceBundle with id='${id}' not found`,
      operation_id: '1',
    }),
  );
}
rest.keepAliveTimeout = 60_000;

// ---- gRPC

const streams = new Set<ServerWritableStream<SubscriptionRequest, WireEvent>>();
const text = (value: string): { readonly ce_string: string } => ({ ce_string: value });

function send(at: number, members: string): void {
  before.sequences[at] = sequences[at] ?? 0;
  sequence += 1;
  sequences[at] = sequence;
  eventsSent += 1;
  if (streams.size > 0) write(at, members, sequence);
}

/** Brokers repeat what they have delivered already: the report before the last comes once more, after it. */
function repeat(at: number): void {
  const [changedMs = 0, sequenceBefore = 0] = [before.changed[at], before.sequences[at]];
  if (changedMs === 0 || sequenceBefore === 0 || streams.size === 0) return;
  repeated += 1;
  write(at, membersOf(at, holesAt(at), changedMs), sequenceBefore);
}

function write(at: number, members: string, sequenceOf: number): void {
  const holes = holesAt(at);
  const event: WireEvent = {
    id: randomUUID(),
    source: `${clusterOf(fleet, at)}-work-agent`,
    spec_version: '1.0',
    type: statusUpdateType,
    attributes: {
      'ce-time': { ce_timestamp: { seconds: Math.floor(Date.now() / 1000), nanos: 0 } },
      'ce-clustername': text(clusterOf(fleet, at)),
      'ce-resourceid': text(ids[at] ?? ''),
      'ce-resourceversion': { ce_integer: versions[at] ?? 0 },
      'ce-sequenceid': text(sequenceText(sequenceOf)),
      'ce-statushash': text('0'.repeat(64)),
      'ce-originalsource': text('maestro'),
      'ce-logtracing': text('{}'),
      'ce-metadata': text(texts.metadata(holes)),
      contenttype: text('application/json'),
    },
    binary_data: Buffer.from(
      `{"manifestBundle":${texts.data(holes)},${members === '' ? membersOf(at, holes) : members}}`,
    ),
  };
  for (const stream of streams) stream.write(event);
}

/** What agents have to answer, in the order of time. */
const toAnswer: { readonly at: number; readonly dueMs: number }[] = [];
let answered = 0;

function changes(at: number, wallMs: number): void {
  before.changed[at] = changed[at] ?? 0;
  changed[at] = wallMs;
}

function runAgents(): void {
  const wallMs = Date.now();
  for (; answered < toAnswer.length && (toAnswer[answered]?.dueMs ?? 0) <= wallMs; answered += 1) {
    const at = toAnswer[answered]?.at ?? 0;
    if ((versions[at] ?? 0) === 0) continue;
    observed[at] = versions[at] ?? 0;
    appliedRevisions[at] = specRevisions[at] ?? 0;
    if ((deleted[at] ?? 0) > 0) {
      send(at, deletedMembers);
      versions[at] = 0;
      observed[at] = 0;
      deleted[at] = 0;
      continue;
    }
    changes(at, wallMs);
    reconciled[at] = wallMs;
    updated[at] = wallMs;
    send(at, '');
  }
  if (answered <= 10_000) return;
  toAnswer.splice(0, answered);
  answered = 0;
}
setInterval(runAgents, 10).unref();

interface Refusal {
  readonly code: number;
  readonly details: string;
}

/** Takes a write over; the text of what the real server answers when it does not. */
function take(event: WireEvent): Refusal | undefined {
  const attribute = (name: string): string => event.attributes?.[`ce-${name}`]?.ce_string ?? '';
  const id = attribute('resourceid');
  if (!event.type?.startsWith('io.open-cluster-management.works.'))
    return { code: grpcStatus.INVALID_ARGUMENT, details: `failed to parse cloud event type ${event.type ?? ''}` };
  const at = places.get(id);
  const version = event.attributes?.['ce-resourceversion']?.ce_integer ?? 0;
  if (at === undefined) return { code: grpcStatus.UNKNOWN, details: `no bundle of the fleet has the id ${id}` };
  const stored = versions[at] ?? 0;
  if (event.type?.endsWith('delete_request') === true) {
    deletes += 1;
    if (stored === 0) return undefined;
    deleted[at] = Date.now();
  } else {
    if (version !== stored) {
      conflicts += 1;
      return {
        code: grpcStatus.UNKNOWN,
        details: `failed to update resource: the resource version is not the latest, the latest version: ${stored}`,
      };
    }
    const data = Buffer.from(event.binary_data ?? []).toString('utf8');
    const metadata = attribute('metadata');
    specRevisions[at] = Number(/"targetRevision":"release-(\d+)"/.exec(data)?.[1] ?? 0);
    hashes.write(/content-hash":"1:([0-9a-f]{32})"/.exec(metadata)?.[1] ?? '', at * 16, 'hex');
    if (data !== texts.data(holesAt(at)))
      return { code: grpcStatus.UNKNOWN, details: 'the work is not what the fleet calls for' };
    versions[at] = stored + 1;
    updated[at] = Date.now();
    published[at] = (published[at] ?? 0) + 1;
    publishes += 1;
  }
  if (agentMs !== undefined) toAnswer.push({ at, dueMs: Date.now() + agentMs });
  return undefined;
}

const grpc = new Server({ 'grpc.max_receive_message_length': 16 * 1024 * 1024 });
const publish: handleUnaryCall<ReceivedPublishRequest, Empty> = (call, callback) => {
  const refusal =
    call.request.event === undefined
      ? { code: grpcStatus.INVALID_ARGUMENT, details: 'no event' }
      : strikes('refuse-publish')
        ? { code: grpcStatus.UNAVAILABLE, details: 'no healthy upstream' }
        : take(call.request.event);
  if (refusal === undefined) callback(null, {});
  else callback(refusal);
};
const subscribe: handleServerStreamingCall<SubscriptionRequest, WireEvent> = (call) => {
  const metadata = new Metadata();
  metadata.set('subscription-id', randomUUID());
  call.sendMetadata(metadata);
  if (call.request.source !== sourceId) return;
  streams.add(call);
  const heartbeat = setInterval(
    () => call.write({ id: randomUUID(), spec_version: '1.0', type: heartbeatType }),
    10_000,
  );
  const end = (): void => {
    streams.delete(call);
    clearInterval(heartbeat);
  };
  call.on('cancelled', end).on('close', end).on('error', end);
};
const { Publish, Subscribe } = loadCloudEventService();
grpc.addService({ Publish, Subscribe }, { Publish: publish, Subscribe: subscribe });

// ---- what the bench tells

/** Sends the next of all reports, each application in turn; true when it tells of a change that counts. */
function sendNext(number: number, transitions: number): boolean {
  const at = number % size;
  const wallMs = Date.now();
  reconciled[at] = Math.max(wallMs, (reconciled[at] ?? 0) + 1000);
  const counts = Math.floor((number + 1) * transitions) > Math.floor(number * transitions);
  if (counts) changes(at, wallMs);
  updated[at] = wallMs;
  send(at, '');
  return counts;
}

async function events({ perSecond, seconds, transitions }: Extract<MaestroTold, { do: 'events' }>): Promise<{
  readonly sent: number;
  readonly transitions: number;
  readonly behindMs: number;
}> {
  const all = perSecond * seconds;
  const startMs = performance.now();
  let sent = 0;
  let counted = 0;
  while (sent < all) {
    const due = Math.min(all, Math.floor(((performance.now() - startMs) * perSecond) / 1000));
    for (; sent < due; sent += 1) if (sendNext(sent, transitions)) counted += 1;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { sent, transitions: counted, behindMs: performance.now() - startMs - seconds * 1000 };
}

let sending: NodeJS.Timeout | undefined;

/** What was late is sent at once, so that the number of reports is what was asked for however busy the machine is. */
function begin({ perSecond, transitions, repeats }: Extract<MaestroTold, { do: 'begin' }>): void {
  const startMs = performance.now();
  let sent = 0;
  let counted = 0;
  sending = setInterval(() => {
    const due = Math.floor(((performance.now() - startMs) * perSecond) / 1000);
    for (; sent < due; sent += 1) {
      if (!sendNext(sent, transitions)) continue;
      counted += 1;
      if (Math.floor(counted * repeats) > Math.floor((counted - 1) * repeats)) repeat(sent % size);
    }
  }, 5);
}

function misbehave(fault: MaestroFault): void {
  if (fault.do !== 'end-streams') faults[fault.do] = Date.now() + fault.lastsMs;
  else for (const stream of streams) stream.emit('error', { code: grpcStatus.UNAVAILABLE, details: 'going away' });
}

async function told(what: MaestroTold): Promise<unknown> {
  switch (what.do) {
    case 'events':
      return events(what);
    case 'begin':
      begin(what);
      return {};
    case 'halt':
      clearInterval(sending);
      return {};
    case 'states':
      return {
        changed: [...changed],
        specRevisions: [...appliedRevisions],
        versions: [...versions],
      } satisfies MaestroStates;
    case 'report':
      return report();
    default:
      misbehave(what);
      return {};
  }
}

function report(): MaestroReport {
  const times: Record<string, number> = {};
  let stored = 0;
  for (let at = 0; at < size; at += 1) {
    times[published[at] ?? 0] = (times[published[at] ?? 0] ?? 0) + 1;
    if ((versions[at] ?? 0) > 0) stored += 1;
  }
  const counted: MaestroReport = { publishes, deletes, conflicts, times, stored, eventsSent, repeated, requests };
  published.fill(0);
  publishes = 0;
  deletes = 0;
  conflicts = 0;
  eventsSent = 0;
  repeated = 0;
  requests = 0;
  return counted;
}

await new Promise<void>((resolve) => rest.listen(0, '127.0.0.1', resolve));
const grpcPort = await new Promise<number>((resolve, reject) =>
  grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
    error === null ? resolve(port) : reject(error),
  ),
);
console.log(
  JSON.stringify({
    httpEndpoint: `http://127.0.0.1:${(rest.address() as AddressInfo).port}`,
    grpcEndpoint: `127.0.0.1:${grpcPort}`,
    sample: rowOf(0).length,
  }),
);
for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(await told(JSON.parse(line) as MaestroTold)));
process.exit(0);
