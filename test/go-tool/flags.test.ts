import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyCommandSpec } from '../../src/command-line/command-spec.ts';
import { parseFor } from '../support/parse-for.ts';
import { commands } from '../../src/commands/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { runCli, type CliOptions, type CliRun } from '../support/run-cli.ts';

/**
 * Every flag and environment variable of the Go tool, so that this one can be
 * put in its place: accepted by the same command, with the same meaning.
 */
function specOf(name: string): AnyCommandSpec {
  const spec = commands.find((known) => known.name === name);
  if (spec === undefined) throw new Error(`there is no command ${name}`);
  return spec;
}

const named = ['--name=w', '--consumer=c1'];
/** The least that each command needs. */
const least: Readonly<Record<string, readonly string[]>> = {
  apply: ['--manifest-file=f', '--consumer=c1'],
  get: named,
  list: ['--consumer=c1'],
  describe: named,
  wait: named,
  watch: named,
  delete: named,
  diff: ['--manifest-file=f', '--consumer=c1'],
  build: [...named, '--source-file=f'],
  validate: ['--manifest-file=f', '--consumer=c1'],
};
const names = Object.keys(least);

const parsed = (name: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}): unknown =>
  parseFor(specOf(name), [...(least[name] ?? []), ...argv], env);

/** The value under a key, however deep the options of the command hold it. */
function find(options: unknown, key: string): unknown {
  if (typeof options !== 'object' || options === null) return undefined;
  const members = options as Readonly<Record<string, unknown>>;
  if (key in members) return members[key];
  return Object.values(members)
    .map((member) => find(member, key))
    .find((member) => member !== undefined);
}

interface GlobalFlag {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where the value is found in the options, and what it is. */
  readonly key: string;
  readonly value: unknown;
}

const pair = ['--grpc-client-cert-file=crt', '--grpc-client-key-file=key'];
const globalFlags: readonly GlobalFlag[] = [
  {
    argv: ['--grpc-endpoint=h:1'],
    env: { MAESTRO_GRPC_ENDPOINT: 'h:1' },
    key: 'grpcEndpoint',
    value: { host: 'h', port: 1, plaintext: false },
  },
  { argv: [], key: 'grpcEndpoint', value: { host: 'localhost', port: 8090, plaintext: false } },
  {
    argv: ['--http-endpoint=http://h:2'],
    env: { MAESTRO_HTTP_ENDPOINT: 'http://h:2' },
    key: 'httpEndpoint',
    value: 'http://h:2',
  },
  { argv: [], key: 'httpEndpoint', value: 'http://localhost:8000' },
  {
    argv: ['--grpc-insecure'],
    env: { MAESTRO_GRPC_INSECURE: 'true' },
    key: 'grpcEndpoint',
    value: { plaintext: true },
  },
  {
    argv: ['--grpc-insecure'],
    env: { MAESTRO_GRPC_INSECURE: ' YES ' },
    key: 'grpcEndpoint',
    value: { plaintext: true },
  },
  { argv: ['--grpc-insecure'], env: { MAESTRO_GRPC_INSECURE: '1' }, key: 'grpcEndpoint', value: { plaintext: true } },
  { argv: [], env: { MAESTRO_GRPC_INSECURE: 'false' }, key: 'grpcEndpoint', value: { plaintext: false } },
  {
    argv: ['--grpc-server-ca-file=ca'],
    env: { MAESTRO_GRPC_SERVER_CA_FILE: 'ca' },
    key: 'grpcTls',
    value: { caFile: 'ca' },
  },
  { argv: ['--grpc-broker-ca-file=ca'], key: 'grpcTls', value: { extraCaFile: 'ca' } },
  {
    argv: pair,
    env: { MAESTRO_GRPC_CLIENT_CERT: 'crt', MAESTRO_GRPC_CLIENT_KEY: 'key' },
    key: 'grpcTls',
    value: { clientCertFile: 'crt', clientKeyFile: 'key' },
  },
  { argv: ['--grpc-client-token=t'], env: { MAESTRO_GRPC_TOKEN: 't' }, key: 'grpcToken', value: { value: 't' } },
  {
    argv: ['--grpc-client-token-file=t'],
    env: { MAESTRO_GRPC_TOKEN_FILE: 't' },
    key: 'grpcToken',
    value: { file: 't' },
  },
  { argv: ['--source-id=s'], env: { MAESTRO_SOURCE_ID: 's' }, key: 'source', value: 's' },
  { argv: [], key: 'source', value: 'maestro-cli' },
  { argv: ['--timeout=1h30m'], key: 'timeoutMs', value: 5_400_000 },
  { argv: ['--verbose'], key: 'log', value: { verbose: true } },
  { argv: ['--results-path=r.json'], key: 'log', value: { verbose: false } },
];

describe.each(names)('%s', (name) => {
  it.each(globalFlags)('takes $argv, and $env', ({ argv, env, key, value }) => {
    for (const options of [parsed(name, argv), ...(env === undefined ? [] : [parsed(name, [], env)])]) {
      const found = find(options, key);
      if (typeof value === 'object') expect(found).toMatchObject(value as object);
      else expect(found).toBe(value);
    }
  });
});

describe('flags of single commands', () => {
  it.each([
    { name: 'apply', argv: ['--wait'], options: { files: ['f'], consumer: 'c1', await: { text: 'Available' } } },
    {
      name: 'apply',
      argv: ['--wait=Job:Complete OR Job:Failed'],
      options: { await: { text: 'Job:Complete OR Job:Failed' } },
    },
    {
      name: 'get',
      argv: ['--output=json'],
      options: { address: { by: 'name', name: 'w', consumer: 'c1' }, output: { format: 'json' } },
    },
    { name: 'get', argv: [], options: { output: { format: 'yaml' } } },
    { name: 'list', argv: ['--filter=Job/init'], options: { consumers: ['c1'], filter: 'Job/init' } },
    { name: 'list', argv: ['--output=yaml'], options: { output: { format: 'yaml' } } },
    {
      name: 'describe',
      argv: ['--output=json'],
      options: { address: { by: 'name', name: 'w', consumer: 'c1' }, output: 'json' },
    },
    {
      name: 'wait',
      argv: ['--for=Applied'],
      options: { addresses: [{ by: 'name', name: 'w', consumer: 'c1' }], await: { text: 'Applied' } },
    },
    { name: 'wait', argv: [], options: { await: { text: 'Available' } } },
    {
      name: 'watch',
      argv: ['--poll-interval=5s'],
      options: { scope: { by: 'address', addresses: [{ by: 'name', name: 'w', consumer: 'c1' }] }, intervalMs: 5000 },
    },
    { name: 'watch', argv: [], options: { intervalMs: 1000, timeoutMs: Infinity } },
    {
      name: 'delete',
      argv: ['--wait'],
      options: { addresses: [{ by: 'name', name: 'w', consumer: 'c1' }], watch: true, dryRun: false },
    },
    // A dry run asks for nothing that could be waited for.
    { name: 'delete', argv: ['--wait', '--dry-run'], options: { watch: false, dryRun: true } },
    { name: 'validate', argv: [], options: { files: ['f'] } },
    { name: 'diff', argv: [], options: { files: ['f'], consumer: 'c1' } },
    {
      name: 'build',
      argv: ['--output-file=o', '--strategy=replace', '--force'],
      options: { name: 'w', consumer: 'c1', files: ['f'], outputFile: 'o', strategy: 'replace', force: true },
    },
    { name: 'build', argv: [], options: { strategy: 'merge', apply: false, force: false, dryRun: false } },
    { name: 'build', argv: ['--apply', '--wait'], options: { apply: true, await: { text: 'Available' } } },
    { name: 'build', argv: ['--apply', '--wait=Applied'], options: { await: { text: 'Applied' } } },
    { name: 'build', argv: ['--apply', '--dry-run'], options: { apply: true, dryRun: true } },
    { name: 'build', argv: ['--output=json'], options: { output: 'json' } },
  ])('$name $argv', ({ name, argv, options }) => {
    expect(parsed(name, argv)).toMatchObject(options);
  });

  it.each(
    Object.entries(least).flatMap(([name, argv]) =>
      argv.map((flag) => ({ name, flag, rest: argv.filter((other) => other !== flag) })),
    ),
  )('$name without $flag asks for it, unless it can do without', ({ name, flag, rest }) => {
    const without = (): unknown => parseFor(specOf(name), rest);
    const optional = [
      // metadata.namespace may name the consumer, and lists are of all consumers.
      ['apply', 'diff', 'list', 'validate'].includes(name) && flag.startsWith('--consumer'),
      // Without a name, every work of the consumer is watched.
      name === 'watch' && flag.startsWith('--name'),
    ].includes(true);
    if (optional) expect(without()).toBeDefined();
    else expect(without).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('what the Go tool reads from the environment', () => {
  let maestro: StandIn;
  beforeAll(async () => {
    maestro = await startStandIn({ consumers: ['c1'], agent: { delayMs: 5 } });
  });
  afterAll(() => maestro.close());

  const work = JSON.stringify({
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'ManifestWork',
    metadata: { name: 'w' },
    spec: {
      workload: { manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' } }] },
    },
  });
  const run = (argv: readonly string[], options: CliOptions = {}): Promise<CliRun> =>
    runCli(argv, { files: { 'w.json': work }, ...options });
  const goEnv = (): Record<string, string> => ({
    MAESTRO_GRPC_ENDPOINT: maestro.grpcEndpoint,
    MAESTRO_HTTP_ENDPOINT: maestro.httpEndpoint,
    MAESTRO_GRPC_INSECURE: 'true',
  });

  it('is all that a Job needs: endpoints, plaintext, the result path', async () => {
    const done = await run(['apply', '--manifest-file=w.json', '--consumer=c1', '--wait'], {
      env: { ...goEnv(), RESULTS_PATH: 'r.json', LOG_OUTPUT: 'stdout', LOG_FORMAT: 'json' },
    });
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stdout).toMatch(
      /^manifestwork\.work\.open-cluster-management\.io\/w created \(version 1\)\n.* condition met: Available \(version 1\)\n$/,
    );
    expect(JSON.parse(done.files['r.json'] ?? '')).toMatchObject({ status: 'Applied' });
  });

  it('finds the works that the Go tool made: same source, same id', async () => {
    expect(await run(['get', '--name=w', '--consumer=c1', '--output=json'], { env: goEnv() })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('"name": "w"') as unknown,
    });
    const other = await run(['apply', '--manifest-file=w.json', '--consumer=c1'], {
      env: { ...goEnv(), MAESTRO_SOURCE_ID: 'someone' },
    });
    expect(other.exitCode).toBe(10);
  });
});
