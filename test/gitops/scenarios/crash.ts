import type { JsonObject } from '../../../src/core/json.ts';
import { connectMaestro } from '../../../src/clients/connect.ts';
import type { CallOptions, WorkRequest } from '../../../src/clients/index.ts';
import { connectKube } from '../../../src/gitops/kube/connect-kube.ts';
import type { JsonPatchStep, KubeApi, WatchEvent } from '../../../src/gitops/kube/kube-api.ts';
import type { ProcessParts } from '../../../src/gitops/run/process.ts';
import { systemClock } from '../../../src/clock.ts';
import type { KubeObject } from '../rig/index.ts';

/** A write of the controllers, as `publish <kind>` or `hub <member that is written>`. */
export type Step =
  | 'publish create'
  | 'publish update'
  | 'publish delete'
  | 'hub operation'
  | 'hub refresh'
  | 'hub finalizers'
  | 'hub status';

export interface CrashPlan {
  readonly step: Step;
  /** `before`: the write never leaves. `after`: it is done, and nobody hears the answer. */
  readonly when: 'before' | 'after';
  /** Which of such writes; the first when absent. */
  readonly nth?: number;
}

/** A process that dies at one of its writes: from then on no call of it reaches anything or comes back. */
export class Crash {
  readonly #plan: CrashPlan;
  #seen = 0;
  #dead = false;
  readonly died: Promise<void>;
  #tell: () => void = () => undefined;

  constructor(plan: CrashPlan) {
    this.#plan = plan;
    this.died = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  get parts(): Partial<ProcessParts> {
    return {
      connectKube: async (settings, deps) => this.#kube(await connectKube(settings, deps)),
      connectMaestro: async (settings) => {
        const maestro = await connectMaestro(settings, { clock: systemClock, random: Math.random });
        const { writer, reader } = maestro;
        return {
          ...maestro,
          close: () => maestro.close(),
          reader: new Proxy(reader, {
            get: (target, name) => {
              const member: unknown = Reflect.get(target, name);
              if (typeof member !== 'function') return member;
              const call = member as (...args: unknown[]) => unknown;
              return name === 'getBundle' || name === 'findConsumer'
                ? (...args: unknown[]) =>
                    this.#dead ? never((args.at(-1) as CallOptions).signal) : call.apply(target, args)
                : call.bind(target);
            },
          }),
          writer: {
            publish: (request, options) =>
              this.#write(publishStep(request), options.signal, () => writer.publish(request, options)),
            close: () => writer.close(),
          },
        };
      },
    };
  }

  #kube(api: KubeApi): KubeApi {
    return {
      server: api.server,
      defaultNamespace: api.defaultNamespace,
      get: (path, ref, options) => (this.#dead ? never(options.signal) : api.get(path, ref, options)),
      listPage: (path, query, options) => (this.#dead ? never(options.signal) : api.listPage(path, query, options)),
      watch: (path, query, options) => api.watch(path, query, options),
      jsonPatch: (path, ref, steps, options) =>
        this.#write(hubStep(steps), options.signal, () => api.jsonPatch(path, ref, steps, options)),
      create: (path, namespace, object, options) =>
        this.#dead ? never(options.signal) : api.create(path, namespace, object, options),
      update: (path, ref, object, options) =>
        this.#dead ? never(options.signal) : api.update(path, ref, object, options),
      delete: (path, ref, expected, options) =>
        this.#dead ? never(options.signal) : api.delete(path, ref, expected, options),
      close: () => api.close(),
    };
  }

  async #write<T>(step: Step, signal: AbortSignal, write: () => Promise<T>): Promise<T> {
    if (this.#dead) return never(signal);
    if (step === this.#plan.step) this.#seen += 1;
    const dies = step === this.#plan.step && this.#seen === (this.#plan.nth ?? 1);
    if (!dies) return write();
    this.#dead = true;
    if (this.#plan.when === 'after') await write().catch(() => undefined);
    this.#tell();
    return never(signal);
  }
}

/**
 * The hub's answer to the first such write is overtaken: it is given only when
 * the watch has told of what somebody else did after the write.
 */
export function lateAnswer(step: Step, meanwhile: () => Promise<KubeObject>): Partial<ProcessParts> {
  let done = false;
  let told: () => void = () => undefined;
  let awaited = '';
  const seen = new Set<string>();
  return {
    connectKube: async (settings, deps) => {
      const api = await connectKube(settings, deps);
      const calls = {
        jsonPatch: async (...args: Parameters<KubeApi['jsonPatch']>): Promise<JsonObject> => {
          const answer = await api.jsonPatch(...args);
          if (done || hubStep(args[2]) !== step) return answer;
          done = true;
          awaited = (await meanwhile()).metadata.resourceVersion;
          await new Promise<void>((resolve) => {
            told = resolve;
            if (seen.has(awaited)) resolve();
          });
          return answer;
        },
        watch: async function* (...args: Parameters<KubeApi['watch']>): AsyncGenerator<WatchEvent> {
          for await (const event of api.watch(...args)) {
            // The consumer takes the event in before it asks for the next.
            yield event;
            if (event.type === 'BOOKMARK') continue;
            seen.add((event.object as KubeObject).metadata.resourceVersion);
            if (seen.has(awaited)) told();
          }
        },
      };
      return withCalls(api, calls);
    },
  };
}

/** The API with some of its calls replaced. */
function withCalls(api: KubeApi, calls: Pick<KubeApi, 'jsonPatch' | 'watch'>): KubeApi {
  return {
    server: api.server,
    defaultNamespace: api.defaultNamespace,
    get: (...args) => api.get(...args),
    listPage: (...args) => api.listPage(...args),
    create: (...args) => api.create(...args),
    update: (...args) => api.update(...args),
    delete: (...args) => api.delete(...args),
    close: () => api.close(),
    ...calls,
  };
}

function publishStep({ kind }: Pick<WorkRequest, 'kind'>): Step {
  return `publish ${kind}`;
}

function hubStep(steps: readonly JsonPatchStep[]): Step {
  const path = steps.at(-1)?.path ?? '';
  if (path === '/operation') return 'hub operation';
  if (path === '/status') return 'hub status';
  return path === '/metadata/finalizers' ? 'hub finalizers' : 'hub refresh';
}

/** Waits until the process is torn down. */
function never<T>(signal: AbortSignal): Promise<T> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
