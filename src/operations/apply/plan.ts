import type { WorkTarget } from '../../clients/transport.ts';
import { keepAdapterLabel } from '../../core/works/adapter.ts';
import { contentDifferences, sameContent, type ContentDifference, optionText } from '../../core/works/compare.ts';
import { storedContent } from '../../core/works/document.ts';
import type { ManifestKey, ManifestWork } from '../../core/works/manifest-work.ts';
import {
  ownAnnotationPrefix,
  recordedExecutor,
  withExecutorRecord,
  withMigrationRecords,
} from '../../core/works/own-annotations.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { canonicalJson } from '../../core/json.ts';
import { describeLoss } from '../../core/ownership/losses.ts';
import { firstWork, mergeWorks, type Loss } from '../../core/ownership/merge-works.ts';
import { removedLabel, removedManifests, type RemovedManifest } from '../../core/ownership/removals.ts';
import { workWords } from '../../core/shell-word.ts';
import { MaestroError } from '../../errors.ts';
import type { Budget } from '../budget.ts';
import { keptExecutor, knowingExecutors, storedExecutor, type BundleLister } from '../executor.ts';
import { consumerNotFound, refuseOtherWork } from '../find-work.ts';
import { fitWork } from '../fit-work.ts';
import { directLookup, type StoredState, type WorkLookup } from '../lookup.ts';
import type { PublishDeps } from '../publish.ts';
import { refuseReplaced } from '../replaced.ts';

/** What is to be stored, for whom, and what must not be overwritten. */
export interface ApplyRequest {
  readonly source: string;
  readonly consumer: string;
  readonly work: ManifestWork;
  /** Refuse unless exactly this version is stored; 0 means "must not exist". */
  readonly ifVersion?: number;
  /** Refuse another work of the same name: when the server made the row that was read, as it says. */
  readonly ifCreatedAt?: string;
  /** The version is that of the document, and nobody named it otherwise; for messages. */
  readonly ifVersionOfDocument?: boolean;
  /** Send version 0, unless a version is asked for: the last writer wins. Never sent twice. */
  readonly overwrite: boolean;
  /** Who owns the manifests that this writes. */
  readonly manager: string;
  /** Keep what other managers own and replace only one's own. */
  readonly merge: boolean;
  /** A merge that keeps one's own as well: what is given is added or replaced, and only what `drops` chooses goes. */
  readonly adds?: boolean;
  /** With `merge`: manifests that are to go, whoever owns them. */
  readonly drops?: (key: ManifestKey) => boolean;
  /** Take over what other managers own, where it stands in the way. */
  readonly force: boolean;
  /** Refuse to remove any manifest (ownership, `WouldRemove`). */
  readonly noRemove?: boolean;
  /** Set when the write is made again. */
  readonly again?: Again;
}

/** What a write that is made again must keep to. */
export interface Again {
  /** What the first plan would have removed, by label. Nothing else may go. */
  readonly mayRemove: ReadonlySet<string>;
  /** The first read was a search for names, which cannot find a work that was stored without one. */
  readonly firstReadByName: boolean;
}

/** What an apply would do, decided from one read. */
export type ApplyPlan =
  | { readonly action: 'create'; readonly target: WorkTarget; readonly work: ManifestWork }
  | {
      readonly action: 'update';
      readonly target: WorkTarget;
      readonly work: ManifestWork;
      readonly stored: ResourceBundle;
      readonly differences: readonly ContentDifference[];
      /** Manifests that go, others' too. */
      readonly removed: readonly RemovedManifest[];
      /** What other managers lose by a forced write. */
      readonly losses: readonly Loss[];
    }
  | {
      readonly action: 'unchanged';
      readonly target: WorkTarget;
      readonly work: ManifestWork;
      readonly stored: ResourceBundle;
    };

/**
 * Checks what is to be stored, reads what is stored, and decides. Nothing is sent.
 *
 * @param lookup answers what is stored; asked of Maestro each time when absent
 * @throws MaestroError invalid-input (as `fitWork`), conflict (being deleted, another version than asked for),
 *   not-found (consumer), ownership (another source's work, another manager's
 *   manifests, an executor we cannot reproduce, a removal that was ruled out)
 */
export async function planApply(
  given: ApplyRequest,
  deps: PublishDeps,
  budget: Budget,
  lookup: WorkLookup = directLookup(deps.reader),
): Promise<ApplyPlan> {
  const { source, consumer } = given;
  const fit = fitWork(given.work, consumer, given.drops !== undefined);
  const { name } = fit;
  const state = await lookup.read({ source, consumer, name }, budget);
  const { id, bundle: stored } = state;
  const target: WorkTarget = { id, consumer, source };
  const request: ApplyRequest = {
    ...given,
    work: stored === undefined ? fit : keepAdapterLabel(fit, storedContent(stored)),
  };
  if (stored !== undefined) refuseOtherWork(stored, { consumer, name });
  checkVersion(request, stored);
  refuseMadeAnew(request, stored);
  if (stored === undefined) {
    checkNew(request, state);
    if (request.work.manifests.length === 0)
      throw new MaestroError('not-found', `there is no work named ${name} on consumer ${consumer}`);
    await refuseMigrated(request, lookup, budget);
    return { action: 'create', target, work: withExecutorRecord(firstWork(request.work, request.manager, source)) };
  }
  if (stored.deletedAt !== undefined) {
    throw new MaestroError('conflict', `${name} on ${consumer} is being deleted since ${stored.deletedAt}`, {
      reason: 'BeingDeleted',
      hint: {
        program: 'Wait until it is gone (Deleted), then apply again.',
        command: `Wait until it is gone, then apply again: maestro-cli wait ${workWords({ name, consumer })} --for=Deleted`,
      },
    });
  }
  const asked: ExecutorDeps = {
    reader: knowingExecutors(deps.reader, (one) => lookup.lacksExecutor?.(one) === true),
    onNotice: deps.onNotice,
  };
  const { work, losses } = await mergeWithStored(request, stored, asked, budget);
  if (work.manifests.length === 0) {
    throw new MaestroError('usage', `that is every manifest of ${name}; an empty work cannot be stored`, {
      hint: {
        program: 'Nothing was sent. To delete the whole work, call delete.',
        command: `Nothing was sent. To delete the whole work: maestro-cli delete ${workWords({ name, consumer })}`,
      },
    });
  }
  const differences = contentDifferences(storedContent(stored), work, { ignoreAnnotationsUnder: ownAnnotationPrefix });
  if (differences.length === 0 && (await sameExecutor(work, stored, asked, budget))) {
    return { action: 'unchanged', target, work, stored };
  }
  // The content is that of an earlier try, and the executor is not.
  if (request.ifVersion !== undefined && request.ifVersion !== stored.version)
    throw otherVersion(request, request.ifVersion, stored.version);
  const removed = removedManifests(storedContent(stored), work, request);
  if (request.noRemove === true && removed.length > 0) throw wouldRemove(request, removed);
  await refuseToLoseExecutor({ ...request, work }, stored, asked, budget);
  await refuseMigrated(request, lookup, budget);
  return { action: 'update', target, work, stored, differences, removed, losses };
}

/** What asks for executors, and is told of them. */
interface ExecutorDeps extends Pick<PublishDeps, 'onNotice'> {
  readonly reader: BundleLister;
}

/** To write a work that was migrated would bring back what was moved. */
function refuseMigrated(
  { source, consumer, work: { name } }: ApplyRequest,
  lookup: WorkLookup,
  budget: Budget,
): Promise<void> {
  return refuseReplaced({ source, consumer, name }, lookup, budget, (replacement) => ({
    program: 'Nothing was sent. Write your manifests to the new work, with merge.',
    command: `Nothing was sent. Write your manifests to the new work: maestro-cli apply --merge --name=${replacement} -c ${consumer}; maestro-cli migrate map tells the new names.`,
  }));
}

function wouldRemove(
  { consumer, source, manager, work: { name } }: ApplyRequest,
  removed: readonly RemovedManifest[],
): MaestroError {
  const labels = removed.map(removedLabel);
  const as = manager === source ? '' : ` --manager=${manager}`;
  return new MaestroError(
    'ownership',
    `${name} on ${consumer}: this would remove ${labels.join(', ')}, and nothing may be removed`,
    {
      reason: 'WouldRemove',
      hint: {
        program: 'Nothing was sent. Give the manifests that are to stay as well.',
        command: `Nothing was sent. Give the manifests that are to stay as well, or take them out by name: maestro-cli delete ${workWords({ name, consumer })} --resource=${labels[0]}${as}`,
      },
    },
  );
}

/** What the write would leave behind, with the stored executor filled in where others' manifests stay. */
async function mergeWithStored(
  request: ApplyRequest,
  stored: ResourceBundle,
  deps: ExecutorDeps,
  budget: Budget,
): Promise<{ readonly work: ManifestWork; readonly losses: readonly Loss[] }> {
  const base = storedContent(stored);
  const kept = request.merge ? await keptExecutor(deps.reader, stored, budget, request.work.executor) : {};
  const decision = mergeWorks({
    stored: { ...base, ...kept },
    desired: request.work,
    manager: request.manager,
    source: request.source,
    merge: request.merge,
    adds: request.adds ?? false,
    ...(request.drops === undefined ? {} : { drops: request.drops }),
    force: request.force,
    ...limitOf(request, stored),
  });
  if (decision.kind === 'unseen') {
    throw new MaestroError(
      'conflict',
      `${request.work.name} on ${request.consumer} has come to hold ${decision.labels.join(', ')} since it was first read; this write would remove that`,
      {
        latestVersion: stored.version,
        hint: {
          program: 'Nothing was sent. Read the work again, then apply; the option add keeps what is there.',
          command: 'Nothing was sent. Read the work again, then apply; --merge or build adds to it.',
        },
      },
    );
  }
  if (decision.kind === 'write')
    return { work: withMigrationRecords(withExecutorRecord(decision.work), base), losses: decision.losses };
  const losses = decision.losses.map(describeLoss);
  throw new MaestroError(
    'ownership',
    `${request.work.name} on ${request.consumer} holds manifests of other managers than ${request.manager}: ${losses.join('; ')}`,
    {
      reason: 'ForeignManifests',
      hint: request.merge
        ? {
            program:
              'Nothing was sent. merge with force takes over what conflicts; better agree on one manager for it.',
            command: 'Nothing was sent. --merge --force takes over what conflicts; better agree on one manager for it.',
          }
        : {
            program: 'Nothing was sent. The option merge keeps what others own; force takes it over.',
            command: 'Nothing was sent. apply --merge keeps what others own; --force takes it over.',
          },
    },
  );
}

/** A work that the first read could not show is read for the first time now. */
function limitOf({ again }: ApplyRequest, stored: ResourceBundle): { readonly mayRemove?: ReadonlySet<string> } {
  if (again === undefined || (again.firstReadByName && workName(stored) === '')) return {};
  return { mayRemove: again.mayRemove };
}

/**
 * Another version than the one asked for is a conflict, unless it holds just
 * what was to be written: then an earlier try of the same command had done it.
 */
function checkVersion(request: ApplyRequest, stored: ResourceBundle | undefined): void {
  if (request.ifVersion === undefined) return;
  const version = stored?.version ?? 0;
  if (version === request.ifVersion) return;
  const isDone =
    stored !== undefined &&
    stored.deletedAt === undefined &&
    sameContent(storedContent(stored), request.work, { ignoreAnnotationsUnder: ownAnnotationPrefix });
  if (isDone) return;
  throw otherVersion(request, request.ifVersion, version);
}

/** Versions of a work that was deleted and made anew begin again, so its number may be the one that was read. */
function refuseMadeAnew({ consumer, work, ifCreatedAt }: ApplyRequest, stored: ResourceBundle | undefined): void {
  if (stored === undefined || ifCreatedAt === undefined || stored.createdAt === ifCreatedAt) return;
  throw new MaestroError('conflict', `${work.name} on ${consumer} was deleted and made anew since it was read`, {
    latestVersion: stored.version,
    hint: 'Nothing was sent. Read it again, and make the change in what is stored now.',
  });
}

function otherVersion(
  { consumer, work, ifVersionOfDocument = false }: ApplyRequest,
  asked: number,
  stored: number,
): MaestroError {
  const what = stored === 0 ? 'it does not exist' : `version ${stored} is stored`;
  const about = (text: string, hint: string | { readonly command: string }): MaestroError =>
    new MaestroError('conflict', `${work.name} on ${consumer}: ${text}, but ${what}`, {
      latestVersion: stored,
      hint:
        typeof hint === 'string'
          ? `Nothing was sent. ${hint}`
          : {
              program: 'Nothing was sent. Read it again, and make the change again.',
              command: `Nothing was sent. ${hint.command}`,
            },
    });
  if (!ifVersionOfDocument)
    return about(`version ${asked} was asked for`, 'Read the work again, then apply with the version that you read.');
  if (asked === 0) return about('the document was built while there was no such work', 'Build it again.');
  return about(
    `the document was read at version ${asked} (metadata.resourceVersion)`,
    stored === 0
      ? { command: 'To create it, leave metadata.resourceVersion out; get -o manifestwork prints none.' }
      : { command: 'Read it again, make the change again, and apply that; --overwrite writes over what is stored.' },
  );
}

/** Nothing is stored under our id: the consumer must exist, and nobody else may own the name. */
function checkNew({ consumer, work, source }: ApplyRequest, { consumerExists, namesakes: [other] }: StoredState): void {
  if (!consumerExists) throw consumerNotFound(consumer);
  if (other === undefined) return;
  throw new MaestroError(
    'ownership',
    `a work named ${work.name} exists on ${consumer} and belongs to another source than ${source} (id ${other.id})`,
    {
      reason: 'ForeignWork',
      hint: {
        program: 'Use the source that it was made with, or give this work another name.',
        command: 'Give the --source-id that it was made with, or give this work another name.',
      },
    },
  );
}

/** The executor is no part of what REST shows; only when there is a trace of one is it asked for. */
async function sameExecutor(
  work: ManifestWork,
  stored: ResourceBundle,
  deps: ExecutorDeps,
  budget: Budget,
): Promise<boolean> {
  const recorded = Object.keys(storedContent(stored).annotations).some((name) => name.startsWith(ownAnnotationPrefix));
  if (work.executor === undefined && !recorded) return true;
  const executor = await storedExecutor(deps.reader, stored, work.executor, budget);
  switch (executor.kind) {
    case 'none':
      return work.executor === undefined;
    case 'known':
      return work.executor !== undefined && optionText(executor.executor) === optionText(work.executor);
    case 'unreadable':
      return false;
  }
}

/**
 * An update without an executor would strip silently one that somebody else set and REST does not show; one that we
 * know is dropped aloud. An update with the executor of our record, as one has it who read the work, would put it in
 * the place of another that somebody has stored since.
 */
async function refuseToLoseExecutor(
  { work, force, overwrite }: Pick<ApplyRequest, 'work' | 'force' | 'overwrite'>,
  stored: ResourceBundle,
  deps: ExecutorDeps,
  budget: Budget,
): Promise<void> {
  if (work.executor !== undefined) {
    const recorded = recordedExecutor(storedContent(stored));
    if (force || overwrite || recorded === undefined || optionText(recorded) !== optionText(work.executor)) return;
    const { kind } = await storedExecutor(deps.reader, stored, undefined, budget);
    if (kind !== 'unreadable') return;
    throw new MaestroError(
      'ownership',
      `${work.name} is stored with another executor than the one that is recorded, and Maestro does not show which`,
      {
        reason: 'UnknownExecutor',
        hint: {
          program: 'Nothing was sent. The option force puts the one of this write in its place.',
          command: 'Nothing was sent. --force puts the one of this write in its place.',
        },
      },
    );
  }
  const { executor } = await keptExecutor(deps.reader, stored, budget);
  if (executor === undefined) return;
  deps.onNotice(
    `${work.name}: removes the executor ${canonicalJson(executor)}; the agent applies with its own rights then`,
  );
}
