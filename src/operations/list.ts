import type { ListQuery, WorkReader } from '../clients/transport.ts';
import { equalities, type LabelSelector } from '../core/label-selector.ts';
import type { ResourceBundle } from '../core/works/resource-bundle.ts';
import type { Budget } from './budget.ts';
import { consumerNotFound } from './find-work.ts';

/** Which works are listed. */
export interface ListRequest {
  /** Empty: all consumers. */
  readonly consumers: readonly string[];
  readonly selector: LabelSelector;
  readonly ofSource?: string;
}

/**
 * Every work, page by page. What Maestro can search for itself (consumer,
 * source, equal labels) is searched there; the rest is the caller's to filter.
 *
 * @throws MaestroError not-found for a consumer that does not exist, because an
 *   empty list would look like "no works"
 */
export async function* listWorks(
  reader: WorkReader,
  request: ListRequest,
  budget: Budget,
  rows: Pick<ListQuery, 'onSetAside'> = {},
): AsyncGenerator<readonly ResourceBundle[]> {
  const where = { source: request.ofSource, labels: equalities(request.selector) };
  if (request.consumers.length === 0) {
    yield* reader.listBundles({ ...rows, where }, budget);
    return;
  }
  for (const consumer of request.consumers) {
    let empty = true;
    for await (const page of reader.listBundles({ ...rows, where: { ...where, consumers: [consumer] } }, budget)) {
      empty &&= page.length === 0;
      yield page;
    }
    if (empty && (await reader.findConsumer(consumer, budget)) === undefined) throw consumerNotFound(consumer);
  }
}
