import { failedWork, type WorkOutcome } from '../../core/outcome/outcome.ts';
import { MaestroError } from '../../errors.ts';
import { remainingMs } from '../../operations/budget.ts';
import { beginDelete, type Deleted, type DeleteWorkDeps } from '../../operations/delete/delete-work.ts';
import type { LettingGo } from '../../operations/delete/orphan.ts';
import { deletedOutcome, lettingGoOutcome, type Requested } from '../../operations/delete/outcomes.ts';
import { reducedTarget } from '../../operations/delete/reduced-target.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';
import type { WorkLookup } from '../../operations/lookup.ts';
import type { WaitTarget } from '../../operations/wait/judge.ts';
import type { WaitDeps } from '../../operations/wait/wait-for-works.ts';
import type { StatusFeed } from '../../works/status-feed.ts';
import { openFeed } from '../shared/watching/open-feed.ts';
import type { MaestroSession } from '../shared/with-maestro.ts';
import type { DeleteOptions } from './options.ts';
import type { DeleteOutput } from './output.ts';

/** What deleting works needs of its run. */
export interface DeleteRun extends Pick<MaestroSession, 'maestro' | 'budget' | 'reporter'> {
  readonly options: DeleteOptions;
  readonly output: DeleteOutput;
  readonly feed: StatusFeed | undefined;
  /** What is told while works are waited for, by what that is for. */
  readonly telling: (condition: 'Applied' | 'Removed', works: number) => Pick<WaitDeps, 'onProgress' | 'onLook'>;
}

/** A work that is on its way out, one that its agent has to report on first, or one whose outcome is already known. */
export type Asked =
  | { readonly requested: Requested }
  | { readonly outcome: WorkOutcome; readonly isAbsent?: boolean }
  /** It is deleted once its agent has let go of the objects. */
  | { readonly lettingGo: LettingGo }
  /** The manifests are out of it, whoever took them out, and its agent has to apply that. */
  | { readonly reduced: Deleted; readonly target: WaitTarget };

/** A stream that takes longer to open is gone without; polling tells the end, too, only less of it. */
const openWithinMs = 10_000;
/** What is left of a short time is for asking, and for saying why that failed. */
const openShare = 0.5;

/**
 * The stream of status events about these works, when the options want one. The last event of a work is told once,
 * so the stream has to stand before anything is asked for.
 */
export async function openDeleteFeed(
  options: DeleteOptions,
  ids: Iterable<string>,
  session: MaestroSession,
): Promise<StatusFeed | undefined> {
  if (!options.watch || options.via !== 'stream') return undefined;
  const wanted = new Set(ids);
  const request = { source: options.source, wants: ({ id }: { readonly id: string }) => wanted.has(id) };
  const feed = openFeed(request, session);
  const { budget } = session;
  await feed.opened(Math.min(openWithinMs, remainingMs(budget) * openShare), budget.signal);
  return feed;
}

/**
 * Reads a work, and asks for what the options want of it, without waiting for an agent. A failure is its outcome.
 *
 * @param lookup what is known already of where there is nothing
 */
export async function askWork(address: WorkAddress, run: DeleteRun, lookup?: WorkLookup): Promise<Asked> {
  const { options, output, budget } = run;
  const named =
    address.by === 'name'
      ? { manifestWorkName: address.name, consumer: address.consumer }
      : { manifestWorkName: '', consumer: '', id: address.id };
  try {
    budget.signal.throwIfAborted();
    const begun = await beginDelete(address, options, deleteDeps(run, lookup), budget);
    if (begun.action === 'letting-go') return { lettingGo: begun };
    output.deleted(begun, named.consumer);
    if (begun.action === 'requested' || begun.action === 'underway') return { requested: begun };
    const target = options.watch ? reducedTarget(begun) : undefined;
    if (target !== undefined) return { reduced: begun, target };
    return { outcome: deletedOutcome(begun), isAbsent: begun.action === 'absent' };
  } catch (caught) {
    return { outcome: failedWork(named, MaestroError.from(caught), false) };
  }
}

/** What is known of a work before anything is waited for. */
export function outcomeSoFar(asked: Asked): WorkOutcome {
  if ('outcome' in asked) return asked.outcome;
  if ('lettingGo' in asked) return lettingGoOutcome(asked.lettingGo.bundle);
  return deletedOutcome('reduced' in asked ? asked.reduced : { action: 'requested', ...asked.requested });
}

export function deleteDeps({ maestro, output, reporter }: DeleteRun, lookup?: WorkLookup): DeleteWorkDeps {
  return {
    ...maestro,
    ...(lookup === undefined ? {} : { lookup }),
    onNotice: (text) => reporter.info(text),
    onOrphaned: (bundle) => {
      reporter.end();
      output.orphaned(bundle);
    },
  };
}
