import type { BlockReason } from '../policy/block-reason.ts';
import type { Overwrites } from '../policy/overwrites.ts';

/** Why an application is not delivered. */
export interface Blocked {
  readonly reason: BlockReason;
  readonly message: string;
  /** RFC 3339. */
  readonly since: string;
}

/** What the hub has could not be sent to Maestro. */
export interface Unsent {
  readonly what: 'content' | 'deletion';
  /** RFC 3339. */
  readonly since: string;
  readonly why: string;
}

/** What delivery keeps of one application. Written in this folder alone, read by who tells of it on the hub. */
export interface DeliverState {
  blocked: Blocked | undefined;
  /** undefined when what the hub has was sent, or nobody has tried. */
  unsent: Unsent | undefined;
  /** What another client made of the bundle; undefined while nobody changed it. */
  overwrites: Overwrites | undefined;
}

export function newDeliverState(): DeliverState {
  return { blocked: undefined, unsent: undefined, overwrites: undefined };
}

/** It was found that it may not be delivered. */
export function isBarred({ blocked }: Readonly<DeliverState>): boolean {
  return blocked?.reason === 'NotAuthorised' || blocked?.reason === 'NamespaceNotAllowed';
}
