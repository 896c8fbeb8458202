import { expect, test } from 'vitest';
import { runCli } from '../../support/run-cli.ts';

test('a manifest with thousands of mistakes is told of a thousand, and of how many more there are', async () => {
  const text = `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: default}\nspec:\n${Array.from({ length: 3_000 }, (_unused, at) => `  k${at}: v\n`).join('')}`;
  const run = await runCli(['validate', 'd.yaml', '--name=w'], { files: { 'd.yaml': text } });
  expect(run.exitCode).toBe(4);
  expect(run.stdout.match(/unknown field/g)?.length).toBeLessThanOrEqual(1_000);
  expect(run.stdout).toMatch(
    /error: spec(?:\.workload\.manifests\[0\])?.*\d+ more problems of this manifest are not shown|: error: .*\d+ more problems of this manifest are not shown/,
  );
});
