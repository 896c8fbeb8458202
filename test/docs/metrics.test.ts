import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMetrics } from '../../src/gitops/run/metrics.ts';
import { projectRoot } from '../support/run-cli.ts';

test('the page of the controllers names every metric, and no other', async () => {
  const metrics = createMetrics({
    loopLag: () => ({ p50Ms: 1, p99Ms: 1, maxMs: 1 }),
    withProcess: false,
    build: { version: '1.0.0', commit: 'abc' },
  });
  const { text } = await metrics.render();
  const served = [...text.matchAll(/^# TYPE maestro_gitops_(\S+) /gm)].map(([, name = '']) => name);
  const page = readFileSync(join(projectRoot, 'docs', 'gitops.md'), 'utf8');
  const [, table = ''] = /\n\| metric, after `maestro_gitops_` .*\n\| --- .*\n((?:\|.*\n)+)/.exec(page) ?? [];
  const named = table
    .split('\n')
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)(?:\{\w+(?:,\w+)*\})?`/g)])
    .map(([, name = '']) => name);
  expect(named.toSorted(), 'mend the table of metrics in docs/gitops.md').toEqual(served.toSorted());
});
