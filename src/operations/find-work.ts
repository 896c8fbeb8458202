import type { CallOptions, RowOptions, WorkReader } from '../clients/transport.ts';
import { shellWord } from '../core/shell-word.ts';
import { bundleId } from '../core/works/bundle-id.ts';
import { consumerMismatch, isOtherWork, type WorkAddress } from '../core/works/work-address.ts';
import { workName, type ResourceBundle } from '../core/works/resource-bundle.ts';
import { MaestroError } from '../errors.ts';
import type { Budget } from './budget.ts';
import { isFoundBy } from './found-by.ts';
import { knownSource } from './source.ts';

/**
 * Ids join consumer and name with a hyphen, so (`a-b`, `c`) and (`a`, `b-c`) share one.
 *
 * @throws MaestroError ownership when the bundle under a work's id is another work
 */
export function refuseOtherWork(
  bundle: ResourceBundle,
  { consumer, name }: { readonly consumer: string; readonly name: string },
): void {
  if (!isOtherWork(bundle, { consumer, name })) return;
  throw new MaestroError(
    'ownership',
    `the id ${bundle.id} of ${name} on ${consumer} is taken by the work ${workName(bundle)} on ${bundle.consumerName}`,
    { reason: 'ForeignWork', hint: 'Maestro makes one id of both names. Give one of the works another name.' },
  );
}

/** Every work of a name on a consumer, of any source, the deleting ones included. */
export async function readByName(
  reader: WorkReader,
  consumer: string,
  name: string,
  options: CallOptions & Pick<RowOptions, 'onSetAside'>,
): Promise<readonly ResourceBundle[]> {
  const { onSetAside } = options;
  const found: ResourceBundle[] = [];
  const where = { consumers: [consumer], names: [name] };
  for await (const page of reader.listBundles({ where, onSetAside }, options)) found.push(...page);
  return found;
}

/**
 * Whether a bundle is the work of a source. Maestro made its id of the source, so an id that we would give it
 * proves it; what a program put there under an id of its own is asked for, because REST does not show the source.
 */
export async function belongsTo(
  reader: Pick<WorkReader, 'listBundles'>,
  bundle: ResourceBundle,
  source: string,
  budget: Budget,
): Promise<boolean> {
  if (knownSource(bundle, source) === source) return true;
  const ids = [bundle.id];
  return isFoundBy(reader, { ids, source }, { ids, source: impossibleSource }, budget);
}

/** No work can have this source: nothing writes as it. */
const impossibleSource = 'maestro-cli.hyperfleet.io/no-such-source';

/**
 * Reads the work of an id, of whatever source.
 *
 * @returns undefined when there is none
 * @throws MaestroError usage when it is on another consumer than the one that was named with the id
 */
export async function readById(
  reader: Pick<WorkReader, 'getBundle'>,
  { id, consumer }: Extract<WorkAddress, { readonly by: 'id' }>,
  budget: CallOptions,
): Promise<ResourceBundle | undefined> {
  const bundle = await reader.getBundle(id, budget);
  const mismatch = bundle === undefined ? undefined : consumerMismatch(bundle, consumer);
  if (mismatch !== undefined) throw mismatch;
  return bundle;
}

/**
 * Reads a work for showing: our own by its id, else the only one of its name.
 *
 * @throws MaestroError not-found, or usage when several sources have a work of that name
 */
export async function readForShowing(
  reader: WorkReader,
  address: WorkAddress,
  source: string,
  budget: Budget,
): Promise<ResourceBundle> {
  const found = await findForReading(reader, address, source, budget);
  if (found !== undefined) return found;
  if (address.by === 'id') throw new MaestroError('not-found', `there is no work with the id ${address.id}`);
  throw await notFound(reader, address, budget);
}

/**
 * The work that is meant by whoever only reads: our own by its id, else the only one of its name.
 *
 * @returns undefined when there is none
 * @throws MaestroError usage when several sources have a work of that name, and as `readById`
 */
export async function findForReading(
  reader: WorkReader,
  address: WorkAddress,
  source: string,
  budget: Budget,
): Promise<ResourceBundle | undefined> {
  if (address.by === 'id') return readById(reader, address, budget);
  const own = await reader.getBundle(bundleId(source, address.consumer, address.name), budget);
  if (own !== undefined && !isOtherWork(own, address)) return own;
  const found = await readByName(reader, address.consumer, address.name, budget);
  if (found.length < 2) return found[0];
  throw new MaestroError(
    'usage',
    `${found.length} works of other sources are named ${address.name} on ${address.consumer}: ${found.map((bundle) => bundle.id).join(', ')}`,
    {
      hint: {
        program: 'A client of its source reads it.',
        command: 'Name one of them with --id, or give its --source-id.',
      },
    },
  );
}

/** Tells a missing work from a missing consumer, which is the likelier mistake at a terminal. */
export async function notFound(
  reader: WorkReader,
  address: { readonly name: string; readonly consumer: string },
  budget: Budget,
): Promise<MaestroError> {
  const consumer = await reader.findConsumer(address.consumer, budget);
  if (consumer === undefined) return consumerNotFound(address.consumer);
  return new MaestroError('not-found', `there is no work named ${address.name} on consumer ${address.consumer}`, {
    hint: {
      program: 'list() of the consumer gives the works that there are.',
      command: `See what there is: maestro-cli list -c ${shellWord(address.consumer)}`,
    },
  });
}

export function consumerNotFound(consumer: string): MaestroError {
  return new MaestroError('not-found', `there is no consumer named ${consumer}`, {
    reason: 'ConsumerNotFound',
    hint: {
      program: 'consumers() of the client gives the names.',
      command: 'See the names with: maestro-cli consumer list',
    },
  });
}
