import { systemClock } from '../clock.ts';
import { Access } from './access/access.ts';
import type { AccessKeys } from './access/access.ts';
import type { IssuedFiles } from './access/certificates.ts';
import type { AgentDesk } from './agent/desk.ts';
import { Fleet } from './agent/fleet.ts';
import type { ClusterObject } from './agent/cluster.ts';
import { ConnectionPool } from './connection-pool.ts';
import { ControlApi } from './control.ts';
import { Faults } from './faults.ts';
import type { Fault } from './faults.ts';
import { GrpcServer } from './grpc/server.ts';
import type { RecordedPublish } from './grpc/server.ts';
import { defaultBehaviour } from './options.ts';
import type { AgentBehaviour, StandInAccess, StandInOptions } from './options.ts';
import { RestApi } from './rest/api.ts';
import { RestServer } from './rest/server.ts';
import { ConsumerService } from './service/consumer-service.ts';
import { ResourceService } from './service/resource-service.ts';
import { Store } from './store/store.ts';
import type { Journal } from './store/types.ts';
import { Scheduler, Timestamps } from './time.ts';

export type { AccessMode, AgentBehaviour, ConsumerSeed, StandInAccess, StandInOptions } from './options.ts';
export type { DatabaseOptions } from './connection-pool.ts';
export type { Fault, FaultBase, FaultChannel, FaultKind } from './faults.ts';
export type { JsonObject, JsonValue } from '../core/json.ts';
export type { FeedbackData, ResourceMeta } from '../core/status/work-status.ts';
export type { Clock } from '../clock.ts';
export type { RecordedPublish } from './grpc/server.ts';
export type { ClusterObject } from './agent/cluster.ts';
export type { AgentDesk, DeliveredWork } from './agent/desk.ts';
export type { AgentStatus, ManifestStatus, WireCondition } from './agent/status.ts';
export type { Bundle } from './service/bundle.ts';
export type { IssuedFiles } from './access/certificates.ts';
export { defaultBehaviour } from './options.ts';
export { steeringPrefix } from './agent/rules.ts';
export { controlRoot } from './control.ts';

/** A running stand-in for Maestro. */
export interface StandIn {
  /** `http://host:port`, `https://` under every access mode but plaintext. */
  readonly httpEndpoint: string;
  /** `host:port`. */
  readonly grpcEndpoint: string;
  /** Present unless the access mode is plaintext. */
  readonly certificates?: IssuedFiles;
  /** Changes the behaviour of one consumer's agent from now on; what is not named stays. */
  setAgent(consumer: string, patch: Partial<AgentBehaviour>): void;
  /**
   * Lets an agent outside do what the simulated one did for a consumer; it is called with the id of each work that was
   * written.
   */
  replaceAgent(consumer: string, notify: (id: string) => void): AgentDesk;
  /** Adds a fault to those in force. */
  setFault(fault: Fault): void;
  clearFaults(): void;
  /** Publish calls so far, the latest ten thousand at most. */
  publishes(): readonly RecordedPublish[];
  /** Open Subscribe streams. */
  subscriptions(): number;
  /** What stands on the simulated cluster of a consumer. */
  objects(consumer: string): readonly ClusterObject[];
  /** Ends servers, streams, timers and the database. */
  close(): Promise<void>;
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
  const stopAll: (() => Promise<void> | void)[] = [() => store.close(), () => ending.abort()];
  const close = async (): Promise<void> => {
    for (const stop of stopAll.splice(0).reverse()) await stop();
  };
  try {
    const grpc = await GrpcServer.start({
      host,
      port: options.grpcPort ?? 0,
      heartbeatMs: options.heartbeatMs ?? 10_000,
      access,
      faults,
      resources,
      store,
      pool,
      scheduler,
    });
    stopAll.push(() => grpc.close());
    const fleet = new Fleet({ behaviour, overrides: options.agents ?? {}, store, resources, scheduler, clock });
    const steering = {
      agents: () => fleet.behaviours(),
      setAgent: (consumer: string, patch: Partial<AgentBehaviour>) => fleet.agent(consumer).change(patch),
      objects: (consumer: string) => fleet.agent(consumer).cluster.objects(),
      setFault: (fault: Fault) => faults.set(fault),
      clearFaults: () => faults.clear(),
      faults: () => faults.list(),
      publishes: () => grpc.published,
    };
    const rest = await RestServer.start({
      host,
      port: options.httpPort ?? 0,
      ...(access.httpTls === undefined ? {} : { tls: access.httpTls }),
      api: new RestApi(store, resources, consumers, clock),
      control: new ControlApi(steering),
      faults,
      pool,
      scheduler,
    });
    stopAll.push(() => rest.close());
    options.log?.(`stand-in for Maestro: REST on port ${String(rest.port)}, gRPC on port ${String(grpc.port)}`);
    return {
      httpEndpoint: `${issued === undefined ? 'http' : 'https'}://${host}:${String(rest.port)}`,
      grpcEndpoint: `${host}:${String(grpc.port)}`,
      ...(issued === undefined ? {} : { certificates: issued.files }),
      setAgent: steering.setAgent,
      replaceAgent: (consumer, notify) => fleet.replace(consumer, notify),
      setFault: steering.setFault,
      clearFaults: steering.clearFaults,
      objects: steering.objects,
      publishes: steering.publishes,
      subscriptions: () => grpc.subscriptions,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The certificate library, and the metadata API that it asks for, are loaded only when there are certificates to make.
 */
async function issue(access: StandInAccess, wallMs: number): Promise<{ keys: AccessKeys; files: IssuedFiles }> {
  await import('reflect-metadata');
  const { issueKeys } = await import('./access/certificates.ts');
  return issueKeys(access, wallMs);
}

function seed(options: StandInOptions, store: Store, consumers: ConsumerService): void {
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
