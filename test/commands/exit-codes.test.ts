import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectMaestro } from '../../src/clients/connect.ts';
import type { ConnectionSettings } from '../../src/clients/connection.ts';
import type { Maestro } from '../../src/context.ts';
import { exitCodeOf, MaestroError, type ErrorCode, type ErrorReason } from '../../src/errors.ts';
import { ExitCode } from '../../src/exit-code.ts';
import { systemClock } from '../../src/clock.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { emptyFolder, runCli, type CliRun } from '../support/run-cli.ts';
import { adapterResultOf, resultOf } from './support/result.ts';
import { workYaml } from './support/works.ts';

/**
 * What docs and help promise, row by row: every exit code reached by a real run, with
 * the reason and the phase that the result file gives, in every output format.
 */
interface Row {
  readonly code: ExitCode;
  readonly title: string;
  readonly reason:
    | ErrorReason
    | 'Accepted'
    | 'Unchanged'
    | 'DeletionRequested'
    | 'Deleted'
    | 'NotFound'
    | 'Applied'
    | 'Available'
    | 'ConditionMet';
  readonly phase: 'Applied' | 'InProgress' | 'Failed';
  /** How many Publish calls the run itself makes. */
  readonly sent: number;
  readonly argv: (name: string) => readonly string[];
  readonly value?: string;
  readonly before?: (name: string) => Promise<void> | void;
  /** Runs beside the command, from the moment its write is there. */
  readonly meanwhile?: (name: string) => Promise<void>;
  readonly env?: Readonly<Record<string, string>>;
  readonly connect?: (settings: ConnectionSettings) => Promise<Maestro>;
  readonly signal?: ErrorCode;
  readonly noName?: true;
}

let maestro: StandIn;
let guarded: StandIn;
const guardedFolder = emptyFolder();

beforeAll(async () => {
  maestro = await startStandIn({
    consumers: ['c1', 'offline', 'failing', 'slow'],
    agent: { delayMs: 5, deleteDelayMs: 5 },
    agents: { offline: { online: false }, failing: { failManifests: ['*'] }, slow: { delayMs: 600 } },
  });
  guarded = await startStandIn({
    consumers: ['c1'],
    access: { mode: 'token', directory: guardedFolder, allowedSources: { '*': ['allowed'] } },
  });
});
afterAll(async () => {
  await maestro.close();
  await guarded.close();
});
beforeEach(() => {
  maestro.clearFaults();
});

const apply =
  (consumer: string, ...more: readonly string[]) =>
  (name: string) => ['apply', '-f', 'work.yaml', `--name=${name}`, `--consumer=${consumer}`, ...more];
const on =
  (command: string, consumer: string, ...more: readonly string[]) =>
  (name: string) => [command, `--name=${name}`, `--consumer=${consumer}`, ...more];

/** A run beside the one that is tested. */
async function other(argv: readonly string[], value = 'one'): Promise<CliRun> {
  const run = await runCli(argv, { endpoints: maestro, files: { 'work.yaml': workYaml('work', { value }) } });
  expect(run.exitCode, run.stderr).toBe(0);
  return run;
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !holds(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(holds()).toBe(true);
}

/** A Maestro that cannot be read any more once something was published. */
const deafAfterPublish = (settings: ConnectionSettings): Promise<Maestro> =>
  opened(settings, () => {
    throw new MaestroError('unavailable', 'the server hung up', { delivery: 'unknown', transient: true });
  });

/** Runs something before each read of a work that follows a Publish. */
async function opened(settings: ConnectionSettings, beforeRead: () => void): Promise<Maestro> {
  const maestro = await connectMaestro(settings, { clock: systemClock, random: () => 0.5 });
  const { writer, reader } = maestro;
  let published = false;
  const watched: Maestro['reader'] = {
    getBundle: async (id, options) => {
      if (published) beforeRead();
      return reader.getBundle(id, options);
    },
    getBundles: (ids, options) => {
      if (published) beforeRead();
      return reader.getBundles(ids, options);
    },
    listBundles: (query, options) => reader.listBundles(query, options),
    findConsumer: (name, options) => reader.findConsumer(name, options),
    listConsumers: (query, options) => reader.listConsumers(query, options),
    createConsumer: (name, labels, options) => reader.createConsumer(name, labels, options),
    updateConsumer: (id, labels, options) => reader.updateConsumer(id, labels, options),
    deleteConsumer: (id, options) => reader.deleteConsumer(id, options),
    close: () => reader.close(),
  };
  return {
    reader: watched,
    writer: {
      publish: async (request, options) => {
        published = true;
        return writer.publish(request, options);
      },
      close: () => writer.close(),
    },
    subscriber: maestro.subscriber,
    close: () => maestro.close(),
  };
}

const rows: readonly Row[] = [
  {
    code: 0,
    title: 'accepted, not waited for',
    reason: 'Accepted',
    phase: 'InProgress',
    sent: 1,
    argv: apply('offline'),
  },
  { code: 0, title: 'condition met', reason: 'Applied', phase: 'Applied', sent: 1, argv: apply('c1', '--watch') },
  {
    code: 0,
    title: 'condition of the Go spelling met',
    reason: 'Available',
    phase: 'Applied',
    sent: 1,
    argv: apply('c1', '--wait'),
  },
  {
    code: 0,
    title: 'an expression met',
    reason: 'ConditionMet',
    phase: 'Applied',
    sent: 1,
    argv: apply('c1', '--watch=Applied AND Available'),
  },
  {
    code: 0,
    title: 'unchanged, proved applied',
    reason: 'Unchanged',
    phase: 'Applied',
    sent: 0,
    before: async (name) => void (await other(apply('c1', '--watch')(name))),
    argv: apply('c1'),
  },
  {
    code: 0,
    title: 'unchanged, not proved',
    reason: 'Unchanged',
    phase: 'InProgress',
    sent: 0,
    before: async (name) => void (await other(apply('offline')(name))),
    argv: apply('offline'),
  },
  {
    code: 0,
    title: 'delete accepted',
    reason: 'DeletionRequested',
    phase: 'InProgress',
    sent: 1,
    before: async (name) => void (await other(apply('offline')(name))),
    argv: on('delete', 'offline'),
  },
  {
    code: 0,
    title: 'deleted and seen gone',
    reason: 'Deleted',
    phase: 'Applied',
    sent: 1,
    before: async (name) => void (await other(apply('c1', '--watch')(name))),
    argv: on('delete', 'c1', '--watch'),
  },
  { code: 0, title: 'nothing to delete', reason: 'NotFound', phase: 'Applied', sent: 0, argv: on('delete', 'c1') },
  {
    code: 0,
    title: 'a bare wait',
    reason: 'Available',
    phase: 'Applied',
    sent: 0,
    before: async (name) => void (await other(apply('c1')(name))),
    argv: on('wait', 'c1'),
  },
  {
    code: 2,
    title: 'no manifest named',
    reason: 'InvalidUsage',
    phase: 'Failed',
    sent: 0,
    argv: () => ['apply', '--consumer=c1'],
    noName: true,
  },
  {
    code: 2,
    title: 'an unknown flag',
    reason: 'InvalidUsage',
    phase: 'Failed',
    sent: 0,
    argv: apply('c1', '--wach'),
    noName: true,
  },
  {
    code: 2,
    title: 'an expression that does not parse',
    reason: 'InvalidExpression',
    phase: 'Failed',
    sent: 0,
    argv: apply('c1', '--watch=Applied AND'),
    noName: true,
  },
  {
    code: 2,
    title: 'a selector without a match',
    reason: 'NothingSelected',
    phase: 'Failed',
    sent: 0,
    argv: apply('c1', '--watch=Job:Complete'),
    noName: true,
  },
  { code: 3, title: 'no such consumer', reason: 'ConsumerNotFound', phase: 'Failed', sent: 0, argv: apply('nobody') },
  {
    code: 3,
    title: 'no such work, which must exist',
    reason: 'NotFound',
    phase: 'Failed',
    sent: 0,
    argv: on('wait', 'c1', '--must-exist'),
  },
  {
    code: 4,
    title: 'a manifest that we refuse',
    reason: 'InvalidManifest',
    phase: 'Failed',
    sent: 0,
    argv: (name) => ['apply', '-f', 'bad.yaml', `--name=${name}`, '--consumer=c1'],
    noName: true,
  },
  {
    code: 4,
    title: 'a file that is not there',
    reason: 'InvalidManifest',
    phase: 'Failed',
    sent: 0,
    argv: () => ['apply', '-f', 'missing.yaml', '--consumer=c1'],
    noName: true,
  },
  {
    code: 4,
    title: 'a manifest that the server refuses',
    reason: 'RefusedByServer',
    phase: 'Failed',
    sent: 0,
    before: () =>
      maestro.setFault({
        kind: 'status',
        channel: 'grpc',
        status: 2,
        message: 'maestro-8: the manifest is no good',
        count: 1,
      }),
    argv: apply('c1'),
  },
  {
    code: 5,
    title: 'another version is stored',
    reason: 'Conflict',
    phase: 'Failed',
    sent: 0,
    argv: apply('c1', '--if-version=7'),
  },
  {
    code: 5,
    title: 'being deleted',
    reason: 'BeingDeleted',
    phase: 'Failed',
    sent: 0,
    argv: apply('offline'),
    before: async (name) => {
      await other(apply('offline')(name));
      await other(on('delete', 'offline')(name));
    },
  },
  {
    code: 5,
    title: 'superseded while waiting',
    reason: 'Superseded',
    phase: 'Failed',
    sent: 1,
    argv: apply('offline', '--watch', '--timeout=10s'),
    meanwhile: async (name) => void (await other(apply('offline')(name), 'other')),
  },
  {
    code: 6,
    title: 'timed out after acceptance',
    reason: 'Timeout',
    phase: 'InProgress',
    sent: 1,
    argv: apply('offline', '--watch', '--timeout=2s'),
  },
  {
    code: 6,
    title: 'timed out waiting for a work that never came',
    reason: 'Timeout',
    phase: 'Failed',
    sent: 0,
    argv: on('wait', 'c1', '--timeout=300ms'),
  },
  {
    code: 7,
    title: 'not applied after the grace period',
    reason: 'ApplyFailed',
    phase: 'Failed',
    sent: 1,
    argv: apply('failing', '--watch', '--failure-grace=0s', '--timeout=10s'),
  },
  {
    code: 7,
    title: '--fail-on matched',
    reason: 'FailOnMatched',
    phase: 'Failed',
    sent: 1,
    argv: apply('failing', '--watch', '--fail-on=Applied=False', '--timeout=10s'),
  },
  {
    code: 7,
    title: 'deleted while waiting',
    reason: 'DeletedWhileWaiting',
    phase: 'Failed',
    sent: 1,
    argv: apply('offline', '--watch', '--timeout=10s'),
    meanwhile: async (name) => void (await other(on('delete', 'offline')(name))),
  },
  {
    code: 8,
    title: 'nothing listens for REST',
    reason: 'ServerUnreachable',
    phase: 'Failed',
    sent: 0,
    env: { MAESTRO_HTTP_ENDPOINT: 'http://127.0.0.1:1' },
    argv: apply('c1', '--timeout=300ms'),
  },
  {
    code: 8,
    title: 'nothing listens for REST in a wait',
    reason: 'ServerUnreachable',
    phase: 'Failed',
    sent: 0,
    env: { MAESTRO_HTTP_ENDPOINT: 'http://127.0.0.1:1' },
    argv: on('wait', 'c1', '--timeout=300ms'),
  },
  {
    code: 8,
    title: 'nothing listens for gRPC',
    reason: 'ServerUnreachable',
    phase: 'Failed',
    sent: 0,
    env: { MAESTRO_GRPC_ENDPOINT: 'grpc://127.0.0.1:1' },
    argv: apply('c1', '--timeout=600ms'),
  },
  {
    code: 8,
    title: 'the server failed',
    reason: 'ServerError',
    phase: 'Failed',
    sent: 0,
    before: () => maestro.setFault({ kind: 'status', channel: 'http', status: 500, message: 'broken', count: 1 }),
    argv: apply('c1', '--timeout=2s'),
  },
  {
    code: 8,
    title: 'a write whose effect is unknown',
    reason: 'OutcomeUnknown',
    phase: 'Failed',
    sent: 1,
    before: () => maestro.setFault({ kind: 'drop-answer', channel: 'grpc', count: 1 }),
    connect: deafAfterPublish,
    argv: apply('c1', '--timeout=5s'),
  },
  {
    code: 9,
    title: 'TLS against a plaintext server',
    reason: 'TlsFailed',
    phase: 'Failed',
    sent: 0,
    argv: (name) => [...apply('c1', '--timeout=5s')(name), `--grpc-endpoint=grpcs://${maestro.grpcEndpoint}`],
  },
  {
    code: 10,
    title: "another source's work",
    reason: 'ForeignWork',
    phase: 'Failed',
    sent: 0,
    before: async (name) => void (await other([...apply('offline')(name), '--source-id=someone'])),
    argv: apply('offline'),
  },
  {
    code: 10,
    title: "deleting another source's work",
    reason: 'ForeignWork',
    phase: 'Failed',
    sent: 0,
    before: async (name) => void (await other([...apply('offline')(name), '--source-id=someone'])),
    argv: on('delete', 'offline'),
  },
  {
    code: 70,
    title: 'a bug of ours',
    reason: 'InternalError',
    phase: 'Failed',
    sent: 0,
    connect: async () => Promise.reject(new TypeError('x is not a function')),
    argv: apply('c1'),
    noName: true,
  },
  {
    code: 130,
    title: 'SIGINT after acceptance',
    reason: 'Interrupted',
    phase: 'InProgress',
    sent: 1,
    signal: 'interrupted',
    argv: apply('offline', '--watch', '--timeout=20s'),
  },
  {
    code: 143,
    title: 'SIGTERM after acceptance',
    reason: 'Interrupted',
    phase: 'InProgress',
    sent: 1,
    signal: 'terminated',
    argv: apply('offline', '--watch', '--timeout=20s'),
  },
];

let counter = 0;

async function runRow(row: Row, name: string, output: string, format: string): Promise<CliRun> {
  maestro.clearFaults();
  await row.before?.(name);
  const before = maestro.publishes().length;
  const stop = new AbortController();
  const { signal } = row;
  const running = runCli(
    [...row.argv(name), `--output=${output}`, '--results-path=result.json', `--results-format=${format}`],
    {
      endpoints: maestro,
      files: {
        'work.yaml': workYaml('work', { value: row.value ?? 'one' }),
        'bad.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n',
      },
      signal: stop.signal,
      ...(row.env === undefined ? {} : { env: row.env }),
      ...(row.connect === undefined ? {} : { connect: row.connect }),
      ...(signal === undefined
        ? {}
        : {
            connect: (settings) => opened(settings, () => stop.abort(new MaestroError(signal, `stopped by ${signal}`))),
          }),
    },
  );
  if (row.meanwhile !== undefined) await until(() => maestro.publishes().length > before);
  await row.meanwhile?.(name);
  const run = await running;
  const mine = maestro.publishes().slice(before).length - (row.meanwhile === undefined ? 0 : 1);
  expect(mine, run.stderr).toBe(row.sent);
  return run;
}

describe.each(rows)('exit $code: $title', (row) => {
  it('tells one story in every format', async () => {
    for (const output of ['text', 'json', 'name']) {
      counter += 1;
      const name = `work-${counter}`;
      const run = await runRow(row, name, output, 'adapter-result');
      expect(run.exitCode, run.stderr).toBe(row.code);
      const result = adapterResultOf(run);
      expect(result).toMatchObject({
        status: row.code === 0 ? 'success' : 'failure',
        reason: row.reason,
        phase: row.phase,
      });
      if (row.noName !== true) {
        expect(result['message']).toContain(name);
        expect(result).toMatchObject({ manifestWorkName: name, details: { exitCode: row.code } });
      }
      if (output === 'json') expect(() => JSON.parse(run.stdout) as unknown).not.toThrow();
      if (row.code !== 0) expect(run.stderr).toMatch(/^error: /m);
      if (row.code !== 70) expect(run.stderr).not.toContain('This is a bug');
    }
  });

  it('writes a status-result with the same phase', async () => {
    counter += 1;
    const name = `work-${counter}`;
    const run = await runRow(row, name, 'text', 'status-result');
    expect(run.exitCode, run.stderr).toBe(row.code);
    const result = resultOf(run);
    expect(result).toMatchObject({ status: row.phase });
    expect(
      Object.keys(result).filter(
        (key) =>
          ![
            'manifestWorkName',
            'consumer',
            'status',
            'message',
            'timestamp',
            'resources',
            'sharedWith',
            'startedAt',
            'details',
          ].includes(key),
      ),
    ).toEqual([]);
    expect(result['message']).not.toBe('');
    if (row.noName !== true) expect(result['manifestWorkName']).toBe(name);
  });
});

it('reaches every exit code but 1, which only diff gives', () => {
  const reached = new Set<number>(rows.map((row) => row.code));
  const all = Object.values(ExitCode).filter((code) => code !== ExitCode.Different);
  expect(all.filter((code) => !reached.has(code))).toEqual([]);
});

it('reaches every code of MaestroError', () => {
  const reached = new Set<number>(rows.map((row) => row.code));
  expect(Object.entries(exitCodeOf).filter(([, code]) => !reached.has(code))).toEqual([]);
});

describe('access, against a server that asks for tokens', () => {
  const endpoints = (): { httpEndpoint: string; grpcEndpoint: string } => guarded;
  const certificates = (): Readonly<Record<string, string>> => {
    const { caFile = '', tokenFile = '' } = guarded.certificates ?? {};
    return {
      MAESTRO_GRPC_ENDPOINT: `grpcs://${guarded.grpcEndpoint}`,
      MAESTRO_GRPC_SERVER_CA_FILE: caFile,
      MAESTRO_HTTP_TOKEN_FILE: tokenFile,
    };
  };
  const argv = [
    'apply',
    '-f',
    'work.yaml',
    '--consumer=c1',
    '--timeout=5s',
    '--results-path=result.json',
    '--results-format=adapter-result',
  ];
  const files = { 'work.yaml': workYaml('access') };

  it('exits 9 without a token', async () => {
    const run = await runCli(argv, { endpoints: endpoints(), files, env: certificates() });
    expect(run.exitCode, run.stderr).toBe(9);
    expect(adapterResultOf(run)).toMatchObject({ reason: 'Unauthenticated', phase: 'Failed' });
  });

  it('exits 9 for a source that the token may not use', async () => {
    const tokenFile = guarded.certificates?.tokenFile ?? '';
    const run = await runCli(argv, {
      endpoints: endpoints(),
      files,
      env: { ...certificates(), MAESTRO_GRPC_TOKEN_FILE: tokenFile },
    });
    expect(run.exitCode, run.stderr).toBe(9);
    expect(adapterResultOf(run)).toMatchObject({ reason: 'Unauthorized', phase: 'Failed' });
  });

  it('exits 9 for an unknown certificate authority, at once', async () => {
    const { MAESTRO_GRPC_SERVER_CA_FILE: _ca, ...env } = certificates();
    const run = await runCli(argv, { endpoints: endpoints(), files, env });
    expect(run.exitCode, run.stderr).toBe(9);
    expect(adapterResultOf(run)).toMatchObject({ reason: 'TlsFailed', phase: 'Failed' });
  });
});

describe('several works', () => {
  const two = `${workYaml('first', { namespace: 'c1' })}---\n${workYaml('second', { namespace: 'nobody' })}`;

  it('exits with the code of the one kind of failure, and names what failed', async () => {
    const run = await runCli(
      ['apply', '-f', 'two.yaml', '--results-path=result.json', '--results-format=adapter-result'],
      { endpoints: maestro, files: { 'two.yaml': two } },
    );
    expect(run.exitCode).toBe(3);
    const result = adapterResultOf(run);
    expect(result).toMatchObject({ status: 'failure', reason: 'ConsumerNotFound', phase: 'Failed' });
    expect(result['works']).toMatchObject([
      { manifestWorkName: 'first', consumer: 'c1', status: 'success', phase: 'InProgress' },
      {
        manifestWorkName: 'second',
        consumer: 'nobody',
        status: 'failure',
        reason: 'ConsumerNotFound',
        phase: 'Failed',
      },
    ]);
    expect(run.stdout).toBe('manifestwork.work.open-cluster-management.io/first created (version 1)\n');
  });

  it('exits 7 for several kinds', async () => {
    const three = `${two}---\n${workYaml('third', { namespace: 'offline' })}`;
    const run = await runCli(
      [
        'apply',
        '-f',
        'three.yaml',
        '--watch',
        '--timeout=2s',
        '--results-path=result.json',
        '--results-format=adapter-result',
      ],
      {
        endpoints: maestro,
        files: { 'three.yaml': three },
      },
    );
    expect(run.exitCode).toBe(7);
    expect(adapterResultOf(run)).toMatchObject({
      reason: 'SeveralFailures',
      phase: 'Failed',
      details: { exitCode: 7 },
    });
    expect(run.stderr).toContain('nobody');
    expect(run.stderr).toContain('third');
  });
});
