import type { AgentBehaviour } from '../options.ts';
import { Agent } from './agent.ts';
import { openDesk } from './desk.ts';
import type { AgentDesk } from './desk.ts';
import type { AgentOptions } from './agent.ts';

export interface FleetOptions extends Omit<AgentOptions, 'consumer' | 'behaviour'> {
  readonly behaviour: AgentBehaviour;
  readonly overrides: Readonly<Record<string, Partial<AgentBehaviour>>>;
}

/** One agent for each consumer, made when it is first needed. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #agents = new Map<string, Agent>();
  readonly #outside = new Map<string, (id: string) => void>();

  constructor(options: FleetOptions) {
    this.#options = options;
    for (const consumer of options.store.consumers()) this.agent(consumer.name);
    options.resources.listen({
      written: (work) => {
        const outside = this.#outside.get(work.consumerName);
        if (outside === undefined) this.agent(work.consumerName).notify(work.id);
        else outside(work.id);
      },
    });
  }

  /**
   * From now on the simulated agent of the consumer is silent, and the caller hears of its works and reports on them.
   */
  replace(consumer: string, notify: (id: string) => void): AgentDesk {
    this.agent(consumer).change({ online: false });
    this.#outside.set(consumer, notify);
    return openDesk(consumer, this.#options);
  }

  agent(consumer: string): Agent {
    const known = this.#agents.get(consumer);
    if (known !== undefined) return known;
    const { behaviour, overrides, ...rest } = this.#options;
    const agent = new Agent({ ...rest, consumer, behaviour: { ...behaviour, ...overrides[consumer] } });
    this.#agents.set(consumer, agent);
    return agent;
  }

  /** Every consumer's behaviour. */
  behaviours(): Record<string, AgentBehaviour> {
    for (const consumer of this.#options.store.consumers()) this.agent(consumer.name);
    return Object.fromEntries([...this.#agents].map(([consumer, agent]) => [consumer, agent.behaviour]));
  }
}
