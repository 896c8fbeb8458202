/**
 * `@openshift-hyperfleet/maestro-cli`: the client for programs, its types, errors and exit codes, and the reader of
 * ManifestWorks. It prints nothing and touches no process.
 *
 * Stability: semantic versioning holds for all of it. What is exported here is removed or changed with a new major
 * version only (before 1.0: with a new minor one); fields and options may be added, and so may reasons of errors and
 * kinds of events, so a `switch` over them wants a default.
 *
 * @module
 */

export { createMaestroClient } from './library/maestro-client.ts';
export type { MaestroClient } from './library/maestro-client.ts';
export type { ApplyManyOptions, WatchWorksOptions } from './library/client-calls.ts';
export type { ApplyManyTask, Many } from './library/well-formed.ts';
export type { WorkWatch } from './library/work-watch.ts';
export type { CallLimits, MaestroClientOptions } from './library/options.ts';
export type {
  OpenTelemetryApi,
  OpenTelemetryContext,
  OpenTelemetrySpan,
  OpenTelemetrySpanContext,
  OpenTelemetryTracer,
} from './library/open-telemetry.ts';
export type { ClientState, ClientStateListener } from './library/client-states.ts';
export type { ConsumerWorks } from './library/consumer-works.ts';
export type {
  ApplyWorkOptions,
  ApplyWorkResult,
  DeleteWorkOptions,
  ListWorksOptions,
  Via,
  WaitWorkOptions,
} from './library/work-options.ts';
export type { TlsFiles, TokenSource } from './clients/files.ts';
export type { ProxySettings } from './clients/proxy.ts';
export type { InProcessMaestro, SetAsideRow } from './clients/transport.ts';
export type { Clock } from './clock.ts';

export { MaestroError, exitCodeOf, reasonsOf } from './errors.ts';
export type { Delivery, ErrorCode, ErrorReason, Hint, MaestroErrorOptions } from './errors.ts';
export { ExitCode, exitCodeMeaning, exitCodes } from './exit-code.ts';
export type { ExitCodeFacts } from './exit-code.ts';

export type { JsonObject, JsonValue } from './core/json.ts';
export type { ManifestKey, ManifestWork } from './core/works/manifest-work.ts';
export { workOf } from './core/works/work-input.ts';
export type { KubernetesObject, ManifestWorkInput } from './core/works/work-input.ts';
export type { Consumer, ResourceBundle } from './core/works/resource-bundle.ts';
export { workDocument, workFromBundle } from './core/works/document.ts';
export { readDocuments } from './core/yaml/read-documents.ts';
export type { Place } from './core/yaml/place.ts';
export type { ReadOptions, SourceDocument } from './core/yaml/read-documents.ts';
export type { DuplicateKeys } from './core/yaml/convert.ts';
export type { JsonPath } from './core/yaml/json-path.ts';
export { readWorks } from './core/works/read-works.ts';
export type { FilePlace, ReadWorksOptions, WorkInput } from './core/works/read-works.ts';
export { validateWork } from './core/works/validate.ts';
export type { Problem } from './core/works/problem.ts';

export { describeState } from './core/status/describe-state.ts';
export type { Blocker, Judged, WorkState } from './core/status/fold.ts';
export type {
  Condition,
  ConditionStatus,
  FeedbackData,
  FeedbackValue,
  ResourceMeta,
  ResourceStatus,
  WorkStatus,
} from './core/status/work-status.ts';
export { stateOf } from './operations/watch/work-change.ts';
export type { WorkChange } from './operations/watch/work-change.ts';
export type { ConnectionState, StreamState } from './works/stream.ts';
export type { WatchState } from './operations/watch/watch-works.ts';

export type {
  RollOutConsumer,
  RollOutEvent,
  RollOutOptions,
  RollOutRequest,
  RollOutResult,
  RollOutStage,
  RollOutStageResult,
  RollOutStrategy,
} from './library/roll-out-types.ts';
export type { GivenConsumers } from './library/consumer-choice.ts';
export { planDocument, readPlan } from './core/migration/plan-file.ts';
export type {
  MigrationPlan,
  MigrationPlanDocument,
  PlannedClusterDocument,
  PlannedOldWorkDocument,
  PlannedWorkDocument,
} from './core/migration/plan-file.ts';
export type {
  MigrationEvent,
  MigrationRequest,
  MigrationResult,
  MigrationStatus,
  MigrationStep,
  MovedWorkStatus,
  RunMigrationOptions,
} from './library/migration-types.ts';
export type { MigrationCalls } from './library/migration-calls.ts';
export type { MadePlan, RefusedCluster } from './operations/migrate/make-plan.ts';
export type { ClusterPlan, NewWork, OldManagers } from './core/migration/cluster-plan.ts';
export type { ManagerSource } from './core/migration/managers.ts';
export type { OldWork, Pattern } from './core/migration/old-work.ts';
export type { Refusal } from './core/migration/refusal.ts';
export type { Goal, Position } from './core/migration/advance.ts';
export type { Form } from './core/migration/forms.ts';
export type { InventoryCluster, InventoryShared, InventoryWork } from './core/migration/inventory.ts';
export { renames } from './core/migration/renames.ts';
export type { Rename } from './core/migration/renames.ts';
export type { OperationEvent, OperationOptions } from './library/operation-options.ts';
export type { FailureGroup } from './core/outcome/failure-groups.ts';
export type { WorkPlace } from './core/outcome/work-place.ts';
export type { Change, ContentDifference } from './core/works/compare.ts';
export type { FleetOptions } from './operations/fleet/apply-many.ts';
export type { ApplyTask, DeleteTask, FleetOutcome, FleetProgress, FleetTask } from './operations/fleet/fleet-task.ts';
export type {
  Operation,
  Phase,
  PredictedAction,
  ResourceOutcome,
  SuccessReason,
  WorkOutcome,
} from './core/outcome/outcome.ts';
export type { ResourceState } from './core/status/resource-state.ts';
export type { Standing, WaitCounts } from './core/outcome/standing.ts';
export type { Loss } from './core/ownership/merge-works.ts';
export type { RemovedManifest } from './core/ownership/removals.ts';
export type { SharedObject } from './core/ownership/shared-object.ts';
export type { Applied } from './operations/apply/carry-out.ts';
export type { ApplyPlan } from './operations/apply/plan.ts';
