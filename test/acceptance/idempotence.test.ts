import { expect, test } from 'vitest';
import { cli } from '../support/process.ts';
import { endpoints, manifestFile, storedRow, testFolder, testStandIn } from './support/world.ts';

test('applying the same file three times: version stays 1, `unchanged` twice, one Publish', async () => {
  const standIn = await testStandIn();
  const env = endpoints(standIn);
  const file = manifestFile(testFolder(), 'w');
  const said: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const run = await cli(['apply', '-f', file, '--consumer=c1', '--watch', '--timeout=20s'], { env });
    expect(run.exitCode, run.stderr).toBe(0);
    said.push(/\/w (created|updated|unchanged) \(version 1\)/.exec(run.stdout)?.[1] ?? run.stdout);
  }
  expect(said).toEqual(['created', 'unchanged', 'unchanged']);
  expect(standIn.publishes()).toHaveLength(1);
  expect((await storedRow(standIn, 'w'))?.version).toBe(1);
});

test('what get prints is applied back as unchanged, without a Publish', async () => {
  const standIn = await testStandIn();
  const env = endpoints(standIn);
  await cli(['apply', '-f', manifestFile(testFolder(), 'w'), '--consumer=c1', '--watch'], { env });
  for (const format of ['yaml', 'json', 'manifestwork']) {
    const printed = await cli(['get', '--name=w', '--consumer=c1', '-o', format], { env });
    const run = await cli(['apply', '-f', '-'], { env, stdin: printed.stdout });
    expect(run.stdout, format + run.stderr).toContain('/w unchanged (version 1)');
  }
  expect(standIn.publishes()).toHaveLength(1);
});
