import { isUuid } from '../../../core/works/bundle-id.ts';
import type { Consumer } from '../../../core/works/resource-bundle.ts';
import { consumerNotFound } from '../../../operations/find-work.ts';
import type { MaestroSession } from '../../shared/with-maestro.ts';

/** Finds a consumer by its name, or by its id when the text is a UUID and no name. */
export async function findConsumer(
  nameOrId: string,
  { maestro, budget }: Pick<MaestroSession, 'maestro' | 'budget'>,
): Promise<Consumer> {
  const byName = await maestro.reader.findConsumer(nameOrId, budget);
  if (byName !== undefined) return byName;
  if (isUuid(nameOrId)) {
    for await (const page of maestro.reader.listConsumers({ where: { ids: [nameOrId] } }, budget)) {
      const [consumer] = page;
      if (consumer !== undefined) return consumer;
    }
  }
  throw consumerNotFound(nameOrId);
}
