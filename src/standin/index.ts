/**
 * `@openshift-hyperfleet/maestro-cli/standin`: a Maestro with simulated agents, for tests and for trying, in this
 * process alone or on ports; it can be told to fail as a real one does.
 *
 * Stability: semantic versioning holds for its functions, options and methods. What it answers follows the real Maestro
 * and may change with any release.
 *
 * @module
 */

import { systemClock } from '../clock.ts';
import type { InProcessMaestro } from '../clients/transport.ts';
import { Access } from './access/access.ts';
import type { AccessKeys } from './access/access.ts';
import { Rotator } from './access/rotation.ts';
import type { IssuedFiles } from './access/certificates.ts';
import type { AgentDesk } from './agent/desk.ts';
import { Fleet } from './agent/fleet.ts';
import type { ClusterObject } from './agent/cluster.ts';
import { ConnectionPool } from './connection-pool.ts';
import { ControlApi, type Controllable } from './control.ts';
import { Faults } from './faults.ts';
import type { Fault } from './faults.ts';
import { CloudEvents } from './grpc/cloud-events.ts';
import type { RecordedPublish } from './grpc/cloud-events.ts';
import { inProcessOptions, servedOptions, type ServedOptions, type StandInClientOptions } from './client-options.ts';
import { InProcess } from './in-process.ts';
import { defaultBehaviour } from './options.ts';
import type { AgentBehaviour, InProcessOptions, KeyRotation, StandInAccess, StandInOptions } from './options.ts';
import { RestApi } from './rest/api.ts';
import { RestService } from './rest/service.ts';
import { ConsumerService } from './service/consumer-service.ts';
import { ResourceService } from './service/resource-service.ts';
import { Store } from './store/store.ts';
import type { Journal } from './store/types.ts';
import { Scheduler, Timestamps } from './time.ts';

export type {
  AccessMode,
  AgentBehaviour,
  ConsumerSeed,
  InProcessOptions,
  KeyRotation,
  ReportsHow,
  StandInAccess,
  StandInOptions,
} from './options.ts';
export type { ServedOptions, StandInClientOptions } from './client-options.ts';
export type { DatabaseOptions } from './connection-pool.ts';
export type { Fault, FaultBase, FaultChannel, FaultKind } from './faults.ts';
export type { JsonObject, JsonValue } from '../core/json.ts';
export type { FeedbackData, ResourceMeta } from '../core/status/work-status.ts';
export type { Clock } from '../clock.ts';
export type { RecordedPublish } from './grpc/cloud-events.ts';
export type { InProcessMaestro } from '../clients/transport.ts';
export type { ClusterObject } from './agent/cluster.ts';
export type { AgentDesk, DeliveredWork } from './agent/desk.ts';
export type { AgentStatus, ManifestStatus, WireCondition } from './agent/status.ts';
export type { Bundle } from './service/bundle.ts';
export type { IssuedFiles } from './access/certificates.ts';
export { defaultBehaviour } from './options.ts';
export { steeringPrefix } from './agent/rules.ts';
export { controlRoot } from './control.ts';

/** A stand-in for Maestro that answers in this process. `await using` closes it. */
export interface InProcessStandIn extends InProcessMaestro {
  /**
   * What `createMaestroClient` takes to reach it: `createMaestroClient(standIn.clientOptions())`. The client goes by
   * the clock of the stand-in.
   *
   * @param source who the works belong to
   */
  clientOptions(source?: string): StandInClientOptions;
  /** Changes the behaviour of one consumer's agent from now on; what is not named stays. */
  setAgent(consumer: string, patch: Partial<AgentBehaviour>): void;
  /**
   * Lets an agent outside do what the simulated one did for a consumer; it is called with the id of each work that was
   * written.
   */
  replaceAgent(consumer: string, notify: (id: string) => void): AgentDesk;
  /** Adds a fault to those in force. */
  setFault(fault: Fault): void;
  /** Takes all faults back. */
  clearFaults(): void;
  /** Publish calls so far, the latest ten thousand at most. */
  publishes(): readonly RecordedPublish[];
  /** Open Subscribe streams. */
  subscriptions(): number;
  /** What stands on the simulated cluster of a consumer. */
  objects(consumer: string): readonly ClusterObject[];
  /** Ends servers, streams, timers and the database. Once is enough. */
  close(): Promise<void>;
  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A stand-in for Maestro that serves on ports, and in this process too. */
export interface StandIn extends InProcessStandIn {
  /**
   * What `createMaestroClient` takes to reach it over its ports, with the certificates and the token that its access
   * mode asks for.
   *
   * @param source who the works belong to
   */
  clientOptions(source?: string): StandInClientOptions & ServedOptions;
  /** `http://host:port`, `https://` under every access mode but plaintext. */
  readonly httpEndpoint: string;
  /** `host:port`. */
  readonly grpcEndpoint: string;
  /** Present unless the access mode is plaintext. */
  readonly certificates?: IssuedFiles;
  /**
   * Makes new certificates and a new token, in the files of `certificates`, as when those of a real server are rotated;
   * whoever has the new files trusts its old certificate too. Ends once the files are written.
   *
   * @throws MaestroError `usage` in plaintext, and while another rotation is under way
   */
  rotateKeys(rotation?: KeyRotation): Promise<void>;
}

/**
 * Starts a stand-in for Maestro with simulated agents: the same REST and gRPC
 * surface, proved by replaying the recordings of a real server against it.
 */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const clock = options.clock ?? systemClock;
  const host = options.host ?? '127.0.0.1';
  const accessOptions = options.access ?? { mode: 'plaintext' };
  const issued = accessOptions.mode === 'plaintext' ? undefined : await issue(accessOptions, clock.wallMs());
  const access = new Access(accessOptions, issued?.keys);
  const { standIn, events, service, control, faults, stopAll, scheduler } = await assemble(options, access);
  const rotator = new Rotator(accessOptions, access, scheduler, () => clock.wallMs());
  const rotateKeys = async (rotation: KeyRotation = {}): Promise<void> => rotator.rotate(rotation);
  try {
    // Whoever needs no ports does not load what serves them.
    const { GrpcServer } = await import('./grpc/server.ts');
    const { RestServer } = await import('./rest/server.ts');
    const grpc = await GrpcServer.start({ host, port: options.grpcPort ?? 0, access, faults, events });
    stopAll.push(() => grpc.close());
    const controlApi = new ControlApi({ ...control, rotateKeys, keysTaken: () => rotator.taken });
    const rest = await RestServer.start({
      ...{ host, port: options.httpPort ?? 0, access, service },
      control: controlApi,
    });
    stopAll.push(() => rest.close());
    options.log?.(`stand-in for Maestro: REST on port ${String(rest.port)}, gRPC on port ${String(grpc.port)}`);
    const served = {
      httpEndpoint: `${issued === undefined ? 'http' : 'https'}://${host}:${String(rest.port)}`,
      grpcEndpoint: `${host}:${String(grpc.port)}`,
      ...(issued === undefined ? {} : { certificates: issued.files }),
    };
    return {
      ...standIn,
      ...served,
      rotateKeys,
      clientOptions: (source) => servedOptions(served, accessOptions.mode, source),
    };
  } catch (error) {
    await standIn.close();
    throw error;
  }
}

/**
 * A stand-in without ports: for tests, and where there is no network. Nobody proves who he is to it; all else is as on
 * the ports of a plaintext one.
 */
export async function createStandIn(options: InProcessOptions = {}): Promise<InProcessStandIn> {
  const { standIn } = await assemble(options, new Access({ mode: 'plaintext' }));
  return standIn;
}

/** What ports are opened on. */
interface Assembly {
  readonly standIn: InProcessStandIn;
  readonly events: CloudEvents;
  readonly service: RestService;
  readonly control: Omit<Controllable, 'rotateKeys' | 'keysTaken'>;
  readonly faults: Faults;
  readonly scheduler: Scheduler;
  readonly stopAll: (() => Promise<void> | void)[];
}

/** All but the ports. What is pushed to `stopAll` is stopped by `close` of the stand-in, the last first. */
async function assemble(options: InProcessOptions, access: Access): Promise<Assembly> {
  const clock = options.clock ?? systemClock;
  const ending = new AbortController();
  const scheduler = new Scheduler(clock, ending.signal);
  const timestamps = new Timestamps(clock);
  const store = new Store(options.dataFile === undefined ? undefined : await openJournal(options.dataFile));
  for (const work of store.works()) timestamps.startAfter(Math.max(work.updatedAt, work.deletedAt ?? 0));
  const resources = new ResourceService(store, timestamps);
  const consumers = new ConsumerService(store, timestamps);
  seed(options, store, consumers);
  const behaviour = { ...defaultBehaviour, ...options.agent };
  const faults = new Faults();
  const pool = new ConnectionPool(options.database ?? {}, scheduler);
  const heartbeatMs = options.heartbeatMs ?? 10_000;
  const events = new CloudEvents({ heartbeatMs, access, faults, resources, store, pool, scheduler });
  const fleet = new Fleet({ behaviour, overrides: options.agents ?? {}, store, resources, scheduler, clock });
  const service = new RestService(new RestApi(store, resources, consumers, clock), faults, pool, scheduler);
  const inProcess = new InProcess(events, service, faults);
  const stopAll: (() => Promise<void> | void)[] = [() => store.close(), () => ending.abort(), () => inProcess.close()];
  const steering = {
    setAgent: (consumer: string, patch: Partial<AgentBehaviour>) => fleet.agent(consumer).change(patch),
    objects: (consumer: string) => fleet.agent(consumer).cluster.objects(),
    setFault: (fault: Fault) => faults.set(fault),
    clearFaults: () => faults.clear(),
    publishes: () => events.published,
  };
  const control: Omit<Controllable, 'rotateKeys' | 'keysTaken'> = {
    ...steering,
    agents: () => fleet.behaviours(),
    losses: (consumer) => fleet.agent(consumer).cluster.losses(),
    faults: () => faults.list(),
  };
  const maestro = { rest: inProcess.rest, publish: inProcess.publish, subscribe: inProcess.subscribe };
  const close = async (): Promise<void> => {
    for (const stop of stopAll.splice(0).reverse()) await stop();
  };
  const standIn: InProcessStandIn = {
    ...steering,
    ...maestro,
    clientOptions: (source) => inProcessOptions(maestro, clock, source),
    replaceAgent: (consumer, notify) => fleet.replace(consumer, notify),
    subscriptions: () => events.subscriptions,
    close,
    [Symbol.asyncDispose]: close,
  };
  return { standIn, events, service, control, faults, stopAll, scheduler };
}

/** The certificate library is loaded only when there are certificates to make. */
async function issue(access: StandInAccess, wallMs: number): Promise<{ keys: AccessKeys; files: IssuedFiles }> {
  const { issueKeys } = await import('./access/certificates.ts');
  return issueKeys(access, wallMs);
}

function seed(options: InProcessOptions, store: Store, consumers: ConsumerService): void {
  for (const entry of options.consumers ?? []) {
    const { name, labels = {} } = typeof entry === 'string' ? { name: entry } : entry;
    if (store.consumerNamed(name) === undefined) consumers.create(name, labels);
  }
}

/** SQLite is loaded by those who keep a file only. */
async function openJournal(file: string): Promise<Journal> {
  const { SqliteJournal } = await import('./store/sqlite-journal.ts');
  return new SqliteJournal(file);
}
