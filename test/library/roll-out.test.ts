import { describe, expect, it } from 'vitest';
import {
  createMaestroClient,
  MaestroError,
  type ManifestWorkInput,
  type RollOutEvent,
  type RollOutRequest,
  type WorkOutcome,
} from '../../src/index.ts';
import { createStandIn, startStandIn, type InProcessOptions, type StandIn } from '../../src/standin/index.ts';
import { runCli } from '../support/run-cli.ts';

const consumers = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'];
const configMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'default' },
  data: { key: 'one' },
};
const work: ManifestWorkInput = { name: 'w', manifests: [configMap] };
const quick = { delayMs: 1, availableDelayMs: 1, statusSyncMs: 10 };
const refusing = { failManifests: ['ConfigMap/default/*'] };

async function rolled(request: RollOutRequest, options: InProcessOptions = {}) {
  await using standIn = await createStandIn({ consumers, agent: quick, ...options });
  await using client = await createMaestroClient(standIn.clientOptions());
  const events: RollOutEvent[] = [];
  const result = await client.rollOut(
    { ...(waits(request) ? { failureGraceMs: 50 } : {}), ...request },
    { onEvent: (event) => events.push(event) },
  );
  return { result, events, publishes: standIn.publishes().length };
}

const waits = ({ wait, strategy }: Pick<RollOutRequest, 'wait' | 'strategy'>): boolean =>
  wait !== undefined || strategy?.canary !== undefined;

async function errorOf(call: Promise<unknown>): Promise<MaestroError> {
  const error: unknown = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(MaestroError);
  return error as MaestroError;
}

describe('a roll-out', () => {
  it('goes by canary and waves, waits for each, and tells when', async () => {
    const { result, events } = await rolled({
      works: work,
      consumers,
      strategy: { canary: 1, waves: '34%' },
      wait: 'Available',
    });
    expect(result).toMatchObject({ ok: true, exitCode: 0, works: 6, consumers: 6, failures: [], notBegun: [] });
    expect(result.progress).toMatchObject({ created: 6, failed: 0 });
    expect(result.stages.map(({ name, number, consumers }) => ({ name, number, consumers }))).toEqual([
      { name: 'canary', number: 0, consumers: ['c1'] },
      { name: 'wave', number: 1, consumers: ['c2', 'c3', 'c4'] },
      { name: 'wave', number: 2, consumers: ['c5', 'c6'] },
    ]);
    const ofFirst = events.filter(({ stage }) => stage.number === 0).map(({ kind }) => kind);
    expect(ofFirst[0]).toBe('stageBegun');
    expect(ofFirst.at(-1)).toBe('stageEnded');
    expect(ofFirst.filter((kind) => ['planned', 'written', 'waiting', 'outcome'].includes(kind))).toEqual([
      'planned',
      'written',
      'waiting',
      'outcome',
    ]);
    const times = events.map(({ wallMs }) => wallMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    for (const { begunWallMs, endedWallMs } of result.stages) {
      expect(times).toContain(begunWallMs);
      expect(times).toContain(endedWallMs);
    }
  });

  it('groups what failed by what is told of it, whatever the cluster', async () => {
    const { result } = await rolled(
      { works: work, consumers: [...consumers, 'typo'], wait: 'Applied' },
      { agents: { c2: refusing, c5: refusing } },
    );
    expect(result).toMatchObject({ ok: false, exitCode: 7, works: 7 });
    expect(result.failures).toEqual([
      {
        reason: 'ApplyFailed',
        message: expect.stringMatching(
          /^NAME on CONSUMER: version 1 could not be applied: ConfigMap\/default\/settings /,
        ) as unknown,
        exitCode: 7,
        retryable: false,
        phase: 'Failed',
        works: expect.arrayContaining([
          { consumer: 'c2', name: 'w' },
          { consumer: 'c5', name: 'w' },
        ]) as unknown,
      },
      expect.objectContaining({ reason: 'ConsumerNotFound', exitCode: 3, works: [{ consumer: 'typo', name: 'w' }] }),
    ]);
    expect(result.failures[0]?.works).toHaveLength(2);
  });

  it('never says that a cluster which refuses everything has come out well', async () => {
    const { result } = await rolled(
      { works: work, consumers: 'all', wait: 'Available' },
      { agent: { ...quick, ...refusing } },
    );
    expect(result).toMatchObject({ ok: false, exitCode: 7, progress: { created: 6, failed: 6 } });
    expect(result.failures).toHaveLength(1);
  });

  it('ends with its canary, and tells what was not begun as failed', async () => {
    const { result, publishes } = await rolled(
      { works: work, consumers, strategy: { canary: 1 } },
      { agents: { c1: refusing } },
    );
    expect(publishes).toBe(1);
    expect(result).toMatchObject({ ok: false, exitCode: 7, stoppedBy: 'the canary failed' });
    expect(result.notBegun).toEqual(consumers.slice(1).map((consumer) => ({ consumer, name: 'w' })));
    expect(result.failures.map(({ reason, works }) => [reason, works.length])).toEqual([
      ['NotBegun', 5],
      ['ApplyFailed', 1],
    ]);
  });

  it('begins no wave after one that failed, unless more failures are allowed', async () => {
    const request: RollOutRequest = { works: work, consumers, strategy: { waves: 2 }, wait: 'Applied' };
    const agents = { c3: refusing };
    expect((await rolled(request, { agents })).publishes).toBe(4);
    const more = await rolled({ ...request, strategy: { waves: 2, maxFailures: 2 } }, { agents });
    expect(more.publishes).toBe(6);
  });

  it('makes the works of each consumer, by its labels, and checks all before it sends the first', async () => {
    await using standIn = await createStandIn({
      consumers: [
        { name: 'eu1', labels: { region: 'eu' } },
        { name: 'us1', labels: { region: 'us' } },
      ],
      agent: quick,
    });
    await using client = await createMaestroClient(standIn.clientOptions());
    const of = (consumer: { readonly name: string; readonly labels: Readonly<Record<string, string>> }) => ({
      name: `settings-${consumer.name}`,
      manifests: [{ ...configMap, data: { region: consumer.labels['region'] ?? '' } }],
    });
    const result = await client.rollOut({ works: of, consumers: { selector: 'region=eu' } });
    expect(result).toMatchObject({ ok: true, works: 1, progress: { created: 1 } });
    expect((await client.works('eu1').get('settings-eu1')).manifests[0]).toMatchObject({ data: { region: 'eu' } });

    const sent = standIn.publishes().length;
    for (const [request, code] of [
      [
        { works: (one) => ({ ...of(one), name: one.name === 'us1' ? 'Bad_Name' : 'good' }), consumers: 'all' },
        'invalid-input',
      ],
      [
        { works: () => [of({ name: 'a', labels: {} }), of({ name: 'a', labels: {} })], consumers: 'all' },
        'invalid-input',
      ],
      [
        { works: () => ({ name: 'w', manifests: [{ ...configMap, data: () => 1 }] }), consumers: 'all' },
        'invalid-input',
      ],
      [
        {
          works: () => {
            throw new Error('no settings');
          },
          consumers: 'all',
        },
        'invalid-input',
      ],
      [{ works: { ...work, namespace: 'eu1' }, consumers: 'all' }, 'invalid-input'],
      [{ works: [], consumers: 'all' }, 'usage'],
      [{ works: work, consumers: [] }, 'usage'],
      [{ works: work, consumers: { selector: 'region=asia' } }, 'not-found'],
      [{ works: work, consumers: 'all', wait: 'Applied AND' }, 'usage'],
      [{ works: work, consumers: 'all', wait: 'Deployment/web:Available' }, 'usage'],
      [{ works: work, consumers: 'all', strategy: { waves: 'some' as never } }, 'usage'],
      [{ works: work, consumers: 'all', strategy: { canary: 0.5 } }, 'usage'],
      [undefined, 'invalid-input'],
    ] as readonly (readonly [RollOutRequest, string])[])
      expect(await errorOf(client.rollOut(request))).toMatchObject({ code });
    expect(standIn.publishes()).toHaveLength(sent);
  });

  it('predicts only in a dry run', async () => {
    const { result, events, publishes } = await rolled({
      works: work,
      consumers,
      dryRun: true,
      wait: 'Available',
      strategy: { canary: 1 },
    });
    expect(publishes).toBe(0);
    expect(result).toMatchObject({ ok: true, progress: { created: 6 } });
    expect(events.flatMap((event) => (event.kind === 'planned' ? [event.action] : []))).toEqual(
      Array.from({ length: 6 }, () => 'create'),
    );
  });

  it('ends by its signal with what is known, and never as done', async () => {
    await using standIn = await createStandIn({ consumers, agent: { ...quick, online: false } });
    await using client = await createMaestroClient(standIn.clientOptions());
    const ending = new AbortController();
    const reason = new Error('enough');
    const result = await client.rollOut(
      { works: work, consumers, strategy: { waves: 2 }, wait: 'Applied' },
      { signal: ending.signal, onEvent: ({ kind }) => void (kind === 'waiting' && ending.abort(reason)) },
    );
    expect(result).toMatchObject({ ok: false, exitCode: 130, error: { code: 'interrupted', cause: reason } });
    expect(result.failures.map(({ phase, works }) => [phase, works.length])).toEqual([
      ['Failed', 4],
      ['InProgress', 2],
    ]);
    expect(standIn.publishes()).toHaveLength(2);
  });

  it('tells a write that its signal ended as interrupted, whatever the reason of the signal is', async () => {
    await using standIn = await createStandIn({ consumers, agent: quick });
    await using client = await createMaestroClient(standIn.clientOptions());
    standIn.setFault({ kind: 'status', channel: 'grpc', status: 14, count: 1_000 });
    const ending = new AbortController();
    const outcomes: WorkOutcome[] = [];
    const result = await client.rollOut(
      { works: work, consumers, strategy: { waves: 2 } },
      {
        signal: ending.signal,
        onEvent: (event) => {
          if (event.kind === 'planned') setImmediate(() => ending.abort(new Error('enough')));
          if (event.kind === 'outcome') outcomes.push(event.outcome);
        },
      },
    );
    expect(result).toMatchObject({ ok: false, exitCode: 130, error: { code: 'interrupted' } });
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual(consumers.map(() => 130));
    standIn.clearFaults();
  });

  it('ends when its listener throws, and begins nothing more', async () => {
    await using standIn = await createStandIn({ consumers, agent: quick });
    await using client = await createMaestroClient(standIn.clientOptions());
    const cause = new Error('full');
    const onEvent = ({ kind }: RollOutEvent): void => {
      if (kind === 'stageEnded') throw cause;
    };
    const error = await errorOf(client.rollOut({ works: work, consumers, strategy: { waves: 1 } }, { onEvent }));
    expect(error).toMatchObject({ code: 'interrupted', cause });
    expect(standIn.publishes()).toHaveLength(1);
  });

  it('hears of reports by the stream when that is asked for', async () => {
    await using standIn = await createStandIn({ consumers, agent: quick });
    await using client = await createMaestroClient(standIn.clientOptions());
    let most = 0;
    const result = await client.rollOut(
      { works: work, consumers, wait: 'Available' },
      { via: 'stream', onEvent: () => (most = Math.max(most, standIn.subscriptions())) },
    );
    expect(result.ok).toBe(true);
    expect(most).toBe(1);
    expect(standIn.subscriptions()).toBe(0);
  });
});

describe('the command and the library', () => {
  const cases: readonly {
    title: string;
    argv: readonly string[];
    request: Omit<RollOutRequest, 'works' | 'consumers'>;
  }[] = [
    { title: 'no wait', argv: [], request: {} },
    { title: 'a wait', argv: ['--watch=Available'], request: { wait: 'Available' } },
    { title: 'a canary', argv: ['--canary=1'], request: { strategy: { canary: 1 } } },
    {
      title: 'a canary, waves and a wait',
      argv: ['--canary=1', '--waves=50%', '--watch'],
      request: { strategy: { canary: 1, waves: '50%' }, wait: 'Applied' },
    },
    {
      title: 'waves and failures that are allowed',
      argv: ['--waves=1', '--watch', '--max-failures=2'],
      request: { strategy: { waves: 1, maxFailures: 2 }, wait: 'Applied' },
    },
  ];
  it.each(cases)('come to the same with $title', async ({ argv, request }) => {
    const twin = async (): Promise<StandIn> =>
      startStandIn({ consumers, agent: quick, agents: { c3: refusing, c4: refusing } });
    await using ofCommand = await twin();
    await using ofLibrary = await twin();
    const command = await runCli(
      [
        'apply',
        '-f',
        '-',
        '--name=w',
        ...consumers.map((one) => `--consumer=${one}`),
        ...(waits(request) ? ['--failure-grace=50ms'] : []),
        '-o',
        'json',
        ...argv,
      ],
      { endpoints: ofCommand, stdin: JSON.stringify(configMap) },
    );
    await using client = await createMaestroClient(ofLibrary.clientOptions());
    const outcomes = new Map<string, readonly unknown[]>();
    const result = await client.rollOut(
      { works: work, consumers, ...(waits(request) ? { failureGraceMs: 50 } : {}), ...request },
      {
        onEvent: (event) => {
          if (event.kind === 'outcome')
            outcomes.set(event.outcome.consumer, [event.outcome.phase, event.outcome.reason, event.outcome.exitCode]);
        },
      },
    );
    const { works } = JSON.parse(command.stdout) as {
      works: { consumer: string; phase: string; reason: string; exitCode: number }[];
    };
    expect(result.exitCode).toBe(command.exitCode);
    expect(consumers.map((consumer) => outcomes.get(consumer))).toEqual(
      works.map(({ phase, reason, exitCode }) => [phase, reason, exitCode]),
    );
    expect(ofLibrary.publishes()).toHaveLength(ofCommand.publishes().length);
  });
});
