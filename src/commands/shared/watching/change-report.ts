import { canonicalJson } from '../../../core/json.ts';
import { maskText } from '../../../core/mask-secrets.ts';
import { isSecretKind } from '../../../core/secret-texts.ts';
import { describeState } from '../../../core/status/describe-state.ts';
import { foldStatus, type WorkStateKind } from '../../../core/status/fold.ts';
import type { Condition, ResourceStatus } from '../../../core/status/work-status.ts';
import { manifestLabel } from '../../../core/works/manifest-work.ts';
import { workName, type ResourceBundle } from '../../../core/works/resource-bundle.ts';
import { oneLine } from '../../../core/shown-text.ts';
import type { ChangeType } from '../../../output/work-document.ts';
import { provesObjectsGone } from '../../../operations/wait/seen-deleted.ts';

/** As much of a change as is told. */
export type ToldChange =
  | { readonly type: 'ADDED' | 'DELETED'; readonly kept: ResourceBundle }
  | { readonly type: 'MODIFIED'; readonly kept: ResourceBundle; readonly before: ResourceBundle };

/** One change as it is told; the machine form is this value. */
export interface ChangeReport {
  /**
   * When the change was seen, which is up to an interval after it happened: RFC 3339, UTC.
   *
   * @format date-time
   */
  readonly time: string;
  /** `ADDED` also for each work that is there when the watch begins. */
  readonly type: ChangeType;
  /** Name of the work; its id when it has none. */
  readonly name: string;
  /** Name of the consumer. */
  readonly consumer: string;
  /** Id of the work. */
  readonly id: string;
  /** The version that Maestro has stored. */
  readonly version: number;
  /** The version of the agent's last report, 0 without any. */
  readonly observedVersion: number;
  /**
   * Where the work is at its stored version; `removed` when Maestro no longer has it and `deleted` was not seen.
   */
  readonly state: WorkStateKind | 'removed';
  /** The state before, when there was one and it was another. */
  readonly before?: WorkStateKind;
  /** One sentence on the state. */
  readonly reason: string;
  /** What else is new, a text each: versions, conditions, feedback. */
  readonly news: readonly string[];
}

/**
 * Tells a change. Maestro drops a work without saying how it went on the
 * cluster, so something is said about that only when the agent's `Deleted` was
 * seen on the stream.
 */
export function reportChange(change: ToldChange, wallMs: number): ChangeReport {
  const { kept: bundle } = change;
  const state = foldStatus(bundle, bundle.version);
  const gone = change.type === 'DELETED';
  const kind = gone && state.kind !== 'deleted' ? 'removed' : state.kind;
  const before = change.type === 'MODIFIED' ? foldStatus(change.before, change.before.version).kind : state.kind;
  const removed = provesObjectsGone(bundle) ? 'removed from the cluster' : 'Maestro no longer has the work';
  return {
    time: new Date(wallMs).toISOString(),
    type: change.type,
    name: workName(bundle) === '' ? bundle.id : workName(bundle),
    consumer: bundle.consumerName,
    id: bundle.id,
    version: bundle.version,
    observedVersion: state.observedVersion,
    state: kind,
    ...(before === kind ? {} : { before }),
    reason: gone ? removed : describeState(state, wallMs),
    news: change.type === 'MODIFIED' ? newsBetween(change.before, bundle) : [],
  };
}

/** What differs between two reads of a work, one short text each. */
export function newsBetween(before: ResourceBundle, after: ResourceBundle): readonly string[] {
  const old = new Map((before.status?.resourceStatus ?? []).map((resource) => [labelOf(resource), resource]));
  return [
    ...(before.version === after.version ? [] : [`version ${before.version} → ${after.version}`]),
    ...(before.deletedAt === after.deletedAt ? [] : ['deletion was requested']),
    ...(sameMember(before, after, 'labels') ? [] : ['labels changed']),
    ...(sameMember(before, after, 'annotations') ? [] : ['annotations changed']),
    ...conditionNews('', before.status?.conditions ?? [], after.status?.conditions ?? []),
    ...(after.status?.resourceStatus ?? []).flatMap((resource) => {
      const label = labelOf(resource);
      const was = old.get(label);
      return [
        ...conditionNews(`${label} `, was?.conditions ?? [], resource.conditions),
        ...feedbackNews(label, was, resource),
      ];
    }),
  ].map((text) => oneLine(text));
}

function conditionNews(subject: string, before: readonly Condition[], after: readonly Condition[]): readonly string[] {
  return after.flatMap(({ type, status, reason }) => {
    const was = before.find((condition) => condition.type === type);
    if (was?.status === status && was.reason === reason) return [];
    return [`${subject}${type}=${status}${reason === '' ? '' : ` (${reason})`}`];
  });
}

function feedbackNews(label: string, before: ResourceStatus | undefined, after: ResourceStatus): readonly string[] {
  const secret = isSecretKind(after.resourceMeta.kind);
  return after.feedback.flatMap(({ name, value }) => {
    const was = before?.feedback.find((feedback) => feedback.name === name);
    if (was !== undefined && canonicalJson(was.value) === canonicalJson(value)) return [];
    return [`${label} ${name}=${secret ? maskText : canonicalJson(value)}`];
  });
}

function sameMember(before: ResourceBundle, after: ResourceBundle, member: 'labels' | 'annotations'): boolean {
  return canonicalJson(before.metadata[member] ?? {}) === canonicalJson(after.metadata[member] ?? {});
}

function labelOf({ resourceMeta }: ResourceStatus): string {
  return manifestLabel(resourceMeta);
}
