import { describeLoss, lossesOf, type Actor } from '../../core/ownership/losses.ts';
import type { Loss } from '../../core/ownership/merge-works.ts';
import { storedContent } from '../../core/works/document.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { workName } from '../../core/works/resource-bundle.ts';
import { listed } from '../../core/text.ts';
import { MaestroError } from '../../errors.ts';
import type { Budget } from '../budget.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';
import { belongsTo, consumerNotFound, readById, refuseOtherWork } from '../find-work.ts';
import { checkConsumerName, checkWorkName } from '../fit-work.ts';
import { directLookup, type NamedWork, type StoredState, type WorkLookup } from '../lookup.ts';
import { publishSafely, type PublishDeps } from '../publish.ts';
import { refuseReplaced } from '../replaced.ts';
import { hasLetGo, keepsObjects } from './let-go.ts';

/** Who deletes, and what of others goes along. */
export interface DeleteRequest extends Actor {
  /** Delete what other managers own as well. */
  readonly force: boolean;
  /** The objects stay on the cluster, without anybody to look after them. */
  readonly orphan?: boolean;
}

/** What a delete needs. */
export interface DeleteDeps extends PublishDeps {
  /** Knows from a read of many works, some time before, where there is nothing to delete. */
  readonly lookup?: WorkLookup;
}

/** What there is to delete. */
export type StoredForDelete =
  | {
      readonly action: 'absent';
      readonly name: string;
      readonly consumer: string;
      readonly id: string;
      readonly why: string;
    }
  /** Already being deleted, and asked for less than a minute ago. */
  | { readonly action: 'underway'; readonly bundle: ResourceBundle }
  | { readonly action: 'delete'; readonly bundle: ResourceBundle };

/** What a delete of a whole work would do, decided from one read. */
export type DeletePlan =
  | Exclude<StoredForDelete, { readonly action: 'delete' }>
  /** `losses` is what other managers lose by it. */
  | { readonly action: 'delete'; readonly bundle: ResourceBundle; readonly losses: readonly Loss[] };

/** Maestro sends a repeated delete on to the agent at most once a minute; asking more often only queues. */
const repeatAfterMs = 60_000;
/** Losses that one message names. */
const shownLosses = 10;

/**
 * Reads what there is to delete, and proves that it is the source's. Nothing is sent.
 *
 * @throws MaestroError ownership for another source's work; not-found for a
 *   consumer that does not exist: nobody means one, it is misspelt; usage as `readById`
 */
export async function findForDelete(
  address: WorkAddress,
  source: string,
  deps: DeleteDeps,
  budget: Budget,
): Promise<StoredForDelete> {
  if (address.by === 'id') {
    const bundle = await readById(deps.reader, address, budget);
    if (bundle === undefined) {
      const why = `there is no work with the id ${address.id}`;
      return { action: 'absent', name: '', consumer: '', id: address.id, why };
    }
    if (!(await belongsTo(deps.reader, bundle, source, budget)))
      throw foreign(bundle.id, { name: workName(bundle), consumerName: bundle.consumerName }, source);
    return found(bundle, budget);
  }
  const { name, consumer } = address;
  checkConsumerName(consumer);
  checkWorkName(name);
  const { id, bundle, consumerExists, namesakes } = await storedUnder({ source, consumer, name }, deps, budget);
  if (bundle !== undefined) {
    refuseOtherWork(bundle, address);
    return found(bundle, budget);
  }
  if (!consumerExists) throw consumerNotFound(consumer);
  const [other] = namesakes;
  if (other !== undefined) throw foreign(other.id, { name, consumerName: consumer }, source);
  return { action: 'absent', name, consumer, id, why: `there is no work named ${name} on consumer ${consumer}` };
}

/** That there is nothing may be known of a read of many works; a work is read again before it is deleted. */
async function storedUnder(work: NamedWork, { reader, lookup }: DeleteDeps, budget: Budget): Promise<StoredState> {
  const known = await lookup?.read(work, budget);
  const isNothing = known !== undefined && known.bundle === undefined && known.namesakes.length === 0;
  return isNothing ? known : directLookup(reader).read(work, budget);
}

/**
 * Reads what there is to delete and decides. Nothing is sent.
 *
 * @throws MaestroError as `findForDelete`, and ownership for a work that holds
 *   manifests of other managers, unless it is forced, and for one that a
 *   migration has replaced while it may be the only owner of its objects
 */
export async function planDelete(
  address: WorkAddress,
  request: DeleteRequest,
  deps: DeleteDeps,
  budget: Budget,
): Promise<DeletePlan> {
  const stored = await findForDelete(address, request.source, deps, budget);
  if (stored.action !== 'delete') return stored;
  const name = address.by === 'name' ? address.name : workName(stored.bundle);
  await refuseMigrated({ bundle: stored.bundle, name }, request, deps, budget);
  return { ...stored, losses: lossesOfDelete(stored.bundle, request) };
}

/**
 * Until its migration is finished, an old work may be the only one that owns its objects for certain: deleted then, it
 * would take them along. One that has let go of them may be deleted, which is what finishes the migration.
 */
async function refuseMigrated(
  { bundle, name }: { readonly bundle: ResourceBundle; readonly name: string },
  { source, force, orphan = false }: DeleteRequest,
  { reader, lookup = directLookup(reader) }: DeleteDeps,
  budget: Budget,
): Promise<void> {
  // An orphaning is waited for, also where somebody else has asked for it.
  const leavesObjects = hasLetGo(bundle) || (orphan && (force || keepsObjects(bundle)));
  if (bundle.deletedAt !== undefined || leavesObjects) return;
  const work = { source, consumer: bundle.consumerName, name };
  // Stored without metadata and asked for by its id: a migration knows works by their names.
  if (name === '') return;
  await refuseReplaced(work, lookup, budget, (replacement) => ({
    program: `Nothing was sent. The finish of the migration deletes it once ${replacement} owns its objects.`,
    command: `Nothing was sent. maestro-cli migrate finish deletes it once ${replacement} owns its objects, and migrate rollback goes back. --orphan --force deletes it and leaves its objects on the cluster.`,
  }));
}

/**
 * Asks Maestro to delete the work; the answer means "requested", not "gone".
 *
 * @returns what other managers lose by it
 * @throws MaestroError ownership/ForeignManifests when there are losses and it is not forced
 */
export async function requestDelete(
  bundle: ResourceBundle,
  request: DeleteRequest,
  deps: PublishDeps,
  budget: Budget,
): Promise<readonly Loss[]> {
  // The row may be a later one than that of the plan: orphaning waits, and meanwhile others may have written.
  const losses = lossesOfDelete(bundle, request);
  const target = { id: bundle.id, consumer: bundle.consumerName, source: request.source };
  const event = { kind: 'delete', target, workName: workName(bundle), version: bundle.version } as const;
  await publishSafely(event, bundle.version, deps, budget);
  return losses;
}

/**
 * Refuses to take from other managers what they own.
 *
 * @param hint what the user can do about it
 * @throws MaestroError ownership/ForeignManifests when there are losses and it is not forced
 */
export function refuseLosses(
  bundle: ResourceBundle,
  losses: readonly Loss[],
  { manager, force }: Pick<DeleteRequest, 'manager' | 'force'>,
  hint: string,
): void {
  if (force || losses.length === 0) return;
  const all = listed(losses.map(describeLoss), shownLosses, '; ');
  throw new MaestroError(
    'ownership',
    `${workName(bundle)} on ${bundle.consumerName} holds manifests of other managers than ${manager}: ${all}`,
    {
      reason: 'ForeignManifests',
      hint: {
        program:
          'Nothing was deleted. The option force deletes all of the work; if they are yours, name their manager.',
        command: `Nothing was deleted. ${hint} If they are yours, name their --manager.`,
      },
    },
  );
}

/**
 * What other managers lose when the work goes.
 *
 * @throws MaestroError ownership/ForeignManifests when there are losses and it is not forced
 */
export function lossesOfDelete(bundle: ResourceBundle, request: DeleteRequest): readonly Loss[] {
  // Somebody has asked for it already: asking again takes nothing from anybody.
  if (bundle.deletedAt !== undefined) return [];
  const losses = lossesOf(storedContent(bundle), request, request.orphan === true ? 'orphaned' : 'removed');
  refuseLosses(
    bundle,
    losses,
    request,
    'delete --resource=KIND/NAME takes out your own manifests alone; --force deletes all of the work.',
  );
  return losses;
}

function found(bundle: ResourceBundle, budget: Budget): StoredForDelete {
  const deletedAt = bundle.deletedAt;
  if (deletedAt === undefined) return { action: 'delete', bundle };
  const recent = budget.clock.wallMs() - Date.parse(deletedAt) < repeatAfterMs;
  return { action: recent ? 'underway' : 'delete', bundle };
}

function foreign(
  id: string,
  work: Pick<ResourceBundle, 'consumerName'> & { readonly name: string },
  source: string,
): MaestroError {
  return new MaestroError(
    'ownership',
    `the work ${work.name} on ${work.consumerName} (id ${id}) belongs to another source than ${source}`,
    {
      reason: 'ForeignWork',
      hint: {
        program: 'Use the source that it was made with.',
        command: 'Give the --source-id that it was made with.',
      },
    },
  );
}
