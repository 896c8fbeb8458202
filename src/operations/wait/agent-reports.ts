import type { CallOptions, WorkReader } from '../../clients/transport.ts';

/** Works of a consumer that are looked at: one of them with a report is enough. */
const worksLookedAt = 20;
/** Of more consumers that are silent nobody reads one by one whether they ever were not. */
const mostAsked = 10;

/**
 * Learns of the agents of silent consumers whether they have ever reported. The
 * row of one work tells only of that work; an agent that has reported others
 * runs, or ran.
 */
export class AgentReports {
  readonly #reader: Pick<WorkReader, 'listBundles'>;
  /** By consumer; undefined where some works without a report prove nothing of the rest. */
  readonly #ever = new Map<string, boolean | undefined>();

  constructor(reader: Pick<WorkReader, 'listBundles'>) {
    this.#reader = reader;
  }

  /** Asks about each consumer once. */
  async learn(consumers: Iterable<string>, options: CallOptions): Promise<void> {
    for (const consumer of consumers) {
      if (consumer === '' || this.#ever.has(consumer) || this.#ever.size >= mostAsked) continue;
      this.#ever.set(consumer, undefined);
      this.#ever.set(consumer, await this.#everReported(consumer, options));
    }
  }

  /** True when no work of the consumer has a report; false when that is not known. */
  neverReported(consumer: string): boolean {
    return this.#ever.get(consumer) === false;
  }

  async #everReported(consumer: string, options: CallOptions): Promise<boolean | undefined> {
    const query = { where: { consumers: [consumer] }, pageSize: worksLookedAt };
    try {
      for await (const page of this.#reader.listBundles(query, options)) {
        if (page.some(({ status }) => status !== undefined)) return true;
        return page.length < worksLookedAt ? false : undefined;
      }
    } catch {
      // It is asked for the sake of a message alone; what is really wrong shows at the next look at the works.
    }
    return undefined;
  }
}
