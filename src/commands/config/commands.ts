import type { AnyCommandSpec, CommandSpec, ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { unknownCommand } from '../../command-line/unknown-command.ts';
import { parseGrpcEndpoint, parseHttpEndpoint } from '../../clients/connection.ts';
import { nearest } from '../../core/works/did-you-mean.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';

/** What every subcommand needs to find the file. */
export interface ConfigOptions {
  /** Value of --config. */
  readonly file?: string;
  /** Value of --context. */
  readonly context?: string;
}
export interface ConfigViewOptions extends ConfigOptions {
  readonly output: 'yaml' | 'json';
}
export interface ConfigListOptions extends ConfigOptions {
  readonly output: 'table' | 'json' | 'name';
}
export interface ConfigNameOptions extends ConfigOptions {
  readonly name: string;
}
export interface ConfigSetOptions extends ConfigNameOptions {
  /** By key of the file; paths as they were given, so relative to the working folder. */
  readonly values: Readonly<Record<string, string | boolean>>;
  readonly unset: readonly string[];
  readonly use: boolean;
}

const viewOutputs = ['yaml', 'json'] as const;
const listOutputs = ['table', 'json', 'name'] as const;
const codes = [ExitCode.Done, ExitCode.Usage] as const;
/** A disk may be full; then the file is as it was. */
const writingCodes = [...codes, ExitCode.Unavailable] as const;
const description =
  'A context is a name for endpoints, credentials and a source id. Settings hold in this order: flag, --context, environment, current context, default. Tokens never stand in the file: name files that hold them. Relative paths in the file start from its folder.';

const group: CommandSpec<ConfigViewOptions> = {
  name: 'config',
  summary: 'named contexts: endpoints, credentials, source id',
  description,
  examples: [
    {
      about: 'Name a Maestro and use it from now on',
      command: 'maestro-cli config set-context dev --grpc-endpoint=grpc://localhost:8090 --use',
    },
    { about: 'What is in the file', command: 'maestro-cli config view' },
  ],
  exitCodes: codes,
  flags: [],
  args: '[command]',
  outputs: viewOutputs,
  hasOutcome: false,
  offline: true,
  parse: (input) => {
    const [word] = input.args;
    if (word !== undefined) throw unknownSubcommand(word);
    return { ...common(input), output: flagReader(input).oneOf('output', viewOutputs) ?? 'yaml' };
  },
  load: () => import('./view.ts'),
};

const view: CommandSpec<ConfigViewOptions> = {
  name: 'config view',
  summary: 'print the configuration file, without anything secret',
  examples: [
    { about: 'All of it', command: 'maestro-cli config view' },
    { about: 'For a script', command: 'maestro-cli config view -o json | jq .contexts' },
  ],
  exitCodes: codes,
  flags: [],
  outputs: viewOutputs,
  hasOutcome: false,
  offline: true,
  parse: (input) => ({ ...common(input), output: flagReader(input).oneOf('output', viewOutputs) ?? 'yaml' }),
  load: () => import('./view.ts'),
};

const getContexts: CommandSpec<ConfigListOptions> = {
  name: 'config get-contexts',
  summary: 'list the contexts of the configuration file',
  examples: [
    { about: 'With their endpoints; * marks the one in use', command: 'maestro-cli config get-contexts' },
    { about: 'Only their names', command: 'maestro-cli config get-contexts -o name' },
  ],
  exitCodes: codes,
  flags: [],
  outputs: listOutputs,
  hasOutcome: false,
  offline: true,
  parse: (input) => ({ ...common(input), output: flagReader(input).oneOf('output', listOutputs) ?? 'table' }),
  load: () => import('./get-contexts.ts'),
};

const currentContext: CommandSpec<ConfigOptions> = {
  name: 'config current-context',
  summary: 'print the name of the context in use',
  examples: [
    { about: 'The one that commands use now', command: 'maestro-cli config current-context' },
    { about: 'Of another file', command: 'maestro-cli config current-context --config=team.yaml' },
  ],
  exitCodes: codes,
  flags: [],
  hasOutcome: false,
  offline: true,
  parse: common,
  load: () => import('./current-context.ts'),
};

const useContext: CommandSpec<ConfigNameOptions> = {
  name: 'config use-context',
  summary: 'make a context the current one',
  examples: [
    { about: 'From now on', command: 'maestro-cli config use-context prod' },
    { about: 'In another file', command: 'maestro-cli config use-context prod --config=team.yaml' },
  ],
  exitCodes: writingCodes,
  flags: [],
  args: '<name>',
  hasOutcome: false,
  offline: true,
  parse: named,
  load: () => import('./use-context.ts'),
};

const setContext: CommandSpec<ConfigSetOptions> = {
  name: 'config set-context',
  summary: 'make a context, or change settings of one',
  description: `Writes the connection flags that are given into a context, which is made when it is absent; what is not named stays. The environment is not looked at. ${description}`,
  examples: [
    {
      about: 'A Maestro behind TLS, with a token that rotates',
      command:
        'maestro-cli config set-context prod \\\n    --grpc-endpoint=grpcs://maestro-grpc.example:8090 \\\n    --http-endpoint=https://maestro.example:8000 \\\n    --grpc-server-ca-file=ca.crt --grpc-client-token-file=token --use',
    },
    { about: 'Drop a setting', command: 'maestro-cli config set-context prod --unset grpc-client-token-file' },
  ],
  exitCodes: writingCodes,
  flags: [
    { flags: '--unset <key>', about: 'remove a setting, such as grpc-plaintext; repeatable', repeat: true },
    { flags: '--use', about: 'make it the current context too' },
  ],
  args: '<name>',
  hasOutcome: false,
  offline: true,
  parse: (input) => parseSet(input),
  load: () => import('./set-context.ts'),
};

const deleteContext: CommandSpec<ConfigNameOptions> = {
  name: 'config delete-context',
  summary: 'remove a context from the configuration file',
  examples: [
    { about: 'One that is not needed any more', command: 'maestro-cli config delete-context dev' },
    { about: 'In another file', command: 'maestro-cli config delete-context dev --config=team.yaml' },
  ],
  exitCodes: writingCodes,
  flags: [],
  args: '<name>',
  hasOutcome: false,
  offline: true,
  parse: named,
  load: () => import('./delete-context.ts'),
};

const path: CommandSpec<ConfigOptions> = {
  name: 'config path',
  summary: 'print where the configuration file is looked for',
  examples: [
    { about: 'Whether it exists or not', command: 'maestro-cli config path' },
    { about: 'Of another file, from the root', command: 'maestro-cli config path --config=team.yaml' },
  ],
  exitCodes: codes,
  flags: [],
  hasOutcome: false,
  offline: true,
  parse: common,
  load: () => import('./path.ts'),
};

export const configCommands = [
  group,
  view,
  getContexts,
  currentContext,
  useContext,
  setContext,
  deleteContext,
  path,
] as unknown as readonly AnyCommandSpec[];

function common(input: ParseInput): ConfigOptions {
  const flags = flagReader(input);
  const file = flags.text('config');
  const context = flags.text('context');
  return { ...(file === undefined ? {} : { file }), ...(context === undefined ? {} : { context }) };
}

function named(input: ParseInput): ConfigNameOptions {
  return { ...common(input), name: input.args[0] ?? '' };
}

function unknownSubcommand(word: string): MaestroError {
  return unknownCommand(
    word,
    configCommands.flatMap((spec) => spec.name.split(' ').slice(1)),
    'config ',
  );
}

/** Connection flags that a context holds, by attribute name. */
const textFlags = [
  'grpcEndpoint',
  'httpEndpoint',
  'grpcServerCaFile',
  'grpcBrokerCaFile',
  'grpcClientCertFile',
  'grpcClientKeyFile',
  'grpcClientTokenFile',
  'httpCaFile',
  'httpClientCertFile',
  'httpClientKeyFile',
  'httpTokenFile',
  'sourceId',
  'manager',
] as const;
const switchFlags = ['grpcPlaintext', 'insecureSkipVerify', 'allowPlaintextToken'] as const;
const tokenFlags = { grpcClientToken: '--grpc-client-token-file', httpToken: '--http-token-file' } as const;

function parseSet(input: ParseInput): ConfigSetOptions {
  const flags = flagReader(input);
  for (const [name, instead] of Object.entries(tokenFlags)) {
    if (input.flags[name] === undefined) continue;
    throw new MaestroError('usage', 'a token is not written into the configuration file', {
      hint: `Put it into a file of its own and name that with ${instead}.`,
    });
  }
  const values: Record<string, string | boolean> = {};
  for (const name of textFlags) {
    const value = flags.text(name);
    if (value !== undefined) values[keyOf(name)] = value;
  }
  for (const name of switchFlags) if (flags.on(name)) values[keyOf(name)] = true;
  checkEndpoints(values);
  const unset = flags.list('unset');
  const both = unset.find((key) => Object.hasOwn(values, key));
  if (both !== undefined) throw new MaestroError('usage', `${both} is set and unset at once`);
  const allKeys = [...textFlags, ...switchFlags].map(keyOf);
  const unknown = unset.find((key) => !allKeys.includes(key));
  if (unknown !== undefined) {
    const meant = nearest(unknown, allKeys);
    throw new MaestroError('usage', `--unset does not know "${unknown}"`, {
      hint: meant === undefined ? `Keys: ${allKeys.join(', ')}.` : `Did you mean "${meant}"?`,
    });
  }
  const use = flags.on('use');
  if (Object.keys(values).length + unset.length === 0 && !use) {
    throw new MaestroError('usage', 'nothing to set', { hint: 'Give connection flags, such as --grpc-endpoint.' });
  }
  return { ...named(input), values, unset, use };
}

/** A mistake is told when it is made, not by the command that uses the context later. */
function checkEndpoints(values: Readonly<Record<string, string | boolean>>): void {
  const grpc = values['grpc-endpoint'];
  const http = values['http-endpoint'];
  if (typeof grpc === 'string') parseGrpcEndpoint(grpc, { plaintext: values['grpc-plaintext'] === true });
  if (typeof http === 'string') parseHttpEndpoint(http);
}

function keyOf(attribute: string): string {
  return attribute.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
