import { setTimeout as pause } from 'node:timers/promises';
import type { FrontFault } from '../../../test/gitops/rig/index.ts';
import type { Struck } from '../../world/world.ts';
import { clusters, type GitopsTrouble, type Timed } from '../program/program.ts';
import type { GitopsWorld } from './gitops-world.ts';

/** Lets troubles strike a world when their time comes. */
export class Troubles {
  readonly #world: GitopsWorld;
  readonly #struck: Struck = {};
  readonly #running: Promise<void>[] = [];
  /** Why troubles could not strike: a failure of the suite. */
  readonly #failed: unknown[] = [];
  readonly #ending = new AbortController();
  #restarting: Promise<void> = Promise.resolve();

  constructor(world: GitopsWorld) {
    this.#world = world;
  }

  get struck(): Struck {
    const all = { ...this.#struck };
    for (const gate of Object.values(this.#world.gates))
      for (const [kind, count] of Object.entries(gate.struck)) all[kind] = (all[kind] ?? 0) + count;
    return all;
  }

  begin(troubles: readonly Timed<GitopsTrouble>[]): void {
    for (const { afterMs, does } of troubles)
      this.#running.push(this.#later(afterMs, does).catch((error: unknown) => void this.#failed.push(error)));
  }

  /** What has not struck does not, and what is striking ends. */
  async over(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#running);
    await this.#restarting.catch(() => undefined);
  }

  /** What lasts is taken back too. */
  async end(): Promise<void> {
    const { gates, hub, maestro } = this.#world;
    await this.over();
    if (this.#failed.length > 0) throw this.#failed[0];
    for (const gate of Object.values(gates)) gate.clear();
    hub.front.clearFaults();
    maestro.standIn.clearFaults();
    maestro.tellTheTruth();
    for (const consumer of clusters) maestro.setOnline(consumer, true);
  }

  async #later(afterMs: number, trouble: GitopsTrouble): Promise<void> {
    try {
      await pause(afterMs, undefined, { signal: this.#ending.signal });
    } catch {
      return;
    }
    await this.#strike(trouble);
  }

  async #strike(trouble: GitopsTrouble): Promise<void> {
    const { gates, hub, maestro, replicas } = this.#world;
    switch (trouble.kind) {
      case 'refuse':
        return gates[trouble.side].refuse(trouble.lastsMs);
      case 'cut':
        return gates[trouble.side].cutNext(trouble.of, trouble.afterBytes);
      case 'slow':
        return gates[trouble.side].beSlow(trouble.byMs, trouble.lastsMs);
      case 'half-open':
        return gates[trouble.side].beHalfOpen(trouble.lastsMs);
      case 'lose-answers':
        return gates[trouble.side].loseAnswers(trouble.count);
      case 'status':
        await this.#restarting;
        this.#count('status');
        return maestro.standIn.setFault({
          kind: 'status',
          channel: trouble.side,
          status: trouble.side === 'grpc' ? 14 : 503,
          count: trouble.count,
        });
      case 'agent-stops':
        this.#count('agent-stops');
        maestro.setOnline(trouble.consumer, false);
        await this.#lasts(trouble.lastsMs);
        return maestro.setOnline(trouble.consumer, true);
      case 'cluster-refuses':
        return this.#refuse(trouble);
      case 'maestro-restarts':
      case 'maestro-forgets':
        this.#restarting = this.#restarting.then(async () => this.#restartMaestro(trouble));
        return this.#restarting;
      case 'repeat-events':
      case 'reorder-events':
        await this.#restarting;
        this.#count(trouble.kind);
        return maestro.standIn.setFault({ kind: trouble.kind, channel: 'grpc', count: trouble.count });
      case 'forged-reports':
        this.#count(trouble.kind);
        return maestro.forge(trouble.consumer, trouble.about, trouble.count);
      case 'replica':
        this.#count(`SIG${trouble.signal}`);
        return replicas[trouble.replica % replicas.length]?.restart(trouble.signal, trouble.downMs);
      case 'hub-watches-cut':
        this.#count('hub-watches-cut');
        hub.front.cutWatches();
        return;
      case 'hub-versions-expire':
        this.#restarting = this.#restarting.then(async () => {
          this.#count('hub-versions-expire');
          await hub.expireVersions();
        });
        return this.#restarting;
      default:
        this.#count(trouble.kind);
        return hub.front.setFault(frontFault(trouble));
    }
  }

  /** No longer than the program acts. */
  async #lasts(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#ending.signal }).catch(() => undefined);
  }

  async #refuse({ kind, cluster, lastsMs }: Extract<GitopsTrouble, { kind: 'cluster-refuses' }>): Promise<void> {
    const spoke = this.#world.spokes.get(cluster);
    if (spoke === undefined) return;
    this.#count(kind);
    spoke.refuses = true;
    await this.#lasts(lastsMs);
    spoke.refuses = false;
  }

  async #restartMaestro({ kind, downMs }: MaestroRestart): Promise<void> {
    const { gates, maestro } = this.#world;
    this.#count(kind);
    await maestro.stop();
    if (kind === 'maestro-forgets') maestro.loseData();
    await pause(downMs);
    await maestro.start();
    gates.grpc.leadTo(maestro.addresses.grpc);
    gates.http.leadTo(maestro.addresses.http);
  }

  #count(kind: string): void {
    this.#struck[kind] = (this.#struck[kind] ?? 0) + 1;
  }
}

type MaestroRestart = Extract<GitopsTrouble, { readonly kind: 'maestro-restarts' | 'maestro-forgets' }>;

type HubTrouble = Extract<
  GitopsTrouble,
  {
    readonly kind:
      'hub-status' | 'hub-delay' | 'hub-lost-answer' | 'hub-reset' | 'hub-truncated' | 'hub-gone' | 'hub-empty-list';
  }
>;

function frontFault(trouble: HubTrouble): FrontFault {
  const { count } = trouble;
  switch (trouble.kind) {
    case 'hub-status':
      return trouble.status === 429
        ? { kind: 'status', status: 429, reason: 'TooManyRequests', retryAfterSeconds: 1, count }
        : { kind: 'status', status: trouble.status, count };
    case 'hub-delay':
      return { kind: 'delay', ms: trouble.byMs, count };
    case 'hub-lost-answer':
      return { kind: 'lost-answer', count };
    case 'hub-reset':
      return { kind: 'reset', count };
    case 'hub-truncated':
      return { kind: 'truncated', count };
    case 'hub-gone':
      return { kind: 'gone', count };
    case 'hub-empty-list':
      return { kind: 'empty-list', resource: 'applications', count };
  }
}
