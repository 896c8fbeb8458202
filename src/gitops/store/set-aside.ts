import { LatestMap } from '../../core/latest-map.ts';
import type { Log, LogFields } from '../run/log.ts';
import type { ControllerMetrics } from '../run/controller-metrics.ts';

/** What cannot be read: an object of the hub, a bundle of Maestro, or the reports about one. */
export const setAsideKinds = ['application', 'cluster', 'decision', 'project', 'bundle', 'status'] as const;
export type SetAsideKind = (typeof setAsideKinds)[number];

/** Beyond these the oldest are forgotten, and told once more when they come again. */
const mostOfAKind = 10_000;

/**
 * Things that others wrote and that cannot be read. Each is counted, and named
 * once in the log, when it comes and when it can be read again; all the others
 * go on.
 */
export class SetAside {
  readonly #log: Log;
  readonly #metrics: Pick<ControllerMetrics, 'malformed'>;
  readonly #reasons = Object.fromEntries(
    setAsideKinds.map((kind) => [kind, new LatestMap<string>(mostOfAKind)]),
  ) as Readonly<Record<SetAsideKind, LatestMap<string>>>;

  constructor(log: Log, metrics: Pick<ControllerMetrics, 'malformed'>) {
    this.#log = log;
    this.#metrics = metrics;
  }

  /** @param name of the object, or the id of the bundle. @returns false when that was known */
  add(kind: SetAsideKind, name: string, why: string, fields: LogFields = {}): boolean {
    this.#metrics.malformed(kind);
    const reasons = this.#reasons[kind];
    if (reasons.get(name) === why) return false;
    reasons.set(name, why);
    this.#log.warn('it cannot be read and is set aside; the others go on', { what: kind, name, ...fields, error: why });
    return true;
  }

  /** It was read, or is gone. @returns false when it was not set aside */
  taken(kind: SetAsideKind, name: string): boolean {
    if (!this.#reasons[kind].delete(name)) return false;
    this.#log.info('what was set aside is so no longer', { what: kind, name });
    return true;
  }

  /** Why; undefined for what can be read. */
  reason(kind: SetAsideKind, name: string): string | undefined {
    return this.#reasons[kind].get(name);
  }

  /** All that cannot be read. */
  names(kind: SetAsideKind): Iterable<string> {
    return this.#reasons[kind].keys();
  }

  count(kind: SetAsideKind): number {
    return this.#reasons[kind].size;
  }
}
