import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createMaestroClient,
  MaestroError,
  type ApplyManyOptions,
  type ApplyTask,
  type ApplyWorkOptions,
  type FleetOutcome,
  type FleetTask,
  type JsonObject,
  type MaestroClient,
  type ManifestWork,
} from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { runCli } from '../support/run-cli.ts';

/** The four ways to ask for the same thing. Each situation gives each way a consumer of its own, all made alike. */
const ways = ['command', 'fleet', 'library', 'many'] as const;
type Way = (typeof ways)[number];

interface Situation {
  readonly title: string;
  readonly verb: 'apply' | 'delete';
  readonly work: string;
  /** Of the work that is applied. */
  readonly manifests?: readonly JsonObject[];
  /** Undefined: the way's own. */
  readonly consumer?: string;
  /** What is asked beside that, in the words of the command and of the library. */
  readonly argv?: readonly string[];
  readonly options?: Pick<ApplyWorkOptions, 'ifVersion' | 'noRemove' | 'force' | 'merge' | 'manager'> &
    Pick<ApplyManyOptions, 'dryRun'>;
  readonly task?: Pick<ApplyTask, 'ifVersion' | 'manager'>;
  readonly exitCode: number;
  /** What is stored of the work in the end, if there is one: `VERSION [deleting] MANIFEST=DATA, …`. */
  readonly stored?: string;
}

const settings = (data: string, name = 'settings'): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { data },
});

const situations: readonly Situation[] = [
  { title: 'nothing is there yet', verb: 'apply', work: 'new', exitCode: 0, stored: '1 settings=new' },
  {
    title: 'other works of the consumer hold the same object, which is told and no failure',
    verb: 'apply',
    work: 'sharing',
    manifests: [settings('one')],
    exitCode: 0,
    stored: '1 settings=one',
  },
  {
    title: 'it is stored already',
    verb: 'apply',
    work: 'w',
    manifests: [settings('one')],
    exitCode: 0,
    stored: '1 settings=one',
  },
  { title: 'it is stored otherwise', verb: 'apply', work: 'w', exitCode: 0, stored: '2 settings=new' },
  {
    title: 'in a dry run',
    verb: 'apply',
    work: 'w',
    argv: ['--dry-run=server'],
    options: { dryRun: true },
    exitCode: 0,
    stored: '1 settings=one',
  },
  {
    title: 'a consumer that does not exist',
    verb: 'apply',
    work: 'w',
    consumer: 'typo',
    exitCode: 3,
    stored: '1 settings=one',
  },
  {
    title: 'at the version that is stored',
    verb: 'apply',
    work: 'w',
    argv: ['--if-version=1'],
    options: { ifVersion: 1 },
    task: { ifVersion: 1 },
    exitCode: 0,
    stored: '2 settings=new',
  },
  {
    title: 'at another version than the one that is stored',
    verb: 'apply',
    work: 'w',
    argv: ['--if-version=7'],
    options: { ifVersion: 7 },
    task: { ifVersion: 7 },
    exitCode: 5,
    stored: '1 settings=one',
  },
  {
    title: 'only where there is none, and there is one',
    verb: 'apply',
    work: 'w',
    argv: ['--if-version=0'],
    options: { ifVersion: 0 },
    task: { ifVersion: 0 },
    exitCode: 5,
    stored: '1 settings=one',
  },
  {
    title: 'it would remove a manifest, and may not',
    verb: 'apply',
    work: 'w',
    manifests: [settings('new', 'other')],
    argv: ['--no-remove'],
    options: { noRemove: true },
    exitCode: 10,
    stored: '1 settings=one',
  },
  { title: "another manager's", verb: 'apply', work: 'others', exitCode: 10, stored: '1 settings=one' },
  {
    title: "another manager's, by force",
    verb: 'apply',
    work: 'others',
    argv: ['--force'],
    options: { force: true },
    exitCode: 0,
    stored: '2 settings=new',
  },
  {
    title: "beside another manager's",
    verb: 'apply',
    work: 'others',
    manifests: [settings('new', 'mine')],
    argv: ['--merge'],
    options: { merge: true },
    exitCode: 0,
    stored: '2 settings=one, mine=new',
  },
  {
    title: 'as the manager that owns it',
    verb: 'apply',
    work: 'others',
    argv: ['--manager=nodepool'],
    options: { manager: 'nodepool' },
    task: { manager: 'nodepool' },
    exitCode: 0,
    stored: '2 settings=new',
  },
  { title: "another source's", verb: 'apply', work: 'foreign', exitCode: 10, stored: '1 settings=one' },
  { title: 'it is being deleted', verb: 'apply', work: 'going', exitCode: 5, stored: '1 deleting settings=one' },

  { title: 'it is there', verb: 'delete', work: 'w', exitCode: 0, stored: '1 deleting settings=one' },
  { title: 'it is not there', verb: 'delete', work: 'none', exitCode: 0 },
  {
    title: 'a consumer that does not exist',
    verb: 'delete',
    work: 'w',
    consumer: 'typo',
    exitCode: 3,
    stored: '1 settings=one',
  },
  { title: "another source's", verb: 'delete', work: 'foreign', exitCode: 10, stored: '1 settings=one' },
  { title: "another manager's", verb: 'delete', work: 'others', exitCode: 10, stored: '1 settings=one' },
  {
    title: "another manager's, by force",
    verb: 'delete',
    work: 'others',
    argv: ['--force'],
    options: { force: true },
    exitCode: 0,
    stored: '1 deleting settings=one',
  },
  {
    title: "another manager's, by force, where nothing may be sent",
    verb: 'delete',
    work: 'others',
    argv: ['--force', '--dry-run'],
    options: { force: true, dryRun: true },
    exitCode: 0,
    stored: '1 settings=one',
  },
  { title: 'it is being deleted', verb: 'delete', work: 'going', exitCode: 0, stored: '1 deleting settings=one' },
];

const consumerOf = (at: number, way: Way): string => `s${at}-${way}`;
const consumers = situations.flatMap((_situation, at) => ways.map((way) => consumerOf(at, way)));
const workOf = (name: string, manifests: readonly JsonObject[]): ManifestWork => ({
  name,
  labels: {},
  annotations: {},
  manifests,
  manifestConfigs: [],
});

let maestro: StandIn;
let client: MaestroClient;
beforeAll(async () => {
  // No agent reports, so what is being deleted stays to be seen.
  maestro = await startStandIn({ consumers, agent: { online: false } });
  const open = (source: string): Promise<MaestroClient> =>
    createMaestroClient({
      grpcEndpoint: `grpc://${maestro.grpcEndpoint}`,
      httpEndpoint: maestro.httpEndpoint,
      source,
    });
  client = await open('maestro-cli');
  const stored = (name: string, manager = 'maestro-cli'): readonly FleetTask[] =>
    consumers.map((consumer) => ({ op: 'apply', consumer, work: workOf(name, [settings('one')]), manager }));
  const other = await open('someone-else');
  const all = consumers.length;
  expect(await other.applyMany(stored('foreign'))).toMatchObject({ created: all, failed: 0 });
  await other.close();
  const own = [...stored('w'), ...stored('going'), ...stored('others', 'nodepool')];
  expect(await client.applyMany(own)).toMatchObject({ created: 3 * all, failed: 0 });
  const going = consumers.map((consumer) => ({ consumer, name: 'going' }));
  expect(await client.deleteMany(going)).toMatchObject({ deleted: all, failed: 0 });
});
afterAll(async () => {
  await client.close();
  await maestro.close();
});

async function storedOn(consumer: string, work: string): Promise<string | undefined> {
  const search = encodeURIComponent(`consumer_name = '${consumer}'`);
  const answer = await fetch(`${maestro.httpEndpoint}/api/maestro/v1/resource-bundles?size=100&search=${search}`);
  const { items } = (await answer.json()) as {
    items: readonly {
      metadata: { name: string };
      version: number;
      deleted_at?: string;
      manifests: readonly { metadata: { name: string }; data: { data: string } }[];
    }[];
  };
  const found = items.find(({ metadata }) => metadata.name === work);
  if (found === undefined) return undefined;
  const manifests = found.manifests.map(({ metadata, data }) => `${metadata.name}=${data.data}`).join(', ');
  return `${found.version} ${found.deleted_at === undefined ? '' : 'deleting '}${manifests}`;
}

/** Asks one way, and tells the exit code; in the library, that of what is thrown or counted as a failure. */
async function ask(situation: Situation, way: Way, consumer: string): Promise<number> {
  const { verb, work: name, manifests = [settings('new')], argv = [], options = {}, task = {} } = situation;
  const work = workOf(name, manifests);
  switch (way) {
    case 'command':
    case 'fleet': {
      const fleet = verb === 'apply' ? ['--max-failures=1'] : ['--consumers-from=list', '-y'];
      const where = way === 'fleet' && verb === 'delete' ? fleet : [`--consumer=${consumer}`];
      const what = verb === 'apply' ? ['-f', '-', ...(way === 'fleet' ? fleet : [])] : [];
      const run = await runCli([verb, `--name=${name}`, ...where, ...what, ...argv], {
        endpoints: maestro,
        files: { list: `${consumer}\n` },
        stdin: manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n'),
      });
      return run.exitCode;
    }
    case 'library':
      try {
        if (verb === 'apply') await client.works(consumer).apply(work, options);
        else await client.works(consumer).delete(name, options);
        return 0;
      } catch (caught) {
        expect(caught).toBeInstanceOf(MaestroError);
        return caught instanceof MaestroError ? caught.exitCode : -1;
      }
    case 'many': {
      const outcomes: FleetOutcome[] = [];
      const many = { ...options, onOutcome: (outcome: FleetOutcome) => void outcomes.push(outcome) };
      const progress =
        verb === 'apply'
          ? await client.applyMany([{ op: 'apply', consumer, work, ...task }], many)
          : await client.deleteMany([{ consumer, name }], many);
      expect(outcomes).toHaveLength(1);
      const exitCode = outcomes[0]?.outcome.exitCode ?? -1;
      expect(progress.failed).toBe(exitCode === 0 ? 0 : 1);
      return exitCode;
    }
  }
}

/** A call of the library for one work has no dry run. */
const waysOf = ({ argv = [] }: Situation): readonly Way[] =>
  ways.filter((way) => way !== 'library' || !argv.some((flag) => flag.startsWith('--dry-run')));

describe.each(['apply', 'delete'] as const)('%s, asked for in four ways,', (asked) => {
  it.each(situations.map((situation, at) => ({ ...situation, at })).filter(({ verb }) => verb === asked))(
    'ends with $exitCode and leaves the same: $title',
    async ({ at, ...situation }) => {
      const answers: Partial<Record<Way, unknown>> = {};
      for (const way of waysOf(situation)) {
        const own = consumerOf(at, way);
        const exitCode = await ask(situation, way, situation.consumer ?? own);
        answers[way] = { exitCode, stored: await storedOn(own, situation.work) };
      }
      const { exitCode, stored } = situation;
      expect(answers).toEqual(Object.fromEntries(waysOf(situation).map((way) => [way, { exitCode, stored }])));
    },
  );
});
