import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { cli, type Finished } from '../support/process.ts';
import { projectRoot } from '../support/run-cli.ts';
import { endpoints, manifestFile, storedRow, testFolder } from '../acceptance/support/world.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';

const query = join(projectRoot, 'examples/results/criteria.jq');
const hasJq = spawnSync('jq', ['--version']).status === 0;
if (!hasJq) console.log('test/examples: the query over results is not tried, because jq is not installed');

interface Criteria {
  readonly adapter: string;
  readonly operations: number;
  readonly failed: number;
  readonly perMinute: number;
  readonly startUpShare: number;
  readonly latency: { readonly p50: number; readonly p95: number };
  readonly criteria: object;
}

function asked(files: readonly string[]): readonly Criteria[] {
  return JSON.parse(execFileSync('jq', ['-s', '-f', query, ...files], { encoding: 'utf8' })) as readonly Criteria[];
}

interface Result {
  readonly startedAt: string;
  readonly timestamp: string;
  readonly details: {
    readonly eventId?: string;
    readonly timings: Readonly<Record<'start' | 'connect' | 'read' | 'publish' | 'wait', number>>;
  };
}

describe('what a run tells of itself', () => {
  let standIn: StandIn;
  const folder = testFolder();
  const ended: Finished[] = [];
  const results: Result[] = [];
  const wallMs: number[] = [];
  beforeAll(async () => {
    standIn = await startStandIn({ consumers: ['c1'], agent: { delayMs: 300 } });
    const env = { ...endpoints(standIn), EVENT_ID: 'event-7' };
    for (const [index, format] of ['status-result', 'adapter-result'].entries()) {
      const file = join(folder, `${index}.json`);
      const beganMs = Date.now();
      ended.push(
        await cli(
          [
            'apply',
            '-f',
            manifestFile(folder, 'w', { key: `v${index}` }),
            '--name=hyperfleet-c1-nodepool',
            '--consumer=c1',
            '--watch',
            `--results-path=${file}`,
            `--results-format=${format}`,
            '--log-format=json',
          ],
          { env },
        ),
      );
      wallMs.push(Date.now() - beganMs);
      results.push(JSON.parse(readFileSync(file, 'utf8')) as Result);
    }
    return () => standIn.close();
  }, 60_000);

  it('is in both formats: when it began, for which event, and where its time went', () => {
    for (const [index, { startedAt, timestamp, details }] of results.entries()) {
      expect(ended[index]?.exitCode, ended[index]?.stderr).toBe(0);
      const took = Date.parse(timestamp) - Date.parse(startedAt);
      const { start, connect, read, publish, wait } = details.timings;
      expect(details.eventId).toBe('event-7');
      expect(start + connect + read + publish + wait).toBeLessThanOrEqual(took + 5);
      expect(took).toBeLessThanOrEqual((wallMs[index] ?? 0) + 5);
      expect(start).toBeGreaterThan(20);
      expect(publish).toBeGreaterThan(0);
      expect(wait).toBeGreaterThan(200);
    }
  });

  it('is on every line of a JSON log, and on what was written', async () => {
    const lines = ended.flatMap(({ stderr }) => stderr.split('\n').filter((line) => line !== ''));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ eventId: 'event-7' });
    const row = (await storedRow(standIn, 'hyperfleet-c1-nodepool')) as unknown as {
      metadata: { annotations: Record<string, string> };
    };
    expect(row.metadata.annotations['maestro-cli.hyperfleet.io/event-id']).toBe('event-7');
  });

  it('makes no difference of its own, and goes with a write that is for no event', async () => {
    const apply = [
      'apply',
      '-f',
      manifestFile(folder, 'w', { key: 'v1' }),
      '--name=hyperfleet-c1-nodepool',
      '--consumer=c1',
      '-o',
      'json',
    ];
    const same = await cli(apply, { env: { ...endpoints(standIn), EVENT_ID: 'event-8' } });
    expect(JSON.parse(same.stdout)).toMatchObject({
      works: [{ operation: 'unchanged', version: 2 }],
      startedAt: expect.any(String) as string,
      details: { eventId: 'event-8', timings: { publish: 0 } },
    });
    manifestFile(folder, 'w', { key: `v${Date.now()}` });
    expect(JSON.parse((await cli(apply, { env: endpoints(standIn) })).stdout)).toMatchObject({
      works: [{ operation: 'updated' }],
    });
    const row = (await storedRow(standIn, 'hyperfleet-c1-nodepool')) as unknown as {
      metadata: { annotations?: Record<string, string> };
    };
    expect(row.metadata.annotations ?? {}).not.toHaveProperty(['maestro-cli.hyperfleet.io/event-id']);
  });

  it('is told once by a text log', async () => {
    const { stderr } = await cli(['list', '--consumer=c1'], {
      env: { ...endpoints(standIn), EVENT_ID: 'event\u001b[31m9' },
    });
    expect(stderr).toMatch(/^event event.*9\n$/);
    expect(stderr).not.toContain('\u001b');
  });

  it.runIf(hasJq)('answers the three questions by the query of docs/measuring.md', () => {
    const files = globSync('*.json', { cwd: folder }).map((file) => join(folder, file));
    const [nodepool, ...more] = asked(files);
    expect(more).toEqual([]);
    expect(nodepool).toMatchObject({ adapter: 'nodepool', operations: 2, failed: 0, perMinute: 2 });
    const took = results.map(({ startedAt, timestamp }) => Date.parse(timestamp) - Date.parse(startedAt));
    const startUp = results.map(({ details: { timings } }) => timings.start + timings.connect);
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
    expect(nodepool?.startUpShare).toBeCloseTo(sum(startUp) / sum(took), 1);
    expect(nodepool?.latency.p50).toBe(Math.min(...took));
  });
});

describe.runIf(hasJq)('the query over results', () => {
  it('finds an adapter that is mostly start-up, called often, or too slow', () => {
    const result = (
      index: number,
      adapter: string,
      { gapMs, tookMs, start }: { gapMs: number; tookMs: number; start: number },
    ): object => {
      const startMs = Date.parse('2026-11-29T10:00:00Z') + index * gapMs;
      return {
        manifestWorkName: `hyperfleet-c1-${adapter}`,
        consumer: 'c1',
        status: index === 0 ? 'Failed' : 'Applied',
        startedAt: new Date(startMs).toISOString(),
        timestamp: new Date(startMs + tookMs).toISOString(),
        details: { timings: { start, connect: 0, read: 0, publish: 0, wait: 0 } },
      };
    };
    const many = (count: number, adapter: string, how: Parameters<typeof result>[2]): object[] =>
      Array.from({ length: count }, (_, index) => result(index, adapter, how));
    const all = [
      ...many(30, 'often', { gapMs: 2_000, tookMs: 400, start: 100 }),
      ...many(3, 'slow', { gapMs: 60_000, tookMs: 2_500, start: 100 }),
      ...many(3, 'start', { gapMs: 60_000, tookMs: 200, start: 150 }),
      { status: 'Applied' },
    ];
    const found = JSON.parse(
      execFileSync('jq', ['-s', '-f', query], {
        input: all.map((one) => JSON.stringify(one)).join('\n'),
        encoding: 'utf8',
      }),
    ) as readonly Criteria[];
    expect(
      found.map(({ adapter, operations, failed, criteria }) => ({ adapter, operations, failed, criteria })),
    ).toEqual([
      {
        adapter: 'often',
        operations: 30,
        failed: 1,
        criteria: { startUpOverHalf: false, over10OperationsAMinute: true, slowerThanASecond: false },
      },
      {
        adapter: 'slow',
        operations: 3,
        failed: 1,
        criteria: { startUpOverHalf: false, over10OperationsAMinute: false, slowerThanASecond: true },
      },
      {
        adapter: 'start',
        operations: 3,
        failed: 1,
        criteria: { startUpOverHalf: true, over10OperationsAMinute: false, slowerThanASecond: false },
      },
    ]);
  });
});
