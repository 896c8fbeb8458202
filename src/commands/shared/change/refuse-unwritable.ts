import { bundleId } from '../../../core/works/bundle-id.ts';
import { workName, type ResourceBundle } from '../../../core/works/resource-bundle.ts';
import { MaestroError } from '../../../errors.ts';
import { belongsTo } from '../../../operations/find-work.ts';
import type { MaestroSession } from '../with-maestro.ts';

/**
 * A write goes to the id that is made of source, consumer and name. A work that stands under another one is another
 * source's, or was put there by a program that chose the id: a write by name would not reach it.
 *
 * @throws MaestroError ownership, with which of both it is
 */
export async function refuseUnwritable(
  bundle: ResourceBundle,
  source: string,
  { maestro, budget }: Pick<MaestroSession, 'maestro' | 'budget'>,
): Promise<void> {
  const { consumerName: consumer, id } = bundle;
  const name = workName(bundle);
  if (bundle.id === bundleId(source, consumer, name)) return;
  const about = `${name === '' ? 'the work without a name' : name} on ${consumer}`;
  if (await belongsTo(maestro.reader, bundle, source, budget))
    throw new MaestroError(
      'ownership',
      `${about} is a work of ${source} under an id of its own (${id}), and a change is written under the id that the name gives`,
      { reason: 'ForeignWork', hint: 'Nothing was sent. Change it by the program that chose the id.' },
    );
  throw new MaestroError('ownership', `${about} belongs to another source than ${source} (id ${id})`, {
    reason: 'ForeignWork',
    hint: 'Nothing was sent. Give the --source-id that it was made with.',
  });
}
