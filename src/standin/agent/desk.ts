import { isJsonObject } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Clock } from '../../clock.ts';
import { SequenceIds } from '../identity.ts';
import { bundleOf, metadataOf, parsePayload, parseStatus } from '../service/bundle.ts';
import type { Bundle } from '../service/bundle.ts';
import type { ResourceService } from '../service/resource-service.ts';
import type { Store } from '../store/store.ts';
import { reportEvent } from './reports.ts';
import type { AgentStatus } from './status.ts';

/** A work as Maestro hands it to an agent: always the latest row. */
export interface DeliveredWork {
  readonly id: string;
  readonly version: number;
  /** A delete was accepted; the agent is to remove the objects and report Deleted. */
  readonly deleting: boolean;
  /** `metadata.labels`; an agent applies a version again only when these or the bundle differ. */
  readonly labels: JsonObject;
  readonly bundle: Bundle;
}

/**
 * What an agent that is not simulated in here needs of Maestro: its works, word of changes, and a place for its
 * reports.
 */
export interface AgentDesk {
  /** Ids of all works of the consumer, those being deleted too. */
  workIds(): readonly string[];
  /** A work as Maestro delivers it to the agent; undefined when there is none of this id. */
  work(id: string): DeliveredWork | undefined;
  /** The version that the last accepted report of a work was for; undefined before the first. */
  reportedVersion(id: string): number | undefined;
  /**
   * Takes a report. As on the server, one for another version than the stored
   * is dropped without a word, and so is one that is no newer than the stored. A
   * sequence id is given only to report out of order.
   */
  report(id: string, version: number, status: AgentStatus, sequenceId?: string): void;
}

/** The desk of one consumer. */
export function openDesk(
  consumer: string,
  { store, resources, clock }: { readonly store: Store; readonly resources: ResourceService; readonly clock: Clock },
): AgentDesk {
  const sequence = new SequenceIds(clock);
  return {
    workIds: () => [...store.workIds({ consumerName: consumer }).after()],
    work: (id) => {
      const work = store.work(id);
      if (work === undefined || work.consumerName !== consumer) return undefined;
      const payload = parsePayload(work);
      const labels = metadataOf(work, payload)?.['labels'];
      return {
        id,
        version: work.version,
        deleting: work.deletedAt !== undefined,
        labels: isJsonObject(labels) ? labels : {},
        bundle: bundleOf(payload),
      };
    },
    reportedVersion: (id) => {
      const work = store.work(id);
      return work === undefined ? undefined : parseStatus(work)?.resourceVersion;
    },
    report: (id, version, status, sequenceId = sequence.next()) =>
      resources.report(id, reportEvent(status, { consumer, version, sequenceId, timeMs: clock.wallMs() })),
  };
}
