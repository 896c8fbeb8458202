import { canonicalJson, type JsonValue } from '../../core/json.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { backoffMs, pause, remainingMs, type Budget } from '../budget.ts';

/** One work that came, changed or went. */
export type WorkChange =
  | { readonly type: 'ADDED'; readonly bundle: ResourceBundle }
  | { readonly type: 'MODIFIED'; readonly bundle: ResourceBundle; readonly before: ResourceBundle }
  | { readonly type: 'DELETED'; readonly bundle: ResourceBundle };

/** One look at what there is: the changes since the look before, and whether anything is left to look at. */
export interface Look {
  readonly changes: readonly WorkChange[];
  readonly present: number;
}

/**
 * Where changes come from. It ends when the budget does; polling is one way to
 * get them, a stream that re-lists on every reconnect another.
 */
export type ChangeSource = AsyncIterable<Look>;

export interface PollingOptions {
  /** Milliseconds between two reads, more than 0. */
  readonly intervalMs: number;
  /** All works to look at, as they are now. */
  readonly read: (budget: Budget) => Promise<readonly ResourceBundle[]>;
  /** One read may take this long, milliseconds. */
  readonly readTimeoutMs: number;
  /** Called when reading begins to fail, with the reason, and with undefined when it works again. */
  readonly onTrouble: (error: MaestroError | undefined) => void;
}

/** The longest pause after reads that failed. */
const longestPauseMs = 30_000;
/** After a read that took long, at least so many times as long passes before the next: watching must not be most of the server's work. */
const restFactor = 4;

/**
 * Changes found by reading again and again. A server that goes away is waited
 * out with a capped, jittered back-off; a mistake that can not heal is thrown.
 * What comes and goes between two reads is not seen.
 */
export async function* pollChanges(options: PollingOptions, budget: Budget): AsyncGenerator<Look> {
  let known: ReadonlyMap<string, ResourceBundle> = new Map<string, ResourceBundle>();
  let failures = 0;
  while (remainingMs(budget) > 0) {
    const startMs = budget.clock.monotonicMs();
    let bundles: readonly ResourceBundle[] | undefined;
    try {
      bundles = await options.read({ ...budget, deadlineMs: Math.min(budget.deadlineMs, startMs + options.readTimeoutMs) });
    } catch (caught) {
      budget.signal.throwIfAborted();
      const error = MaestroError.from(caught);
      if (!error.mayHeal && error.code !== 'timeout') throw error;
      // A read that only the end of the budget cut short says nothing about the server.
      if (remainingMs(budget) <= 0) return;
      if (failures === 0) options.onTrouble(error);
      failures += 1;
    }
    if (bundles !== undefined) {
      if (failures > 0) options.onTrouble(undefined);
      failures = 0;
      const now = new Map(bundles.map((bundle) => [bundle.id, bundle]));
      yield { changes: changesBetween(known, now), present: now.size };
      known = now;
    }
    const tookMs = budget.clock.monotonicMs() - startMs;
    await pause(budget, bundles === undefined ? pauseAfterFailure(options.intervalMs, failures, budget.random) : pauseAfterRead(options.intervalMs, tookMs, budget.random));
  }
}

function pauseAfterRead(intervalMs: number, tookMs: number, random: () => number): number {
  return Math.max(intervalMs * (0.95 + random() * 0.1), Math.min(longestPauseMs, tookMs * restFactor));
}

/** Never shorter than the interval, and longer than the cap only when the interval is. */
export function pauseAfterFailure(intervalMs: number, failures: number, random: () => number): number {
  return Math.max(intervalMs, backoffMs(failures, random, 500, longestPauseMs));
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
          status.resourceStatus.map(({ resourceMeta, conditions, feedback }) => [resourceMeta, conditions, feedback] as unknown as JsonValue),
        ],
  ];
}
