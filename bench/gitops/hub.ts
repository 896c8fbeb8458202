/**
 * A simulated hub in a process of its own: the part of a Kubernetes API that the
 * controllers use, over plain HTTP, for as many applications as are asked for.
 * An application is made from a template and from the few numbers that tell it
 * apart whenever somebody reads it, so that half a million need some 30 MB.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { JsonObject } from '../../src/core/json.ts';
import { checkAnswer, joinedConditions, reviewAnswer } from './check-kinds.ts';
import { HubFaults, type HubFault } from './hub-faults.ts';
import { Leases } from './leases.ts';
import {
  applicationText,
  argoFinalizer,
  changedMsOf,
  clusterName,
  holesOf,
  hubId,
  namespace,
  nameOf,
  placeOf,
  secondsOf,
  sizeOf,
  statusText,
  toldBy,
  uidOf,
  type Fleet,
} from './fixture.ts';

export interface HubOptions {
  readonly fleet: Fleet;
  /** Applications that are there from the beginning. */
  readonly present: boolean;
  /** They show the status of this time; 0 for none. */
  readonly statusMs: number;
  /** There is a ManifestWork of the classic pull model for each application. */
  readonly classic?: boolean;
}

/** What `report` answers with. */
export interface HubReport {
  readonly writes: Readonly<Record<string, number>>;
  /** Since the change on the cluster, of status writes since the last report. */
  readonly lagsMs: readonly number[];
  /** Applications whose status tells of the change that is stored here last. */
  readonly present: number;
  readonly refused: number;
  /** Requests since the last report. */
  readonly requests: number;
  /** Statuses that tell of an earlier change or revision than the one before, and statuses of another application. */
  readonly older: number;
  readonly foreign: number;
  /** What the first ten of these were. */
  readonly wrong: readonly string[];
}

/** By place in the fleet. */
export interface HubStates {
  /** When the change was made that the status tells of. */
  readonly changed: readonly number[];
  readonly statusRevisions: readonly number[];
  readonly specRevisions: readonly number[];
}

export type HubTold =
  | { readonly do: 'create' | 'edit'; readonly from: number; readonly to: number }
  | { readonly do: 'delete'; readonly places: readonly number[] }
  | { readonly do: 'report' }
  | { readonly do: 'states' }
  | HubFault;

const absent = 0;
const live = 1;
const deleting = 2;
type Kind = 'ADDED' | 'MODIFIED' | 'DELETED';
const kinds: readonly Kind[] = ['ADDED', 'MODIFIED', 'DELETED'];

const { fleet, present, statusMs, classic = false } = JSON.parse(process.argv[2] ?? '') as HubOptions;
const size = sizeOf(fleet);
const state = new Uint8Array(size).fill(present ? live : absent);
const released = new Uint8Array(size);
const leases = new Leases();
const faults = new HubFaults();
const versions = new Float64Array(size);
const specRevisions = new Uint32Array(size);
const statusRevisions = new Uint32Array(size);
const changed = new Float64Array(size).fill(statusMs);
const reconciled = new Float64Array(size).fill(statusMs);
/** Statuses that are not like those of the clusters, such as those with our conditions. */
const odd = new Map<number, string>();
/** Place × 4 + kind of each change; the first has the version `firstVersion`. */
const changes: number[] = [];
const firstVersion = size + 1000;
let version = firstVersion - 1;
for (let at = 0; at < size; at += 1) versions[at] = at + 1;
const watchers = new Set<() => void>();
let writes: Record<string, number> = {};
let lags: number[] = [];
let refused = 0;
let requests = 0;
let older = 0;
let foreign = 0;
let wrong: string[] = [];

function textOf(at: number): string {
  const holes = holesOf(fleet, at, specRevisions[at] ?? 0);
  const changedMs = changed[at] ?? 0;
  const status =
    odd.get(at) ?? (changedMs === 0 ? undefined : statusText(holes, { changedMs, reconciledMs: reconciled[at] ?? 0 }));
  return applicationText(holes, {
    version: versions[at] ?? 0,
    status,
    deletionTimestamp: state[at] === deleting ? secondsOf(statusMs) : undefined,
    finalizers: released[at] === 1 ? [] : [argoFinalizer],
  });
}

function change(at: number, kind: Kind): void {
  version += 1;
  versions[at] = version;
  changes.push(at * 4 + kinds.indexOf(kind));
}

function tellWatchers(): void {
  for (const wake of watchers) wake();
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function notFound(response: ServerResponse, name: string): void {
  answer(
    response,
    404,
    JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      message: `${name} not found`,
      reason: 'NotFound',
      details: { name },
      code: 404,
    }),
  );
}

function unprocessable(response: ServerResponse, message: string): void {
  refused += 1;
  answer(
    response,
    422,
    JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason: 'Invalid', code: 422 }),
  );
}

/** All pages tell the version of the first, from which a watch goes on: what changes between them comes once more. */
function list(response: ServerResponse, query: URLSearchParams): void {
  const limit = Number(query.get('limit') ?? size);
  const items: string[] = [];
  const [from = '0', listed = String(version)] = (query.get('continue') ?? '').split('.').filter((part) => part !== '');
  let at = Number(from);
  for (; at < size && items.length < limit; at += 1) if (state[at] !== absent) items.push(textOf(at));
  const next = at < size ? `,"continue":"${at}.${listed}"` : '';
  answer(
    response,
    200,
    `{"kind":"ApplicationList","apiVersion":"argoproj.io/v1alpha1","metadata":{"resourceVersion":"${listed}"${next}},"items":[${items.join(',')}]}`,
  );
}

/** Everything after a version, at the pace of the reader, and a bookmark every ten seconds. */
function watch(response: ServerResponse, query: URLSearchParams): void {
  let next = Math.max(0, Number(query.get('resourceVersion') ?? version) - firstVersion + 1);
  let waiting = false;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  const pump = (): void => {
    while (!waiting && next < changes.length) {
      const entry = changes[next] ?? 0;
      next += 1;
      if (!response.write(`{"type":"${kinds[entry % 4]}","object":${textOf(Math.floor(entry / 4))}}\n`)) {
        waiting = true;
        response.once('drain', () => {
          waiting = false;
          pump();
        });
      }
    }
  };
  const bookmark = (): void => {
    if (!waiting)
      response.write(
        `{"type":"BOOKMARK","object":{"kind":"Application","apiVersion":"argoproj.io/v1alpha1","metadata":{"resourceVersion":"${firstVersion + next - 1}"}}}\n`,
      );
  };
  const timer = setInterval(bookmark, 10_000);
  watchers.add(pump);
  response.on('close', () => {
    watchers.delete(pump);
    clearInterval(timer);
  });
  pump();
}

/** Lists and watches of what never changes here. */
function still(response: ServerResponse, query: URLSearchParams, items: () => readonly JsonObject[]): void {
  if (query.get('watch') !== 'true') {
    answer(response, 200, JSON.stringify({ metadata: { resourceVersion: '1' }, items: items() }));
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(
    () => response.write('{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"1"}}}\n'),
    10_000,
  );
  response.on('close', () => clearInterval(timer));
  response.flushHeaders();
}

function managedClusters(): readonly JsonObject[] {
  return Array.from({ length: fleet.clusters }, (_, at) => ({
    metadata: {
      name: clusterName(at),
      uid: `d0000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
      resourceVersion: '1',
      labels: { vendor: 'OpenShift', cloud: 'auto-detect' },
    },
    spec: { hubAcceptsClient: true },
    status: {
      conditions: [
        ...joinedConditions,
        {
          type: 'ManagedClusterConditionAvailable',
          status: 'True',
          reason: 'ManagedClusterAvailable',
          message: 'Managed cluster is available',
          lastTransitionTime: '2026-11-20T10:00:00Z',
        },
      ],
    },
  }));
}

/** A hundred clusters each, as placements have it. */
function placementDecisions(): readonly JsonObject[] {
  return Array.from({ length: Math.ceil(fleet.clusters / 100) }, (_, page) => ({
    metadata: { name: `all-decision-${page + 1}`, namespace, resourceVersion: '1' },
    status: {
      decisions: Array.from({ length: Math.min(100, fleet.clusters - page * 100) }, (__, at) => ({
        clusterName: clusterName(page * 100 + at),
        reason: '',
      })),
    },
  }));
}

interface Step {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

function patch(response: ServerResponse, name: string, body: string): void {
  const at = placeOf(fleet, name);
  if (at < 0 || (state[at] ?? absent) === absent) return notFound(response, name);
  for (const step of JSON.parse(body) as readonly Step[]) {
    if (step.op === 'test') {
      const held = released[at] === 1 ? [] : [argoFinalizer];
      const values: Record<string, unknown> = {
        '/metadata/uid': uidOf(at),
        '/metadata/finalizers': held,
        '/metadata/resourceVersion': String(versions[at] ?? 0),
      };
      if (JSON.stringify(values[step.path]) !== JSON.stringify(step.value))
        return unprocessable(response, `the test of ${step.path} failed`);
    } else if (step.path === '/status') takeStatus(at, step.value as JsonObject);
    else if (step.path === '/metadata/finalizers') released[at] = 1;
    else return unprocessable(response, `${step.op} ${step.path} is not simulated`);
    if (step.op !== 'test') writes[step.path.slice(1)] = (writes[step.path.slice(1)] ?? 0) + 1;
  }
  const gone = state[at] === deleting && released[at] === 1;
  change(at, gone ? 'DELETED' : 'MODIFIED');
  answer(response, 200, textOf(at));
  tellWatchers();
  if (gone) state[at] = absent;
}

/** What no hub should ever be told: see `HubReport`. */
function judge(at: number, status: JsonObject): void {
  const told = toldBy(status);
  if (told === undefined) return;
  const isForeign = told.name !== nameOf(fleet, at);
  const isOlder = told.changedMs < (changed[at] ?? 0) || told.specRevision < (statusRevisions[at] ?? 0);
  if (isForeign) foreign += 1;
  if (isOlder) older += 1;
  if ((isForeign || isOlder) && wrong.length < 10)
    wrong.push(
      `application ${at} showed the change of ${changed[at]} at revision ${statusRevisions[at]}, then ${JSON.stringify(told)}`,
    );
  statusRevisions[at] = told.specRevision;
}

/** Kept as two numbers when it is what a cluster reports, as a text when it is not. */
function takeStatus(at: number, status: JsonObject): void {
  judge(at, status);
  const changedMs = changedMsOf(status);
  if (changedMs > (changed[at] ?? 0)) lags.push(Date.now() - changedMs);
  const { reconciledAt } = status;
  const reconciledMs = typeof reconciledAt === 'string' ? Date.parse(reconciledAt) : 0;
  changed[at] = changedMs;
  reconciled[at] = reconciledMs;
  const text = JSON.stringify(status);
  if (changedMs > 0 && text === statusText(holesOf(fleet, at, specRevisions[at] ?? 0), { changedMs, reconciledMs }))
    odd.delete(at);
  else odd.set(at, text);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://hub');
  const [, , , , ...rest] = url.pathname.split('/');
  const name = rest.at(-1) ?? '';
  requests += 1;
  if (await faults.strike(url, response)) return;
  const ofLease = await leases.answer(request, url.pathname);
  if (ofLease !== undefined) return answer(response, ofLease.status, ofLease.body);
  const ofCheck = request.method === 'POST' ? reviewAnswer(url.pathname) : checkAnswer(url, { fleet, classic });
  if (ofCheck !== undefined) return answer(response, ofCheck.status, ofCheck.body);
  if (request.method === 'POST') {
    writes['events'] = (writes['events'] ?? 0) + 1;
    return answer(response, 201, await bodyOf(request));
  }
  if (url.pathname.startsWith('/apis/argoproj.io/v1alpha1/applications')) {
    return url.searchParams.get('watch') === 'true'
      ? watch(response, url.searchParams)
      : list(response, url.searchParams);
  }
  if (url.pathname.includes('/applications/')) {
    if (request.method === 'PATCH') return patch(response, name, await bodyOf(request));
    const at = placeOf(fleet, name);
    return at < 0 || (state[at] ?? absent) === absent ? notFound(response, name) : answer(response, 200, textOf(at));
  }
  if (url.pathname.endsWith('/managedclusters')) return still(response, url.searchParams, managedClusters);
  if (url.pathname.endsWith('/placementdecisions')) return still(response, url.searchParams, placementDecisions);
  if (url.pathname.endsWith('/namespaces/kube-system'))
    return answer(response, 200, JSON.stringify({ metadata: { name: 'kube-system', uid: hubId } }));
  return notFound(response, name);
}

const yieldNow = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function told(what: HubTold): Promise<unknown> {
  switch (what.do) {
    case 'states':
      return {
        changed: [...changed],
        statusRevisions: [...statusRevisions],
        specRevisions: [...specRevisions],
      } satisfies HubStates;
    case 'refuse':
    case 'slow':
    case 'end-watches':
    case 'expire-watches':
      faults.begin(what);
      return {};
    case 'report': {
      const report: HubReport = {
        writes,
        lagsMs: lags,
        present: state.reduce((sum, is) => sum + (is === absent ? 0 : 1), 0),
        refused,
        requests,
        older,
        foreign,
        wrong,
      };
      wrong = [];
      older = 0;
      foreign = 0;
      requests = 0;
      writes = {};
      lags = [];
      return report;
    }
    case 'delete':
      for (const at of what.places) {
        if (state[at] !== live) continue;
        state[at] = deleting;
        change(at, 'MODIFIED');
      }
      tellWatchers();
      return {};
    default: {
      const startMs = Date.now();
      for (let at = what.from; at < what.to; at += 1) {
        if (what.do === 'create') state[at] = live;
        else if (state[at] === live) specRevisions[at] = (specRevisions[at] ?? 0) + 1;
        else continue;
        change(at, what.do === 'create' ? 'ADDED' : 'MODIFIED');
        if (at % 1000 !== 999) continue;
        tellWatchers();
        await yieldNow();
      }
      tellWatchers();
      return { startMs };
    }
  }
}

const server = createServer(
  (request, response) => void serve(request, response).catch((error: unknown) => answer(response, 500, String(error))),
);
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  // A hub has run for long when the controllers are measured.
  for (let at = 0; at < Math.min(size, 2_000); at += 1) textOf(at);
  console.log(
    JSON.stringify({
      server: `http://127.0.0.1:${port}`,
      sample: textOf(size - 1).length,
      name: nameOf(fleet, size - 1),
    }),
  );
});
for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(await told(JSON.parse(line) as HubTold)));
process.exit(0);
