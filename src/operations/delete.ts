import type { ResourceBundle } from '../core/works/resource-bundle.ts';
import { workName } from '../core/works/resource-bundle.ts';
import { MaestroError } from '../errors.ts';
import type { Budget } from './budget.ts';
import { belongsTo, notFound, readByName, readOwn, type WorkAddress } from './find-work.ts';
import { publishSafely, type PublishDeps } from './publish.ts';

/** What a delete would do, decided from one read. */
export type DeletePlan =
  | { readonly action: 'absent'; readonly name: string; readonly consumer: string; readonly id: string; readonly why: string; readonly noConsumer: boolean }
  /** Already being deleted, and asked for less than a minute ago. */
  | { readonly action: 'underway'; readonly bundle: ResourceBundle }
  | { readonly action: 'delete'; readonly bundle: ResourceBundle };

/** Maestro sends a repeated delete on to the agent at most once a minute; asking more often only queues. */
const repeatAfterMs = 60_000;

/**
 * Reads what there is to delete and decides. Nothing is sent.
 *
 * @throws MaestroError ownership for another source's work
 */
export async function planDelete(
  address: WorkAddress,
  source: string,
  deps: PublishDeps,
  budget: Budget,
): Promise<DeletePlan> {
  if (address.by === 'id') {
    const bundle = await deps.reader.getBundle(address.id, budget);
    if (bundle === undefined) return { action: 'absent', name: '', consumer: '', id: address.id, why: `there is no work with the id ${address.id}`, noConsumer: false };
    if (!(await belongsTo(deps.reader, bundle, source, budget))) throw foreign(bundle, source);
    return planFor(bundle, budget);
  }
  const { id, bundle } = await readOwn(deps.reader, { source, ...address }, budget);
  if (bundle !== undefined) return planFor(bundle, budget);
  const [other] = await readByName(deps.reader, address.consumer, address.name, budget);
  if (other !== undefined) throw foreign(other, source);
  // A consumer with works can not be removed, so without the consumer the work is surely gone.
  const missing = await notFound(deps.reader, address, budget);
  return { action: 'absent', name: address.name, consumer: address.consumer, id, why: missing.message, noConsumer: missing.reason === 'ConsumerNotFound' };
}

function planFor(bundle: ResourceBundle, budget: Budget): DeletePlan {
  const deletedAt = bundle.deletedAt;
  if (deletedAt === undefined) return { action: 'delete', bundle };
  const recent = budget.clock.nowMs() - Date.parse(deletedAt) < repeatAfterMs;
  return { action: recent ? 'underway' : 'delete', bundle };
}

/** Asks Maestro to delete the work; the answer means "requested", not "gone". */
export async function requestDelete(
  bundle: ResourceBundle,
  source: string,
  deps: PublishDeps,
  budget: Budget,
): Promise<void> {
  const target = { id: bundle.id, consumer: bundle.consumerName, source };
  const request = { kind: 'delete', target, workName: workName(bundle), version: bundle.version } as const;
  await publishSafely(request, bundle.version, deps, budget);
}

function foreign(bundle: ResourceBundle, source: string): MaestroError {
  return new MaestroError(
    'ownership',
    `the work ${workName(bundle)} on ${bundle.consumerName} (id ${bundle.id}) belongs to another source than ${source}`,
    { reason: 'ForeignWork', hint: 'Give the --source-id that it was made with.' },
  );
}
