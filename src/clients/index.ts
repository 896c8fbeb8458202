export { createWorkWriter } from './grpc/writer.ts';
export type { WriterDeps } from './grpc/writer.ts';
export { createStatusSubscriber } from './grpc/subscriber.ts';
export type {
  Heartbeat,
  StatusEvent,
  StatusSubscriber,
  SubscriptionItem,
  SubscriptionReady,
  UnreadableEvent,
} from './grpc/subscriber.ts';
export { createWorkReader } from './rest/reader.ts';
export type { ReaderDeps } from './rest/reader.ts';
export {
  equals,
  executorProbe,
  hasLabels,
  consumerIn,
  idIn,
  holdsManifests,
  nameIn,
  searchAnd,
  sourceIs,
  updatedAfter,
  workNameIn,
  workNameIs,
} from './rest/search.ts';
export type { Search, SearchField, SearchTerm } from './rest/search.ts';
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
  ListQuery,
  SetAsideRow,
  WorkReader,
  WorkRequest,
  WorkTarget,
  WorkWriter,
} from './transport.ts';
