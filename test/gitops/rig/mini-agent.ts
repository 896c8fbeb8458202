import { createHash } from 'node:crypto';
import { deletedStatus, deletingStatus } from '../../../src/standin/agent/status.ts';
import type { AgentStatus } from '../../../src/standin/agent/status.ts';
import type { AgentDesk, StandIn } from '../../../src/standin/index.ts';
import { WorkAgent, now } from './agent/work-agent.ts';
import type { AgentWork } from './agent/work-agent.ts';
import type { ObjectClient } from './kube-client.ts';

export { specHashAnnotation } from './agent/manifest-config.ts';

export interface MiniAgentOptions {
  readonly standIn: StandIn;
  readonly consumer: string;
  readonly spoke: { client(fieldManager: string): ObjectClient };
  /** Between two looks at all objects; a real agent takes 10 to 19 s. */
  readonly statusSyncMs?: number;
  readonly resyncMs?: number;
  /** Cap on one raw feedback value; 1 MiB as Maestro's agent. */
  readonly largestFeedback?: number;
  readonly reportsOnce?: boolean;
}

/** Changes a report on its way to Maestro; undefined suppresses it. */
export type Intercept = (status: AgentStatus, workId: string) => AgentStatus | undefined;

/** Both agents of a spoke apply under this name. */
export const fieldManager = 'work-agent';

/** Any will do: what counts is that it stands before the id. */
const hubHash = createHash('sha256').update('maestro').digest('hex');

/**
 * The agent of one consumer: takes its works from a stand-in and puts them on a
 * real API server by server-side apply, with the rules of OCM's work agent that
 * the GitOps controllers depend on.
 */
export class MiniAgent {
  readonly desk: AgentDesk;
  readonly #agent: WorkAgent;
  #intercept: Intercept = (status) => status;

  constructor({ standIn, consumer, spoke, ...options }: MiniAgentOptions) {
    const send = (id: string, version: number, status: AgentStatus): void => {
      const sent = this.#intercept(status, id);
      if (sent !== undefined) this.desk.report(id, version, sent);
    };
    this.#agent = new WorkAgent({
      name: `agent of ${consumer}`,
      client: spoke.client(fieldManager),
      hubHash,
      ...options,
      largestFeedback: options.largestFeedback ?? 1_048_576,
      transport: {
        admit: (id) => Promise.resolve(this.#work(id)),
        work: (id) => this.#work(id),
        reported: () => undefined,
        report: async (id, version, status) => Promise.resolve(send(id, version, status)),
        deleting: async (id, version, status) => {
          const next = deletingStatus(status, version, now());
          send(id, version, next);
          return Promise.resolve(next);
        },
        deleted: async (id, version, status) =>
          Promise.resolve(send(id, version, deletedStatus(status, consumer, now()))),
      },
    });
    this.desk = standIn.replaceAgent(consumer, (id) => this.#agent.notify(id));
    for (const id of this.desk.workIds()) this.#agent.notify(id);
  }

  /** An offline agent does nothing; coming back it goes straight to the latest versions. */
  setOnline(online: boolean): void {
    this.#agent.setOnline(online);
  }

  setStatusSync(ms: number): void {
    this.#agent.setStatusSync(ms);
  }

  /** The cap on one raw feedback value in bytes; a value above it is dropped and StatusFeedbackSynced turns False. */
  setLargestFeedback(bytes: number): void {
    this.#agent.setLargestFeedback(bytes);
  }

  /** Changes every report from now on: forged resourceMeta, values that are too large, silence. */
  intercept(change: Intercept): void {
    this.#intercept = change;
  }

  /** Applies every work again now, as a real agent does every 4 to 6 minutes. */
  resync(): void {
    this.#agent.resync();
  }

  /** The last status of a work as the agent knows it. */
  statusOf(workId: string): AgentStatus | undefined {
    return this.#agent.statusOf(workId);
  }

  async stop(): Promise<void> {
    await this.#agent.stop();
  }

  #work(id: string): AgentWork | undefined {
    const work = this.desk.work(id);
    if (work === undefined) return undefined;
    const { version, deleting, labels, bundle } = work;
    return { id, name: id, generation: version, deleting, labels, spec: bundle };
  }
}
