import { canonicalJson, isJsonObject } from '../../../src/core/json.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { KubeObject } from './kube-client.ts';

/** How far an application of a set is, as the set's own status says. */
export interface Progress {
  readonly status: 'Waiting' | 'Pending' | 'Progressing' | 'Healthy';
  readonly revisions: string;
  /** When it became that: whole seconds, as Kubernetes keeps times. Milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** An application of the set as it is, and as the template wants it. */
export interface Member {
  readonly name: string;
  readonly app: KubeObject | undefined;
  readonly spec: JsonObject;
}

interface AppStatus {
  readonly health?: { readonly status?: string };
  readonly sync?: { readonly status?: string; readonly revision?: string; readonly revisions?: readonly string[] };
  readonly operationState?: { readonly phase?: string; readonly startedAt?: string };
  readonly reconciledAt?: string;
  readonly conditions?: readonly { readonly type: string }[];
}

/**
 * The roll-out of one set by the rules of Argo CD's ApplicationSet controller
 * (progressive syncs, 3.6): an application leaves Pending only when its
 * operation began later than that transition, in whole seconds, and is asked to
 * sync at every look until then; the next step begins when all of this one are
 * Healthy. A look comes only when `wakes` says so, or when this changed itself.
 */
export class RollingSync {
  #progress = new Map<string, Progress>();

  get progress(): ReadonlyMap<string, Progress> {
    return this.#progress;
  }

  /** One look: which are to be synced now. `changed` asks for another look. */
  look(
    steps: readonly (readonly Member[])[],
    monotonicMs: number,
  ): { readonly sync: ReadonlySet<string>; readonly changed: boolean } {
    const before = this.#progress;
    const sinceMs = Math.floor(monotonicMs / 1000) * 1000;
    const next = new Map<string, Progress>();
    for (const { name, app, spec } of steps.flat())
      if (app !== undefined) next.set(name, judged(before.get(name), app, spec, sinceMs));
    const open = openSteps(steps, next);
    for (const { name } of open) {
      const now = next.get(name);
      if (now?.status === 'Waiting') next.set(name, { ...now, status: 'Pending', sinceMs });
    }
    this.#progress = next;
    const sync = new Set(open.filter(({ name }) => next.get(name)?.status === 'Pending').map(({ name }) => name));
    return { sync, changed: canonicalJson(asJson(before)) !== canonicalJson(asJson(next)) };
  }
}

/** The controller looks at a set again because of such a change of one of its applications; of none other. */
export function wakes(before: KubeObject | undefined, after: KubeObject | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  const owned = ({ spec, metadata: { labels = {}, annotations = {}, finalizers = [] } }: KubeObject): string =>
    canonicalJson([spec ?? null, labels, annotations, [...finalizers]]);
  if (owned(before) !== owned(after)) return true;
  const [was, is] = [statusOf(before), statusOf(after)];
  if (was.health?.status !== is.health?.status || was.sync?.status !== is.sync?.status) return true;
  if (was.operationState === undefined || is.operationState === undefined) return false;
  return (
    was.operationState.phase !== is.operationState.phase || was.operationState.startedAt !== is.operationState.startedAt
  );
}

/** The operation that the controller puts on an application which is to be synced. */
export function rollingOperation(spec: JsonObject): JsonObject {
  const policy = isJsonObject(spec['syncPolicy']) ? spec['syncPolicy'] : {};
  return {
    info: [{ name: 'Reason', value: 'ApplicationSet RollingSync triggered a sync of this Application resource' }],
    initiatedBy: { automated: true, username: 'applicationset-controller' },
    retry: { limit: 5 },
    sync: policy['syncOptions'] === undefined ? {} : { syncOptions: policy['syncOptions'] },
  };
}

function judged(known: Progress | undefined, app: KubeObject, spec: JsonObject, sinceMs: number): Progress {
  const status = statusOf(app);
  const revisions = revisionsOf(status);
  let now: Progress = known ?? { status: 'Waiting', revisions, sinceMs };
  const synced = status.sync?.status === 'Synced';
  const healthy = status.health?.status === 'Healthy';
  if (now.revisions !== revisions || canonicalJson(spec) !== canonicalJson(app['spec'] ?? null))
    now = { status: 'Waiting', revisions, sinceMs };
  if (now.status === 'Waiting') return synced ? { ...now, status: healthy ? 'Healthy' : 'Progressing', sinceMs } : now;
  if (known?.status === 'Pending' && leavesPending(status, known.sinceMs))
    return { ...now, status: 'Progressing', sinceMs };
  return known?.status === 'Progressing' && synced && healthy ? { ...now, status: 'Healthy', sinceMs } : now;
}

function leavesPending({ reconciledAt, operationState, conditions = [] }: AppStatus, sinceMs: number): boolean {
  const later = (time: string): boolean => Date.parse(time) > sinceMs;
  if (reconciledAt !== undefined && !later(reconciledAt)) return false;
  if (operationState?.startedAt !== undefined && later(operationState.startedAt)) return true;
  return conditions.some(({ type }) => type === 'InvalidSpecError' || type === 'UnknownError');
}

/** The members of the steps that may sync: up to the first step that is not Healthy as a whole. */
function openSteps(steps: readonly (readonly Member[])[], progress: ReadonlyMap<string, Progress>): readonly Member[] {
  const first = steps.findIndex((members) => members.some(({ name }) => progress.get(name)?.status !== 'Healthy'));
  return steps.slice(0, first === -1 ? steps.length : first + 1).flat();
}

function statusOf(app: KubeObject): AppStatus {
  return (app['status'] ?? {}) as AppStatus;
}

function revisionsOf({ sync }: AppStatus): string {
  return (sync?.revisions ?? []).length > 0 ? (sync?.revisions ?? []).join(',') : (sync?.revision ?? '');
}

function asJson(progress: ReadonlyMap<string, Progress>): JsonObject {
  return Object.fromEntries(
    [...progress].map(([name, { status, revisions, sinceMs }]) => [name, { status, revisions, sinceMs }]),
  );
}
