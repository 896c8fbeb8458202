import type { WorkReader } from '../../clients/transport.ts';
import { toWireJson, type JsonObject } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import { pause, remainingMs, type Budget } from '../../operations/budget.ts';
import { untilConnected } from '../../operations/connect-retry.ts';
import { readStoredBundle } from '../bundle/stored-bundle.ts';
import { readClassicWork } from '../classic/classic-work.ts';
import { manifestWorks, setReports } from '../kube/hub-kinds.ts';
import type { KubeApi, ResourcePath } from '../kube/kube-api.ts';
import { looked, readEach } from '../survey/read-each.ts';
import { difference, quantileOf, readSamples, sumOf, sumsBy, type Sample } from './prometheus-text.ts';

/** How many, and how large together. */
export interface Amount {
  /** How many there are. */
  readonly count: number;
  /** Of their JSON, status included, as the server gives it. */
  readonly bytes: number;
}

/** What the controllers did in a time, by their own metrics. */
export interface ControllerFigures {
  /** `window`: between two looks; `start`: since the processes began. */
  readonly since: 'window' | 'start';
  /** The time that the figures are of, milliseconds. */
  readonly durationMs: number;
  /** Processes that were asked. */
  readonly processes: number;
  /** Calls to the hub. */
  readonly hubCalls: number;
  /** The same by verb. */
  readonly hubCallsByVerb: Readonly<Record<string, number>>;
  /** Writes to Applications of the hub. */
  readonly hubWrites: number;
  /** From an agent's report to the hub's answer; absent when nothing was reported in the time. */
  readonly statusLag?: StatusLag;
}

/** How long statuses took, milliseconds. */
export interface StatusLag {
  /** Statuses that were written. */
  readonly count: number;
  /** Half of them took less. */
  readonly p50Ms: number;
  /** All but one in a hundred took less. */
  readonly p99Ms: number;
}

/** Something that a baseline does not have, and why. */
export interface NotMeasured {
  /** The member that is missing. */
  readonly what: 'classicWorks' | 'reports' | 'controllers';
  /** A part of a sentence. */
  readonly why: string;
}

/** How much a hub and its Maestro hold, and what the controllers cost, at one time. */
export interface Baseline {
  /** Of this form. */
  readonly baseline: 1;
  /** RFC 3339. */
  readonly takenAt: string;
  /** scheme://host:port of the hub. */
  readonly hub: string;
  /** Who the hub is, as it is stamped on bundles. */
  readonly hubId: string;
  /** Source id of the bundles. */
  readonly source: string;
  /** ManifestWorks of the classic model on the hub. */
  readonly classicWorks?: Amount;
  /** Bundles of this hub in Maestro. */
  readonly bundles: Amount;
  /** MulticlusterApplicationSetReports on the hub. */
  readonly reports?: Amount;
  /** What the controllers did. */
  readonly controllers?: ControllerFigures;
  /** What is missing above. */
  readonly notMeasured: readonly NotMeasured[];
}

export interface BaselineOptions {
  readonly source: string;
  readonly hubId: string;
  /** Of the metrics of each controller process. */
  readonly metricsUrls: readonly string[];
  /** How long to look at the controllers; undefined: what they counted since they began. */
  readonly forMs?: number;
}

export interface BaselineDeps {
  readonly kube: Pick<KubeApi, 'listPage' | 'server'>;
  readonly reader: Pick<WorkReader, 'listBundles'>;
  /** The body of a GET. Rejects with a MaestroError. */
  readonly scrape: (url: string, budget: Budget) => Promise<string>;
}

/** Measures. What cannot be had is told, and the rest is measured. */
export async function takeBaseline(options: BaselineOptions, deps: BaselineDeps, budget: Budget): Promise<Baseline> {
  const notMeasured: NotMeasured[] = [];
  const amount = async (what: 'classicWorks' | 'reports', read: () => Promise<Amount>): Promise<Amount | undefined> => {
    try {
      const found = await looked(read);
      if (found.seen) return found.value;
      notMeasured.push({ what, why: found.why });
    } catch (caught) {
      const error = MaestroError.from(caught);
      if (error.code !== 'not-found') throw error;
      notMeasured.push({ what, why: 'the hub has no such kind' });
    }
    return undefined;
  };
  const controllers = await figures(options, deps, notMeasured, budget);
  const classicWorks = await amount('classicWorks', () =>
    amountOf(deps, manifestWorks, (object) => readClassicWork(object) !== undefined, budget),
  );
  const reports = await amount('reports', () => amountOf(deps, setReports, () => true, budget));
  return {
    baseline: 1,
    takenAt: new Date(budget.clock.wallMs()).toISOString(),
    hub: deps.kube.server,
    hubId: options.hubId,
    source: options.source,
    bundles: await bundlesOf(options, deps, budget),
    ...(classicWorks === undefined ? {} : { classicWorks }),
    ...(reports === undefined ? {} : { reports }),
    ...(controllers === undefined ? {} : { controllers }),
    notMeasured,
  };
}

async function amountOf(
  { kube }: BaselineDeps,
  path: ResourcePath,
  counts: (object: JsonObject) => boolean,
  budget: Budget,
): Promise<Amount> {
  const sizes = await readEach(kube, { path }, (object) => (counts(object) ? sizeOf(object) : undefined), budget);
  return { count: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

function sizeOf(object: JsonObject): number {
  return Buffer.byteLength(toWireJson(object));
}

async function bundlesOf(
  { source, hubId }: BaselineOptions,
  { reader }: BaselineDeps,
  budget: Budget,
): Promise<Amount> {
  return untilConnected(async () => {
    let count = 0;
    let bytes = 0;
    for await (const page of reader.listBundles({ where: { source }, partSize: 100 }, budget)) {
      for (const row of page) {
        const { manifestConfigs: _configs, ...rest } = row;
        const stored = readStoredBundle({ ...rest, consumer: row.consumerName });
        if (stored.managedBy !== 'us' || stored.hubId !== hubId) continue;
        count += 1;
        bytes += sizeOf(row.raw);
      }
    }
    return { count, bytes };
  }, budget);
}

async function figures(
  { metricsUrls, forMs }: BaselineOptions,
  { scrape }: BaselineDeps,
  notMeasured: NotMeasured[],
  budget: Budget,
): Promise<ControllerFigures | undefined> {
  const without = (why: string): undefined => void notMeasured.push({ what: 'controllers', why });
  if (metricsUrls.length === 0) return without('no --metrics-url was given');
  const all = async (): Promise<readonly (readonly Sample[])[]> =>
    Promise.all(metricsUrls.map(async (url) => readSamples(await scrape(url, budget))));
  try {
    const first = await all();
    const odd = first.findIndex((samples) => !samples.some(({ name }) => name === calls));
    if (odd >= 0) return without(`${metricsUrls[odd] ?? ''} has no metrics of the controllers`);
    if (forMs === undefined) return sinceStart(first, budget.clock.wallMs(), without);
    if (remainingMs(budget) <= forMs) return without('the time is up before the window is');
    const beganMs = budget.clock.monotonicMs();
    await pause(budget, forMs);
    const last = await all();
    const durationMs = Math.round(budget.clock.monotonicMs() - beganMs);
    const counted = last.map((samples, at) => difference(first[at] ?? [], samples));
    const whole = counted.filter((samples) => samples !== undefined);
    if (whole.length < counted.length) return without('a controller began anew while it was looked at');
    return figuresOf(whole, { since: 'window', durationMs });
  } catch (caught) {
    const error = MaestroError.from(caught);
    if (budget.signal.aborted) throw error;
    return without(error.message);
  }
}

const calls = 'maestro_gitops_hub_calls_total';
const lag = 'maestro_gitops_status_lag_seconds';

function sinceStart(
  processes: readonly (readonly Sample[])[],
  wallMs: number,
  without: (why: string) => undefined,
): ControllerFigures | undefined {
  const began = processes.map((samples) => sumOf(samples, 'process_start_time_seconds')).filter((at) => at > 0);
  if (began.length < processes.length) return without('a controller does not tell when it began; give --for');
  return figuresOf(processes, {
    since: 'start',
    durationMs: Math.max(0, Math.round(wallMs - Math.min(...began) * 1_000)),
  });
}

function figuresOf(
  processes: readonly (readonly Sample[])[],
  time: Pick<ControllerFigures, 'since' | 'durationMs'>,
): ControllerFigures {
  const samples = processes.flat();
  const p50 = quantileOf(samples, lag, 0.5);
  const p99 = quantileOf(samples, lag, 0.99);
  return {
    ...time,
    processes: processes.length,
    hubCalls: sumOf(samples, calls),
    hubCallsByVerb: Object.fromEntries([...sumsBy(samples, calls, 'verb')].filter(([, count]) => count > 0)),
    hubWrites: sumOf(samples, 'maestro_gitops_hub_writes_total'),
    ...(p50 === undefined || p99 === undefined
      ? {}
      : {
          statusLag: {
            count: sumOf(samples, `${lag}_count`),
            p50Ms: Math.round(p50 * 1_000),
            p99Ms: Math.round(p99 * 1_000),
          },
        }),
  };
}

/** One line of a comparison; undefined: not measured. */
export interface ComparedFigure {
  readonly what: string;
  readonly before?: number;
  readonly now: number | undefined;
}

/** What a baseline says, one figure a line; rates where the times differ. */
export function comparedFigures(now: Baseline, before?: Baseline): readonly ComparedFigure[] {
  return figureNames.map(([what, of]) => {
    const earlier = before === undefined ? undefined : of(before);
    return { what, now: of(now), ...(earlier === undefined ? {} : { before: earlier }) };
  });
}

const figureNames: readonly (readonly [string, (baseline: Baseline) => number | undefined])[] = [
  ['classic ManifestWorks', ({ classicWorks }) => classicWorks?.count],
  ['classic ManifestWorks, bytes', ({ classicWorks }) => classicWorks?.bytes],
  ['bundles in Maestro', ({ bundles }) => bundles.count],
  ['bundles in Maestro, bytes', ({ bundles }) => bundles.bytes],
  ['reports of ApplicationSets', ({ reports }) => reports?.count],
  ['reports of ApplicationSets, bytes', ({ reports }) => reports?.bytes],
  ['hub calls per hour', ({ controllers }) => perHour(controllers, controllers?.hubCalls)],
  ['hub writes per hour', ({ controllers }) => perHour(controllers, controllers?.hubWrites)],
  ['status lag p50, ms', ({ controllers }) => controllers?.statusLag?.p50Ms],
  ['status lag p99, ms', ({ controllers }) => controllers?.statusLag?.p99Ms],
];

function perHour(controllers: ControllerFigures | undefined, count: number | undefined): number | undefined {
  if (controllers === undefined || count === undefined || controllers.durationMs <= 0) return undefined;
  return Math.round((count * 3_600_000) / controllers.durationMs);
}
