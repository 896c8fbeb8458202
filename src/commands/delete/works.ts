import type { Context, Maestro } from '../../context.ts';
import { parseExpression } from '../../core/expressions/parse.ts';
import { ownersOf } from '../../core/ownership/owners.ts';
import { workFromBundle } from '../../core/works/document.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { remainingMs, type Budget } from '../../operations/budget.ts';
import { planDelete, requestDelete } from '../../operations/delete.ts';
import { consumerNotFound, type WorkAddress } from '../../operations/find-work.ts';
import { orphanWork, refuseLateOrphan } from '../../operations/orphan.ts';
import { failedWork, type WorkOutcome } from '../../operations/outcome.ts';
import type { WaitTarget } from '../../operations/wait/judge.ts';
import { waitForWorks } from '../../operations/wait/wait-for-works.ts';
import type { StatusFeed } from '../../operations/watch/status-feed.ts';
import type { Notices } from '../../output/notices.ts';
import { workLine } from '../../output/outcome.ts';
import { openFeed } from '../watch/open-feed.ts';
import type { DeleteOptions } from './command.ts';
import { absentOutcome, dryRunOutcome, goneOutcome, removedText, requestedOutcome } from './outcomes.ts';
import { deleteResources } from './resources.ts';

export interface RunDeps {
  readonly context: Context;
  readonly maestro: Maestro;
  readonly budget: Budget;
  readonly notices: Notices;
  readonly feed?: StatusFeed;
  /** Writes to standard output, around a line of progress. */
  readonly print?: (text: string) => void;
}

/** A work that is on its way out, or whose outcome is already known. */
export type Asked = { readonly requested: ResourceBundle } | { readonly outcome: WorkOutcome };

/** A stream that takes longer to open is gone without; polling tells the end, too, only less of it. */
const openWithinMs = 10_000;
/** What is left of a short time is for asking, and for saying why that failed. */
const openShare = 0.5;

/** The stream of status events about these works, when the options want one. */
export function openDeleteFeed(options: DeleteOptions, ids: readonly string[], deps: Omit<RunDeps, 'budget'>): StatusFeed | undefined {
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
  const publishDeps = { ...deps.maestro, onNotice: (text: string) => deps.notices.info(text) };
  const say = sayer(options, deps, address.by === 'name' ? address.consumer : '');
  try {
    deps.budget.signal.throwIfAborted();
    const plan = await planDelete(address, options.source, publishDeps, deps.budget);
    switch (plan.action) {
      case 'absent':
        // The work is gone for sure, but nobody meant a consumer that does not exist: it is misspelt.
        if (plan.noConsumer) throw consumerNotFound(plan.consumer);
        say(plan.name === '' ? plan.id : plan.name, 'not found, nothing to delete');
        return { outcome: absentOutcome(plan) };
      case 'underway':
        if (options.resources.length > 0) throw beingDeleted(plan.bundle);
        if (options.orphan) refuseLateOrphan(plan.bundle);
        say(workName(plan.bundle), `is being deleted since ${plan.bundle.deletedAt}; not asked again`);
        return { requested: plan.bundle };
      case 'delete': {
        if (options.resources.length > 0) {
          if (plan.bundle.deletedAt !== undefined) throw beingDeleted(plan.bundle);
          return { outcome: await deleteResources(plan.bundle, options, publishDeps, deps, say) };
        }
        warnOthers(plan.bundle, options, deps.notices);
        if (options.dryRun) {
          const objects = `${plan.bundle.manifests.length} ${plan.bundle.manifests.length === 1 ? 'manifest' : 'manifests'}`;
          const what = options.orphan ? `would be orphaned first, so that the objects of its ${objects} stay, and then deleted` : `would be deleted with ${objects}`;
          say(workName(plan.bundle), `${what} (dry run, nothing sent)`);
          return { outcome: dryRunOutcome(plan.bundle, what) };
        }
        const onProgress = (_target: WaitTarget, text: string): void => deps.notices.progress(`${workName(plan.bundle)}: ${text}`);
        const bundle = options.orphan
          ? await orphanWork(plan.bundle, options.source, { ...publishDeps, onProgress }, deps.budget)
          : plan.bundle;
        deps.notices.end();
        if (options.orphan) say(workName(bundle), `its objects stay on the cluster (orphaned at version ${bundle.version})`);
        await requestDelete(bundle, options.source, publishDeps, deps.budget);
        say(workName(bundle), 'deletion requested');
        return { requested: bundle };
      }
    }
  } catch (caught) {
    const named = address.by === 'name' ? { manifestWorkName: address.name, consumer: address.consumer } : { manifestWorkName: '', consumer: '', id: address.id };
    return { outcome: failedWork(named, MaestroError.from(caught), false) };
  }
}

function beingDeleted(bundle: ResourceBundle): MaestroError {
  return new MaestroError('conflict', `${workName(bundle)} is being deleted since ${bundle.deletedAt}; its manifests can not be changed any more`, {
    reason: 'BeingDeleted',
  });
}

/** Deleting a whole work takes along what others put into it; that is allowed, and said. */
function warnOthers(bundle: ResourceBundle, options: DeleteOptions, notices: Notices): void {
  const owners = [...ownersOf(workFromBundle(bundle), options.source)].filter(([, owner]) => owner !== options.manager);
  const managers = [...new Set(owners.map(([, owner]) => owner))];
  if (owners.length > 0 && owners.length < bundle.manifests.length) {
    notices.warn(`${workName(bundle)} also holds ${owners.length} manifests of ${managers.join(', ')}, which go with it`);
  }
}

/** Waits for what was asked for, when the options say so, and tells the outcome of each. */
export async function settleWorks(asked: readonly Asked[], options: DeleteOptions, deps: RunDeps): Promise<readonly WorkOutcome[]> {
  const requested = asked.flatMap((one) => ('requested' in one ? [one.requested] : []));
  if (!options.watch || requested.length === 0) {
    return asked.map((one) => ('outcome' in one ? one.outcome : requestedOutcome(one.requested)));
  }
  const results = await waitForWorks(
    requested.map((bundle) => ({
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
      onProgress: (target, text) => deps.notices.progress(`${target.name}: ${text}`),
      ...(deps.feed === undefined ? {} : { feed: deps.feed }),
    },
    deps.budget,
  );
  deps.notices.end();
  const byId = new Map(results.map((result) => [result.target.id, result]));
  return asked.map((one) => {
    if ('outcome' in one) return one.outcome;
    const result = byId.get(one.requested.id);
    const outcome = goneOutcome(one.requested, result);
    if (outcome.error === undefined && options.output === 'text') sayer(options, deps, outcome.consumer)(outcome.manifestWorkName, removedText(result?.bundle));
    return outcome;
  });
}

/** A line on standard output; with several consumers it names which one. */
function sayer(options: DeleteOptions, deps: RunDeps, consumer: string): (name: string, text: string) => void {
  const on = options.fleet === undefined ? '' : ` on ${consumer}`;
  const print = deps.print ?? ((text: string) => deps.context.stdout.write(text));
  return (name, text) => {
    if (options.output === 'text') print(`${workLine(name)} ${text}${on}\n`);
    else if (options.output === 'name') print(`${workLine(name)}\n`);
  };
}
