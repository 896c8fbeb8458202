import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseFor } from '../../support/parse-for.ts';
import { devCommand } from '../../../src/commands/dev/command.ts';
import { MaestroError } from '../../../src/errors.ts';
import { defaultBehaviour } from '../../../src/standin/options.ts';
import { usageErrorOf } from '../../command-line/support.ts';
import { emptyFolder, runCli } from '../../support/run-cli.ts';

describe('argv to options', () => {
  it.each([
    { argv: [], standIn: { host: '127.0.0.1', httpPort: 8000, grpcPort: 8090, consumers: [], agents: {} } },
    { argv: ['--consumers', 'a,b', '--consumers=c'], standIn: { consumers: ['a', 'b', 'c'] } },
    {
      argv: ['--http-port=0', '--grpc-port', '0', '--host=0.0.0.0'],
      standIn: { httpPort: 0, grpcPort: 0, host: '0.0.0.0' },
    },
    {
      argv: ['--data=dev.db', '--agent-delay=2s', '--heartbeat=1s'],
      standIn: { dataFile: 'dev.db', agent: { delayMs: 2000 }, heartbeatMs: 1000 },
    },
    {
      argv: ['--consumers=a,b', '--offline=a', '--fail=b=Job/*', '--fail=b=Secret/x'],
      standIn: { agents: { a: { online: false }, b: { failManifests: ['Job/*', 'Secret/x'] } } },
    },
    { argv: ['--db-connections=20', '--db-delay=2ms'], standIn: { database: { connections: 20, statementMs: 2 } } },
    { argv: ['--access=mtls', '--access-dir=certs'], standIn: { access: { mode: 'mtls', directory: 'certs' } } },
  ])('$argv', ({ argv, standIn }) => {
    expect(parseFor(devCommand, argv).standIn).toMatchObject(standIn);
  });

  it.each([
    {
      argv: ['--consumers=c1,Bad_Name'],
      message: '--consumers: "Bad_Name" is no consumer name: it must be a DNS label',
    },
    { argv: ['--http-port=65536'], message: '--http-port=65536 is no port' },
    { argv: ['--grpc-port=x'], message: '--grpc-port takes a whole number of at least 0, not "x"' },
    { argv: ['--access=open'], message: '--access does not know "open"' },
    { argv: ['--access=tls'], message: '--access=tls makes certificates and needs a place for them' },
    { argv: ['--offline=a'], message: 'there is no consumer named a' },
    { argv: ['--consumers=a', '--fail=a'], message: '--fail takes consumer=manifest, not "a"' },
    { argv: ['--agent-delay=fast'], message: /^--agent-delay: / },
  ])('$argv is a usage error', ({ argv, message }) => {
    expect(usageErrorOf(() => parseFor(devCommand, argv)).message).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });
});

it('tells in its help of every resource that steers it, and of every member that they take', () => {
  const control = readFileSync(new URL('../../../src/standin/control.ts', import.meta.url), 'utf8');
  const calls = [...control.matchAll(/case '([A-Z]+ [a-z]+)'/g)].map(([, call]) => call ?? '');
  expect(calls.length).toBeGreaterThan(5);
  for (const call of calls) expect(devCommand.description).toContain(call);
  for (const member of Object.keys(defaultBehaviour)) expect(devCommand.description).toContain(member);
});

describe('options to effects', () => {
  it('serves until it is told to stop, and ends well', async () => {
    const stop = new AbortController();
    const cwd = emptyFolder();
    const serving = runCli(['dev', '--http-port=0', '--grpc-port=0', '--consumers=a,b'], { cwd, signal: stop.signal });
    stop.abort(new MaestroError('interrupted', 'interrupted by SIGINT'));
    const run = await serving;
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/^ {2}export MAESTRO_HTTP_ENDPOINT=http:\/\/127\.0\.0\.1:\d+$/m);
    expect(run.stdout).toMatch(/^ {2}export MAESTRO_GRPC_ENDPOINT=grpc:\/\/127\.0\.0\.1:\d+$/m);
    expect(run.stdout).toContain('consumers  a, b');
  });
});
