import { connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { ParseInput } from '../../command-line/command-spec.ts';
import { checkedIds, idOnSeveral, namedWorks, workAddresses } from '../../command-line/work-address.ts';
import { listedConsumers } from '../../command-line/consumer-choice.ts';
import { flagReader, type FlagReader } from '../../command-line/flag-values.ts';
import { parseLabelSelector, type LabelSelector } from '../../core/label-selector.ts';
import { MaestroError } from '../../errors.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';
import { intervalsOf } from '../../command-line/watch-interval.ts';
import { readOutput, type OutputOption } from '../../output/output-option.ts';
import { viaOf, type Way } from '../../command-line/via.ts';

export const watchOutputs = ['text', 'json'] as const;
/** What a user can make of changes that have no end. */
export const watchTemplates = ['custom-columns', 'custom-columns-file'] as const;

/** Works that were named, or every work that a list finds. */
export type WatchScope =
  | { readonly by: 'address'; readonly addresses: readonly WorkAddress[] }
  | { readonly by: 'list'; readonly consumers: readonly string[]; readonly selector: LabelSelector };

export interface WatchOptions extends ConnectionOptions {
  readonly scope: WatchScope;
  readonly via: Way;
  readonly intervalMs: number;
  /** The same while a stream tells what agents report. */
  readonly liveIntervalMs: number;
  readonly headers: boolean;
  readonly output: OutputOption<(typeof watchOutputs)[number]>;
}

export function parseWatch(input: ParseInput): WatchOptions {
  const flags = flagReader(input);
  return {
    scope: scopeOf(input, flags),
    via: viaOf(flags, 'stream'),
    ...intervalsOf(flags),
    headers: input.flags['headers'] !== false,
    output: readOutput(flags.text('output'), watchOutputs, watchTemplates),
    ...connectionOptions(input, Number.POSITIVE_INFINITY),
  };
}

function scopeOf(input: ParseInput, flags: FlagReader): WatchScope {
  const works = namedWorks(flags);
  const isNamed = works.length > 0 || flags.text('adapter') !== undefined || checkedIds(flags).length > 0;
  const selector = flags.text('selector');
  const { consumers } = listedConsumers(input);
  if (!isNamed) return { by: 'list', consumers, selector: selector === undefined ? [] : parseLabelSelector(selector) };
  if (selector !== undefined)
    throw new MaestroError('usage', '--selector chooses among works, and the works are named already; leave one out');
  if (flags.list('consumer').length < 2) return { by: 'address', addresses: workAddresses(input) };
  if (consumers.length > 1 && checkedIds(flags).length > 0) throw idOnSeveral();
  return {
    by: 'address',
    addresses: consumers.flatMap((consumer) => workAddresses({ ...input, flags: { ...input.flags, consumer } })),
  };
}
