import type { Context, Maestro } from '../../context.ts';
import { formatAge } from '../../core/duration.ts';
import { isUuid } from '../../core/works/bundle-id.ts';
import type { Consumer } from '../../core/works/resource-bundle.ts';
import { createBudget, type Budget } from '../../operations/budget.ts';
import { equals, searchAnd } from '../../clients/index.ts';
import { consumerNotFound } from '../../operations/find-work.ts';
import type { ConnectionOptions } from '../../command-line/connection-options.ts';

export const consumerHeaders = ['NAME', 'ID', 'LABELS', 'AGE'] as const;

/** Opens Maestro for one command and closes it whatever happens. */
export async function withMaestro<T>(
  options: ConnectionOptions,
  context: Context,
  use: (maestro: Maestro, budget: Budget) => Promise<T>,
): Promise<T> {
  const budget = createBudget(options.timeoutMs, context);
  const maestro = await context.connect(options.settings);
  try {
    return await use(maestro, budget);
  } finally {
    await maestro.close();
  }
}

/** Finds a consumer by its name, or by its id when the text is a UUID and no name. */
export async function findConsumer(maestro: Maestro, nameOrId: string, budget: Budget): Promise<Consumer> {
  const byName = await maestro.reader.findConsumer(nameOrId, budget);
  if (byName !== undefined) return byName;
  if (isUuid(nameOrId)) {
    for await (const page of maestro.reader.listConsumers({ search: searchAnd(equals('id', nameOrId)) }, budget)) {
      const [consumer] = page;
      if (consumer !== undefined) return consumer;
    }
  }
  throw consumerNotFound(nameOrId);
}

export function consumerRow(consumer: Consumer, wallMs: number): readonly string[] {
  const labels = Object.entries(consumer.labels).map(([key, value]) => `${key}=${value}`);
  return [consumer.name, consumer.id, labels.sort().join(','), formatAge(wallMs - Date.parse(consumer.createdAt))];
}
