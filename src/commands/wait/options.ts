import { connectionOptions, waitTimeoutMs, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { ConsumersOption } from '../../command-line/consumer-choice.ts';
import type { ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { awaitedCondition } from '../../command-line/wait-options.ts';
import type { AwaitedCondition } from '../../operations/wait/conditions.ts';
import { chosenWorks } from '../../command-line/work-address.ts';
import type { WorkNaming } from '../../core/fleet/work-naming.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';
import { viaOf, type Way } from '../../command-line/via.ts';

export const waitOutputs = ['text', 'json', 'name'] as const;

export interface WaitOptions extends ConnectionOptions {
  /** Empty with a fleet. */
  readonly addresses: readonly WorkAddress[];
  /** Works on several consumers, which may be called otherwise on each. */
  readonly fleet?: { readonly consumers: ConsumersOption; readonly namings: readonly WorkNaming[] };
  readonly await: AwaitedCondition;
  readonly mustExist: boolean;
  readonly via: Way;
  readonly output: (typeof waitOutputs)[number];
}

export function parseWait(input: ParseInput): WaitOptions {
  const flags = flagReader(input);
  const works = chosenWorks(input);
  return {
    await: awaitedCondition(flags.text('for') ?? 'Available', flags),
    addresses: works.by === 'address' ? works.addresses : [],
    ...(works.by === 'fleet' ? { fleet: { consumers: works.consumers, namings: works.namings } } : {}),
    mustExist: flags.on('mustExist'),
    via: viaOf(flags, 'poll'),
    output: flags.output(waitOutputs),
    ...connectionOptions(input, waitTimeoutMs),
  };
}
