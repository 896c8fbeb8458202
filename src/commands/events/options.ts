import type { ParseInput } from '../../command-line/command-spec.ts';
import { callTimeoutMs, connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { viaOf, type Way } from '../../command-line/via.ts';
import { oneWorkAddress } from '../../command-line/work-address.ts';
import { present } from '../../core/present.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';

export const eventsOutputs = ['table', 'json'] as const;

export interface EventsOptions extends ConnectionOptions {
  readonly address: WorkAddress;
  /** Only what is younger, milliseconds. */
  readonly sinceMs?: number;
  readonly follow: boolean;
  readonly via: Way;
  readonly output: (typeof eventsOutputs)[number];
}

export function parseEvents(input: ParseInput): EventsOptions {
  const flags = flagReader(input);
  const follow = flags.on('follow');
  return {
    address: oneWorkAddress(input),
    ...present({ sinceMs: flags.durationMs('since') }),
    follow,
    via: viaOf(flags, 'stream'),
    output: flags.output(eventsOutputs),
    ...connectionOptions(input, follow ? Number.POSITIVE_INFINITY : callTimeoutMs),
  };
}
