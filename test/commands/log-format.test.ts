import { expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const away = { httpEndpoint: 'http://127.0.0.1:1', grpcEndpoint: '127.0.0.1:1' };

const linesOf = (stderr: string): readonly Record<string, unknown>[] =>
  stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test.each<{ readonly title: string; readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> }>(
  [
    { title: 'by flag', argv: ['--log-format=json'], env: {} },
    { title: 'by LOG_FORMAT', argv: [], env: { LOG_FORMAT: 'json' } },
  ],
)('with JSON logs, $title, every line of stderr is JSON, the error too', async ({ argv, env }) => {
  const run = await runCli(['get', '--name=w', '--consumer=c1', '--timeout=200ms', ...argv], { endpoints: away, env });
  expect(run.exitCode).toBe(8);
  const last = linesOf(run.stderr).at(-1);
  expect(last).toMatchObject({ level: 'error', code: 'unavailable', exitCode: 8 });
  expect(last?.['msg']).toMatch(/^cannot reach REST at /);
  expect(Date.parse(String(last?.['time']))).not.toBeNaN();
});

test('a mistake on the command line is a JSON line, too', async () => {
  const run = await runCli(['get', '--nonsense', '--log-format', 'json'], { endpoints: away });
  expect(run.exitCode).toBe(2);
  expect(linesOf(run.stderr)).toMatchObject([
    { level: 'error', code: 'usage', msg: expect.stringContaining('--nonsense') as string },
  ]);
});

test.each([
  { how: [], said: /^warning: certificates are not verified \(--insecure-skip-verify\)/m },
  { how: ['--quiet'], said: /^error: / },
])('that nobody verifies certificates is warned about, unless quiet: $how', async ({ how, said }) => {
  const run = await runCli(
    ['list', '--insecure-skip-verify', '--http-endpoint=https://127.0.0.1:1', '--timeout=200ms', ...how],
    { endpoints: away },
  );
  expect(run.stderr).toMatch(said);
});

test('`validate` that asks for a consumer warns of it, too', async () => {
  const argv = [
    'validate',
    '-f',
    '-',
    '--consumer=c1',
    '--insecure-skip-verify',
    '--http-endpoint=https://127.0.0.1:1',
    '--timeout=200ms',
  ];
  const run = await runCli(argv, {
    endpoints: away,
    stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\n',
  });
  expect(run.stderr).toMatch(/^warning: certificates are not verified \(--insecure-skip-verify\)/m);
});

test('`gitops controller` warns of it, too', async () => {
  const argv = [
    'gitops',
    'controller',
    '--insecure-skip-verify',
    '--http-endpoint=https://127.0.0.1:1',
    '--kubeconfig=/no/such/kubeconfig',
    '--log-format=json',
  ];
  const run = await runCli(argv, { endpoints: away });
  expect(run.exitCode).not.toBe(0);
  expect(linesOf(run.stderr)[0]).toMatchObject({
    level: 'warn',
    msg: expect.stringContaining('--insecure-skip-verify') as string,
  });
});

test('a consumer that `validate` could not ask for is a JSON line, too', async () => {
  const argv = ['validate', '-f', '-', '--consumer=c1', '--timeout=200ms', '--log-format=json'];
  const run = await runCli(argv, {
    endpoints: away,
    stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\n',
  });
  expect(run.exitCode).toBe(8);
  expect(linesOf(run.stderr).at(-1)).toMatchObject({ level: 'error', code: 'unavailable', exitCode: 8 });
});

test.each<{
  readonly how: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly json: boolean;
}>([
  { how: 'as it comes', argv: [], env: {}, json: true },
  { how: 'with text asked for', argv: ['--log-format=text'], env: {}, json: false },
  { how: 'with text asked for by LOG_FORMAT', argv: [], env: { LOG_FORMAT: 'text' }, json: false },
])('what ends `gitops controller`, $how, is logged as all else: in JSON $json', async ({ argv, env, json }) => {
  const run = await runCli(
    ['gitops', 'controller', '--kubeconfig=k.yaml', '--health-address=none', '--metrics-address=none', ...argv],
    { endpoints: away, env, files: { 'k.yaml': 'a: [' } },
  );
  expect(run.exitCode).not.toBe(0);
  if (json) expect(linesOf(run.stderr).at(-1)).toMatchObject({ level: 'error', exitCode: run.exitCode });
  else expect(run.stderr).toMatch(/^error: /m);
});

test.each<{ readonly argv: readonly string[]; readonly json: boolean }>([
  { argv: [], json: false },
  { argv: ['--log-format=json'], json: true },
])(
  'a mistake on the command line of `gitops controller` is for a person, unless JSON is asked for: $argv',
  async ({ argv, json }) => {
    const run = await runCli(['gitops', 'controller', '--max-concurrency=none', ...argv], { endpoints: away });
    expect(run.exitCode).toBe(2);
    if (json) expect(linesOf(run.stderr).at(-1)).toMatchObject({ level: 'error', code: 'usage', exitCode: 2 });
    else expect(run.stderr).toMatch(/^error: /m);
  },
);

test.each([
  {
    how: ['--log-format=json'],
    said: [{ level: 'info', msg: expect.stringMatching(/^no contexts found in /) as string }],
  },
  { how: ['--quiet'], said: [] },
])('what `config` says beside its result is told as logs are: $how', async ({ how, said }) => {
  const { stderr, stdout } = await runCli(['config', 'get-contexts', ...how], { env: { HOME: '/nowhere' } });
  expect(stdout).toBe('');
  expect(stderr === '' ? [] : linesOf(stderr)).toMatchObject(said);
});
