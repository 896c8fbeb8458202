import { connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { ParseInput } from '../../command-line/command-spec.ts';
import { namesOn } from '../../command-line/work-address.ts';
import { flagReader, type FlagReader } from '../../command-line/flag-values.ts';
import { parseLabelSelector, type LabelSelector } from '../../core/label-selector.ts';
import { isUuid } from '../../core/works/bundle-id.ts';
import { MaestroError } from '../../errors.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';
import { intervalsOf } from '../../command-line/watch-interval.ts';
import { viaOf, type Way } from '../../command-line/via.ts';

export const watchOutputs = ['text', 'json'] as const;

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
  readonly output: (typeof watchOutputs)[number];
}

export function parseWatch(input: ParseInput): WatchOptions {
  const flags = flagReader(input);
  return {
    scope: scopeOf(flags),
    via: viaOf(flags, 'stream'),
    ...intervalsOf(flags),
    headers: input.flags['headers'] !== false,
    output: flags.output(watchOutputs),
    ...connectionOptions(input, Number.POSITIVE_INFINITY),
  };
}

function scopeOf(flags: FlagReader): WatchScope {
  const names = flags.list('name');
  const adapter = flags.text('adapter');
  const named = names.length > 0 || adapter !== undefined;
  const ids = flags.list('id');
  const consumers = [...new Set(flags.list('consumer'))];
  const selector = flags.text('selector');
  for (const [flag, values] of [
    ['--name', names],
    ['--consumer', consumers],
  ] as const) {
    if (values.includes('')) throw new MaestroError('usage', `${flag} is empty`);
  }
  if (consumers.length > 0 && flags.on('allConsumers'))
    throw new MaestroError('usage', '--consumer and --all-consumers contradict each other');
  if (!named && ids.length === 0) {
    return { by: 'list', consumers, selector: selector === undefined ? [] : parseLabelSelector(selector) };
  }
  if (named && ids.length > 0)
    throw new MaestroError(
      'usage',
      `${names.length > 0 ? '--name' : '--adapter'} and --id both name works; leave one out`,
    );
  if (selector !== undefined)
    throw new MaestroError('usage', '--selector chooses among works, and the works are named already; leave one out');
  const wrong = ids.find((id) => !isUuid(id));
  if (wrong !== undefined) {
    throw new MaestroError('usage', `--id takes a UUID, not "${wrong}"`, {
      hint: 'To name a work use --name and --consumer.',
    });
  }
  if (ids.length > 0)
    return { by: 'address', addresses: [...new Set(ids)].map((id) => ({ by: 'id', id: id.toLowerCase() })) };
  if (consumers.length === 0) {
    throw new MaestroError(
      'usage',
      `--consumer is missing for ${names.length > 0 ? `--name=${names[0]}` : `--adapter=${adapter}`}`,
      { hint: 'A work is named by its name and its consumer.' },
    );
  }
  return {
    by: 'address',
    addresses: consumers.flatMap((consumer) =>
      namesOn(consumer, names, adapter).map((name) => ({ by: 'name' as const, name, consumer })),
    ),
  };
}
