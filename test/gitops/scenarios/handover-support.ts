import { expect } from 'vitest';
import { connectMaestro } from '../../../src/clients/connect.ts';
import { systemClock } from '../../../src/clock.ts';
import { stagesOf, type WaveSize } from '../../../src/core/fleet/waves.ts';
import { MaestroError } from '../../../src/errors.ts';
import { backupKey } from '../../../src/gitops/handover/backup-lines.ts';
import type { Backup, BackupRecord } from '../../../src/gitops/handover/backup.ts';
import { makePlan, type HandoverSelection, type MadeHandoverPlan } from '../../../src/gitops/handover/make-plan.ts';
import type { HandoverDirection, HandoverGoal, HandoverPlan } from '../../../src/gitops/handover/plan.ts';
import {
  runHandover,
  type ApplicationResult,
  type ClusterResult,
  type HandoverDeps,
  type HandoverEvent,
} from '../../../src/gitops/handover/run-handover.ts';
import { connectKube } from '../../../src/gitops/kube/connect-kube.ts';
import { createBudget, type Budget } from '../../../src/operations/budget.ts';
import { classicWorkName, eventually, kinds, type KubeObject, type Rig } from '../rig/index.ts';
import { at, namespace, settingsFor } from './support.ts';

export const settings = {
  deliverNamespace: false,
  deliverProject: false,
  leaveProjects: false,
  classicNamespace: 'open-cluster-management',
  ownNamespace: 'open-cluster-management',
};

/** What is kept in memory is safe as soon as it is kept. */
export class MemoryBackup implements Backup {
  readonly records: BackupRecord[] = [];

  async keep(record: BackupRecord): Promise<void> {
    // As it comes out of a file.
    this.records.push(JSON.parse(JSON.stringify(record)) as BackupRecord);
    return Promise.resolve();
  }

  async find(what: Pick<BackupRecord, 'cluster' | 'application' | 'kind'>): Promise<BackupRecord | undefined> {
    return Promise.resolve(this.records.findLast((record) => backupKey(record) === backupKey(what)));
  }
}

/** Connections to hub and Maestro of a rig, and what is kept over several runs. */
export class HandoverBench {
  readonly deps: HandoverDeps;
  readonly backup: MemoryBackup;
  readonly notices: string[] = [];
  readonly #close: () => Promise<void>;

  private constructor(deps: Omit<HandoverDeps, 'backup' | 'onNotice'>, close: () => Promise<void>) {
    this.backup = new MemoryBackup();
    this.deps = { ...deps, backup: this.backup, onNotice: (text) => this.notices.push(text) };
    this.#close = close;
  }

  static async open(rig: Rig): Promise<HandoverBench> {
    const kubeconfig = await rig.hub.kubeconfigFor('administrator');
    const kube = await connectKube({ kubeconfig, inCluster: false }, { clock: systemClock, env: {} });
    const maestro = await connectMaestro(settingsFor(rig).maestro, { clock: systemClock, random: Math.random });
    return new HandoverBench({ kube, maestro }, async () => {
      await kube.close();
      await maestro.reader.close();
      maestro.writer.close();
    });
  }

  async plan(direction: HandoverDirection, selection: Partial<HandoverSelection> = {}): Promise<MadeHandoverPlan> {
    return makePlan(
      { direction, source: 'app-work-client', settings, acceptDifferences: false, ...selection },
      this.deps,
      budgetOf(30_000),
    );
  }

  /** Carries a goal out, and tells how it ended for each application. */
  async run(plan: HandoverPlan, goal: HandoverGoal, options: RunOptions = {}): Promise<RunReport> {
    const { timeoutMs = 60_000, signal, canary = 0, wave, dryRun = false, onEvent, maxFailures } = options;
    const events: HandoverEvent[] = [];
    const stages = stagesOf(plan.clusters, canary, wave);
    const generator = runHandover(
      { plan, goal, stages, maxConcurrency: 16, dryRun, ...(maxFailures === undefined ? {} : { maxFailures }) },
      { ...this.deps, ...options.deps },
      budgetOf(timeoutMs, signal),
    );
    for (;;) {
      const next = await generator.next();
      if (next.done === true) {
        const clusters = events.flatMap((event) => (event.kind === 'cluster' ? [event.result] : []));
        const results = events.flatMap((event) => (event.kind === 'application' ? [event.result] : []));
        return { events, clusters, results, notBegun: next.value.notBegun };
      }
      events.push(next.value);
      onEvent?.(next.value);
    }
  }

  async close(): Promise<void> {
    await this.#close();
  }
}

export interface RunOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly canary?: number;
  readonly wave?: WaveSize;
  readonly maxFailures?: number;
  readonly dryRun?: boolean;
  readonly onEvent?: (event: HandoverEvent) => void;
  readonly deps?: Partial<HandoverDeps>;
}

export interface RunReport {
  readonly events: readonly HandoverEvent[];
  readonly clusters: readonly ClusterResult[];
  readonly results: readonly ApplicationResult[];
  readonly notBegun: readonly string[];
}

export function budgetOf(timeoutMs: number, signal: AbortSignal = new AbortController().signal): Budget {
  return createBudget(timeoutMs, { clock: systemClock, random: Math.random, signal });
}

/** How many ended how: `done BothOwn`, `parked OperationRunning`. */
export function tally(results: readonly ApplicationResult[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { outcome, reason } of results) counts[`${outcome} ${reason}`] = (counts[`${outcome} ${reason}`] ?? 0) + 1;
  return counts;
}

/** Ends a run by a signal as soon as it has taken so many steps. */
export async function endedAfter(
  bench: HandoverBench,
  plan: HandoverPlan,
  goal: HandoverGoal,
  { steps, ...options }: RunOptions & { readonly steps: number },
): Promise<RunReport> {
  const stop = new AbortController();
  let seen = 0;
  return bench.run(plan, goal, {
    ...options,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.kind === 'step' && (seen += 1) === steps) stop.abort(new MaestroError('terminated', 'killed'));
    },
  });
}

/** The classic works of applications that are on the hub. */
export async function classicWorks(rig: Rig): Promise<readonly KubeObject[]> {
  return (await rig.hub.admin.list(kinds.manifestWorks)).items.filter(
    ({ metadata }) => metadata.annotations?.['apps.open-cluster-management.io/hub-application-name'] !== undefined,
  );
}

/** Waits until the classic model has delivered an application, and Argo CD has deployed it. */
export async function untilClassic(rig: Rig, cluster: string, name: string): Promise<void> {
  await eventually(async () => {
    const app = await rig.spokeApp(cluster, namespace, name);
    const owners = (app?.metadata['ownerReferences'] ?? []) as readonly { readonly name: string }[];
    const hub = await rig.hubApp(`${namespace}/${name}`);
    expect(hub).toBeDefined();
    expect(owners.map((owner) => owner.name.slice(65))).toEqual([classicWorkName(hub!)]);
    expect(at(app, 'status', 'health', 'status')).toBe('Healthy');
    const work = await rig.hub.admin.get(kinds.manifestWorks, { namespace: cluster, name: classicWorkName(hub!) });
    expect(at(work, 'status', 'conditions', 0)).toBeDefined();
  }, 60_000);
}

/** Uid and generation of applications on their clusters. */
export async function spokeFacts(
  rig: Rig,
  names: readonly (readonly [cluster: string, name: string])[],
): Promise<Readonly<Record<string, string>>> {
  const facts: Record<string, string> = {};
  for (const [cluster, name] of names) {
    const app = await rig.spokeApp(cluster, namespace, name);
    const workload = rig.spoke(cluster).workload(name, name);
    facts[`${cluster}/${name}`] = `${app?.metadata.uid ?? 'gone'} workload ${workload?.metadata.uid ?? 'gone'}`;
  }
  return facts;
}

/** The agent has ended what was deleted, probes too, a moment after Maestro has taken it. */
export async function noBundles(rig: Rig): Promise<void> {
  await eventually(async () => expect((await rig.maestroBundles()).map(({ metadata }) => metadata.name)).toEqual([]));
}
