import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlagSpec } from '../../../src/command-line/command-spec.ts';
import { commonFlags } from '../../../src/command-line/common-flags.ts';
import { flagSyntaxes } from '../../../src/command-line/flag-syntax.ts';
import { commands } from '../../../src/commands/index.ts';
import { valueKind } from '../../../src/commands/__complete/value-kinds.ts';
import type { Maestro } from '../../../src/context.ts';
import { MaestroError } from '../../../src/errors.ts';
import { createMaestroClient } from '../../../src/index.ts';
import { createStandIn, type InProcessStandIn } from '../../../src/standin/index.ts';
import { outputsTaken } from '../../support/outputs-taken.ts';
import { valuesTaken } from '../../support/values-taken.ts';
import { emptyFolder, runCli, type CliOptions } from '../../support/run-cli.ts';

/** What a shell is told of the end of a line, words apart by blanks; a blank at the end begins a new word. */
async function answer(line: string, options: CliOptions = {}): Promise<readonly string[]> {
  const run = await runCli(['__complete', '--', ...line.split(' ')], options);
  expect(run).toMatchObject({ exitCode: 0, stderr: '', files: {} });
  return run.stdout.split('\n').slice(0, -1);
}

/** The words alone, and the directive behind them. */
async function words(line: string, options: CliOptions = {}): Promise<readonly string[]> {
  return (await answer(line, options)).map((text) => text.split('\t')[0] ?? '');
}

describe('what may stand on a line', () => {
  test.each([
    ['li', ['list', ':4']],
    ['consumer ', ['list', 'get', 'create', 'update', 'delete', ':4']],
    ['--quiet consumer l', ['list', ':4']],
    ['--timeout 3s consumer l', ['list', ':4']],
    ['--timeout=3s consumer l', ['list', ':4']],
    ['gitops migrate ', ['plan', 'run', 'finish', 'rollback', 'status', ':4']],
    ['rm', ['rm', ':4']],
    ['l', ['list', ':4']],
    ['ls --stat', ['--status', ':4']],
    ['config use p', [':4']],
    ['apply --manifest-f', ['--manifest-file', ':4']],
    ['apply --grpc-insec', ['--grpc-insecure', ':4']],
    ['wait --cond', ['--condition', ':4']],
    ['list --output=wi', ['--output=wide', ':4']],
    ['list -owi', ['-owide', ':4']],
    ['list -o jsonp', ['jsonpath=', ':6']],
    ['list --log-format ', ['text', 'json', ':4']],
    ['list --status available,fail', ['available,failing', 'available,failed', ':4']],
    ['list --columns name,sta', ['name,state', ':4']],
    ['list --sort-by a', ['age', ':4']],
    ['apply --dry-run=', ['--dry-run=client', '--dry-run=server', ':4']],
    ['apply --watch A', ['Applied', 'Available', ':4']],
    ['apply --watch --via ', ['stream', 'poll', ':4']],
    ['gitops controller --controllers propagation,', ['propagation,aggregation', ':4']],
    ['gitops controller --leader-elect ', ['true', 'false', ':4']],
    ['config set-context dev --unset grpc-plain', ['grpc-plaintext', ':4']],
    ['job render --set image-pull-s', ['image-pull-secret=', ':6']],
    ['job render apply', ['apply', 'apply-and-wait', ':4']],
    ['job render apply ', [':4']],
    ['completion ', ['bash', 'zsh', 'fish', 'powershell', ':4']],
    ['help ex', ['exit-codes', 'expressions', ':4']],
    ['help consumer g', ['get', ':4']],
    ['list --resource ConfigM', ['ConfigMap', ':4']],
    ['apply ', [':0']],
    ['apply a.yaml ', [':0']],
    ['apply --manifest-file=x', [':0']],
    ['apply -f', ['-f', ':4']],
    ['--config ', [':0']],
    ['dev --access-dir ', [':16']],
    ['list --limit ', [':4']],
    ['list --', expect.arrayContaining(['--status', '--http-endpoint', '--output', '--help', ':4'])],
    ['list --quiet --qui', [':4']],
    ['apply -- -', [':0']],
    ['nonsense ', [':4']],
    ['nonsense --nonsense ', [':4']],
    ['__comp', [':4']],
    ['list --via poll --via', [':4']],
  ])('%s', async (line, expected) => {
    expect(await words(line)).toEqual(expected);
  });

  test('an empty word may be told by a flag, for shells that cannot hand one on', async () => {
    const run = await runCli(['__complete', '--new-word', '--', 'completion']);
    expect(run.stdout).toBe('bash\nzsh\nfish\npowershell\n:4\n');
  });

  test('commands, flags and settings come with what they are', async () => {
    expect(await answer('li')).toEqual(['list\tlist works of one, several or all consumers', ':4']);
    expect((await answer('rm'))[0]).toMatch(/^rm\tdelete .*\(delete\)$/);
    expect((await answer('gitops migr'))[0]).toMatch(/^migrate\thand applications over/);
    expect((await answer('list --lim'))[0]).toBe('--limit\tat most so many works');
    expect((await answer('job render --set ttl'))[0]).toBe(
      'ttl-seconds=\thow long a finished Job is kept (default 3600)',
    );
  });

  test('every flag of every command is offered', async () => {
    for (const { name, flags } of commands) {
      const told = await words(`${name} -`);
      const names = [...flags, ...commonFlags]
        .filter((flag) => !flag.flags.startsWith('-o'))
        .flatMap((flag) => flagSyntaxes(flag))
        .flatMap((syntax) => syntax.names);
      expect(told, name).toEqual(expect.arrayContaining([...names, '-h', '--help']));
    }
  });
});

describe('what is closed', () => {
  const withValue = commands.flatMap((spec) =>
    [...spec.flags, ...commonFlags]
      .filter((flag) => flagSyntaxes(flag)[0].takes !== 'nothing' && !flag.flags.startsWith('-o'))
      .map((flag) => ({ spec, flag, name: `${spec.name} ${flagSyntaxes(flag)[0].long}` })),
  );

  test('each flag whose parser takes a closed list says so in its specification, and no other does', () => {
    const taken: Record<string, readonly string[]> = {};
    const said: Record<string, readonly string[]> = {};
    for (const { spec, flag, name } of withValue) {
      // Its keys are named with what they take: they are many, and open behind the sign.
      if (name === 'job render --set') continue;
      const list = valuesTaken(spec, flag, commands);
      if (list !== undefined) taken[name] = list;
      const values = flag.values ?? flag.someValues;
      // A flag of every command is taken by those that have a use for it.
      if (values !== undefined && (list !== undefined || !commonFlags.includes(flag))) said[name] = values;
    }
    expect(Object.keys(taken).length).toBeGreaterThan(20);
    expect(said).toEqual(taken);
  });

  test('completion offers exactly these values', async () => {
    for (const { flag, name } of withValue) {
      const values = flag.values ?? flag.someValues;
      if (values !== undefined)
        expect(await words(`${name}=`), name).toEqual([...values.map((word) => `${long(flag)}=${word}`), ':4']);
    }
  });

  test('what a flag takes that has no such list is names, files, or cannot be known', () => {
    const free = ['n', 'duration', 'url', 'host:port', 'token', 'source', 'type', 'uuid', 'expr', 'selector', 'text'];
    const others = withValue
      .filter(({ flag }) => (flag.values ?? flag.someValues) === undefined)
      .map(({ spec: { name }, flag }) => ({ name, syntax: flagSyntaxes(flag)[0] }))
      .filter(({ name, syntax }) => valueKind(syntax.long, syntax.valueName ?? '', name) === 'free')
      .filter(({ syntax }) => !free.includes(syntax.valueName ?? ''))
      .map(({ syntax }) => `${syntax.long} <${syntax.valueName ?? ''}>`);
    // A flag that comes to this list takes what nobody can list; any other one says what it takes.
    expect([...new Set(others)].toSorted()).toMatchInlineSnapshot(`
      [
        "--accept-differences <applications>",
        "--allowed-target-namespaces <names>",
        "--application <namespace/name>",
        "--classic-namespace <name>",
        "--consumer-label <key=value>",
        "--consumers <names>",
        "--controller-namespace <name>",
        "--event-id <id>",
        "--fail <consumer=manifest>",
        "--gc-brake <limit>",
        "--grpc-port <port>",
        "--health-address <address>",
        "--host <address>",
        "--http-port <port>",
        "--hub-id <id>",
        "--image <reference>",
        "--kube-context <name>",
        "--label <key=value>",
        "--label-columns <keys>",
        "--lease-name <name>",
        "--lease-namespace <name>",
        "--maestro-namespace <name>",
        "--manager <name>",
        "--manager-of <work=manager>",
        "--manifest-config <name>",
        "--manifest-secret <name>",
        "--metrics-address <address>",
        "--name <template>",
        "--namespace <name>",
        "--offline <consumer>",
        "--remove-label <key>",
        "--sentinel-event-id <id>",
        "--tls-secret <name>",
        "--traceparent <context>",
        "--waves <size>",
      ]
    `);
  });

  test('arguments of a closed list are offered, and others refused', async () => {
    for (const { name, argValues, argKind } of commands) {
      if (argValues === undefined || argKind === 'topic') continue;
      expect(await words(`${name} `)).toEqual([...argValues, ':4']);
      const run = await runCli([...name.split(' '), 'no-such']);
      expect(run.stderr).toContain(argValues.join(', '));
    }
  });

  test('output formats are what the commands take', () => {
    const outputs = Object.fromEntries(commands.map(({ name, outputs: all }) => [name, all ?? []]));
    for (const one of commands)
      expect(outputs[one.name], one.name).toEqual(outputsTaken(one, commands) ?? outputs[one.name]);
    expect(outputs).toMatchObject({ apply: ['text', 'json', 'name'], doctor: ['text', 'json'], dev: [] });
  });
});

function long(flag: FlagSpec): string {
  return flagSyntaxes(flag)[0].long;
}

describe('names', () => {
  let standIn: InProcessStandIn;
  const folder = emptyFolder();
  const config = join(folder, 'config.yaml');

  beforeAll(async () => {
    standIn = await createStandIn({ consumers: ['west-1', 'west-2', 'east-1'] });
    const client = await createMaestroClient(standIn.clientOptions());
    const manifests = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' } }];
    for (const [consumer, name] of [
      ['west-1', 'ingress'],
      ['west-1', 'nodepool'],
      ['west-2', 'nodepool'],
    ] as const)
      await client.works(consumer).apply({ name, manifests });
    await client.close();
    writeFileSync(
      config,
      'contexts:\n  dev: { http-endpoint: "http://dev:8000" }\n  prod: { consumer: west-2 }\ncurrent-context: dev\n',
    );
  });
  afterAll(async () => {
    await standIn.close();
  });

  test.each([
    ['list --consumer ', ['west-1', 'west-2', 'east-1', ':4']],
    ['list --consumer=west-1,w', ['--consumer=west-1,west-2', ':4']],
    ['get -c west-1,', [':4']],
    ['consumer get e', ['east-1', ':4']],
    ['consumer create e', [':4']],
    ['gitops migrate plan --cluster e', ['east-1', ':4']],
    ['get -c west-1 ', ['ingress', 'nodepool', ':4']],
    ['get --name=in', ['--name=ingress', ':4']],
    ['get ingress ', [':4']],
    ['rm ingress ', ['nodepool', ':4']],
    ['get --context prod ', ['nodepool', ':4']],
    ['wait --all-consumers --context prod ', ['ingress', 'nodepool', ':4']],
    ['list --context ', ['dev', 'prod', ':4']],
    ['config delete-context p', ['prod', ':4']],
  ])('%s', async (line, expected) => {
    const told = await words(line, { maestro: standIn, env: { MAESTRO_CONFIG: config } });
    expect([...told].toSorted()).toEqual([...expected].toSorted());
  });

  test('come with what is known of them', async () => {
    const options = { maestro: standIn, env: { MAESTRO_CONFIG: config } };
    expect(await answer('get -c west-1 ing', options)).toEqual([expect.stringMatching(/^ingress\t[a-z]+$/), ':4']);
    expect(await answer('list --context d', options)).toEqual(['dev\thttp://dev:8000 (in use)', ':4']);
  });

  test('that a shell would take for more than a name are not offered, nor can what is known of them do harm', async () => {
    const names = [
      'good',
      'a b',
      '$(reboot)',
      '`x`',
      "it's",
      'x;y',
      'x\ny',
      '\u202egood',
      '',
      '--all',
      '-f',
      '=ls',
      '@x',
    ];
    const consumers = names.map((name) => ({ id: name, name, labels: { 'a\tb': '\u001b[2Jx\n:0' } }));
    const reader = {
      listConsumers: async function* () {
        yield consumers;
      },
    };
    const connect = async (): Promise<Maestro> =>
      ({ reader, close: async (): Promise<void> => undefined }) as unknown as Maestro;
    const told = await answer('consumer get ', { connect });
    expect(told).toEqual([expect.stringMatching(/^good\t[^\p{Cc}]+$/u), ':4']);
  });

  test('are none, without a word, when nobody can be asked or the line is wrong', async () => {
    let tries = 0;
    const connect = async (): Promise<never> => {
      tries += 1;
      throw new MaestroError('unavailable', 'nothing listens there');
    };
    expect(await answer('get ', { connect })).toEqual([':4']);
    expect(await answer('get --grpc-endpoint=??? ', { connect })).toEqual([':4']);
    expect(await answer('get --context=none ', { connect, env: { MAESTRO_CONFIG: config } })).toEqual([':4']);
    expect(await answer('get ', { connect, env: { MAESTRO_CONFIG: 'absent' } })).toEqual([':4']);
    expect(tries).toBe(1);
  });

  test('are not asked for where none are wanted', async () => {
    const connect = async (): Promise<never> => Promise.reject(new Error('asked'));
    expect(await answer('list --via s', { connect })).toEqual(['stream', ':4']);
  });
});
