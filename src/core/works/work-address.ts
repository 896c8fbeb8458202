/** How a user names one work: by its name on a consumer, or by its bundle id. */
export type WorkAddress =
  | { readonly by: 'name'; readonly name: string; readonly consumer: string }
  | { readonly by: 'id'; readonly id: string };

/** Whether whoever named the works said one consumer, of all of them. */
export function isOnOneConsumer(addresses: readonly WorkAddress[]): boolean {
  const consumers = new Set(addresses.map((address) => (address.by === 'name' ? address.consumer : undefined)));
  return consumers.size === 1 && !consumers.has(undefined);
}
