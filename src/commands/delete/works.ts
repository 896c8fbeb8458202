import { failedWork, type WorkOutcome } from '../../core/outcome/outcome.ts';
import { MaestroError } from '../../errors.ts';
import { remainingMs } from '../../operations/budget.ts';
import { deleteWork, type Deleted } from '../../operations/delete/delete-work.ts';
import { deletedOutcome, goneOutcome, type Requested } from '../../operations/delete/outcomes.ts';
import { reducedTarget } from '../../operations/delete/reduced-target.ts';
import { waitUntilGone } from '../../operations/delete/wait-until-gone.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';
import type { WorkLookup } from '../../operations/lookup.ts';
import { untilApplied } from '../../operations/wait/conditions.ts';
import { waitForWorks, type WaitDeps } from '../../operations/wait/wait-for-works.ts';
import type { StatusFeed } from '../../works/status-feed.ts';
import { waitedOutcome } from '../../operations/work-outcomes.ts';
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

/** A work that is on its way out, or whose outcome is already known. */
export type Asked = { readonly requested: Requested } | { readonly outcome: WorkOutcome; readonly isAbsent?: boolean };

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
  // Works of a fleet that only lose manifests are waited for side by side, and what a feed brings goes to one of them.
  if (options.fleet !== undefined && options.resources.length > 0) return undefined;
  const wanted = new Set(ids);
  const request = { source: options.source, wants: ({ id }: { readonly id: string }) => wanted.has(id) };
  const feed = openFeed(request, session);
  const { budget } = session;
  await feed.opened(Math.min(openWithinMs, remainingMs(budget) * openShare), budget.signal);
  return feed;
}

/**
 * Reads a work, and asks for what the options want of it. A failure is its outcome.
 *
 * @param lookup what is known already of where there is nothing
 */
export async function askWork(address: WorkAddress, run: DeleteRun, lookup?: WorkLookup): Promise<Asked> {
  const { options, output, maestro, budget, reporter } = run;
  const named =
    address.by === 'name'
      ? { manifestWorkName: address.name, consumer: address.consumer }
      : { manifestWorkName: '', consumer: '', id: address.id };
  try {
    budget.signal.throwIfAborted();
    const deps = {
      ...maestro,
      ...(lookup === undefined ? {} : { lookup }),
      onNotice: (text: string) => reporter.info(text),
      ...run.telling('Applied', 1),
      onOrphaned: (bundle: Requested['bundle']) => {
        reporter.end();
        output.orphaned(bundle);
      },
    };
    const deleted = await deleteWork(address, options, deps, budget);
    output.deleted(deleted, named.consumer);
    if (deleted.action === 'requested' || deleted.action === 'underway') return { requested: deleted };
    return { outcome: await settledOutcome(deleted, run), isAbsent: deleted.action === 'absent' };
  } catch (caught) {
    return { outcome: failedWork(named, MaestroError.from(caught), false) };
  }
}

/**
 * What became of a work that was not asked to go. Without the manifests that were named it is waited for when the
 * options say so, whoever has taken them out.
 */
async function settledOutcome(deleted: Deleted, run: DeleteRun): Promise<WorkOutcome> {
  const target = run.options.watch ? reducedTarget(deleted) : undefined;
  if (target === undefined) return deletedOutcome(deleted);
  const [result] = await waitForWorks([target], untilApplied, waitDeps(run, 'Applied', 1), run.budget);
  if (result === undefined) return deletedOutcome(deleted);
  const { operation, ...effects } = deleted.action === 'reduced' ? deleted.applied : { operation: 'unchanged' as const };
  return waitedOutcome(result, { operation, text: 'Applied', accepted: true, effects });
}

/** Waits for what was asked for, when the options say so, and tells the outcome of each. */
export async function settleWorks(asked: readonly Asked[], run: DeleteRun): Promise<readonly WorkOutcome[]> {
  const { options, output, reporter, budget } = run;
  const requested = asked.flatMap((one) => ('requested' in one ? [one.requested] : []));
  if (!options.watch || requested.length === 0) {
    return asked.map((one) =>
      'outcome' in one ? one.outcome : deletedOutcome({ action: 'requested', ...one.requested }),
    );
  }
  const results = await waitUntilGone(
    requested.map(({ bundle }) => bundle),
    waitDeps(run, 'Removed', requested.length),
    budget,
  );
  reporter.end();
  const byId = new Map(results.map((result) => [result.target.id, result]));
  return asked.map((one) => {
    if ('outcome' in one) return one.outcome;
    const result = byId.get(one.requested.bundle.id);
    const outcome = goneOutcome(one.requested, result);
    if (outcome.error === undefined) output.gone(outcome, result?.bundle);
    return outcome;
  });
}

function waitDeps(run: DeleteRun, ...[condition, works]: Parameters<DeleteRun['telling']>): WaitDeps {
  const { maestro, feed } = run;
  return { reader: maestro.reader, ...run.telling(condition, works), ...(feed === undefined ? {} : { feed }) };
}
