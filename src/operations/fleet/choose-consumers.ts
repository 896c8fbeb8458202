import type { WorkReader } from '../../clients/transport.ts';
import { matchesLabels, type LabelSelector } from '../../core/label-selector.ts';
import type { TemplateConsumer } from '../../core/fleet/consumer-template.ts';
import { listed } from '../../core/text.ts';
import { MaestroError } from '../../errors.ts';
import type { Budget } from '../budget.ts';
import { untilConnected } from '../connect-retry.ts';

/** Which consumers a run is about. */
export type ConsumerChoice =
  | { readonly kind: 'named'; readonly names: readonly string[] }
  | { readonly kind: 'selected'; readonly selector: LabelSelector; readonly text: string }
  | { readonly kind: 'all' };

/** The consumers that need not be read; undefined when they do. */
export function namedConsumers(choice: ConsumerChoice, needsLabels: boolean): readonly TemplateConsumer[] | undefined {
  return choice.kind === 'named' && !needsLabels ? choice.names.map((name) => ({ name, labels: {} })) : undefined;
}

/**
 * Reads the consumers of a choice, in an order that is the same in every run:
 * as they were named, else by name.
 *
 * @throws MaestroError not-found when nothing is chosen, or a named consumer does not exist
 */
export async function chooseConsumers(
  choice: ConsumerChoice,
  reader: WorkReader,
  budget: Budget,
): Promise<readonly TemplateConsumer[]> {
  const found = new Map<string, TemplateConsumer>();
  const wanted = choice.kind === 'named' ? new Set(choice.names) : undefined;
  await untilConnected(async () => {
    for await (const page of reader.listConsumers({}, budget)) {
      for (const { name, labels } of page) {
        if (choice.kind === 'selected' && !matchesLabels(choice.selector, labels)) continue;
        if (wanted === undefined || wanted.has(name)) found.set(name, { name, labels });
      }
    }
  }, budget);
  if (choice.kind === 'named') {
    const missing = choice.names.filter((name) => !found.has(name));
    if (missing.length > 0) throw notFound(`there is no consumer named ${listed(missing)}`);
    return choice.names.flatMap((name) => found.get(name) ?? []);
  }
  if (found.size === 0)
    throw notFound(choice.kind === 'all' ? 'there are no consumers' : `no consumer has the labels ${choice.text}`);
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function notFound(message: string): MaestroError {
  return new MaestroError('not-found', message, {
    reason: 'ConsumerNotFound',
    hint: {
      program: 'Nothing was sent. consumers() of the client gives names and labels.',
      command: 'Nothing was sent. See names and labels with: maestro-cli consumer list',
    },
  });
}
