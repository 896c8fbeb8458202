/**
 * `@openshift-hyperfleet/maestro-cli/parts`: what the library and the command are made of, for a program that needs to
 * put it together otherwise: transports, budgets, the plans of a write and of a delete, the wait. Most programs want
 * the client of the main entry and none of this.
 *
 * Stability: none is promised. Anything here may change with any release; the release notes say so.
 *
 * @module
 */

export type { Clock } from './clock.ts';
export { systemClock } from './clock.ts';
export { connectMaestro } from './clients/connect.ts';
export type { ConnectDeps } from './clients/connect.ts';
export type { OnRequest, RequestFact } from './clients/transport.ts';
export type { EndpointOrigin } from './clients/connection.ts';
export type { WaitLook } from './core/outcome/standing.ts';
export type { ReasonGroup } from './core/outcome/grouped-reasons.ts';
export { parseGrpcEndpoint, parseHttpEndpoint } from './clients/connection.ts';
export type { ConnectionSettings, GrpcEndpoint } from './clients/connection.ts';
export type { Channel, TlsFiles, TokenSource } from './clients/files.ts';
export type { BundleFilter, ConsumerFilter } from './clients/filters.ts';
export { connectInProcess } from './clients/in-process.ts';
export type { ProxySettings } from './clients/proxy.ts';
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
} from './clients/transport.ts';
export { keepHeapSmall } from './io/heap.ts';
export { applyWork } from './operations/apply/apply-work.ts';
export type { ApplyWorkRun } from './operations/apply/apply-work.ts';
export { carryOut } from './operations/apply/carry-out.ts';
export type { Applied } from './operations/apply/carry-out.ts';
export { planApply } from './operations/apply/plan.ts';
export type { Again, ApplyPlan, ApplyRequest } from './operations/apply/plan.ts';
export { createBudget } from './operations/budget.ts';
export type { Budget, BudgetSource } from './operations/budget.ts';
export { planDelete, requestDelete } from './operations/delete/plan.ts';
export type { DeleteDeps, DeletePlan, DeleteRequest, StoredForDelete } from './operations/delete/plan.ts';
export { listWorks } from './operations/list.ts';
export type { ListRequest } from './operations/list.ts';
export type { NamedWork, StoredState, WorkLookup } from './operations/lookup.ts';
export type { PublishDeps } from './operations/publish.ts';
export type { WaitCondition, WaitTarget } from './operations/wait/judge.ts';
export { waitForWorks } from './operations/wait/wait-for-works.ts';
export type { WaitDeps } from './operations/wait/wait-for-works.ts';
export type { NextStage, WaitResult } from './operations/wait/waiting.ts';
export type { TraceContext } from './core/trace-context.ts';
export type { Activity, Stopwatch } from './operations/stopwatch.ts';
export type { Span, SpanAttributes, SpanStart, Tracer } from './operations/tracing.ts';
export type { Timings } from './core/outcome/run-facts.ts';
export type { WrittenWork } from './core/works/written-work.ts';
export type { WorkAddress } from './core/works/work-address.ts';
export type { StatusFeed } from './works/status-feed.ts';
