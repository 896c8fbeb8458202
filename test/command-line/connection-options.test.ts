import { describe, expect, it } from 'vitest';
import type { connectionOptions } from '../../src/command-line/connection-options.ts';
import { parseFor } from '../support/parse-for.ts';
import { applyCommand } from '../../src/commands/apply/command.ts';
import { deleteCommand } from '../../src/commands/delete/command.ts';
import { getCommand } from '../../src/commands/get/command.ts';
import { waitCommand } from '../../src/commands/wait/command.ts';
import { usageErrorOf } from './support.ts';

type Env = Readonly<Record<string, string>>;
const work = ['--name=w', '--consumer=c'];
const parsed = (argv: readonly string[], env: Env = {}): ReturnType<typeof connectionOptions> =>
  parseFor(getCommand, [...work, ...argv], env);
const settingsOf = (argv: readonly string[], env: Env = {}): unknown => parsed(argv, env).settings;

it('has these defaults', () => {
  const { settings, source, timeoutMs, log } = parsed([]);
  expect({ settings, source, timeoutMs, log }).toEqual({
    settings: {
      grpcEndpoint: { host: 'localhost', port: 8090, plaintext: false },
      httpEndpoint: 'http://localhost:8000',
      insecureSkipVerify: false,
      grpcTls: {},
      httpTls: {},
      allowPlaintextToken: false,
      proxy: {},
      origins: { grpc: { from: 'default', name: '' }, http: { from: 'default', name: '' } },
    },
    source: 'maestro-cli',
    timeoutMs: 30_000,
    log: { verbose: false, quiet: false, format: 'text' },
  });
});

describe('flag before environment before default', () => {
  it.each([
    {
      env: 'MAESTRO_GRPC_ENDPOINT',
      flag: '--grpc-endpoint',
      fromEnv: 'env:1',
      fromFlag: 'flag:2',
      at: (o: ReturnType<typeof parsed>): unknown => `${o.settings.grpcEndpoint.host}:${o.settings.grpcEndpoint.port}`,
    },
    {
      env: 'MAESTRO_HTTP_ENDPOINT',
      flag: '--http-endpoint',
      fromEnv: 'http://env:1',
      fromFlag: 'http://flag:2',
      at: (o: ReturnType<typeof parsed>): unknown => o.settings.httpEndpoint,
    },
    {
      env: 'MAESTRO_GRPC_SERVER_CA_FILE',
      flag: '--grpc-server-ca-file',
      fromEnv: 'e',
      fromFlag: 'f',
      at: (o: ReturnType<typeof parsed>): unknown => o.settings.grpcTls.caFile,
    },
    {
      env: 'MAESTRO_GRPC_CLIENT_CERT',
      flag: '--grpc-client-cert-file',
      fromEnv: 'e',
      fromFlag: 'f',
      at: (o: ReturnType<typeof parsed>): unknown => o.settings.grpcTls.clientCertFile,
    },
    {
      env: 'MAESTRO_GRPC_CLIENT_KEY',
      flag: '--grpc-client-key-file',
      fromEnv: 'e',
      fromFlag: 'f',
      at: (o: ReturnType<typeof parsed>): unknown => o.settings.grpcTls.clientKeyFile,
    },
    {
      env: 'MAESTRO_HTTP_CA_FILE',
      flag: '--http-ca-file',
      fromEnv: 'e',
      fromFlag: 'f',
      at: (o: ReturnType<typeof parsed>): unknown => o.settings.httpTls.caFile,
    },
    {
      env: 'MAESTRO_HTTP_CLIENT_CERT',
      flag: '--http-client-cert-file',
      fromEnv: 'e',
      fromFlag: 'f',
      at: (o: ReturnType<typeof parsed>): unknown => o.settings.httpTls.clientCertFile,
    },
    {
      env: 'MAESTRO_HTTP_CLIENT_KEY',
      flag: '--http-client-key-file',
      fromEnv: 'e',
      fromFlag: 'f',
      at: (o: ReturnType<typeof parsed>): unknown => o.settings.httpTls.clientKeyFile,
    },
    {
      env: 'MAESTRO_SOURCE_ID',
      flag: '--source-id',
      fromEnv: 'e',
      fromFlag: 'f',
      at: (o: ReturnType<typeof parsed>): unknown => o.source,
    },
    {
      env: 'LOG_FORMAT',
      flag: '--log-format',
      fromEnv: 'json',
      fromFlag: 'text',
      at: (o: ReturnType<typeof parsed>): unknown => o.log.format,
    },
  ])('$flag, $env', ({ env, flag, fromEnv, fromFlag, at }) => {
    expect(at(parsed([], { [env]: fromEnv }))).toBe(fromEnv);
    expect(at(parsed([`${flag}=${fromFlag}`], { [env]: fromEnv }))).toBe(fromFlag);
    expect(at(parsed([flag, fromFlag], { [env]: fromEnv }))).toBe(fromFlag);
    expect(at(parsed([], { [env]: '' }))).toBe(at(parsed([])));
  });

  it.each([
    { title: 'nothing', argv: [], env: {}, token: undefined },
    { title: 'a token in the environment', argv: [], env: { MAESTRO_GRPC_TOKEN: 'v' }, token: { value: 'v' } },
    {
      title: 'a file in the environment beats the token there',
      argv: [],
      env: { MAESTRO_GRPC_TOKEN: 'v', MAESTRO_GRPC_TOKEN_FILE: 'f' },
      token: { file: 'f' },
    },
    {
      title: 'a token flag beats a file of the environment',
      argv: ['--grpc-client-token=v'],
      env: { MAESTRO_GRPC_TOKEN_FILE: 'f' },
      token: { value: 'v' },
    },
    {
      title: 'a file flag beats a token of the environment',
      argv: ['--grpc-client-token-file=f'],
      env: { MAESTRO_GRPC_TOKEN: 'v' },
      token: { file: 'f' },
    },
  ])('gRPC token: $title', ({ argv, env, token }) => {
    expect(parsed(argv, env as Env).settings.grpcToken).toEqual(token);
  });

  it('keeps the token of REST apart', () => {
    expect(settingsOf(['--http-token-file=f'], { MAESTRO_GRPC_TOKEN: 'v' })).toMatchObject({
      httpToken: { file: 'f' },
      grpcToken: { value: 'v' },
    });
    expect(settingsOf([], { MAESTRO_HTTP_TOKEN: 'h' })).toMatchObject({ httpToken: { value: 'h' } });
  });
});

describe('plaintext', () => {
  it.each([
    { argv: ['--grpc-plaintext'], env: {}, plaintext: true },
    { argv: ['--grpc-insecure'], env: {}, plaintext: true },
    { argv: ['--grpc-insecure', '--grpc-plaintext'], env: {}, plaintext: true },
    { argv: [], env: { MAESTRO_GRPC_INSECURE: 'true' }, plaintext: true },
    { argv: [], env: { MAESTRO_GRPC_INSECURE: ' YES ' }, plaintext: true },
    { argv: [], env: { MAESTRO_GRPC_INSECURE: '1' }, plaintext: true },
    { argv: [], env: { MAESTRO_GRPC_INSECURE: 'false' }, plaintext: false },
    { argv: [], env: { MAESTRO_GRPC_INSECURE: 'on' }, plaintext: false },
    { argv: ['--grpc-endpoint=grpc://h:1'], env: {}, plaintext: true },
    { argv: ['--grpc-endpoint=grpcs://h:1'], env: {}, plaintext: false },
    { argv: ['--grpc-endpoint=grpcs://h:1'], env: { MAESTRO_GRPC_INSECURE: 'true' }, plaintext: false },
  ])('$argv with $env: $plaintext', ({ argv, env, plaintext }) => {
    expect(settingsOf(argv, env as Env)).toMatchObject({
      grpcEndpoint: { plaintext },
      httpEndpoint: 'http://localhost:8000',
      insecureSkipVerify: false,
    });
  });
});

describe('the rest', () => {
  it.each([
    { argv: ['--insecure-skip-verify'], settings: { insecureSkipVerify: true } },
    { argv: ['--allow-plaintext-token'], settings: { allowPlaintextToken: true } },
    {
      argv: ['--grpc-broker-ca-file=b', '--grpc-server-ca-file=a'],
      settings: { grpcTls: { caFile: 'a', extraCaFile: 'b' } },
    },
    { argv: ['--http-endpoint=maestro:8000'], settings: { httpEndpoint: 'http://maestro:8000' } },
  ])('$argv', ({ argv, settings }) => {
    expect(settingsOf(argv)).toMatchObject(settings);
  });

  it('takes proxies from the environment, in either case', () => {
    expect(settingsOf([], { HTTPS_PROXY: 'http://p:1', no_proxy: 'c1' })).toMatchObject({
      proxy: { httpsProxy: 'http://p:1', noProxy: 'c1' },
    });
    expect(settingsOf([], { http_proxy: 'http://p:2' })).toMatchObject({ proxy: { httpProxy: 'http://p:2' } });
  });

  it.each([
    { argv: ['-v'], env: {}, log: { verbose: true } },
    { argv: ['--verbose'], env: {}, log: { verbose: true } },
    { argv: [], env: { LOG_LEVEL: 'DEBUG' }, log: { verbose: true } },
    { argv: [], env: { LOG_LEVEL: 'info' }, log: { verbose: false } },
    { argv: ['--quiet'], env: {}, log: { quiet: true } },
  ])('logs: $argv $env', ({ argv, env, log }) => {
    expect(parsed(argv, env as Env).log).toMatchObject(log);
  });

  it.each([
    { title: 'a get', timeoutMs: parseFor(getCommand, work).timeoutMs, expected: 30_000 },
    { title: 'an apply', timeoutMs: parseFor(applyCommand, ['-f', 'w.yaml']).timeoutMs, expected: 30_000 },
    {
      title: 'an apply that waits',
      timeoutMs: parseFor(applyCommand, ['-f', 'w.yaml', '--watch']).timeoutMs,
      expected: 270_000,
    },
    { title: 'a delete', timeoutMs: parseFor(deleteCommand, work).timeoutMs, expected: 30_000 },
    {
      title: 'a delete that waits',
      timeoutMs: parseFor(deleteCommand, [...work, '--watch']).timeoutMs,
      expected: 270_000,
    },
    { title: 'a wait', timeoutMs: parseFor(waitCommand, work).timeoutMs, expected: 270_000 },
    {
      title: 'an hour and a half',
      timeoutMs: parseFor(waitCommand, [...work, '--timeout=1h30m']).timeoutMs,
      expected: 5_400_000,
    },
  ])('$title has $expected ms', ({ timeoutMs, expected }) => {
    expect(timeoutMs).toBe(expected);
  });

  it('takes common flags before the command too', () => {
    expect(parsed(['--timeout', '5s'])).toMatchObject({ timeoutMs: 5000 });
  });
});

describe('usage errors', () => {
  it.each([
    { argv: ['--timeout=0s'], message: '--timeout must be more than 0' },
    { argv: ['--timeout=5'], message: /^--timeout: .*"5"/ },
    { argv: ['--timeout=-5s'], message: /^--timeout: .*"-5s"/ },
    { argv: ['--timeout='], message: '--timeout is empty' },
    { argv: ['--grpc-endpoint='], message: '--grpc-endpoint is empty' },
    { argv: ['--grpc-endpoint=maestro'], message: 'the gRPC endpoint "maestro" has no port' },
    {
      argv: ['--grpc-endpoint=http://maestro:8090'],
      message: 'the gRPC endpoint "http://maestro:8090" is an HTTP URL',
    },
    {
      argv: ['--grpc-endpoint=grpcs://m:1', '--grpc-plaintext'],
      message: /asks for TLS while --grpc-plaintext asks for none/,
    },
    { argv: ['--http-endpoint=grpc://maestro:1'], message: 'the HTTP endpoint "grpc://maestro:1" is a gRPC address' },
    {
      argv: ['--grpc-client-token=a', '--grpc-client-token-file=b'],
      message: 'a token and a token file were given for the same side; leave one out',
    },
    {
      argv: ['--http-token=a', '--http-token-file=b'],
      message: 'a token and a token file were given for the same side; leave one out',
    },
    { argv: ['--log-format=xml'], message: '--log-format does not know "xml"' },
    { argv: ['--source-id='], message: '--source-id is empty' },
    { argv: ['--timeout=1s', '--timeout=2s'], message: '--timeout was given twice, with different values' },
    { argv: ['--grpc-endpont=x'], message: /unknown option '--grpc-endpont'/ },
  ])('$argv', ({ argv, message }) => {
    const error = usageErrorOf(() => parsed(argv));
    expect(error.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });

  it('names the variable when that is what was wrong', () => {
    expect(usageErrorOf(() => parsed([], { LOG_FORMAT: 'xml' })).message).toBe('LOG_FORMAT does not know "xml"');
  });

  it('takes a flag given twice with one value', () => {
    expect(parsed(['--timeout=1s', '--timeout=1s']).timeoutMs).toBe(1000);
  });

  it.each([
    ['--grpc-client-token=hunter2', '--grpc-client-token=hunter3'],
    ['--http-token=hunter2', '--http-token=hunter3'],
    ['--grpc-client-token=hunter2', '--grpc-client-token-file=f'],
    ['--http-endpoint=http://user:hunter2@maestro:8000'],
  ])('never repeats a secret: %s', (...argv) => {
    const error = usageErrorOf(() => parsed(argv));
    expect(`${error.message} ${error.commandHint}`).not.toMatch(/hunter/);
  });
});
