export { createWorkWriter } from './grpc/writer.ts';
export type { WriterDeps } from './grpc/writer.ts';
export { createStatusSubscriber } from './grpc/subscriber.ts';
export { createWorkReader } from './rest/reader.ts';
export type { ReaderDeps } from './rest/reader.ts';
export { bundlesPath, consumersPath } from './rest/list-path.ts';
export { matchesBundle, matchesConsumer } from './filters.ts';
export type { BundleFilter, ConsumerFilter, HiddenFacts } from './filters.ts';
export {
  checkConnection,
  isUnverified,
  parseGrpcEndpoint,
  parseHttpEndpoint,
  unverifiedWarning,
} from './connection.ts';
export type { ConnectionSettings, GrpcEndpoint, TlsFiles, TokenSource } from './connection.ts';
export type { ProxySettings } from './proxy.ts';
export type {
  CallOptions,
  Heartbeat,
  InProcessMaestro,
  ListQuery,
  RowOptions,
  SetAsideRow,
  StatusEvent,
  StatusSubscriber,
  SubscriptionItem,
  SubscriptionReady,
  UnreadableEvent,
  WorkReader,
  WorkRequest,
  WorkTarget,
  WorkWriter,
} from './transport.ts';
