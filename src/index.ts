/**
 * maestro-cli as a library: the model of a ManifestWork, what its status
 * proves, wait expressions, the transports and the operations that the command
 * is made of. Nothing here prints or touches the process.
 */

export { MaestroError, exitCodeOf, reasonsOf } from './errors.ts';
export type { Delivery, ErrorCode, ErrorReason, MaestroErrorOptions } from './errors.ts';
export { ExitCode, exitCodeMeaning } from './exit-code.ts';

export { bundleId } from './core/works/bundle-id.ts';
export { contentDifferences, sameContent } from './core/works/compare.ts';
export { bundleData, workDocument, workFromBundle } from './core/works/document.ts';
export type { ManifestKey, ManifestWork } from './core/works/manifest-work.ts';
export type { Change, CompareOptions, ContentDifference } from './core/works/compare.ts';
export { manifestKey, manifestLabel } from './core/works/manifest-work.ts';
export type { Problem } from './core/works/problem.ts';
export { readWorks } from './core/works/read-works.ts';
export type { FilePlace, ReadWorksOptions, WorkInput } from './core/works/read-works.ts';
export type { Consumer, ResourceBundle } from './core/works/resource-bundle.ts';
export { validateWork } from './core/works/validate.ts';
export { readDocuments } from './core/yaml/read-documents.ts';
export type { Place, ReadOptions, SourceDocument } from './core/yaml/read-documents.ts';
export type { DuplicateKeys } from './core/yaml/convert.ts';
export type { JsonPath } from './core/yaml/json-path.ts';
export type { JsonObject, JsonValue } from './core/json.ts';
export type { Loss } from './core/ownership/merge-works.ts';
export type { RemovedManifest } from './core/ownership/removals.ts';
export type { LabelSelector, Requirement } from './core/label-selector.ts';

export { describeState } from './core/status/describe-state.ts';
export { foldStatus } from './core/status/fold.ts';
export type { Blocker, Judged, WorkState, WorkView } from './core/status/fold.ts';
export type {
  Condition,
  ConditionStatus,
  FeedbackData,
  FeedbackValue,
  ResourceMeta,
  ResourceStatus,
  WorkStatus,
} from './core/status/work-status.ts';

export { evaluate, explain } from './core/expressions/evaluate.ts';
export type { Evidence, Truth } from './core/expressions/evaluate.ts';
export { formatExpression } from './core/expressions/format.ts';
export { parseExpression } from './core/expressions/parse.ts';
export type {
  Atom,
  Comparison,
  ComparisonOperator,
  ConditionTest,
  Expression,
  Path,
  PathStep,
  ResourceAtom,
  Selector,
  Test,
  WorkConditionAtom,
} from './core/expressions/syntax-tree.ts';

export { createMaestroClient } from './library/maestro-client.ts';
export type { ClientState, ClientStateListener } from './library/client-states.ts';
export type { ApplyManyOptions, MaestroClient, WatchWorksOptions } from './library/maestro-client.ts';
export type {
  ApplyWorkOptions,
  ApplyWorkResult,
  ConsumerWorks,
  DeleteWorkOptions,
  ListWorksOptions,
  Via,
  WaitWorkOptions,
} from './library/consumer-works.ts';
export type { CallLimits, MaestroClientOptions } from './library/options.ts';
export type { FleetOptions } from './operations/fleet/apply-many.ts';
export type { ApplyTask, FleetOutcome, FleetProgress, FleetTask } from './operations/fleet/fleet-task.ts';
export type { Phase, ResourceOutcome, WorkOutcome } from './core/outcome/outcome.ts';
export { stateOf } from './operations/watch/work-change.ts';
export type { StatusFeed } from './works/status-feed.ts';
export type { WorkChange } from './operations/watch/work-change.ts';
export type { WatchState } from './operations/watch/watch-works.ts';

export { keepHeapSmall } from './io/heap.ts';
export { connectMaestro } from './clients/connect.ts';
export { connectInProcess } from './clients/in-process.ts';
export { parseGrpcEndpoint, parseHttpEndpoint } from './clients/connection.ts';
export type { ConnectionSettings, GrpcEndpoint } from './clients/connection.ts';
export type { TlsFiles, TokenSource } from './clients/files.ts';
export type { BundleFilter, ConsumerFilter } from './clients/filters.ts';
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

export { applyWork } from './operations/apply/apply-work.ts';
export type { ApplyWorkRun } from './operations/apply/apply-work.ts';
export { carryOut } from './operations/apply/carry-out.ts';
export { planApply } from './operations/apply/plan.ts';
export type { Applied } from './operations/apply/carry-out.ts';
export type { Again, ApplyPlan, ApplyRequest } from './operations/apply/plan.ts';
export { createBudget } from './operations/budget.ts';
export type { Budget } from './operations/budget.ts';
export { planDelete, requestDelete } from './operations/delete/plan.ts';
export type { DeletePlan } from './operations/delete/plan.ts';
export type { WorkAddress } from './core/works/work-address.ts';
export { listWorks } from './operations/list.ts';
export type { ListRequest } from './operations/list.ts';
export type { NamedWork, StoredState, WorkLookup } from './operations/lookup.ts';
export type { SharedObject } from './core/ownership/shared-object.ts';
export type { PublishDeps } from './operations/publish.ts';
export type { WaitCondition, WaitTarget } from './operations/wait/judge.ts';
export { waitForWorks } from './operations/wait/wait-for-works.ts';
export type { WaitDeps } from './operations/wait/wait-for-works.ts';
export type { WaitResult } from './operations/wait/waiting.ts';
export { systemClock } from './clock.ts';
export type { Clock } from './clock.ts';
