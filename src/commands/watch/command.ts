import { connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { CommandSpec, ParseInput } from '../../command-line/command-spec.ts';
import { adapterFlag, namesOn } from '../../command-line/work-address.ts';
import { flagReader, type FlagReader } from '../../command-line/flag-values.ts';
import { parseLabelSelector, type LabelSelector } from '../../core/label-selector.ts';
import { isUuid } from '../../core/works/bundle-id.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import type { WorkAddress } from '../../operations/find-work.ts';
import { intervalsOf } from './interval.ts';
import { viaFlag, viaOf, type Way } from './via.ts';

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

export const watchCommand: CommandSpec<WatchOptions> = {
  name: 'watch',
  summary: 'print every change of one work or of many as it happens',
  description:
    'Prints what there is, then a line for every change of version, state, conditions or feedback, from the stream of status events of the source, and by reading again and again for what the stream does not tell: versions before an agent has reported them, and works of other sources. Where the stream cannot be opened it says so and polls. A work named with --name or --id that does not exist yet is waited for; when every named work is gone from Maestro, the watch ends. With -o json each line is one JSON value. Without --timeout it never ends by itself; with it, it ends with exit code 0, with 3 when a named work never came, and with 8 when Maestro could not be read.',
  examples: [
    { about: 'Follow one work', command: 'maestro-cli watch --name=hyperfleet-c1-job --consumer=c1' },
    {
      about: 'What becomes of the works of a release, as JSON lines',
      command: 'maestro-cli watch -l release=7 -o json --timeout=10m',
    },
  ],
  exitCodes: [
    ExitCode.Done,
    ExitCode.Usage,
    ExitCode.NotFound,
    ExitCode.Unavailable,
    ExitCode.AccessDenied,
    ExitCode.Interrupted,
    ExitCode.Terminated,
  ],
  flags: [
    {
      flags: '-n, --name <name>',
      about: 'name of the work; {{ consumer.name }} in it is filled in; repeatable',
      repeat: true,
    },
    adapterFlag,
    { flags: '-c, --consumer <name>', about: 'target cluster; repeatable', repeat: true },
    { flags: '-A, --all-consumers', about: 'every consumer; the default when nothing is named' },
    { flags: '--id <uuid>', about: 'bundle id instead of name and consumer; repeatable', repeat: true },
    { flags: '-l, --selector <selector>', about: 'labels, such as app=web,tier!=db' },
    viaFlag('stream', 'poll opens no stream of status events'),
    {
      flags: '--interval <duration>',
      about: 'how often to look, more than 0; longer when looking takes long',
      defaultText: '1s, and 5s while the stream tells of every work shown',
      aliases: ['--poll-interval <duration>'],
    },
    { flags: '--no-headers', about: 'leave the line of headers out' },
  ],
  outputs: watchOutputs,
  hasOutcome: false,
  parse: (input) => parseWatch(input),
  load: () => import('./run.ts'),
};

function parseWatch(input: ParseInput): WatchOptions {
  const flags = flagReader(input);
  return {
    scope: scopeOf(flags),
    via: viaOf(flags, 'stream'),
    ...intervalsOf(flags),
    headers: input.flags['headers'] !== false,
    output: flags.oneOf('output', watchOutputs) ?? 'text',
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
