import type { StatusEvent } from '../../clients/index.ts';
import { canonicalJson, type JsonValue } from '../../core/json.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import { EndedWorks } from '../../core/works/ended-works.ts';
import { reportsDeletion } from '../../core/works/report-order.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { bundleOfEvent, withLaterReport } from './bundle-of-event.ts';

/**
 * One work that came, changed or went. The status of one that went holds `Deleted` when that was seen on the stream.
 */
export type WorkChange =
  | { readonly type: 'ADDED'; readonly bundle: ResourceBundle }
  | { readonly type: 'MODIFIED'; readonly bundle: ResourceBundle; readonly before: ResourceBundle }
  | { readonly type: 'DELETED'; readonly bundle: ResourceBundle };

/** One look at what there is: the changes since the look before, and whether anything is left to look at. */
export interface Look {
  readonly changes: readonly WorkChange[];
  readonly present: number;
}

/** The works of a watch as they were seen last, by reads and down the stream. */
export class KnownWorks {
  #works = new Map<string, ResourceBundle>();
  /** Ends that the stream told; a read can be older than that. */
  readonly #ended = new EndedWorks();
  readonly #foreign = new Set<string>();
  readonly #source: string | undefined;

  /** @param source whose stream is listened to */
  constructor(source?: string) {
    this.#source = source;
  }

  /** Every work that is known comes down the stream of the source. */
  get allOfSource(): boolean {
    return this.#foreign.size === 0;
  }

  /** True when a work whose end would come down the stream is missing from a read. */
  lacks(bundles: readonly ResourceBundle[]): boolean {
    const ids = new Set(bundles.map(({ id }) => id));
    return [...this.#works.keys()].some((id) => !ids.has(id) && !this.#foreign.has(id));
  }

  /** Takes in a read of all works. */
  takeRead(bundles: readonly ResourceBundle[]): Look {
    const now = this.#present(bundles);
    const changes = changesBetween(this.#works, now);
    this.#works = now;
    this.#noteSources(changes);
    return { changes, present: now.size };
  }

  /** Takes in a read of some works; those of them that are missing are gone, or not wanted. */
  takeSome(ids: readonly string[], bundles: readonly ResourceBundle[]): Look {
    const before = new Map(ids.flatMap((id) => this.#entry(id)));
    const now = this.#present(bundles);
    for (const id of ids) {
      const bundle = now.get(id);
      if (bundle === undefined) this.#works.delete(id);
      else this.#works.set(id, bundle);
    }
    const changes = changesBetween(before, now);
    this.#noteSources(changes);
    return { changes, present: this.#works.size };
  }

  /** Takes in what the stream told; `unread` are the ids of works that have to be read to know more. */
  takeEvents(events: readonly StatusEvent[]): { readonly look: Look; readonly unread: readonly string[] } {
    const changes: WorkChange[] = [];
    const unread = new Set<string>();
    for (const event of events) {
      const before = this.#works.get(event.id);
      const bundle = before === undefined ? undefined : bundleOfEvent(before, event);
      if (before === undefined || bundle === undefined) {
        // The end of a work that was never shown is no news.
        if (!reportsDeletion(event.status)) unread.add(event.id);
      } else if (reportsDeletion(event.status)) {
        this.#works.delete(event.id);
        this.#ended.bury(event.id, { createdAt: before.createdAt, report: event.status });
        changes.push({ type: 'DELETED', bundle });
      } else if (bundle !== before) {
        this.#works.set(event.id, bundle);
        if (!sameForPeople(before, bundle)) changes.push({ type: 'MODIFIED', bundle, before });
      }
    }
    return { look: { changes, present: this.#works.size }, unread: [...unread] };
  }

  /** REST does not show the source of a work, but its id is made of it. */
  #noteSources(changes: readonly WorkChange[]): void {
    if (this.#source === undefined) return;
    for (const { type, bundle } of changes) {
      if (type === 'DELETED') this.#foreign.delete(bundle.id);
      else if (type === 'ADDED' && bundle.id !== bundleId(this.#source, bundle.consumerName, workName(bundle)))
        this.#foreign.add(bundle.id);
    }
  }

  #present(bundles: readonly ResourceBundle[]): Map<string, ResourceBundle> {
    const there = bundles.filter((bundle) => !this.#hasEnded(bundle));
    return new Map(there.map((bundle) => [bundle.id, withLaterReport(bundle, this.#works.get(bundle.id))]));
  }

  #hasEnded(bundle: ResourceBundle): boolean {
    return this.#ended.after(bundle.id, { createdAt: bundle.createdAt, report: bundle.status }) !== undefined;
  }

  #entry(id: string): readonly (readonly [string, ResourceBundle])[] {
    const bundle = this.#works.get(id);
    return bundle === undefined ? [] : [[id, bundle]];
  }
}

/** What happened between two reads. A work that was deleted and made again has the same id and another birthday. */
export function changesBetween(
  before: ReadonlyMap<string, ResourceBundle>,
  after: ReadonlyMap<string, ResourceBundle>,
): readonly WorkChange[] {
  const gone = [...before.values()].filter((bundle) => after.get(bundle.id)?.createdAt !== bundle.createdAt);
  const rest = [...after.values()].flatMap((bundle): readonly WorkChange[] => {
    const old = before.get(bundle.id);
    if (old === undefined || old.createdAt !== bundle.createdAt) return [{ type: 'ADDED', bundle }];
    return sameForPeople(old, bundle) ? [] : [{ type: 'MODIFIED', bundle, before: old }];
  });
  return [...gone.map((bundle) => ({ type: 'DELETED' as const, bundle })), ...rest];
}

/** Agents report every few seconds; a report that says the same again is no change. */
function sameForPeople(before: ResourceBundle, after: ResourceBundle): boolean {
  if (before.version !== after.version || before.deletedAt !== after.deletedAt) return false;
  return canonicalJson(newsOf(before)) === canonicalJson(newsOf(after));
}

function newsOf({ status, metadata }: ResourceBundle): JsonValue {
  return [
    metadata,
    status === undefined
      ? null
      : [
          status.observedVersion,
          status.conditions as unknown as JsonValue,
          status.resourceStatus.map(
            ({ resourceMeta, conditions, feedback }) => [resourceMeta, conditions, feedback] as unknown as JsonValue,
          ),
        ],
  ];
}
