import type { Context } from '../context.ts';
import type { ErrorReason } from '../errors.ts';
import type { ExitCode } from '../exit-code.ts';
import type { LoadedConfig } from '../io/config-file.ts';
import type { Outcome } from '../core/outcome/outcome.ts';

/** One flag, as data: help, completion, reference and the argv tables are made from it. */
export interface FlagSpec {
  /** Commander syntax: `-f, --manifest-file <file>`, `--watch [expr]`, `--all`. */
  readonly flags: string;
  readonly about: string;
  /** Environment variable that stands in when the flag is absent; never shown with its value. */
  readonly env?: string;
  /** As help shows it. */
  readonly defaultText?: string;
  /** May be given several times; the value is then a list. */
  readonly repeat?: boolean;
  /** Other spellings of the same flag (the Go tool's), accepted and shown beside it. */
  readonly aliases?: readonly string[];
  /** The only values that it takes, when the list is closed: for completion, and for who misspells one. */
  readonly values?: readonly string[];
  /** Values that completion offers, while others are taken too. */
  readonly someValues?: readonly string[];
  /** Takes several values at once, with commas between them. */
  readonly commas?: boolean;
}

/** What the positional arguments of a command are names of; completion offers such names. */
export type ArgumentKind =
  'work' | 'consumer' | 'new consumer' | 'file' | 'context' | 'command' | 'topic' | 'shell' | 'job template' | 'word';

/** Flags as the command line gave them: nothing is interpreted yet. */
export type RawFlags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface ParseInput {
  readonly flags: RawFlags;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The configuration file's part; absent when there is no file. */
  readonly config?: LoadedConfig;
}

export interface Example {
  readonly about: string;
  readonly command: string;
}

/** What a command leaves behind: an exit code, and for commands with an outcome what the result file tells. */
export type CommandResult =
  /** `reason` and `message` are what a result file says, when one was asked for. */
  | { readonly exitCode: ExitCode; readonly reason?: ErrorReason; readonly message?: string }
  | { readonly outcome: Outcome };

/** A command as data: help, completion and the reference are made from it. */
export interface CommandData {
  /** `apply`, or `consumer list` for a command of a group. */
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly examples: readonly Example[];
  readonly exitCodes: readonly ExitCode[];
  readonly flags: readonly FlagSpec[];
  /** Other names of the command, each with as many words: `ls`, `config use`. */
  readonly aliases?: readonly string[];
  /** Commander syntax of positional arguments, e.g. `<name>` or `[file...]`; none when absent. */
  readonly args?: string;
  /** Of a command without them: what to do instead, for who gives one. */
  readonly insteadOfArgs?: string;
  /** What they are; every command with `args` says it. */
  readonly argKind?: ArgumentKind;
  /**
   * The attribute of the flag that they are another way to give: `name` or `manifestFile`. `parse` then finds them
   * among the values of that flag, and `args` is empty.
   */
  readonly argsMean?: string;
  /** The only arguments that it takes, when the list is closed. */
  readonly argValues?: readonly string[];
  /** What `-o` takes, the default first; none when absent. */
  readonly outputs?: readonly string[];
  /** True when its JSON is one value a line, or the attribute of the flag with which it is. */
  readonly jsonLines?: true | string;
  /**
   * True for commands with an outcome: they write a result file, also through RESULTS_PATH. The attribute of a flag for
   * one that has an outcome only with it, and only reads or prints without.
   */
  readonly hasOutcome: boolean | string;
  /** True for commands that never talk to Maestro: no configuration file is read for them. */
  readonly offline?: boolean;
  /** True for commands that programs call and no person: help and the reference leave them out. */
  readonly hidden?: boolean;
  /** True for commands whose logs are JSON unless something else is asked for. */
  readonly logsJson?: boolean;
}

/**
 * A command as data, its flags-to-options step, and where its code is. The
 * code is loaded only when the command runs, so that a Job starts fast.
 */
export interface CommandSpec<Options> extends CommandData {
  /** Pure; throws a usage error before anything is read or sent. */
  parse(input: ParseInput): Options;
  load(): Promise<{ run(options: Options, context: Context): Promise<CommandResult> }>;
}

/** Any command, for tables of them: what its `parse` makes is what its `run` takes, and nobody else looks into it. */
export interface AnyCommandSpec extends CommandData {
  parse(input: ParseInput): unknown;
  load(): Promise<{ run(options: never, context: Context): Promise<CommandResult> }>;
}
