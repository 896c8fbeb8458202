import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkReader } from '../../src/clients/index.ts';
import { parseExpression } from '../../src/core/expressions/parse.ts';
import { bundleId } from '../../src/core/works/bundle-id.ts';
import { systemClock } from '../../src/clock.ts';
import { createBudget } from '../../src/operations/budget.ts';
import { waitForWorks } from '../../src/operations/wait/wait-for-works.ts';
import type { WorkOutcome } from '../../src/core/outcome/outcome.ts';
import { resultText } from '../../src/output/result-file/text.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { settingsFor } from '../clients/support/settings.ts';
import { workYaml } from '../commands/support/works.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { nested, reported, row, serveRows, startRest, type HostileRest } from './support/rest.ts';
import { Tally } from './support/tally.ts';

const depths = [503, 2_000, 9_000, 100_000];

let rest: HostileRest;
let maestro: StandIn;
beforeAll(async () => {
  const deepRows = depths.flatMap((levels) => [
    row(`manifest-${levels}`, 'deep', { manifests: ['<<deep>>'] }, { deep: nested(levels) }),
    row(
      `label-${levels}`,
      'deep',
      { metadata: { name: `label-${levels}`, labels: '<<deep>>' } },
      { deep: nested(levels) },
    ),
    row(`status-${levels}`, 'deep', { status: '<<deep>>' }, { deep: nested(levels) }),
  ]);
  const feedback = depths.map((levels) =>
    row(`feedback-${levels}`, 'fine', {
      status: reported(
        {},
        { statusFeedback: { values: [{ name: 'status', fieldValue: { type: 'JsonRaw', jsonRaw: nested(levels) } }] } },
      ),
    }),
  );
  rest = await startRest(serveRows([...deepRows, ...feedback, row('good-1', 'deep'), row('good-2', 'deep')]));
  maestro = await startStandIn({ consumers: ['deep', 'fine'] });
});
afterAll(async () => {
  await rest.close();
  await maestro.close();
});

function run(argv: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<CliRun> {
  return runCli([...argv, '--timeout=3s', '--results-path=result.json'], {
    files,
    endpoints: { httpEndpoint: rest.httpEndpoint, grpcEndpoint: maestro.grpcEndpoint },
  });
}

function expectNoBug(run: CliRun): void {
  expect(run.exitCode).not.toBe(70);
  expect(run.stderr).not.toContain('call stack');
  expect(() => JSON.parse(run.files['result.json'] ?? '') as unknown).not.toThrow();
}

describe('JSON that nests deeper than a walk over it can go', () => {
  const tally = new Tally('deep nesting, one work');

  it.each(['manifest', 'label', 'status'])(
    'in the %s of a work ends what is about this work with 8 and a result',
    async (part) => {
      for (const levels of depths) {
        const name = `${part}-${levels}`;
        const commands: readonly (readonly string[])[] = [
          ['get', '--name', name, '-c', 'deep'],
          ['get', '--name', name, '-c', 'deep', '-o', 'yaml'],
          ['describe', '--name', name, '-c', 'deep'],
          ['wait', '--name', name, '-c', 'deep'],
          ['diff', '-f', 'work.yaml', '-c', 'deep'],
          ['apply', '-f', 'work.yaml', '-c', 'deep'],
          ['apply', '-f', 'work.yaml', '-c', 'deep', '--watch'],
          ['delete', '--name', name, '-c', 'deep', '-y'],
        ];
        for (const argv of commands) {
          await tally.hold(`${argv.join(' ')} (${levels})`, async () => {
            const ended = await run(argv, { 'work.yaml': workYaml(name) });
            expectNoBug(ended);
            expect({ exitCode: ended.exitCode, stderr: ended.stderr }).toEqual({
              exitCode: 8,
              stderr: expect.stringContaining('nested too deeply') as string,
            });
          });
        }
      }
      tally.expectAllHeld();
    },
  );

  it('in feedback leaves the work readable, and the value the text that it was', async () => {
    const feedback = new Tally('deep nesting, feedback');
    for (const levels of depths) {
      const name = `feedback-${levels}`;
      for (const argv of [
        ['get', '--name', name, '-c', 'fine'],
        ['get', '--name', name, '-c', 'fine', '-o', 'json'],
        ['describe', '--name', name, '-c', 'fine'],
        ['wait', '--name', name, '-c', 'fine'],
        ['list', '-c', 'fine', '-o', 'wide'],
        ['diff', '-f', 'work.yaml', '-c', 'fine'],
      ]) {
        await feedback.hold(`${argv.join(' ')} (${levels})`, async () => {
          const ended = await run(argv, { 'work.yaml': workYaml(name) });
          expectNoBug(ended);
          expect({ exitCode: ended.exitCode, stderr: ended.stderr }).toMatchObject({ exitCode: 0 });
        });
      }
      const waited = await run(['wait', '--name', name, '-c', 'fine']);
      const result = JSON.parse(waited.files['result.json'] ?? '') as {
        readonly resources: readonly { readonly feedback: unknown }[];
      };
      expect(result.resources[0]?.feedback).toEqual({ status: nested(levels) });
    }
    feedback.expectAllHeld();
  });

  it('in some works of a list leaves them out, names them, and shows the others', async () => {
    const ended = await run(['list', '-c', 'deep', '-o', 'name']);
    expect(ended.exitCode).toBe(8);
    expect(ended.stdout.split('\n').filter(Boolean).sort()).toEqual([
      'manifestwork.work.open-cluster-management.io/good-1',
      'manifestwork.work.open-cluster-management.io/good-2',
    ]);
    expect(ended.stderr).toContain(
      'error: the work manifest-503 on deep cannot be read: its row is nested more than 502 levels deep',
    );
    expect(ended.stderr).toContain('error: 12 works could not be read and are missing from the list');
    expect(JSON.parse((await run(['list', '-c', 'deep', '-o', 'json'])).stdout)).toHaveLength(2);
  });

  it('in one work of several ends the wait for this one only', async () => {
    const reader = createWorkReader(settingsFor({ httpEndpoint: rest.httpEndpoint }), {
      clock: systemClock,
      random: () => 0.5,
    });
    const targets = ['good-1', 'manifest-9000', 'good-2'].map((name) => ({
      id: bundleId('maestro-cli', 'deep', name),
      name,
      consumer: 'deep',
      known: true,
      mustExist: true,
    }));
    const condition = { expression: parseExpression('Applied'), failureGraceMs: 1_000, feedbackSettleMs: 0 };
    const budget = createBudget(3_000, { clock: systemClock, random: () => 0.5, signal: new AbortController().signal });
    const results = await waitForWorks(targets, condition, { reader, onProgress: () => undefined }, budget);
    await reader.close();
    expect(results.map(({ target, error }) => [target.name, error?.exitCode])).toEqual([
      ['good-1', undefined],
      ['manifest-9000', 8],
      ['good-2', undefined],
    ]);
  });

  it('in one work of a fleet fails this one only', async () => {
    const works = ['good-1', 'good-2', 'manifest-9000'].map((name) => workYaml(name)).join('---\n');
    const ended = await run(['apply', '-f', 'works.yaml', '-c', 'deep'], { 'works.yaml': works });
    const result = JSON.parse(ended.files['result.json'] ?? '') as {
      readonly works: readonly { readonly manifestWorkName: string; readonly status: string }[];
    };
    expect(result.works.map(({ manifestWorkName, status }) => [manifestWorkName, status])).toEqual([
      ['good-1', 'Applied'],
      ['good-2', 'Applied'],
      ['manifest-9000', 'Failed'],
    ]);
  });
});

describe('a result file', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  const deep: unknown = JSON.parse(nested(20_000));
  const work = (feedback: unknown): WorkOutcome => ({
    manifestWorkName: 'w',
    consumer: 'c1',
    phase: 'Applied',
    reason: 'Applied',
    message: 'applied',
    exitCode: 0,
    resources: [
      {
        kind: 'ConfigMap',
        version: 'v1',
        name: 'settings',
        status: 'Applied',
        feedback: [{ name: 'status', value: feedback as null }],
      },
    ],
  });

  it.each([
    ['nests too deeply', deep],
    ['holds itself', circle],
  ])('is written with less in it when its data %s', (_what, value) => {
    const result = JSON.parse(resultText({ works: [work(value)] }, 'adapter-result', 0)) as unknown;
    expect(result).toMatchObject({
      status: 'success',
      manifestWorkName: 'w',
      message: 'ManifestWork w: applied',
      truncated: ['feedback'],
    });
  });

  it.each(['status-result', 'adapter-result'] as const)('tells at least how the run ended (%s)', (format) => {
    const works = [
      {
        ...work(null),
        exitCode: 5 as const,
        get message(): string {
          throw new RangeError('no stack left');
        },
      },
    ];
    const result = JSON.parse(resultText({ works }, format, 0)) as unknown;
    expect(result).toMatchObject({
      status: format === 'status-result' ? 'Failed' : 'failure',
      message: expect.stringContaining('exit code 5') as string,
      timestamp: '1970-01-01T00:00:00.000Z',
    });
  });
});
