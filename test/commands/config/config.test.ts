import { lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { connectionOptions } from '../../../src/command-line/connection-options.ts';
import type { ParseInput } from '../../../src/command-line/command-spec.ts';
import { editConfig, readConfig } from '../../../src/core/config-file.ts';
import { MaestroError } from '../../../src/errors.ts';
import { configPlace, loadConfig } from '../../../src/io/config-file.ts';
import { emptyFolder, runCli } from '../../support/run-cli.ts';

const sample = `# Our Maestros
current-context: dev   # used by default
contexts:
  dev:
    grpc-endpoint: grpc://localhost:8090
    source-id: team-a # ours
  # the real one
  prod:
    grpc-endpoint: maestro-grpc.example:8090
    http-endpoint: https://maestro.example:8000
    grpc-server-ca-file: ca.crt
    grpc-client-token-file: secrets/token
    manager: nodepool
`;

const neverAborted = new AbortController().signal;

async function inputWith(
  text: string,
  { flags = {}, env = {} }: { flags?: ParseInput['flags']; env?: Record<string, string> },
): Promise<ParseInput> {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'c.yaml'), text);
  const request = typeof flags['context'] === 'string' ? { context: flags['context'] } : {};
  const config = await loadConfig({ file: 'c.yaml', ...request }, env, folder, neverAborted);
  return { flags, args: [], env, ...(config === undefined ? {} : { config }) };
}

describe('the file', () => {
  test.each([
    [
      'an unknown key',
      'contexts:\n  a:\n    grpc-endpint: x',
      /c\.yaml:3:5: there is no key "grpc-endpint"/,
      /Did you mean "grpc-endpoint"/,
    ],
    ['an unknown top key', 'context:\n  a: {}', /c\.yaml:1:1: there is no key "context"/, /Did you mean "contexts"/],
    [
      'a token',
      'contexts:\n  a:\n    grpc-client-token: hush',
      /3:5: grpc-client-token is not allowed/,
      /grpc-client-token-file/,
    ],
    ['a number for text', 'contexts:\n  a:\n    source-id: 12', /3:16: source-id must be a text/, /Quote/],
    [
      'a text for a switch',
      'contexts:\n  a:\n    grpc-plaintext: "yes"',
      /3:21: grpc-plaintext must be true or false/,
      /Correct/,
    ],
    ['broken YAML', 'contexts:\n  a: [', /c\.yaml:2:\d+: /, /Correct/],
    ['duplicate keys', 'contexts:\n  a: {}\n  a: {}', /c\.yaml:3:3: Map keys must be unique/, /Correct/],
    ['a list', '- a', /c\.yaml:1:1: the file must hold the keys/, /Correct/],
    ['contexts as a list', 'contexts:\n  - name: a', /2:3: contexts must map names/, /Correct/],
    ['two documents', 'contexts: {}\n---\ncontexts: {}', /c\.yaml:2:1: /, /Correct/],
  ])('refuses %s with its place', (_name, text, message, hint) => {
    try {
      readConfig(text, 'c.yaml');
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(MaestroError);
      expect((error as MaestroError).code).toBe('usage');
      expect((error as MaestroError).message).toMatch(message);
      expect((error as MaestroError).hint).toMatch(hint);
      expect(JSON.stringify(error)).not.toContain('hush');
      expect((error as MaestroError).message).not.toContain('hush');
    }
  });

  test('reads nothing from an empty file', () => {
    for (const text of ['', '# only a comment\n', 'contexts:\n', 'current-context:\ncontexts: {}\n']) {
      expect(readConfig(text, 'c.yaml')).toEqual({ contexts: new Map() });
    }
  });

  test('keeps comments and order when it is changed', () => {
    const used = editConfig(sample, 'c.yaml', { kind: 'use', name: 'prod' });
    expect(used.split('\n').filter((line, index) => line !== sample.split('\n')[index])).toEqual([
      'current-context: prod # used by default',
    ]);
    const set = editConfig(used, 'c.yaml', {
      kind: 'set',
      name: 'dev',
      values: { 'source-id': 'team-b' },
      unset: ['grpc-endpoint'],
    });
    expect(set).toContain('source-id: team-b # ours');
    expect(set).toContain('# the real one');
    expect(set).not.toContain('localhost');
    const deleted = editConfig(set, 'c.yaml', { kind: 'delete', name: 'prod' });
    expect(readConfig(deleted, 'c.yaml')).toEqual({ contexts: new Map([['dev', { 'source-id': 'team-b' }]]) });
    expect(deleted).toContain('# Our Maestros');
  });

  test('what is set is read back, whatever the names and values', () => {
    const word = fc.stringMatching(/^[!-~äß☃]{1,20}$/u);
    fc.assert(
      fc.property(word, word, fc.boolean(), (name, value, plaintext) => {
        const values = { 'source-id': value, 'grpc-plaintext': plaintext };
        const text = editConfig(sample, 'c.yaml', { kind: 'set', name, values, unset: [] });
        expect(readConfig(text, 'c.yaml').contexts.get(name)).toMatchObject(values);
        const used = editConfig(text, 'c.yaml', { kind: 'use', name });
        expect(readConfig(used, 'c.yaml').currentContext).toBe(name);
        expect(readConfig(editConfig(used, 'c.yaml', { kind: 'delete', name }), 'c.yaml').contexts.has(name)).toBe(
          false,
        );
      }),
    );
  });
});

describe('where the file is', () => {
  test.each([
    [undefined, { HOME: '/h' }, { path: '/h/.config/maestro-cli/config.yaml', named: false }],
    [undefined, { HOME: '/h', XDG_CONFIG_HOME: '/x' }, { path: '/x/maestro-cli/config.yaml', named: false }],
    [
      undefined,
      { HOME: '/h', XDG_CONFIG_HOME: 'relative' },
      { path: '/h/.config/maestro-cli/config.yaml', named: false },
    ],
    [undefined, { HOME: '/h', MAESTRO_CONFIG: '/m.yaml' }, { path: '/m.yaml', named: true }],
    ['f.yaml', { HOME: '/h', MAESTRO_CONFIG: '/m.yaml' }, { path: '/cwd/f.yaml', named: true }],
    [undefined, {}, undefined],
  ])('--config %j with %j', (flag, env, place) => {
    expect(configPlace(flag, env, '/cwd')).toEqual(place);
  });

  test('a missing default file is nothing, a missing named one is an error', async () => {
    const folder = emptyFolder();
    expect(await loadConfig({}, { HOME: folder }, folder, neverAborted)).toBeUndefined();
    for (const [request, env] of [
      [{ file: 'no.yaml' }, {}],
      [{}, { MAESTRO_CONFIG: 'no.yaml' }],
      [{ context: 'x' }, { HOME: folder }],
      [{}, { HOME: folder, MAESTRO_CONTEXT: 'x' }],
    ] as const) {
      expect((await loadConfig(request, env, folder, neverAborted))?.error?.code).toBe('usage');
    }
  });
});

describe('precedence: flag > --context > environment > current context > default', () => {
  const grpc = (input: ParseInput): string => connectionOptions(input, 1000).settings.grpcEndpoint.host;
  const env = { MAESTRO_GRPC_ENDPOINT: 'from-env:1', MAESTRO_SOURCE_ID: 'env' };

  test('of endpoints', async () => {
    expect(grpc(await inputWith(sample, { flags: { grpcEndpoint: 'from-flag:1', context: 'prod' }, env }))).toBe(
      'from-flag',
    );
    expect(grpc(await inputWith(sample, { flags: { context: 'prod' }, env }))).toBe('maestro-grpc.example');
    expect(grpc(await inputWith(sample, { env: { ...env, MAESTRO_CONTEXT: 'prod' } }))).toBe('from-env');
    expect(grpc(await inputWith(sample, { env }))).toBe('from-env');
    expect(grpc(await inputWith(sample, { env: { MAESTRO_CONTEXT: 'prod' } }))).toBe('maestro-grpc.example');
    expect(connectionOptions(await inputWith(sample, {}), 1000)).toMatchObject({
      source: 'team-a',
      settings: { grpcEndpoint: { host: 'localhost', plaintext: true }, httpEndpoint: 'http://localhost:8000' },
    });
  });

  test('of tokens, in either form', async () => {
    const tokenOf = (input: ParseInput): unknown => connectionOptions(input, 1000).settings.grpcToken;
    const given = { MAESTRO_GRPC_TOKEN: 'e' };
    expect(tokenOf(await inputWith(sample, { flags: { context: 'prod', grpcClientToken: 't' } }))).toEqual({
      value: 't',
    });
    expect(tokenOf(await inputWith(sample, { flags: { context: 'prod' }, env: given }))).toMatchObject({
      file: expect.stringMatching(/\/secrets\/token$/) as string,
    });
    expect(tokenOf(await inputWith(sample, { env: { ...given, MAESTRO_CONTEXT: 'prod' } }))).toEqual({ value: 'e' });
  });

  test('plaintext belongs to the endpoint it was said of', async () => {
    const text =
      'current-context: dev\ncontexts:\n  dev: {grpc-endpoint: "dev:1", grpc-plaintext: true}\n  tls: {grpc-endpoint: "prod:1"}\n  bare: {grpc-plaintext: true}\n';
    const plaintext = async (input: Parameters<typeof inputWith>[1]): Promise<boolean> =>
      connectionOptions(await inputWith(text, input), 1000).settings.grpcEndpoint.plaintext;
    expect(await plaintext({})).toBe(true);
    expect(await plaintext({ flags: { grpcEndpoint: 'prod:1' } })).toBe(false);
    expect(await plaintext({ env: { MAESTRO_GRPC_ENDPOINT: 'prod:1' } })).toBe(false);
    expect(await plaintext({ flags: { context: 'tls' }, env: { MAESTRO_GRPC_INSECURE: 'true' } })).toBe(false);
    expect(await plaintext({ flags: { context: 'bare' }, env: { MAESTRO_GRPC_ENDPOINT: 'x:1' } })).toBe(true);
    expect(
      await plaintext({
        flags: { grpcEndpoint: 'x:1' },
        env: { MAESTRO_GRPC_INSECURE: 'true', MAESTRO_CONTEXT: 'tls' },
      }),
    ).toBe(true);
    expect(await plaintext({ env: { MAESTRO_GRPC_INSECURE: 'false' } })).toBe(false);
  });

  test('a context that is not there names those that are near', async () => {
    const input = await inputWith(sample, { flags: { context: 'pord' } });
    expect(() => connectionOptions(input, 1000)).toThrow(/no context named "pord"/);
    const broken = await inputWith('contexts: 3', {});
    expect(() => connectionOptions(broken, 1000)).toThrow(/c\.yaml:1:11/);
  });
});

describe('the commands', () => {
  test('make, use, show and remove a context', async () => {
    const cwd = emptyFolder();
    const env = { XDG_CONFIG_HOME: cwd };
    const config = async (...argv: string[]): ReturnType<typeof runCli> => runCli(['config', ...argv], { cwd, env });
    const path = join(cwd, 'maestro-cli', 'config.yaml');

    expect((await config('get-contexts')).stderr).toContain('no contexts found');
    const created = await config(
      'set-context',
      'prod',
      '--grpc-endpoint=grpcs://m:1',
      '--grpc-server-ca-file=ca.crt',
      '--grpc-client-token-file=maestro-cli/token',
      '--use',
    );
    expect(created).toMatchObject({ exitCode: 0, stdout: 'context/prod created, in use\n' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readConfig(readFileSync(path, 'utf8'), 'c')).toEqual({
      currentContext: 'prod',
      contexts: new Map([
        [
          'prod',
          {
            'grpc-endpoint': 'grpcs://m:1',
            'grpc-server-ca-file': join(cwd, 'ca.crt'),
            'grpc-client-token-file': 'token',
          },
        ],
      ]),
    });
    expect((await config('set-context', 'dev', '--grpc-plaintext')).stdout).toBe('context/dev created\n');
    expect((await config('set-context', 'dev', '--unset=grpc-plaintext', '--manager=me')).stdout).toBe(
      'context/dev updated\n',
    );
    expect((await config('current-context')).stdout).toBe('prod\n');
    expect((await config('use-context', 'dev')).stdout).toBe('context/dev in use\n');
    expect((await config('get-contexts', '-o', 'name')).stdout).toBe('prod\ndev\n');
    expect((await config('get-contexts')).stdout).toMatch(/^IN USE +NAME[\s\S]+\* +dev/);
    expect(JSON.parse((await config('view', '-o', 'json')).stdout)).toMatchObject({
      'current-context': 'dev',
      contexts: { dev: { manager: 'me' } },
    });
    expect((await config('delete-context', 'dev')).stderr).toContain('none is in use');
    expect(await config('current-context')).toMatchObject({ exitCode: 2 });
    expect((await config('path')).stdout).toBe(`${path}\n`);
  });

  test.each([
    [['set-context', 'a', '--grpc-client-token=hush'], /not written into/, /--grpc-client-token-file/],
    [['set-context', 'a', '--http-token=hush'], /not written into/, /--http-token-file/],
    [['set-context', 'a'], /nothing to set/, /--grpc-endpoint/],
    [['set-context', 'a b', '--use'], /cannot name a context/, /blanks/],
    [['set-context', 'a', '--grpc-endpoint=no-port'], /has no port/, /8090/],
    [['set-context', 'a', '--unset=grpc-plaintxt'], /does not know/, /Did you mean grpc-plaintext\?/],
    [['use-context', 'nope'], /has no context named "nope"/, /set-context/],
    [['delete-context', 'nope'], /has no context named "nope"/, /set-context/],
    [['veiw'], /unknown command 'veiw'/, /Did you mean "maestro-cli config view"/],
    [['--config=f', 'veiw'], /unknown command 'veiw'/, /Did you mean "maestro-cli config view"/],
  ])('%j is a usage error that changes nothing', async (argv, message, hint) => {
    const cwd = emptyFolder();
    const run = await runCli(['config', ...argv], { cwd, env: { HOME: cwd } });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(message);
    expect(run.stderr).toMatch(hint);
    expect(run.stderr).not.toContain('hush');
    expect(run.files).toEqual({});
  });

  test('follows a linked file and says what cannot be written', async () => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'real'));
    writeFileSync(join(cwd, 'real', 'c.yaml'), sample);
    symlinkSync(join(cwd, 'real', 'c.yaml'), join(cwd, 'c.yaml'));
    await runCli(['config', 'use-context', 'prod', '--config=c.yaml'], { cwd });
    expect(lstatSync(join(cwd, 'c.yaml')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(cwd, 'real', 'c.yaml'), 'utf8')).toContain('current-context: prod');
    writeFileSync(join(cwd, 'plain'), '');
    const run = await runCli(['config', 'set-context', 'a', '--manager=m', '--config=plain/c.yaml'], { cwd });
    expect(run).toMatchObject({ exitCode: 2 });
    expect(run.stderr).toContain('cannot be written');
  });

  test('hides credentials that somebody wrote into an endpoint', async () => {
    const files = { 'c.yaml': 'contexts: {a: {http-endpoint: "https://me:hush@m:1"}}' };
    for (const argv of [['view'], ['view', '-o', 'json'], ['get-contexts'], ['get-contexts', '-o', 'json']]) {
      const run = await runCli(['config', ...argv, '--config=c.yaml'], { files });
      expect(run.exitCode).toBe(0);
      expect(run.stdout).toContain('https://***@m:1');
      expect(run.stdout).not.toContain('hush');
    }
  });

  test('a broken file stops what talks to Maestro and nothing else', async () => {
    const files = { 'c.yaml': 'contexts: [' };
    expect(await runCli(['version', '--config=c.yaml'], { files })).toMatchObject({ exitCode: 0 });
    const list = await runCli(['list', '--config=c.yaml'], { files });
    expect(list.exitCode).toBe(2);
    expect(list.stderr).toMatch(/c\.yaml:1:\d+: /);
  });
});
