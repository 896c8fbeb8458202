import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { migrationWorld, threeAdapters } from '../../acceptance/support/migration.ts';

const plan = '--plan=p.json';

it('the report of migrate run, and of finish, has the counts of the summary and of the machine output', async () => {
  const world = await migrationWorld({ consumers: ['c1', 'c2'] });
  for (const consumer of ['c1', 'c2']) await threeAdapters(world, consumer);
  await world.done('migrate', 'plan', '--to=C', plan);
  const page = (): string => readFileSync(join(world.folder, 'r.html'), 'utf8').replaceAll(/\s+/g, ' ');

  world.standIn.setAgent('c2', { online: false });
  const argv = [plan, '-y', '--report=r.html', '--waves=1', '--timeout=1s', '-o', 'json'];
  const cut = await world.run('migrate', 'run', ...argv);
  expect(cut.exitCode).toBe(6);
  const { summary } = JSON.parse(cut.stdout) as { readonly summary: Readonly<Record<string, number>> };
  expect(summary).toMatchObject({ works: 2, met: 1, pending: 1 });
  expect(page()).toContain('<title>1 of 2 works both own on 2 clusters</title>');
  expect(page()).toMatch(/<b>1<\/b> both own<\/li>/);
  expect(page()).toMatch(/<b>1<\/b> pending<\/li>/);
  expect(page()).toContain('<span>maestro-cli migrate run</span> <span>--plan=p.json</span>');

  world.standIn.setAgent('c2', { online: true });
  await world.done('migrate', 'run', plan, '-y', '--report=r.html');
  expect(page()).toContain('<title>2 of 2 works both own on 2 clusters</title>');
  const finished = await world.done('migrate', 'finish', plan, '-y', '--report=r.html');
  expect(finished.stderr).toContain('2 works on 2 consumers: 2 migrated');
  expect(page()).toContain('<title>2 of 2 works migrated on 2 clusters</title>');
  // What is further already than was asked for is no news of run, in the summary and in the page.
  const again = await world.done('migrate', 'run', plan, '-y', '--report=r.html');
  expect(again.stderr).toContain('2 further already');
  expect(page()).toMatch(/<b>2<\/b> unchanged<\/li>/);
});
