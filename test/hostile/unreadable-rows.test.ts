import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMaestroClient, readPlan, type MaestroClient } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { nested, reported, row, serveRows, startRest, type HostileRest, type Row } from './support/rest.ts';

/** One rule for each command that reads many works: what cannot be read is named and left out, and the end is 8. */

function workOf(consumer: string, name: string, { deep }: { readonly deep: boolean }): Row {
  const metadata = { name: `settings-of-${name}`, namespace: 'default' };
  const resourceMeta = { ordinal: 0, group: '', version: 'v1', kind: 'ConfigMap', resource: 'configmaps', ...metadata };
  const members = {
    manifests: deep ? ['<<deep>>'] : [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { key: 'one' } }],
    status: reported({}, { resourceMeta }),
  };
  return row(name, consumer, members, { deep: nested(600) });
}

const rowsWhere = (bad: { readonly deep: boolean }): readonly Row[] => [
  workOf('bad', 'np', bad),
  workOf('bad', 'idp', { deep: false }),
  workOf('fine', 'np', { deep: false }),
  workOf('fine', 'idp', { deep: false }),
];

let readable: HostileRest;
let unreadable: HostileRest;
let maestro: StandIn;
let client: MaestroClient;
/** Of both clusters, made while all could be read. */
let plan = '';

beforeAll(async () => {
  readable = await startRest(serveRows(rowsWhere({ deep: false })));
  unreadable = await startRest(serveRows(rowsWhere({ deep: true })));
  maestro = await startStandIn({ consumers: ['bad', 'fine'] });
  client = await createMaestroClient({ ...maestro.clientOptions(), httpEndpoint: unreadable.httpEndpoint });
  const planned = await run(['migrate', 'plan', '--to=C', '--plan=p.json'], readable);
  expect(planned.exitCode, planned.stderr).toBe(0);
  plan = planned.files['p.json'] ?? '';
});

afterAll(async () => {
  await client.close();
  await Promise.all([readable.close(), unreadable.close(), maestro.close()]);
});

function run(argv: readonly string[], rest = unreadable): Promise<CliRun> {
  return runCli([...argv, '--timeout=5s'], {
    files: plan === '' ? {} : { 'p.json': plan },
    endpoints: { httpEndpoint: rest.httpEndpoint, grpcEndpoint: maestro.grpcEndpoint },
  });
}

const recorded = ['--results-path=r.json', '--results-format=adapter-result'];
const why = 'the work np on bad cannot be read: its row is nested more than 502 levels deep';

describe('a row that cannot be read', () => {
  it.each([
    { argv: ['list', '--all-consumers'], shows: 'idp', missing: 'the list' },
    { argv: ['consumer', 'list', '-o', 'wide'], shows: 'fine', missing: 'the counts' },
    { argv: ['migrate', 'inventory'], shows: 'idp', missing: 'the inventory' },
    {
      argv: ['migrate', 'status', '--plan=p.json'],
      shows: 'fine',
      missing: 'the status, which leaves out clusters with such works',
    },
  ])('is left out by $argv, named, and the reason of the end', async ({ argv, shows, missing }) => {
    const ended = await run([...argv, ...recorded]);
    expect(ended.exitCode, ended.stderr).toBe(8);
    expect(ended.stdout).toContain(shows);
    expect(ended.stderr).toContain(`error: ${why}`);
    const message = `1 work could not be read and is missing from ${missing}`;
    expect(ended.stderr).toContain(`error: ${message}`);
    expect(JSON.parse(ended.files['r.json'] ?? '')).toMatchObject({
      status: 'failure',
      reason: 'ServerError',
      message: expect.stringContaining(message) as string,
    });
  });

  it('leaves its whole cluster out of the status of a migration, for nobody can tell where that is', async () => {
    const { stdout } = await run(['migrate', 'status', '--plan=p.json', '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject([{ consumer: 'fine', position: 'planned' }]);
  });

  it('keeps only its cluster from being planned, by name and as one of all', async () => {
    for (const works of [[], ['--works=np']]) {
      const ended = await run(['migrate', 'plan', '--to=C', '--plan=q.json', ...works]);
      expect(ended.exitCode, ended.stderr).toBe(5);
      expect(ended.stderr).toContain(`error: bad: np: it cannot be read: ${why}`);
      expect(ended.stderr).toContain('1 cluster refused (bad)');
    }
  });

  it.each(['run', 'finish', 'rollback'])('fails the works of its cluster alone where %s is predicted', async (goal) => {
    const argv = ['migrate', goal, '--plan=p.json', '--dry-run'];
    const ended = await run([...argv, ...recorded]);
    expect(ended.stdout).toContain(`bad: refused: ${why}`);
    expect(ended.stdout).not.toContain(`fine: refused: ${why}`);
    const { works } = JSON.parse(ended.files['r.json'] ?? '') as {
      readonly works: readonly { readonly consumer: string; readonly reason: string }[];
    };
    const reasons = (consumer: string): readonly string[] =>
      works.filter((one) => one.consumer === consumer).map(({ reason }) => reason);
    expect(new Set(reasons('bad'))).toEqual(new Set(['ServerError']));
    expect(reasons('fine')).not.toContain('ServerError');
    const { stdout } = await run([...argv, '-o', 'json']);
    expect(JSON.parse(stdout)).toContainEqual({
      consumer: 'bad',
      steps: [],
      refused: { reason: 'Unreadable', message: why },
    });
  });

  it('fails an inventory and a status of the library, as what Maestro answered', async () => {
    const inventory = async (): Promise<void> => {
      for await (const _ of client.migrationInventory('all'));
    };
    const failures = await Promise.allSettled([inventory(), client.migrationStatus(readPlan(plan, 'p.json'))]);
    const failure = { reason: { code: 'unavailable', reason: 'ServerError', message: why } };
    expect(failures).toMatchObject([failure, failure]);
  });
});
