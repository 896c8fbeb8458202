import type { FlagSpec } from '../../command-line/command-spec.ts';
import type { Context, Maestro } from '../../context.ts';
import { formatAge } from '../../core/duration.ts';
import { isUuid } from '../../core/works/bundle-id.ts';
import { labelValueProblems, qualifiedNameProblems } from '../../core/works/names.ts';
import type { Consumer } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { createBudget, type Budget } from '../../operations/budget.ts';
import { equals, searchAnd } from '../../clients/index.ts';
import { consumerNotFound } from '../../operations/find-work.ts';
import type { ConnectionOptions } from '../../command-line/connection-options.ts';

export const consumerOutputs = ['table', 'json', 'name'] as const;
export type ConsumerOutput = (typeof consumerOutputs)[number];

export const consumerHeaders = ['NAME', 'ID', 'LABELS', 'AGE'] as const;

export const labelFlag: FlagSpec = { flags: '--label <key=value>', about: 'a label; repeatable', repeat: true };

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

export function consumerRow(consumer: Consumer, nowMs: number): readonly string[] {
  const labels = Object.entries(consumer.labels).map(([key, value]) => `${key}=${value}`);
  return [consumer.name, consumer.id, labels.sort().join(','), formatAge(nowMs - Date.parse(consumer.createdAt))];
}

/** @throws MaestroError usage for what is no label */
export function parseLabels(texts: readonly string[]): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const text of texts) {
    const at = text.indexOf('=');
    const key = text.slice(0, at);
    const value = text.slice(at + 1);
    if (at < 1 || qualifiedNameProblems(key).length > 0 || labelValueProblems(value).length > 0) {
      throw new MaestroError('usage', `--label ${text} is no label`, { hint: 'Labels look like env=prod or example.com/env=prod.' });
    }
    if (Object.hasOwn(labels, key) && labels[key] !== value) throw new MaestroError('usage', `--label ${key} is given twice`);
    labels[key] = value;
  }
  return labels;
}
