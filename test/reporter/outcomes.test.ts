import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finalExitCodes, retriedExitCodes } from '../../src/core/jobs/job.ts';
import type { ExitCode } from '../../src/exit-code.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { configMapWork } from '../acceptance/support/world.ts';
import { caseCollisions } from '../support/reporter.ts';
import { emptyFolder, runCli, type CliRun } from '../support/run-cli.ts';
import { report } from './support/status-reporter.ts';

let standIn: StandIn;

beforeAll(async () => {
  const agents = { off: { online: false }, bad: { failManifests: ['ConfigMap/default/*'] } };
  standIn = await startStandIn({ consumers: ['on', 'off', 'bad'], agents });
  for (const [name, consumer, source] of stored) {
    const run = await cli([
      'apply',
      '-f',
      'old.yaml',
      `--name=${name}`,
      `--consumer=${consumer}`,
      ...(source === undefined ? [] : [`--source-id=${source}`]),
    ]);
    expect(run.exitCode, run.stderr).toBe(0);
  }
});

afterAll(() => standIn.close());

/** Works that exist before the runs, by name, consumer and source. */
const stored: readonly (readonly [string, string, string?])[] = [
  ['unchanged', 'on'],
  ['updated', 'on'],
  ['pinned', 'on'],
  ['managed', 'on'],
  ['foreign', 'on', 'somebody'],
  ['gone', 'on'],
  ['requested', 'off'],
  ['staying', 'off'],
  ['seen', 'on'],
  ['unseen', 'off'],
  ['failing', 'bad'],
  ['merged', 'on'],
];

const files = {
  'old.yaml': configMapWork('old'),
  'new.yaml': configMapWork('old', { key: 'new' }),
  'bad.yaml': 'kind: ManifestWork\n',
};

async function cli(argv: readonly string[], cwd = emptyFolder()): Promise<CliRun> {
  return runCli(argv, {
    cwd,
    files,
    endpoints: standIn,
    env: { MAESTRO_RESULTS_FORMAT: 'adapter-result', RESULTS_PATH: join(cwd, 'results.json') },
  });
}

const old = ['apply', '-f', 'old.yaml'];
const changed = ['apply', '-f', 'new.yaml'];
const closed = '--http-endpoint=http://127.0.0.1:1';

/** Every outcome of every command that has one: argv, exit code, reason. */
const outcomes: readonly (readonly [string, readonly string[], ExitCode, string])[] = [
  ['apply accepted', [...old, '--name=fresh', '--consumer=off'], 0, 'Accepted'],
  ['apply waited for', [...old, '--name=waited', '--consumer=on', '--watch'], 0, 'Applied'],
  ['apply unchanged', [...old, '--name=unchanged', '--consumer=on'], 0, 'Unchanged'],
  ['apply updated', [...changed, '--name=updated', '--consumer=on'], 0, 'Accepted'],
  ['apply with a misspelt flag', [...old, '--consumer=on', '--wach'], 2, 'InvalidUsage'],
  ['apply with a broken expression', [...old, '--consumer=on', '--watch=A AND'], 2, 'InvalidExpression'],
  ['apply with a selector without a match', [...old, '--consumer=on', '--watch=Job:Complete'], 2, 'NothingSelected'],
  ['apply for an unknown consumer', [...old, '--consumer=nobody'], 3, 'ConsumerNotFound'],
  ['apply of a bad manifest', ['apply', '-f', 'bad.yaml', '--consumer=on'], 4, 'InvalidManifest'],
  ['apply of a missing file', ['apply', '-f', 'missing.yaml', '--consumer=on'], 4, 'InvalidManifest'],
  ['apply against another version', [...changed, '--name=pinned', '--consumer=on', '--if-version=7'], 5, 'Conflict'],
  ['apply not seen in time', [...old, '--name=late', '--consumer=off', '--watch', '--timeout=1500ms'], 6, 'Timeout'],
  [
    'apply that fails on the cluster',
    [...old, '--name=broken', '--consumer=bad', '--watch', '--failure-grace=100ms'],
    7,
    'ApplyFailed',
  ],
  [
    'apply that meets --fail-on',
    [...old, '--name=bound', '--consumer=bad', '--watch', '--fail-on=Applied=False'],
    7,
    'FailOnMatched',
  ],
  ['apply without a server', [...old, '--consumer=on', closed, '--timeout=1s'], 8, 'ServerUnreachable'],
  ['apply of a foreign work', [...old, '--name=foreign', '--consumer=on'], 10, 'ForeignWork'],
  [
    'apply over another manager',
    [...changed, '--name=managed', '--consumer=on', '--manager=other'],
    10,
    'ForeignManifests',
  ],
  ['delete seen', ['delete', '--name=gone', '--consumer=on', '--watch'], 0, 'Deleted'],
  ['delete requested', ['delete', '--name=requested', '--consumer=off'], 0, 'DeletionRequested'],
  ['delete of nothing', ['delete', '--name=nothing', '--consumer=on'], 0, 'NotFound'],
  ['delete without a name', ['delete', '--consumer=on'], 2, 'InvalidUsage'],
  [
    'delete not seen in time',
    ['delete', '--name=staying', '--consumer=off', '--watch', '--timeout=1500ms'],
    6,
    'Timeout',
  ],
  ['delete without a server', ['delete', '--name=x', '--consumer=on', closed, '--timeout=1s'], 8, 'ServerUnreachable'],
  ['delete of a foreign work', ['delete', '--name=foreign', '--consumer=on'], 10, 'ForeignWork'],
  ['wait that ends', ['wait', '--name=seen', '--consumer=on', '--for=Applied'], 0, 'Applied'],
  ['wait with a broken expression', ['wait', '--name=seen', '--consumer=on', '--for=('], 2, 'InvalidExpression'],
  ['wait for what must exist', ['wait', '--name=nothing', '--consumer=on', '--must-exist'], 3, 'NotFound'],
  ['wait not seen in time', ['wait', '--name=unseen', '--consumer=off', '--for=Applied', '--timeout=1s'], 6, 'Timeout'],
  [
    'wait that fails',
    ['wait', '--name=failing', '--consumer=bad', '--for=Applied', '--failure-grace=100ms'],
    7,
    'ApplyFailed',
  ],
  ['wait without a server', ['wait', '--name=x', '--consumer=on', closed, '--timeout=1s'], 8, 'ServerUnreachable'],
  [
    'build and apply',
    ['build', '--name=merged', '--consumer=on', '-f', 'new.yaml', '--apply', '--watch'],
    0,
    'Applied',
  ],
  ['build without a name', ['build', '--consumer=on', '-f', 'new.yaml', '--apply'], 2, 'InvalidUsage'],
  [
    'build for an unknown consumer',
    ['build', '--name=x', '--consumer=nobody', '-f', 'new.yaml', '--apply'],
    3,
    'ConsumerNotFound',
  ],
  [
    'build of a bad manifest',
    ['build', '--name=x', '--consumer=on', '-f', 'bad.yaml', '--apply'],
    4,
    'InvalidManifest',
  ],
  [
    'build over another manager',
    ['build', '--name=managed', '--consumer=on', '-f', 'new.yaml', '--apply', '--manager=other'],
    10,
    'ForeignManifests',
  ],
];

test.each(outcomes)('%s', async (_title, argv, exitCode, reason) => {
  const cwd = emptyFolder();
  const run = await cli(argv, cwd);
  expect(run.exitCode, run.stderr).toBe(exitCode);
  const file = join(cwd, 'results.json');
  const reported = await report({
    file,
    container: () => ({ exitCode: run.exitCode }),
    pollMs: 10,
    containerMs: 10,
    maxWaitMs: 5_000,
  });
  expect(reported).toMatchObject({ condition: { status: exitCode === 0 ? 'True' : 'False', reason }, exitCode: 0 });
  expect(reported.condition.message).toMatch(/\S/);

  const name = argv.find((word) => word.startsWith('--name='))?.slice('--name='.length);
  const value = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly manifestWorkName?: string;
    readonly details?: { readonly exitCode: number };
  };
  // Whatever is known of the work when it ends is in the message, which is all that the reporter forwards.
  if (value.manifestWorkName) expect(reported.condition.message).toContain(value.manifestWorkName);
  if (exitCode === 0) expect(value.manifestWorkName).toBe(name);
  expect(value.details?.exitCode).toBe(exitCode);
  expect(caseCollisions(value)).toEqual([]);
});

test('every exit code that the Jobs treat specially is among these outcomes or those of signals and credentials', () => {
  const seen = new Set<ExitCode>([...outcomes.map(([, , exitCode]) => exitCode), 9, 143]);
  for (const code of [...finalExitCodes, ...retriedExitCodes]) expect(seen).toContain(code);
});
