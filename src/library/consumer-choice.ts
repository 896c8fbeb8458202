import { parseLabelSelector } from '../core/label-selector.ts';
import { MaestroError } from '../errors.ts';
import { checkConsumerName } from '../operations/fit-work.ts';
import type { ConsumerChoice } from '../operations/fleet/choose-consumers.ts';

/** Consumers as a program names them: by names, by labels (`region=eu,tier!=test`), or all. */
export type GivenConsumers = readonly string[] | { readonly selector: string } | 'all';

/**
 * Which consumers an operation is about.
 *
 * @param what what messages call the operation
 * @throws MaestroError usage
 */
export function choiceOf(consumers: GivenConsumers, what: string): ConsumerChoice {
  if (consumers === 'all') return { kind: 'all' };
  const given: unknown = consumers;
  if (Array.isArray(given) && given.length > 0) {
    for (const name of given) checkConsumerName(name);
    return { kind: 'named', names: [...new Set(given as readonly string[])] };
  }
  const { selector } = (given ?? {}) as { readonly selector?: unknown };
  if (typeof selector === 'string') return { kind: 'selected', selector: parseLabelSelector(selector), text: selector };
  throw new MaestroError('usage', `${what} needs consumers: names, { selector } or "all"`, {
    hint: 'Nothing was sent.',
  });
}
