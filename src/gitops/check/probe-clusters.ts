import type { WorkReader, WorkRequest, WorkWriter } from '../../clients/transport.ts';
import { formatDuration } from '../../core/duration.ts';
import { MaestroError } from '../../errors.ts';
import { pause, remainingMs, type Budget } from '../../operations/budget.ts';
import { defaultPublishes, Places, sparingWriter } from '../../operations/fleet/publish-limits.ts';
import { publishSafely, type PublishDeps } from '../../operations/publish.ts';
import { buildProbe, mostQuestions, type Probe } from '../handover/probe-bundle.ts';
import { defaultSpokeNamespace } from '../constants.ts';
import type { ProbeAnswer } from './facts.ts';

/** What is asked of one cluster. */
export interface ProbedCluster {
  readonly name: string;
  /** Applications there that are asked about; one that nobody has when there are none. */
  readonly applications: readonly { readonly spokeNamespace: string; readonly spokeName: string }[];
}

export interface ProbeDeps {
  readonly reader: WorkReader;
  readonly writer: WorkWriter;
  readonly onNotice: (text: string) => void;
}

/** An agent answers within seconds, and one that comes back within two minutes is not there now. */
const answerMs = 30_000;
/** So long a probe may take to go. */
const goneMs = 15_000;
const pollMs = 500;
/** Taking the probes away goes on when the run is told to stop. */
const cleanUpMs = 10_000;

interface Sent {
  readonly cluster: string;
  readonly probe: Probe;
}

/**
 * Asks the agent of each cluster by a work that is read-only: it becomes the
 * owner of nothing, and its deletion deletes nothing. All are taken away again,
 * also when the run is told to stop meanwhile.
 *
 * @param tail tells the probes of this run from all others: lower case letters and digits
 * @throws the signal's reason; what is met on one cluster is its answer
 */
export async function probeClusters(
  clusters: readonly ProbedCluster[],
  { source, hubId, tail }: { readonly source: string; readonly hubId: string; readonly tail: string },
  deps: ProbeDeps,
  budget: Budget,
): Promise<ReadonlyMap<string, ProbeAnswer>> {
  const answers = new Map<string, ProbeAnswer>();
  const sent: Sent[] = [];
  const publish: PublishDeps = { ...deps, writer: sparingWriter(deps.writer, defaultPublishes) };
  try {
    await each(clusters, async (cluster) => {
      const probe = probeOf(cluster, { source, hubId, tail });
      const target = { id: probe.id, consumer: cluster.name, source: probe.source };
      try {
        // Before the answer: what was sent has to be taken away, whatever becomes of the answer.
        sent.push({ cluster: cluster.name, probe });
        await publishSafely({ kind: 'create', target, work: probe.work }, 0, publish, budget);
      } catch (error) {
        budget.signal.throwIfAborted();
        answers.set(cluster.name, {
          answered: false,
          why: `it could not be sent: ${MaestroError.from(error).message}`,
        });
      }
    });
    await awaitAnswers(sent, answers, deps.reader, budget);
  } finally {
    await takeAway(sent, answers, publish, budget);
  }
  return answers;
}

function probeOf(
  { name, applications }: ProbedCluster,
  { source, hubId, tail }: { readonly source: string; readonly hubId: string; readonly tail: string },
): Probe {
  const nobodys = [{ spokeNamespace: defaultSpokeNamespace, spokeName: 'maestro-cli-check' }];
  const asked = applications.length === 0 ? nobodys : applications.slice(0, mostQuestions);
  const questions = asked.map((application) => ({ application, signature: `check-${tail}` }));
  return buildProbe({ source, hubId, runId: `check-${tail}` }, name, questions, tail);
}

/** Looks until all have answered, or the time for it is over. */
async function awaitAnswers(
  sent: readonly Sent[],
  answers: Map<string, ProbeAnswer>,
  reader: WorkReader,
  budget: Budget,
): Promise<void> {
  // What is left of the time is for saying what came of it.
  const patienceMs = Math.min(answerMs, Math.max(0, remainingMs(budget)) / 2);
  const endMs = budget.clock.monotonicMs() + patienceMs;
  const waiting = new Map(
    sent.filter(({ cluster }) => !answers.has(cluster)).map((one) => [one.probe.id, one.cluster]),
  );
  while (waiting.size > 0) {
    for await (const rows of reader.getBundles([...waiting.keys()], budget)) {
      for (const { id, status } of rows) {
        const cluster = waiting.get(id);
        if (cluster === undefined || status === undefined) continue;
        answers.set(cluster, { answered: true });
        waiting.delete(id);
      }
    }
    if (waiting.size === 0 || budget.clock.monotonicMs() >= endMs) break;
    await pause(budget, pollMs);
  }
  const why = `no report within ${formatDuration(patienceMs)}`;
  for (const cluster of waiting.values()) answers.set(cluster, { answered: false, why });
}

/** Deletes all of them, and says so where one is left. */
async function takeAway(
  sent: readonly Sent[],
  answers: Map<string, ProbeAnswer>,
  deps: PublishDeps,
  { clock, random, ...rest }: Budget,
): Promise<void> {
  if (sent.length === 0) return;
  const cleanUp: Budget = {
    ...rest,
    clock,
    random,
    signal: new AbortController().signal,
    deadlineMs: clock.monotonicMs() + cleanUpMs + goneMs,
  };
  const left = new Map(sent.map(({ cluster, probe }) => [probe.id, { cluster, probe }]));
  await each(sent, async ({ cluster, probe }) => {
    const target = { id: probe.id, consumer: cluster, source: probe.source };
    const request: WorkRequest = { kind: 'delete', target, workName: probe.work.name, version: 0 };
    try {
      await publishSafely(request, 1, deps, cleanUp);
    } catch (error) {
      const { code, message } = MaestroError.from(error);
      if (code === 'not-found') left.delete(probe.id);
      else deps.onNotice(`the probe ${probe.work.name} of cluster ${cluster} could not be taken away: ${message}`);
    }
  });
  const endMs = clock.monotonicMs() + goneMs;
  // An agent that is away takes it away when it comes back: nobody waits for that.
  const awaited = (): readonly string[] =>
    [...left].filter(([, { cluster }]) => answers.get(cluster)?.answered === true).map(([id]) => id);
  for (let ids = awaited(); ids.length > 0; ids = awaited()) {
    const there = new Set<string>();
    for await (const rows of deps.reader.getBundles(ids, cleanUp)) for (const { id } of rows) there.add(id);
    for (const id of ids) if (!there.has(id)) left.delete(id);
    if (there.size === 0 || clock.monotonicMs() >= endMs) break;
    await pause(cleanUp, pollMs);
  }
  for (const { cluster, probe } of left.values())
    deps.onNotice(
      `the probe ${probe.work.name} of cluster ${cluster} is deleted and goes when its agent has seen that`,
    );
}

/** As many at once as Maestro bears. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const places = new Places(defaultPublishes);
  const never = new AbortController().signal;
  await Promise.all(
    items.map(async (item) => {
      await places.enter(never);
      try {
        await work(item);
      } finally {
        places.leave();
      }
    }),
  );
}
