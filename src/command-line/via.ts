import type { FlagSpec } from './command-spec.ts';
import type { FlagReader } from './flag-values.ts';

export const ways = ['stream', 'poll'] as const;

/** How changes are learned of: down a stream of status events beside reading, or by reading alone. */
export type Way = (typeof ways)[number];

export function viaFlag(defaultWay: Way, about: string): FlagSpec {
  return { flags: '--via <way>', about: `${ways.join(' or ')}: ${about}`, defaultText: defaultWay, values: ways };
}

/** @throws MaestroError usage for another way */
export function viaOf(flags: FlagReader, defaultWay: Way): Way {
  return flags.oneOf('via', ways) ?? defaultWay;
}
