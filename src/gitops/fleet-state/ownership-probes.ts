import { workName } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import type { Budget } from '../../operations/budget.ts';
import { publishSafely, type PublishDeps } from '../../operations/publish.ts';
import {
  buildProbe,
  isProbe,
  mostQuestions,
  probeSource,
  readProbe,
  type Probe,
  type ProbeReading,
} from '../handover/probe-bundle.ts';
import { migrationOf, stampPrefixes } from './forms.ts';
import type { OwnBundle } from './own-bundles.ts';

interface Asked {
  readonly bundle: OwnBundle;
  readonly signature: string;
  readonly probeId: string;
  reading?: ProbeReading;
}

/**
 * Asks the agents who owns the Applications of bundles, without touching them,
 * by probes that are made after what they ask about: so an answer is never
 * older than the question.
 */
export class OwnershipProbes {
  readonly #about: { readonly source: string; readonly hubId: string; readonly runId: string };
  readonly #deps: PublishDeps;
  readonly #budget: Budget;
  readonly #waiting = new Map<string, { readonly bundle: OwnBundle; readonly signature: string }>();
  readonly #asked = new Map<string, Asked>();
  readonly #probes = new Map<string, { readonly consumer: string; readonly probe: Probe }>();
  #made = 0;

  /** @param about `runId` names the run, and is stamped on its probes */
  constructor(
    about: { readonly source: string; readonly hubId: string; readonly runId: string },
    deps: PublishDeps,
    budget: Budget,
  ) {
    this.#about = about;
    this.#deps = deps;
    this.#budget = budget;
  }

  /**
   * What the agent says of the Application of a bundle that has this version, or that it cannot tell; undefined until
   * it has looked. The question is put down, and `ask` sends it.
   */
  answer(bundle: OwnBundle, version: number): ProbeReading | undefined {
    const signature = `${bundle.id}/${version}`;
    const known = this.#asked.get(bundle.id);
    if (known?.signature !== signature) {
      this.#waiting.set(bundle.id, { bundle, signature });
      return undefined;
    }
    const { reading } = known;
    if (reading?.signature !== signature) return undefined;
    return reading.answered || reading.untold !== '' ? reading : undefined;
  }

  /** Sends the questions that were put down, and reads what the agents have answered. */
  async ask(): Promise<void> {
    const byCluster = new Map<string, { readonly bundle: OwnBundle; readonly signature: string }[]>();
    for (const one of this.#waiting.values()) {
      const list = byCluster.get(one.bundle.consumer) ?? [];
      byCluster.set(one.bundle.consumer, [...list, one]);
    }
    this.#waiting.clear();
    for (const [consumer, questions] of byCluster)
      for (let start = 0; start < questions.length; start += mostQuestions)
        await this.#publish(consumer, questions.slice(start, start + mostQuestions));
    await this.#read();
  }

  async #publish(
    consumer: string,
    questions: readonly { readonly bundle: OwnBundle; readonly signature: string }[],
  ): Promise<void> {
    this.#made += 1;
    const tail = `${this.#about.runId.replaceAll(/[^a-z0-9]/g, '').slice(-14)}x${this.#made}`;
    const probe = buildProbe(
      this.#about,
      consumer,
      questions.map(({ bundle, signature }) => ({ application: bundle, signature })),
      tail,
    );
    const target = { id: probe.id, consumer, source: probe.source };
    this.#probes.set(probe.id, { consumer, probe });
    await publishSafely({ kind: 'create', target, work: probe.work }, 0, this.#deps, this.#budget);
    for (const { bundle, signature } of questions) this.#asked.set(bundle.id, { bundle, signature, probeId: probe.id });
  }

  async #read(): Promise<void> {
    if (this.#probes.size === 0) return;
    const byProbe = new Map<string, Asked[]>();
    for (const one of this.#asked.values()) {
      const list = byProbe.get(one.probeId) ?? [];
      list.push(one);
      byProbe.set(one.probeId, list);
    }
    for await (const page of this.#deps.reader.getBundles([...this.#probes.keys()], this.#budget)) {
      for (const row of page) {
        const readings = readProbe(row);
        for (const one of byProbe.get(row.id) ?? []) {
          const reading = readings.get(`${one.bundle.spokeNamespace}/${one.bundle.spokeName}`);
          if (reading !== undefined) one.reading = reading;
        }
      }
    }
  }

  /**
   * Takes the probes of this run away, and those that a run which was killed has left; nothing on a cluster goes with
   * them. What cannot be deleted now is found by the next run.
   *
   * @param budget of its own, because that of the run may be used up
   */
  async end(clusters: readonly string[], budget: Budget): Promise<void> {
    const source = probeSource(this.#about);
    const left = new Map<string, { readonly consumer: string; readonly name: string; readonly version: number }>();
    for (let start = 0; start < clusters.length; start += 50) {
      const where = { source, consumers: clusters.slice(start, start + 50) };
      for await (const page of this.#deps.reader.listBundles({ where }, budget))
        for (const row of page)
          if (
            isProbe(row, this.#about) &&
            migrationOf(row).startsWith(stampPrefixes.uninstall) &&
            row.deletedAt === undefined
          )
            left.set(row.id, {
              consumer: row.consumerName,
              name: workName(row),
              version: row.version,
            });
    }
    for (const [id, { consumer, name, version }] of left) {
      const target = { id, consumer, source };
      await publishSafely({ kind: 'delete', target, workName: name, version }, version, this.#deps, budget).catch(
        (error: unknown) => this.#deps.onNotice(`a probe on ${consumer} is left: ${MaestroError.from(error).message}`),
      );
    }
  }
}
