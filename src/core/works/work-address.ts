import { MaestroError } from '../../errors.ts';
import { workName, type ResourceBundle } from './resource-bundle.ts';

/** How a user names one work: by its name on a consumer, or by its bundle id. */
export type WorkAddress =
  | { readonly by: 'name'; readonly name: string; readonly consumer: string }
  /** `consumer` where one was named beside the id: that of the work has to be the same. */
  | { readonly by: 'id'; readonly id: string; readonly consumer?: string };

/** Whether whoever named the works said one consumer, of all of them. */
export function isOnOneConsumer(addresses: readonly WorkAddress[]): boolean {
  const consumers = new Set(addresses.map((address) => (address.by === 'name' ? address.consumer : undefined)));
  return consumers.size === 1 && !consumers.has(undefined);
}

/**
 * What is wrong with an id and a consumer that were named together: the work of the id is on another consumer. One of
 * the two is a mistake, and nobody but the user knows which.
 */
export function consumerMismatch(bundle: ResourceBundle, consumer: string | undefined): MaestroError | undefined {
  if (consumer === undefined || consumer === bundle.consumerName) return undefined;
  const what = `the work ${workName(bundle)} with the id ${bundle.id}`;
  return new MaestroError('usage', `${what} is on ${bundle.consumerName}, and ${consumer} was named with it`, {
    hint: {
      program: 'Nothing was done. Leave the consumer out, or use the id of a work there.',
      command: 'Nothing was done. Leave --consumer out, or give the --id of a work there.',
    },
  });
}

/**
 * Whether what is stored under the id of a name on a consumer is the work of another name or consumer, with which it
 * shares the id. A work that was stored without metadata has no name to differ in. Whoever finds a row under such an id
 * asks this.
 */
export function isOtherWork(
  bundle: ResourceBundle,
  { consumer, name }: { readonly consumer: string; readonly name: string },
): boolean {
  const stored = workName(bundle);
  return bundle.consumerName !== consumer || (stored !== '' && stored !== name);
}
