/**
 * `@openshift-hyperfleet/maestro-cli/core`: what a ManifestWork means, as pure functions. Reading and checking works,
 * what their status proves, wait expressions, and who owns what in a shared work. Nothing here does I/O, so it loads in
 * a few milliseconds and fits where no Maestro is in reach, such as an admission check or a test.
 *
 * Stability: semantic versioning holds for it as for the main entry.
 *
 * @module
 */

export { MaestroError } from '../errors.ts';
export type { Delivery, ErrorCode, ErrorReason, Hint, MaestroErrorOptions } from '../errors.ts';
export { ExitCode } from '../exit-code.ts';
export type { JsonObject, JsonValue } from './json.ts';
export { canonicalJson } from './json.ts';

export { bundleId } from './works/bundle-id.ts';
export { contentDifferences, sameContent } from './works/compare.ts';
export type { Change, CompareOptions, ContentDifference } from './works/compare.ts';
export { decodeBundle, decodeConsumer } from './works/decode-bundle.ts';
export { bundleData, workDocument, workFromBundle } from './works/document.ts';
export { manifestKey, manifestLabel } from './works/manifest-work.ts';
export type { ManifestKey, ManifestWork } from './works/manifest-work.ts';
export { adapterWorkName } from './works/names.ts';
export { hasErrors, problemText } from './works/problem.ts';
export type { Problem } from './works/problem.ts';
export { readWorks } from './works/read-works.ts';
export type { FilePlace, ReadWorksOptions, WorkInput } from './works/read-works.ts';
export { workName } from './works/resource-bundle.ts';
export type { Consumer, ResourceBundle } from './works/resource-bundle.ts';
export { validateWork } from './works/validate.ts';
export { readDocuments } from './yaml/read-documents.ts';
export type { Place } from './yaml/place.ts';
export type { ReadOptions, SourceDocument } from './yaml/read-documents.ts';
export type { DuplicateKeys } from './yaml/convert.ts';
export type { JsonPath } from './yaml/json-path.ts';

export { decodeStatus } from './status/decode-status.ts';
export { describeState } from './status/describe-state.ts';
export { foldStatus } from './status/fold.ts';
export type { Blocker, Judged, WorkState, WorkView } from './status/fold.ts';
export type {
  Condition,
  ConditionStatus,
  FeedbackData,
  FeedbackValue,
  ResourceMeta,
  ResourceStatus,
  WorkStatus,
} from './status/work-status.ts';

export { evaluate, explain } from './expressions/evaluate.ts';
export type { Evidence, Truth } from './expressions/evaluate.ts';
export { formatExpression } from './expressions/format.ts';
export { parseExpression } from './expressions/parse.ts';
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
} from './expressions/syntax-tree.ts';
export { matchesLabels, parseLabelSelector } from './label-selector.ts';
export type { LabelSelector, Requirement } from './label-selector.ts';

export { mergeWorks } from './ownership/merge-works.ts';
export type { Loss, MergeDecision, MergeRequest } from './ownership/merge-works.ts';
export { ownersOf, withoutOwnAnnotations } from './ownership/owners.ts';
export type { Owners } from './ownership/owners.ts';
