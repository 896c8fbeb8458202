import type { JsonObject } from '../../core/json.ts';
import { findCondition } from '../../core/status/find-evidence.ts';
import {
  conditionType,
  type Condition,
  type FeedbackValue,
  type ResourceStatus,
  type WorkStatus,
} from '../../core/status/work-status.ts';
import { applicationKind, applicationsResource, argoGroup, statusFeedbackName } from '../constants.ts';

/** So many are named. */
const mostStrangers = 3;

/** What an agent said of one spoke application. */
export interface AppReport {
  /** The version that the report was made for. */
  readonly observedVersion: number;
  /** Snowflake id as text; orders reports of one version. */
  readonly sequenceId: string;
  /** The Applied condition of the Application's manifest, or that of the work when the manifest is not among them. */
  readonly applied: {
    readonly status: 'True' | 'False' | 'Unknown';
    /** The version that was applied, 0 when the condition does not tell. */
    readonly generation: number;
    readonly reason: string;
    readonly message: string;
    /** RFC 3339, on the agent's clock. */
    readonly since?: string;
  };
  readonly feedbackSynced: 'True' | 'False' | 'Unknown';
  readonly feedbackMessage: string;
  /** The Application's status out of the raw feedback value. */
  readonly status?: JsonObject;
  /** Why the feedback value could not be read. */
  readonly unreadable?: string;
  /** Applications in the report that are not the one this bundle holds: ignored, and worth counting. */
  readonly mismatch: number;
  /** The first of those, as `namespace/name`; "" for none. */
  readonly strangers: string;
  /** Why other manifests of the work (Namespace, AppProject) are not applied; "" when they are. */
  readonly othersFailed: string;
}

/** Namespace and name of an application on its cluster. */
export interface SpokeIdentity {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Picks out of a bundle's status what concerns the spoke application of our
 * record: the manifest by group, resource, namespace and name, the value by its
 * name. What the cluster says beyond that chooses nothing, so a forged
 * `resourceMeta` reaches no other application. undefined when no agent has
 * reported yet.
 */
export function readReport(status: WorkStatus | undefined, spoke: SpokeIdentity): AppReport | undefined {
  if (status === undefined) return undefined;
  const applications = status.resourceStatus.filter((entry) => isApplicationEntry(entry));
  const ours = applications.filter(
    ({ resourceMeta }) => resourceMeta.namespace === spoke.namespace && resourceMeta.name === spoke.name,
  );
  const [entry] = ours;
  const { observedVersion, sequenceId } = status;
  const applied = findCondition(entry?.conditions ?? status.conditions, conditionType.applied, observedVersion);
  const feedback = findCondition(entry?.conditions ?? [], 'StatusFeedbackSynced', observedVersion);
  return {
    observedVersion,
    sequenceId,
    applied: appliedOf(applied),
    feedbackSynced: feedback?.status ?? 'Unknown',
    feedbackMessage: feedback?.message ?? '',
    ...valueOf(entry?.feedback ?? []),
    mismatch: applications.length - ours.length,
    strangers: strangersOf(applications.filter((one) => !ours.includes(one))),
    othersFailed: othersFailed(status, applications),
  };
}

/**
 * True when the report tells of the published version: the agent has observed
 * that version and has applied the Application of it. Until then its status is
 * that of an older spec, and a Synced in it would be a false one.
 */
export function reportIsCurrent(report: AppReport, publishedVersion: number): boolean {
  const { observedVersion, applied } = report;
  return observedVersion >= publishedVersion && applied.status === 'True' && applied.generation >= publishedVersion;
}

function strangersOf(others: readonly ResourceStatus[]): string {
  const names = others.slice(0, mostStrangers).map(({ resourceMeta: { namespace, name } }) => `${namespace}/${name}`);
  return [...names, ...(others.length > mostStrangers ? ['…'] : [])].join(', ');
}

/** An agent that could not resolve the kind gives no resource. */
function isApplicationEntry({ resourceMeta }: ResourceStatus): boolean {
  const { group, resource, kind } = resourceMeta;
  return group === argoGroup && (resource === applicationsResource || (resource === '' && kind === applicationKind));
}

function appliedOf(condition: Condition | undefined): AppReport['applied'] {
  if (condition === undefined) return { status: 'Unknown', generation: 0, reason: '', message: '' };
  const { status, observedGeneration, reason, message, lastTransitionTime } = condition;
  return {
    status,
    generation: observedGeneration ?? 0,
    reason,
    message,
    ...(lastTransitionTime === undefined ? {} : { since: lastTransitionTime }),
  };
}

function valueOf(feedback: readonly FeedbackValue[]): Pick<AppReport, 'status' | 'unreadable'> {
  const found = feedback.find(({ name }) => name === statusFeedbackName);
  if (found === undefined) return {};
  const { value } = found;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { status: value as JsonObject };
  const what =
    typeof value === 'string' ? `text of ${value.length} characters` : Array.isArray(value) ? 'a list' : String(value);
  return { unreadable: `the agent's report of the status is not a JSON object but ${what}` };
}

function othersFailed(status: WorkStatus, applications: readonly ResourceStatus[]): string {
  return status.resourceStatus
    .filter((entry) => !applications.includes(entry))
    .flatMap(({ resourceMeta, conditions }) => {
      const applied = findCondition(conditions, conditionType.applied, status.observedVersion);
      if (applied?.status !== 'False') return [];
      return [`${resourceMeta.kind} ${resourceMeta.name}: ${applied.message}`];
    })
    .join('; ');
}
