import type { JsonObject } from '../../../src/core/json.ts';
import { kinds, refreshAnnotation, type KubeObject, type Rig } from '../rig/index.ts';
import { at } from './support.ts';

/** What `argocd app sync` on the hub ended with. */
export interface SyncResult {
  /** Of the operation that it takes for its own; undefined is what the real one panics over. */
  readonly phase: unknown;
  readonly operation: unknown;
  /** The application as `app get --refresh`, with which it ends, gave it. */
  readonly app: KubeObject;
}

/**
 * Argo CD's command line, through the hub's API: how it starts an operation,
 * waits for its end and refreshes (3.6). It knows what the hub shows and no more.
 */
export class ArgoCli {
  readonly #rig: Rig;
  readonly #namespace: string;

  constructor(rig: Rig, namespace: string) {
    this.#rig = rig;
    this.#namespace = namespace;
  }

  /** `app sync`: ends when the hub shows the end. Rejects when one is in progress already, or after the bound. */
  async sync(name: string, operation: JsonObject, boundMs = 30_000): Promise<SyncResult> {
    const { admin } = this.#rig.hub;
    const before = await this.#get(name);
    if (before['operation'] !== undefined) throw new Error('another operation is already in progress');
    const { operationState: _cleared, ...status } = (before['status'] ?? {}) as JsonObject;
    const started = await admin.update(kinds.applications, { ...before, operation, status });
    const ended = await this.#until(name, started, isOver, boundMs);
    const state = at(ended, 'status', 'operationState');
    return {
      phase: at(state, 'phase'),
      operation: at(state, 'operation'),
      app: await this.refresh(name, 'normal', boundMs),
    };
  }

  /** `app get --refresh`, or `--hard-refresh`: the first state without the annotation. */
  async refresh(name: string, kind: 'normal' | 'hard', boundMs = 30_000): Promise<KubeObject> {
    const asked = await this.#rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace: this.#namespace, name },
      { metadata: { annotations: { [refreshAnnotation]: kind } } },
    );
    return this.#until(
      name,
      asked,
      (app) => app !== asked && app.metadata.annotations?.[refreshAnnotation] === undefined,
      boundMs,
    );
  }

  async #get(name: string): Promise<KubeObject> {
    const app = await this.#rig.hubApp(`${this.#namespace}/${name}`);
    if (app === undefined) throw new Error(`there is no application ${name}`);
    return app;
  }

  /** The first state for which the test holds, of all that come from this one on. */
  async #until(
    name: string,
    from: KubeObject,
    test: (app: KubeObject) => boolean,
    boundMs: number,
  ): Promise<KubeObject> {
    if (test(from)) return from;
    const signal = AbortSignal.timeout(boundMs);
    for await (const { object } of this.#rig.hub.admin.watch(
      kinds.applications,
      from.metadata.resourceVersion,
      signal,
    )) {
      if (object.metadata.name === name && object.metadata.namespace === this.#namespace && test(object)) return object;
    }
    throw new Error('the watch has ended');
  }
}

/** Whether the command line takes the operation for over. */
function isOver(app: KubeObject): boolean {
  if (app['operation'] !== undefined) return false;
  const finishedAt = at(app, 'status', 'operationState', 'finishedAt');
  const reconciledAt = at(app, 'status', 'reconciledAt');
  if (at(app, 'status', 'operationState') === undefined) return true;
  if (typeof finishedAt !== 'string') return false;
  return (
    at(app, 'status', 'operationState', 'operation', 'sync', 'dryRun') === true ||
    (typeof reconciledAt === 'string' && Date.parse(reconciledAt) >= Date.parse(finishedAt))
  );
}
