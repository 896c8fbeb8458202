import { callTimeoutMs, connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { CommandSpec, ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { parseLabelSelector, type LabelSelector } from '../../core/label-selector.ts';
import type { WorkState } from '../../core/status/fold.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';

export const listOutputs = ['table', 'wide', 'json', 'yaml', 'name', 'manifestwork'] as const;
const states = ['Unknown', 'Progressing', 'Applied', 'Available', 'Failed', 'Deleting', 'Deleted'] as const;

export interface ListOptions extends ConnectionOptions {
  /** Empty: all consumers. */
  readonly consumers: readonly string[];
  /** States to show; empty: all. */
  readonly states: readonly WorkState['kind'][];
  readonly selector: LabelSelector;
  /** Undefined: every source. */
  readonly ofSource?: string;
  readonly limit?: number;
  readonly output: (typeof listOutputs)[number];
}

export const listCommand: CommandSpec<ListOptions> = {
  name: 'list',
  summary: 'list works of one, several or all consumers',
  description:
    'Lists works, page by page as they arrive, of every source. APPLIED and AVAILABLE say what the agent has proved at the stored version: after an update they are Unknown until it has reported.',
  examples: [
    { about: 'The works of a cluster', command: 'maestro-cli list --consumer=cluster-west-1' },
    { about: 'What could not be applied, anywhere', command: 'maestro-cli list --all-consumers --status=Failed -o wide' },
  ],
  exitCodes: [ExitCode.Done, ExitCode.Usage, ExitCode.NotFound, ExitCode.Unavailable, ExitCode.AccessDenied],
  flags: [
    { flags: '-c, --consumer <name>', about: 'target cluster; repeatable', repeat: true },
    { flags: '-A, --all-consumers', about: 'every consumer; the default without --consumer' },
    { flags: '--status <state>', about: `${states.join(', ')}; Applied includes Available; repeatable`, repeat: true },
    { flags: '-l, --selector <selector>', about: 'labels, such as app=web,tier!=db' },
    { flags: '--source <source>', about: 'only works of this source' },
    { flags: '--all-sources', about: 'works of every source; the default without --source' },
    { flags: '--limit <n>', about: 'at most so many works' },
  ],
  hasOutcome: false,
  parse: (input) => parseList(input),
  load: () => import('./run.ts'),
};

function parseList(input: ParseInput): ListOptions {
  const flags = flagReader(input);
  const consumers = flags.list('consumer');
  const ofSource = flags.text('source');
  if (consumers.length > 0 && flags.on('allConsumers')) throw new MaestroError('usage', '--consumer and --all-consumers contradict each other');
  if (ofSource !== undefined && flags.on('allSources')) throw new MaestroError('usage', '--source and --all-sources contradict each other');
  if (consumers.includes('')) throw new MaestroError('usage', '--consumer is empty');
  const selector = flags.text('selector');
  const limit = flags.wholeNumber('limit', 1);
  return {
    consumers: [...new Set(consumers)],
    states: flags.list('status').flatMap((text) => text.split(',')).map((text) => stateOf(text.trim())),
    selector: selector === undefined ? [] : parseLabelSelector(selector),
    ...(ofSource === undefined ? {} : { ofSource }),
    ...(limit === undefined ? {} : { limit }),
    output: flags.oneOf('output', listOutputs) ?? 'table',
    ...connectionOptions(input, callTimeoutMs),
  };
}

function stateOf(text: string): WorkState['kind'] {
  const state = states.find((known) => known.toLowerCase() === text.toLowerCase());
  if (state !== undefined) return state.toLowerCase() as WorkState['kind'];
  throw new MaestroError('usage', `--status does not know "${text}"`, { hint: `Use one of: ${states.join(', ')}.` });
}
