import { callTimeoutMs, connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { AnyCommandSpec, CommandSpec, ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { parseLabelSelector, type LabelSelector } from '../../core/label-selector.ts';
import { dnsLabelProblems, qualifiedNameProblems } from '../../core/works/names.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { consumerOutputs, labelFlag, parseLabels, type ConsumerOutput } from './flags.ts';

export interface ConsumerOptions extends ConnectionOptions {
  readonly output: ConsumerOutput;
}
export interface NamedConsumerOptions extends ConsumerOptions {
  readonly name: string;
}
export interface ConsumerListOptions extends ConsumerOptions {
  readonly selector: LabelSelector;
}
export interface ConsumerCreateOptions extends NamedConsumerOptions {
  readonly labels: Readonly<Record<string, string>>;
}
export interface ConsumerUpdateOptions extends ConsumerCreateOptions {
  readonly removeLabels: readonly string[];
}
export interface ConsumerDeleteOptions extends NamedConsumerOptions {
  readonly yes: boolean;
}

const readCodes = [
  ExitCode.Done,
  ExitCode.Usage,
  ExitCode.NotFound,
  ExitCode.Unavailable,
  ExitCode.AccessDenied,
] as const;
const writeCodes = [
  ExitCode.Done,
  ExitCode.Usage,
  ExitCode.NotFound,
  ExitCode.InvalidInput,
  ExitCode.Conflict,
  ExitCode.Unavailable,
  ExitCode.AccessDenied,
] as const;

const list: CommandSpec<ConsumerListOptions> = {
  name: 'consumer list',
  summary: 'list target clusters and their labels',
  examples: [
    { about: 'All of them', command: 'maestro-cli consumer list' },
    { about: 'Names of those in production', command: 'maestro-cli consumer list -l env=prod -o name' },
  ],
  exitCodes: readCodes,
  flags: [{ flags: '-l, --selector <selector>', about: 'labels, such as env=prod,region!=eu' }],
  outputs: consumerOutputs,
  hasOutcome: false,
  parse: (input) => {
    const selector = flagReader(input).text('selector');
    return { ...common(input), selector: selector === undefined ? [] : parseLabelSelector(selector) };
  },
  load: () => import('./list.ts'),
};

const get: CommandSpec<NamedConsumerOptions> = {
  name: 'consumer get',
  summary: 'show one target cluster',
  examples: [
    { about: 'By its name', command: 'maestro-cli consumer get cluster-west-1' },
    { about: 'For a script', command: 'maestro-cli consumer get cluster-west-1 -o json | jq -r .id' },
  ],
  exitCodes: readCodes,
  flags: [],
  args: '<name>',
  outputs: consumerOutputs,
  hasOutcome: false,
  parse: named,
  load: () => import('./get.ts'),
};

const create: CommandSpec<ConsumerCreateOptions> = {
  name: 'consumer create',
  summary: 'register a target cluster',
  examples: [
    { about: 'A cluster', command: 'maestro-cli consumer create cluster-west-1' },
    {
      about: 'With labels',
      command: 'maestro-cli consumer create cluster-west-1 \\\n    --label env=prod --label region=us-west',
    },
  ],
  exitCodes: writeCodes,
  flags: [labelFlag],
  args: '<name>',
  outputs: consumerOutputs,
  hasOutcome: false,
  parse: (input) => {
    const options = named(input);
    if (dnsLabelProblems(options.name).length > 0) {
      throw new MaestroError('usage', `"${options.name}" cannot name a consumer`, {
        hint: 'A name is a DNS label: lower-case letters, digits and hyphens, at most 63 characters.',
      });
    }
    return { ...options, labels: parseLabels(flagReader(input).list('label')) };
  },
  load: () => import('./create.ts'),
};

const update: CommandSpec<ConsumerUpdateOptions> = {
  name: 'consumer update',
  summary: 'set or remove labels of a target cluster',
  description:
    'Sets or removes labels; those not named stay. Maestro replaces the whole map, so two updates at one moment can undo each other.',
  examples: [
    { about: 'Set a label', command: 'maestro-cli consumer update cluster-west-1 --label env=stage' },
    { about: 'Remove one', command: 'maestro-cli consumer update cluster-west-1 --remove-label env' },
  ],
  exitCodes: writeCodes,
  flags: [labelFlag, { flags: '--remove-label <key>', about: 'a label to remove; repeatable', repeat: true }],
  args: '<name>',
  outputs: consumerOutputs,
  hasOutcome: false,
  parse: (input) => {
    const flags = flagReader(input);
    const labels = parseLabels(flags.list('label'));
    const removeLabels = flags.list('removeLabel');
    if (Object.keys(labels).length === 0 && removeLabels.length === 0) {
      throw new MaestroError('usage', 'nothing to update', { hint: 'Give --label or --remove-label.' });
    }
    const bad = removeLabels.find((key) => qualifiedNameProblems(key).length > 0);
    if (bad !== undefined) throw new MaestroError('usage', `--remove-label ${bad} is no label key`);
    const both = removeLabels.find((key) => Object.hasOwn(labels, key));
    if (both !== undefined) throw new MaestroError('usage', `the label ${both} is set and removed at once`);
    return { ...named(input), labels, removeLabels };
  },
  load: () => import('./update.ts'),
};

const remove: CommandSpec<ConsumerDeleteOptions> = {
  name: 'consumer delete',
  summary: 'unregister a target cluster that has no works',
  examples: [
    { about: 'Asks first', command: 'maestro-cli consumer delete cluster-west-1' },
    { about: 'In a script', command: 'maestro-cli consumer delete cluster-west-1 -y' },
  ],
  exitCodes: writeCodes,
  flags: [{ flags: '-y, --yes', about: 'do not ask' }],
  args: '<name>',
  outputs: consumerOutputs,
  hasOutcome: false,
  parse: (input) => ({ ...named(input), yes: flagReader(input).on('yes') }),
  load: () => import('./delete.ts'),
};

function common(input: ParseInput): ConsumerOptions {
  return {
    ...connectionOptions(input, callTimeoutMs),
    output: flagReader(input).oneOf('output', consumerOutputs) ?? 'table',
  };
}

function named(input: ParseInput): NamedConsumerOptions {
  return { ...common(input), name: input.args[0] ?? '' };
}

export const consumerCommands = [list, get, create, update, remove] as unknown as readonly AnyCommandSpec[];
