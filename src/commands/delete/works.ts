import type { Context, Maestro } from '../../context.ts';
import { parseExpression } from '../../core/expressions/parse.ts';
import type { Loss } from '../../core/ownership/merge-works.ts';
import { counted } from '../../core/text.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { remainingMs, type Budget } from '../../operations/budget.ts';
import { findForDelete, planDelete, requestDelete, type StoredForDelete } from '../../operations/delete/plan.ts';
import {
  absentOutcome,
  dryRunOutcome,
  goneOutcome,
  lossTexts,
  removedText,
  requestedOutcome,
  type Requested,
} from '../../operations/delete/outcomes.ts';
import type { WorkAddress } from '../../operations/find-work.ts';
import { orphanWork, refuseLateOrphan } from '../../operations/delete/orphan.ts';
import { failedWork, type WorkOutcome } from '../../core/outcome/outcome.ts';
import type { PublishDeps } from '../../operations/publish.ts';
import type { WaitTarget } from '../../operations/wait/judge.ts';
import type { WaitCounts } from '../../core/outcome/standing.ts';
import { waitForWorks } from '../../operations/wait/wait-for-works.ts';
import type { StatusFeed } from '../../works/status-feed.ts';
import type { Reporter } from '../../output/reporter.ts';
import { workLine } from '../../output/outcome.ts';
import { openFeed } from '../shared/open-feed.ts';
import type { DeleteOptions } from './command.ts';
import { deleteResources } from './resources.ts';

export interface RunDeps {
  readonly context: Context;
  readonly maestro: Maestro;
  readonly budget: Budget;
  readonly reporter: Reporter;
  readonly feed?: StatusFeed;
  /** Writes to standard output, around a line of progress. */
  readonly print?: (text: string) => void;
  /** Told where the works stand that are waited for. */
  readonly onCounts?: (counts: WaitCounts) => void;
}

/** A work that is on its way out, or whose outcome is already known. */
export type Asked = { readonly requested: Requested } | { readonly outcome: WorkOutcome };

/** Tells of a work on standard output, in the form that the options want. */
export type Say = (name: string, text: string) => void;

/** A stream that takes longer to open is gone without; polling tells the end, too, only less of it. */
const openWithinMs = 10_000;
/** What is left of a short time is for asking, and for saying why that failed. */
const openShare = 0.5;

/** The stream of status events about these works, when the options want one. */
export function openDeleteFeed(
  options: DeleteOptions,
  ids: readonly string[],
  deps: Omit<RunDeps, 'budget'>,
): StatusFeed | undefined {
  if (!options.watch || options.via !== 'stream' || options.dryRun) return undefined;
  const wanted = new Set(ids);
  return openFeed({ source: options.source, wants: ({ id }) => wanted.has(id) }, deps);
}

/** The last event of a work is told once; the stream has to stand before anything is asked for. */
export async function feedStands({ feed, budget }: RunDeps): Promise<void> {
  await feed?.opened(Math.min(openWithinMs, remainingMs(budget) * openShare), budget.signal);
}

/** Reads a work, and asks for what the options want of it. A failure is its outcome. */
export async function askWork(address: WorkAddress, options: DeleteOptions, deps: RunDeps): Promise<Asked> {
  const publishDeps = { ...deps.maestro, onNotice: (text: string) => deps.reporter.info(text) };
  const say = sayer(options, deps, address.by === 'name' ? address.consumer : '');
  try {
    deps.budget.signal.throwIfAborted();
    return options.resources.length > 0
      ? await askForPart(address, options, publishDeps, deps, say)
      : await askForAll(address, options, publishDeps, deps, say);
  } catch (caught) {
    const named =
      address.by === 'name'
        ? { manifestWorkName: address.name, consumer: address.consumer }
        : { manifestWorkName: '', consumer: '', id: address.id };
    return { outcome: failedWork(named, MaestroError.from(caught), false) };
  }
}

async function askForPart(
  address: WorkAddress,
  options: DeleteOptions,
  publishDeps: PublishDeps,
  deps: RunDeps,
  say: Say,
): Promise<Asked> {
  const stored = await findForDelete(address, options.source, publishDeps, deps.budget);
  if (stored.action === 'absent') return nothingToDelete(stored, say);
  if (stored.bundle.deletedAt !== undefined) throw beingDeleted(stored.bundle);
  return { outcome: await deleteResources(stored.bundle, options, publishDeps, deps, say) };
}

async function askForAll(
  address: WorkAddress,
  options: DeleteOptions,
  publishDeps: PublishDeps,
  deps: RunDeps,
  say: Say,
): Promise<Asked> {
  const plan = await planDelete(address, options, publishDeps, deps.budget);
  switch (plan.action) {
    case 'absent':
      return nothingToDelete(plan, say);
    case 'underway':
      if (options.orphan) refuseLateOrphan(plan.bundle);
      say(workName(plan.bundle), `is being deleted since ${plan.bundle.deletedAt}; not asked again`);
      return { requested: { bundle: plan.bundle, losses: [] } };
    case 'delete': {
      const name = workName(plan.bundle);
      if (options.dryRun) {
        const objects = counted(plan.bundle.manifests.length, 'manifest');
        const what = options.orphan
          ? `would be orphaned first, so that the objects of its ${objects} stay, and then deleted`
          : `would be deleted with ${objects}`;
        say(name, `${what} (dry run, nothing sent)`);
        sayLosses(name, plan.losses, options, deps, say);
        return { outcome: dryRunOutcome(plan, what) };
      }
      const onProgress = (_target: WaitTarget, text: string): void => deps.reporter.progress(`${name}: ${text}`);
      const bundle = options.orphan
        ? await orphanWork(plan.bundle, options, { ...publishDeps, onProgress }, deps.budget)
        : plan.bundle;
      deps.reporter.end();
      // Beside text, the name is told once, with the deletion.
      if (options.orphan && options.output === 'text')
        say(name, `its objects stay on the cluster (orphaned at version ${bundle.version})`);
      const losses = await requestDelete(bundle, options, publishDeps, deps.budget);
      say(name, 'deletion requested');
      sayLosses(name, losses, options, deps, say);
      return { requested: { bundle, losses } };
    }
  }
}

function nothingToDelete(absent: Extract<StoredForDelete, { readonly action: 'absent' }>, say: Say): Asked {
  say(absent.name === '' ? absent.id : absent.name, 'not found, nothing to delete');
  return { outcome: absentOutcome(absent) };
}

/** What others lose stands on standard output where a person reads it, and beside it where that holds names alone. */
export function sayLosses(
  name: string,
  losses: readonly Loss[],
  options: DeleteOptions,
  deps: RunDeps,
  say: Say,
): void {
  for (const text of lossTexts(losses, options.dryRun)) {
    if (options.output === 'text') say(name, text);
    else deps.reporter.warn(`${name}: ${text}`);
  }
}

function beingDeleted(bundle: ResourceBundle): MaestroError {
  return new MaestroError(
    'conflict',
    `${workName(bundle)} is being deleted since ${bundle.deletedAt}; its manifests cannot be changed any more`,
    {
      reason: 'BeingDeleted',
    },
  );
}

/** Waits for what was asked for, when the options say so, and tells the outcome of each. */
export async function settleWorks(
  asked: readonly Asked[],
  options: DeleteOptions,
  deps: RunDeps,
): Promise<readonly WorkOutcome[]> {
  const requested = asked.flatMap((one) => ('requested' in one ? [one.requested] : []));
  if (!options.watch || requested.length === 0) {
    return asked.map((one) => ('outcome' in one ? one.outcome : requestedOutcome(one.requested)));
  }
  const results = await waitForWorks(
    requested.map(({ bundle }) => ({
      id: bundle.id,
      name: workName(bundle),
      consumer: bundle.consumerName,
      writtenVersion: bundle.version,
      createdAt: bundle.createdAt,
      stored: bundle,
      known: true,
      mustExist: false,
    })),
    { expression: parseExpression('Deleted'), failureGraceMs: Number.POSITIVE_INFINITY, feedbackSettleMs: 0 },
    {
      reader: deps.maestro.reader,
      onProgress: (target, text) => deps.reporter.progress(`${target.name}: ${text}`),
      ...(deps.onCounts === undefined ? {} : { onCounts: deps.onCounts }),
      ...(deps.feed === undefined ? {} : { feed: deps.feed }),
    },
    deps.budget,
  );
  deps.reporter.end();
  const byId = new Map(results.map((result) => [result.target.id, result]));
  return asked.map((one) => {
    if ('outcome' in one) return one.outcome;
    const result = byId.get(one.requested.bundle.id);
    const outcome = goneOutcome(one.requested, result);
    if (outcome.error === undefined && options.output === 'text')
      sayer(options, deps, outcome.consumer)(outcome.manifestWorkName, removedText(result?.bundle));
    return outcome;
  });
}

/** A line on standard output; with several consumers it names which one. */
function sayer(options: DeleteOptions, deps: RunDeps, consumer: string): Say {
  const on = options.fleet === undefined ? '' : ` on ${consumer}`;
  const print = deps.print ?? ((text: string) => deps.context.stdout.write(text));
  return (name, text) => {
    if (options.output === 'text') print(`${workLine(name)} ${text}${on}\n`);
    else if (options.output === 'name') print(`${workLine(name)}\n`);
  };
}
