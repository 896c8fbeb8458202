import type { WorkReader, WorkRequest, WorkWriter } from '../clients/transport.ts';
import { sameContent } from '../core/works/compare.ts';
import { storedContent } from '../core/works/document.ts';
import { eventAnnotation } from '../core/works/own-annotations.ts';
import { MaestroError } from '../errors.ts';
import { backoffMs } from '../core/back-off.ts';
import { pause, remainingMs, type Budget } from './budget.ts';
import { untilConnected } from './connect-retry.ts';

/** What a write needs: both sides of Maestro, and somebody to tell of retries. */
export interface PublishDeps {
  readonly writer: WorkWriter;
  readonly reader: WorkReader;
  /** Told of retries and of lost answers that are read back. */
  readonly onNotice: (text: string) => void;
  /** Who made the two sides tells of tries that reach nobody, so that it is not told twice. */
  readonly tellsTrouble?: boolean;
}

/** Of the time that is left, for reading back; no more is kept than a read may take. */
const reserveShare = 0.25;
const longestReserveMs = 5_000;

/**
 * Maestro deletes whatever version it is asked for. So a deletion that rests on a look, such as that of a work which
 * owns nothing any more, is given up when it could not be sent soon after that: what was true then need not be true
 * when a connection comes back.
 */
export const longestDeletionMs = 5_000;

/** How a write that took effect became known. */
export type Published =
  | { readonly seen: 'answered' }
  /** `version` is the one that was found to hold it; undefined of a deletion. */
  | { readonly seen: 'read-back'; readonly version?: number };

/** What reading back says about a write whose answer was lost. */
type Effect =
  | { readonly kind: 'done'; readonly version?: number }
  | { readonly kind: 'not-done' }
  /** Somebody else has written; `certain` when ours can have been stored at no time. */
  | { readonly kind: 'overtaken'; readonly certain: boolean };

/**
 * Publishes one request so that its effect is known at the end.
 *
 * An answer is final. Without an answer the bundle is read: our content is
 * stored → done; the version is still the one we started from → sent again;
 * anything else → conflict, whose `delivery` is `unknown` when ours may have
 * been stored before the other. A refusal that follows a lost answer may be the
 * echo of our own first try (the server had done the work after all), so it is
 * read back as well. A request with version 0 is never sent twice.
 *
 * @returns whether the request took effect with its answer seen, or by reading back
 * @throws MaestroError OutcomeUnknown when the budget or a signal ends before the effect is known; the code is the
 *   signal's then
 */
export async function publishSafely(
  request: WorkRequest,
  baseVersion: number,
  deps: PublishDeps,
  budget: Budget,
): Promise<Published> {
  let lost: MaestroError | undefined;
  const noted = new Set<string>();
  // The same trouble again is no news.
  const tellRetry = (error: MaestroError): void => {
    if (deps.tellsTrouble !== true && !noted.has(error.message)) deps.onNotice(`${error.message}; trying again`);
    noted.add(error.message);
  };
  for (let attempt = 0; ; attempt += 1) {
    try {
      await untilConnected(
        () => deps.writer.publish(request, { ...budget, deadlineMs: answerBy(budget) }),
        budget,
        tellRetry,
      );
      return { seen: 'answered' };
    } catch (caught) {
      const error = MaestroError.thrownUnder(budget.signal, caught);
      if (error.delivery === 'unknown') lost = error;
      else if (lost === undefined) throw error;
      else if (error.delivery === 'not-sent') throw outcomeUnknown(lost, budget, error);
    }
    if (budget.signal.aborted) throw outcomeUnknown(lost, budget);
    deps.onNotice(`the answer to the ${request.kind} was lost; reading back what became of it`);
    const first = lost;
    const effect = await readBack(request, baseVersion, deps.reader, budget).catch((caught: unknown) => {
      throw outcomeUnknown(first, budget, caught);
    });
    if (effect.kind === 'done')
      return { seen: 'read-back', ...(effect.version === undefined ? {} : { version: effect.version }) };
    if (effect.kind === 'overtaken') {
      throw new MaestroError(
        'conflict',
        `the answer to the ${request.kind} was lost, and another version is stored by now`,
        {
          hint: 'Somebody else wrote this work at the same moment. Look at it, then apply again.',
          ...(effect.certain ? {} : { delivery: 'unknown' as const }),
          cause: lost,
        },
      );
    }
    if (request.kind === 'update' && request.version === 0) throw outcomeUnknown(lost, budget);
    if (remainingMs(budget) <= 0) throw outcomeUnknown(lost, budget);
    await pause(budget, backoffMs(attempt, budget.random));
  }
}

/** What a lost answer leaves unknown has to be read, so an answer is not waited for to the last. */
function answerBy(budget: Budget): number {
  return budget.deadlineMs - Math.min(longestReserveMs, Math.max(0, remainingMs(budget)) * reserveShare);
}

async function readBack(
  request: WorkRequest,
  baseVersion: number,
  reader: WorkReader,
  budget: Budget,
): Promise<Effect> {
  const stored = await reader.getBundle(request.target.id, budget);
  if (request.kind === 'delete')
    return stored === undefined || stored.deletedAt !== undefined ? { kind: 'done' } : { kind: 'not-done' };
  if (stored === undefined)
    return request.kind === 'create' ? { kind: 'not-done' } : { kind: 'overtaken', certain: false };
  const { version } = stored;
  const isOurs =
    version > baseVersion &&
    sameContent(request.work, storedContent(stored), { ignoreAnnotationsUnder: eventAnnotation });
  if (stored.deletedAt === undefined && isOurs) return { kind: 'done', version };
  if (stored.deletedAt === undefined && version === baseVersion) return { kind: 'not-done' };
  // Ours would have been the next version, and another one is, or there is none: it was refused. A later version says
  // nothing of what was before it, and neither does a work that was made anew.
  const ofVersion = request.kind === 'create' || request.version !== 0;
  const isNext = version === baseVersion || version === baseVersion + 1;
  return { kind: 'overtaken', certain: ofVersion && isNext && !isOurs };
}

/** What a conflict is that may have come after a write of ours was stored. */
export function unknownBehind(conflict: MaestroError): MaestroError {
  return new MaestroError('unavailable', `the write was sent, and its effect is unknown: ${conflict.message}`, {
    reason: 'OutcomeUnknown',
    delivery: 'unknown',
    hint: runAgain,
    cause: conflict,
  });
}

const runAgain = 'Run the same command again: it reads what is stored first, so it converges and makes no duplicate.';

/** A signal ends what it ends with its own code; that nobody knows what became of the write stays the reason. */
function outcomeUnknown(lost: MaestroError, { signal }: Pick<Budget, 'signal'>, later?: unknown): MaestroError {
  const stopped = signal.aborted ? MaestroError.fromAbort(signal) : undefined;
  const first = stopped ?? lost;
  const why =
    stopped !== undefined || later === undefined
      ? ''
      : `; reading back failed too: ${MaestroError.from(later).message}`;
  return new MaestroError(
    stopped?.code ?? 'unavailable',
    `the write was sent, and its effect is unknown: ${first.message}${why}`,
    {
      reason: 'OutcomeUnknown',
      delivery: 'unknown',
      hint: runAgain,
      cause: lost,
    },
  );
}
