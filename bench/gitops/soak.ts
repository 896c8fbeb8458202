import { setTimeout as pause } from 'node:timers/promises';
import { Gate } from '../../robustness/world/gate.ts';
import type { Address } from '../../robustness/world/server.ts';
import type { Sample } from './controller.ts';
import { sizeOf, type Fleet } from './fixture.ts';
import { beginIn, leftOutOf } from './soak-plan.ts';
import { deck, strike, type Struck } from './soak-faults.ts';
import { startController, startHub, startMaestro, type MeasuredController } from './surroundings.ts';
import type { HubStates } from './hub.ts';
import type { MaestroStates } from './maestro.ts';

export interface Soak {
  readonly fleet: Fleet;
  /** Of the controllers' processes. */
  readonly nodeFlags: readonly string[];
  readonly minutes: number;
  /**
   * Minutes before these, in which the leader is killed and then each fault strikes its heir once. So what is said of
   * growth is said of a process that has been through all of it before. 0: the first fifth of the minutes is left out.
   */
  readonly firstRoundMinutes: number;
  readonly perSecond: number;
  /** The share of reports that tell of a change. */
  readonly transitions: number;
  /** Applications whose spec the hub changes each second. */
  readonly editsPerSecond: number;
  readonly withFaults: boolean;
  readonly random: () => number;
}

/** What one minute was like. */
export interface Minute {
  readonly minute: number;
  readonly faults: readonly string[];
  /**
   * In it and in the minute before no fault began, and by the end of both the leader had read everything and was live.
   */
  readonly isCalm: boolean;
  /** How often another replica took the lead so far. */
  readonly takeovers: number;
  readonly sent: number;
  readonly received: number;
  readonly repeated: number;
  /** Status writes that changed what the hub shows, and milliseconds from the agent's change to each. */
  readonly shown: number;
  readonly lagMs: { readonly p50: number; readonly p95: number; readonly p99: number; readonly most: number };
  readonly hubWrites: number;
  readonly publishes: number;
  readonly sample: Sample;
  readonly openFiles: { readonly all: number; readonly sockets: number };
  readonly standBy: { readonly residentMiB: number; readonly openFiles: number };
}

export interface Verdict {
  /** After all was well again: how long until hub and agents told the same; undefined when they never did. */
  readonly settledMs: number | undefined;
  /** Applications whose last state is not on the hub, with what stands there. */
  readonly lost: readonly string[];
  readonly older: number;
  readonly foreign: number;
  /** The first of these. */
  readonly wrong: readonly string[];
  /** Applications published more often than they were changed. */
  readonly publishedTwice: number;
  readonly edits: number;
  /** After a full collection of garbage: when the leader had settled in, and in the end. */
  readonly liveMiB: { readonly early: number; readonly late: number };
  /** The same of what is resident. */
  readonly settledMiB: { readonly early: number; readonly late: number };
  readonly faults: Readonly<Record<string, number>>;
}

const sourceId = 'app-work-client';
const minuteMs = 60_000;
const settleWithinMs = 300_000;

/** Runs the whole soak; tells of each minute when it has passed. */
export async function runSoak(soak: Soak, tell: (minute: Minute) => void): Promise<Verdict> {
  const run = await SoakRun.start(soak);
  try {
    for (let minute = 0; minute < soak.firstRoundMinutes + soak.minutes; minute += 1) tell(await run.oneMinute(minute));
    return await run.judge();
  } finally {
    await run.stop();
  }
}

class SoakRun {
  readonly #soak: Soak;
  readonly #struck: Struck;
  readonly #deck: Generator<string, never>;
  #leader: MeasuredController;
  #standBy: MeasuredController;
  #takeovers = 0;
  #lastTroubled = -1;
  #edits = 0;
  #older = 0;
  #foreign = 0;
  readonly #wrong: string[] = [];
  #early: Pick<Sample, 'liveMiB' | 'settledMiB'> | undefined;
  #takingOver: Promise<void> | undefined;
  readonly #striking = new Set<Promise<void>>();
  readonly #faults: Record<string, number> = {};

  private constructor(soak: Soak, struck: Struck, controllers: readonly [MeasuredController, MeasuredController]) {
    this.#soak = soak;
    this.#struck = struck;
    this.#deck = deck(soak.random);
    [this.#leader, this.#standBy] = controllers;
  }

  static async start(soak: Soak): Promise<SoakRun> {
    const { fleet } = soak;
    const statusMs = Date.now() - 3_600_000;
    const [hub, maestro] = await Promise.all([
      startHub({ fleet, present: true, statusMs }),
      startMaestro({ fleet, sourceId, storedMs: statusMs, agentMs: 200 }),
    ]);
    const addressOf = (endpoint: string): Address => ({ host: '127.0.0.1', port: Number(endpoint.split(':').at(-1)) });
    const gates = {
      hub: await Gate.open(addressOf(hub.server)),
      rest: await Gate.open(addressOf(maestro.endpoints.httpEndpoint)),
      grpc: await Gate.open(addressOf(maestro.endpoints.grpcEndpoint)),
    };
    const struck = { hub, maestro, gates };
    const leader = await startReplica(struck, 'replica-0', soak.nodeFlags);
    await leader.until('reading hub and Maestro', ({ readWallMs }) => readWallMs > 0, 3_600_000);
    const standBy = await startReplica(struck, 'replica-1', soak.nodeFlags);
    await Promise.all([hub.report(), maestro.report(), leader.sample()]);
    await maestro.tell({ do: 'begin', perSecond: soak.perSecond, transitions: soak.transitions, repeats: 0.1 });
    return new SoakRun(soak, struck, [leader, standBy]);
  }

  async oneMinute(minute: number): Promise<Minute> {
    const { hub, maestro } = this.#struck;
    const faults = this.#beginFaults(minute);
    const endMs = performance.now() + minuteMs;
    for (let second = 0; second < 60; second += 1) {
      await this.#edit();
      await pause(Math.max(0, endMs - (59 - second) * 1000 - performance.now()));
    }
    const before = this.#takeovers;
    const sample = await this.#sampleLeader();
    if (faults.length > 0 || !sample.hasRead || !sample.isLive) this.#lastTroubled = minute;
    const isCalm = minute - this.#lastTroubled > 1;
    const [ofHub, ofMaestro] = [await hub.report(), await maestro.report()];
    this.#older += ofHub.older;
    this.#foreign += ofHub.foreign;
    this.#wrong.push(...ofHub.wrong);
    if (before !== this.#takeovers) this.#early = undefined;
    if (isCalm && this.#early === undefined && minute >= leftOutOf(this.#soak) - 1) {
      this.#early = await this.#leader.sample(true);
      // V8 collects all of it some ten times more in the minute after a collection that it was told to make.
      this.#lastTroubled = minute;
    }
    const lags = ofHub.lagsMs.toSorted((left, right) => left - right);
    const at = (part: number): number => lags[Math.min(lags.length - 1, Math.floor(lags.length * part))] ?? Number.NaN;
    return {
      minute,
      faults,
      isCalm,
      takeovers: this.#takeovers,
      sent: ofMaestro.eventsSent,
      repeated: ofMaestro.repeated,
      received: sample.counts['reports'] ?? 0,
      shown: lags.length,
      lagMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99), most: at(1) },
      hubWrites: Object.values(ofHub.writes).reduce((sum, count) => sum + count, 0),
      publishes: ofMaestro.publishes,
      sample,
      openFiles: this.#leader.process.openFiles(),
      standBy: {
        residentMiB: this.#standBy.process.residentMiB(),
        openFiles: this.#standBy.process.openFiles().all,
      },
    };
  }

  /** Of the replica that leads now: it may have lost its lease to the other while the hub was away. */
  async #sampleLeader(): Promise<Sample> {
    const sample = await this.#leader.sample();
    if (sample.leading) return sample;
    const other = await this.#standBy.sample();
    if (!other.leading) return sample;
    this.#swap();
    if (this.#takingOver === undefined) this.#takeovers += 1;
    return other;
  }

  #swap(): void {
    [this.#leader, this.#standBy] = [this.#standBy, this.#leader];
  }

  #beginFaults(minute: number): readonly string[] {
    const { withFaults, random } = this.#soak;
    if (!withFaults) return [];
    const { kill, faults } = beginIn(minute, this.#soak);
    if (kill) {
      this.#takingOver = this.#killLeader();
      this.#count('leader killed');
      return ['leader killed'];
    }
    return Array.from({ length: faults }, (_, at) => {
      const name = this.#deck.next().value;
      const striking = pause(((at + random()) * 30_000) / faults).then(async () => strike(name, this.#struck));
      this.#count(name);
      this.#striking.add(striking);
      void striking.finally(() => this.#striking.delete(striking));
      return name;
    });
  }

  #count(fault: string): void {
    this.#faults[fault] = (this.#faults[fault] ?? 0) + 1;
  }

  async #edit(): Promise<void> {
    const size = sizeOf(this.#soak.fleet);
    for (let count = 0; count < this.#soak.editsPerSecond; count += 1) {
      const from = Math.floor(this.#soak.random() * size);
      await this.#struck.hub.tell({ do: 'edit', from, to: from + 1 });
      this.#edits += 1;
    }
  }

  async #killLeader(): Promise<void> {
    const killed = this.#leader;
    this.#leader = this.#standBy;
    this.#takeovers += 1;
    await killed.process.kill();
    this.#standBy = await startReplica(this.#struck, 'replica-2', this.#soak.nodeFlags);
    // Either may be the first to see that the lease has run out.
    for (;;) {
      if ((await this.#leader.look()).readWallMs > 0) break;
      if ((await this.#standBy.look()).readWallMs > 0) {
        this.#swap();
        break;
      }
      await pause(200);
    }
    this.#takingOver = undefined;
  }

  async judge(): Promise<Verdict> {
    const { hub, maestro, gates } = this.#struck;
    await maestro.tell({ do: 'halt' });
    await Promise.all([...this.#striking, this.#takingOver]);
    for (const gate of Object.values(gates)) gate.clear();
    const startMs = performance.now();
    let lost: readonly string[] = [];
    let settledMs: number | undefined;
    let publishedTwice = 0;
    while (settledMs === undefined && performance.now() - startMs < settleWithinMs) {
      await pause(2_000);
      const [onHub, ofAgents] = [
        (await hub.tell({ do: 'states' })) as HubStates,
        (await maestro.tell({ do: 'states' })) as MaestroStates,
      ];
      lost = differences(onHub, ofAgents);
      publishedTwice = ofAgents.versions.filter((version, at) => version - 1 > (onHub.specRevisions[at] ?? 0)).length;
      if (lost.length === 0) settledMs = performance.now() - startMs;
    }
    const late = await this.#leader.sample(true);
    const ofHub = await hub.report();
    return {
      settledMs,
      lost,
      older: this.#older + ofHub.older,
      foreign: this.#foreign + ofHub.foreign,
      wrong: [...this.#wrong, ...ofHub.wrong],
      publishedTwice,
      edits: this.#edits,
      liveMiB: { early: this.#early?.liveMiB ?? 0, late: late.liveMiB },
      settledMiB: { early: this.#early?.settledMiB ?? 0, late: late.settledMiB },
      faults: this.#faults,
    };
  }

  async stop(): Promise<void> {
    const { hub, maestro, gates } = this.#struck;
    await Promise.all([this.#leader.process.stop(), this.#standBy.process.stop()]);
    await Promise.all(Object.values(gates).map(async (gate) => gate.close()));
    await Promise.all([hub.process.stop(), maestro.process.stop()]);
  }
}

async function startReplica(
  { gates }: Struck,
  electedAs: string,
  nodeFlags: readonly string[],
): Promise<MeasuredController> {
  const to = {
    hub: `http://127.0.0.1:${gates.hub.port}`,
    maestro: {
      httpEndpoint: `http://127.0.0.1:${gates.rest.port}`,
      grpcEndpoint: `127.0.0.1:${gates.grpc.port}`,
    },
  };
  return startController({ ...to, sourceId, electedAs, quiet: true }, nodeFlags);
}

function differences(hub: HubStates, agents: MaestroStates): readonly string[] {
  return agents.changed.flatMap((changedMs, at) => {
    const shown = `hub shows the change of ${hub.changed[at]} at revision ${hub.statusRevisions[at]}`;
    return changedMs === hub.changed[at] &&
      agents.specRevisions[at] === hub.statusRevisions[at] &&
      agents.specRevisions[at] === hub.specRevisions[at]
      ? []
      : [
          `application ${at}: ${shown}, its agent ${changedMs} at ${agents.specRevisions[at]}, its spec is at ${hub.specRevisions[at]}`,
        ];
  });
}
