import type { CommandData, FlagSpec } from '../../command-line/command-spec.ts';
import { commonFlags } from '../../command-line/common-flags.ts';
import { flagSyntaxes, takesFile } from '../../command-line/flag-syntax.ts';
import { shells } from './options.ts';

/** What may stand at a place of the command line. */
export type Completed =
  | { readonly kind: 'file' | 'directory' | 'consumer' | 'context' | 'any' }
  | { readonly kind: 'words'; readonly words: readonly string[] };

export interface CompletedFlag {
  /** `-f` and `--manifest-file`, its other spellings too. */
  readonly names: readonly string[];
  readonly about: string;
  /** Absent for switches. */
  readonly value?: Completed;
  /** `--watch [expr]`: the next word is its value unless it looks like a flag. */
  readonly optional: boolean;
}

export interface CompletedCommand {
  /** `apply`, `consumer list`. */
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
  /** Of the first argument. */
  readonly argument: Completed;
}

export interface CompletionModel {
  readonly common: readonly CompletedFlag[];
  readonly commands: readonly CompletedCommand[];
  /** `consumer` with what follows it: words by the words before them, the root under "". */
  readonly next: ReadonlyMap<string, readonly string[]>;
}

const choices: Readonly<Record<string, readonly string[]>> = {
  '--log-format': ['text', 'json'],
  '--results-format': ['status-result', 'adapter-result'],
  '--access': ['plaintext', 'tls', 'mtls', 'token'],
  '--controllers': ['propagation,aggregation', 'propagation', 'aggregation'],
  '--status-mode': ['full', 'summary'],
  '--deletion-policy': ['confirmed', 'requested'],
  '--authorisation': ['placement', 'none'],
};

/** Everything that completion knows, made from the commands' own data. */
export function completionModel(specs: readonly CommandData[]): CompletionModel {
  const next = new Map<string, string[]>();
  for (const { name } of specs) {
    const words = name.split(' ');
    words.forEach((word, index) => {
      const before = words.slice(0, index).join(' ');
      const known = next.get(before) ?? [];
      if (!known.includes(word)) next.set(before, [...known, word]);
    });
  }
  const common = commonFlags.filter(({ flags }) => !flags.startsWith('-o'));
  return {
    common: [
      ...common.map((flag) => completedFlag(flag)),
      { names: ['-h', '--help'], about: 'show the help', optional: false },
    ],
    commands: specs.map((spec) => completedCommand(spec)),
    next,
  };
}

function completedCommand(spec: CommandData): CompletedCommand {
  // What follows "jsonpath=" is the user's.
  const outputs = (spec.outputs ?? []).map((name) => name.replace(/=.*/, '='));
  const output: CompletedFlag = {
    names: ['-o', '--output'],
    about: 'output format',
    value: { kind: 'words', words: outputs },
    optional: false,
  };
  return {
    name: spec.name,
    summary: spec.summary,
    flags: [...spec.flags.map((flag) => completedFlag(flag)), ...(outputs.length === 0 ? [] : [output])],
    argument: argumentOf(spec),
  };
}

function completedFlag(flag: FlagSpec): CompletedFlag {
  const syntaxes = flagSyntaxes(flag);
  const [{ takes, valueName }] = syntaxes;
  const names = syntaxes.flatMap((syntax) => syntax.names);
  return {
    names,
    about: flag.about,
    optional: takes === 'an optional value',
    ...(valueName === undefined ? {} : { value: valueOf(names, valueName) }),
  };
}

function valueOf(names: readonly string[], valueName: string): Completed {
  const words = names.map((name) => choices[name]).find((known) => known !== undefined);
  if (words !== undefined) return { kind: 'words', words };
  // A cluster of the hub has the name of its consumer.
  if (names.includes('--consumer') || names.includes('--cluster')) return { kind: 'consumer' };
  if (names.includes('--context')) return { kind: 'context' };
  if (takesFile({ valueName })) return { kind: 'file' };
  return { kind: /^dir(ectory)?$/.test(valueName) ? 'directory' : 'any' };
}

function argumentOf({ name, args }: CommandData): Completed {
  if (args === undefined) return { kind: 'any' };
  if (/^consumer (get|update|delete)$/.test(name)) return { kind: 'consumer' };
  if (/^config (use|set|delete)-context$/.test(name)) return { kind: 'context' };
  if (name === 'completion') return { kind: 'words', words: shells };
  return { kind: /file|path/.test(args) ? 'file' : 'any' };
}

/** Flags that say which Maestro to ask for names; what stands on the line is handed on. */
export const forwardedFlags = [
  '--http-endpoint',
  '--http-ca-file',
  '--grpc-server-ca-file',
  '--http-token-file',
  '--context',
  '--config',
] as const;

/** How long a shell may be kept waiting for the names of consumers. */
export const namesTimeout = '1s';
