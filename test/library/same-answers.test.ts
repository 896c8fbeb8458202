import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createMaestroClient,
  MaestroError,
  type FleetOutcome,
  type MaestroClient,
  type ManifestWork,
} from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { runCli } from '../support/run-cli.ts';

let maestro: StandIn;
let client: MaestroClient;
beforeAll(async () => {
  maestro = await startStandIn({ consumers: ['c1', 'c2'], agent: { delayMs: 5, deleteDelayMs: 5 } });
  client = await createMaestroClient({
    grpcEndpoint: `grpc://${maestro.grpcEndpoint}`,
    httpEndpoint: maestro.httpEndpoint,
    source: 'maestro-cli',
  });
  await store('others', ['--manager=nodepool']);
  await store('foreign', ['--source-id=someone-else']);
});
afterAll(async () => {
  await client.close();
  await maestro.close();
});

const configMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'default' },
  data: { key: 'one' },
};
const work: ManifestWork = { name: 'w', labels: {}, annotations: {}, manifests: [configMap], manifestConfigs: [] };

async function store(name: string, argv: readonly string[]): Promise<void> {
  const made = await runCli(['apply', '-f', '-', `--name=${name}`, '--consumer=c1', ...argv], {
    endpoints: maestro,
    stdin: JSON.stringify(configMap),
  });
  expect(made.exitCode, made.stderr).toBe(0);
}

/** The same work as a document, as a user writes it. */
function documentOf({ name, namespace, labels, annotations, manifests, manifestConfigs }: ManifestWork): string {
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), labels, annotations };
  return JSON.stringify({
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'ManifestWork',
    metadata,
    spec: { workload: { manifests }, manifestConfigs },
  });
}

/** How each way ends; 0 for none that fails. */
interface Answers {
  readonly 'the command': number;
  readonly 'the command over a fleet': number;
  readonly 'a call of the library': number;
  readonly 'a call of the library for many': number;
}

const all = (exitCode: number): Answers => ({
  'the command': exitCode,
  'the command over a fleet': exitCode,
  'a call of the library': exitCode,
  'a call of the library for many': exitCode,
});

async function codeOf(call: () => Promise<unknown>): Promise<number> {
  try {
    await call();
    return 0;
  } catch (caught) {
    expect(caught).toBeInstanceOf(MaestroError);
    if (!(caught instanceof MaestroError)) return -1;
    expect(`${caught.message} ${caught.hint}`, 'programs have no flags').not.toMatch(
      /(^|[\s(])--[a-z]|maestro-cli [a-z]/,
    );
    return caught.exitCode;
  }
}

/** Reads all of it. */
async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

async function ofMany(call: (onOutcome: (outcome: FleetOutcome) => void) => Promise<unknown>): Promise<number> {
  const outcomes: FleetOutcome[] = [];
  await call((outcome) => outcomes.push(outcome));
  expect(outcomes).toHaveLength(1);
  return outcomes[0]?.outcome.exitCode ?? -1;
}

describe('an apply of what cannot be', () => {
  const big = 'x'.repeat(600_000);
  it.each<{ title: string; given: ManifestWork; consumer?: string; exitCode: number }>([
    { title: 'a work without manifests', given: { ...work, manifests: [] }, exitCode: 4 },
    { title: 'a name that is no DNS label', given: { ...work, name: 'Bad_Name' }, exitCode: 4 },
    { title: 'a name that no search takes', given: { ...work, name: 'a\\b' }, exitCode: 4 },
    { title: 'no name', given: { ...work, name: '' }, exitCode: 4 },
    { title: 'a work that names another cluster', given: { ...work, namespace: 'c2' }, exitCode: 4 },
    { title: 'a label that the cluster refuses', given: { ...work, labels: { 'a b': 'c' } }, exitCode: 4 },
    {
      title: 'a manifest without a name',
      given: { ...work, manifests: [{ apiVersion: 'v1', kind: 'ConfigMap' }] },
      exitCode: 4,
    },
    { title: 'a manifest given twice', given: { ...work, manifests: [configMap, configMap] }, exitCode: 4 },
    { title: 'too much for one work', given: { ...work, manifests: [{ ...configMap, data: { big } }] }, exitCode: 4 },
    { title: 'a consumer that does not exist', given: work, consumer: 'typo', exitCode: 3 },
    { title: 'a consumer that cannot be', given: work, consumer: 'Bad_Name', exitCode: 2 },
    { title: "another source's work", given: { ...work, name: 'foreign' }, exitCode: 10 },
    {
      title: "a work that would lose another manager's manifest",
      given: { ...work, name: 'others', manifests: [{ ...configMap, metadata: { name: 'x', namespace: 'default' } }] },
      exitCode: 10,
    },
  ])('$title ends alike, whoever asks, and nothing is sent', async ({ given, consumer = 'c1', exitCode }) => {
    const before = maestro.publishes().length;
    const cli = async (...argv: readonly string[]): Promise<number> =>
      (
        await runCli(['apply', '-f', '-', `--consumer=${consumer}`, ...argv], {
          endpoints: maestro,
          stdin: documentOf(given),
        })
      ).exitCode;
    const answers: Answers = {
      'the command': await cli(),
      // A fleet of one: over more, the others would do well.
      'the command over a fleet': await cli('--max-failures=1'),
      'a call of the library': await codeOf(() => client.works(consumer).apply(given)),
      'a call of the library for many': await ofMany((onOutcome) =>
        client.applyMany([{ op: 'apply', consumer, work: given }], { onOutcome }),
      ),
    };
    expect(answers).toEqual(all(exitCode));
    expect(maestro.publishes()).toHaveLength(before);
  });
});

describe('a delete of what cannot be', () => {
  it.each<{ title: string; name: string; consumer?: string; exitCode: number }>([
    { title: 'a consumer that does not exist', name: 'w', consumer: 'typo', exitCode: 3 },
    { title: 'a consumer that cannot be', name: 'w', consumer: 'Bad_Name', exitCode: 2 },
    { title: 'a name that cannot be', name: 'Bad_Name', exitCode: 2 },
    { title: 'a name that no search takes', name: 'a\\b', exitCode: 2 },
    { title: 'no name', name: '', exitCode: 2 },
    { title: "another source's work", name: 'foreign', exitCode: 10 },
    { title: "another manager's manifests", name: 'others', exitCode: 10 },
    { title: 'no work, which is no mistake', name: 'none', exitCode: 0 },
    { title: 'no work of a name with dots, which other tools write', name: 'a.b', exitCode: 0 },
  ])('$title ends alike, whoever asks, and nothing is sent', async ({ name, consumer = 'c1', exitCode }) => {
    const before = maestro.publishes().length;
    const cli = async (...argv: readonly string[]): Promise<number> =>
      (
        await runCli(['delete', `--name=${name}`, `--consumer=${consumer}`, ...argv], {
          endpoints: maestro,
          files: { list: `${consumer}\n` },
        })
      ).exitCode;
    const answers: Answers = {
      'the command': await cli(),
      'the command over a fleet': (
        await runCli(['delete', `--name=${name}`, '--consumers-from=list', '-y'], {
          endpoints: maestro,
          files: { list: `${consumer}\n` },
        })
      ).exitCode,
      'a call of the library': await codeOf(() => client.works(consumer).delete(name)),
      'a call of the library for many': await ofMany((onOutcome) =>
        client.deleteMany([{ consumer, name }], { onOutcome }),
      ),
    };
    expect(answers).toEqual(all(exitCode));
    expect(maestro.publishes()).toHaveLength(before);
  });
});

describe('the library', () => {
  it('takes works without labels, annotations and configs, as programs without types write them', async () => {
    const bare = { name: 'bare', manifests: [configMap] };
    expect(await client.works('c1').apply(bare)).toMatchObject({ operation: 'created' });
    expect(
      await client.works('c1').apply({ ...bare, labels: null, manifestConfigs: null } as unknown as ManifestWork),
    ).toMatchObject({ operation: 'unchanged' });
    expect(await client.applyMany([{ op: 'apply', consumer: 'c2', work: bare }])).toMatchObject({
      created: 1,
      failed: 0,
    });
  });

  const odd: readonly unknown[] = [
    undefined,
    null,
    7,
    'w',
    [],
    {},
    { name: 7, manifests: [] },
    { name: 'w' },
    { name: 'w', manifests: {} },
    { name: 'w', manifests: [null] },
    { ...work, labels: 'x' },
    { ...work, annotations: { a: 1 } },
    { ...work, manifestConfigs: [7] },
    { ...work, deleteOption: 'Orphan' },
    { ...work, executor: [] },
    { ...work, namespace: 7 },
  ];
  it.each(odd.map((given) => ({ given })))('throws nothing but a MaestroError, also for $given', async ({ given }) => {
    const before = maestro.publishes().length;
    expect(await codeOf(() => client.works('c1').apply(given as ManifestWork))).toBe(4);
    expect(
      await ofMany((onOutcome) =>
        client.applyMany([{ op: 'apply', consumer: 'c1', work: given as ManifestWork }], { onOutcome }),
      ),
    ).toBe(4);
    expect(maestro.publishes()).toHaveLength(before);
  });

  it('goes on after what is no task', async () => {
    const outcomes: FleetOutcome[] = [];
    const tasks = [
      null,
      7,
      { op: 'delete', consumer: 'c1' },
      { op: 'delete', name: 'w' },
      { op: 'sing' },
      { op: 'apply', consumer: 'c2', work: { ...work, name: 'after' } },
    ];
    const progress = await client.applyMany(tasks as never, { onOutcome: (outcome) => outcomes.push(outcome) });
    expect(progress).toMatchObject({ created: 1 });
    expect(
      outcomes
        .filter(({ outcome }) => outcome.exitCode !== 0)
        .map(({ outcome }) => outcome.exitCode)
        .every((code) => code === 2 || code === 4),
    ).toBe(true);
  });

  const shown = (given: unknown): string => JSON.stringify(given) ?? 'nothing';
  it.each<{ title: string; call: () => Promise<unknown> }>([
    { title: 'get', call: () => client.works('c1').get(undefined as never) },
    { title: 'delete', call: () => client.works('c1').delete(undefined as never) },
    { title: 'wait', call: () => client.works('c1').wait('w', undefined as never) },
    { title: 'works of no consumer', call: () => client.works(undefined as never).apply(work) },
    {
      title: 'a watch',
      call: async () =>
        client
          .watch({ selector: 7 as never })
          [Symbol.asyncIterator]()
          .next(),
    },
    { title: 'a client of nothing', call: () => createMaestroClient(undefined as never) },
    { title: 'many of nothing', call: () => client.applyMany(undefined as never) },
    ...odd.flatMap((given) => [
      { title: `get with ${shown(given)}`, call: () => client.works('c1').get('w', given as never) },
      { title: `get of ${shown(given)}`, call: () => client.works('c1').get(given as never) },
      { title: `list with ${shown(given)}`, call: () => drain(client.works('c1').list(given as never)) },
      { title: `list of ${shown(given)}`, call: () => drain(client.works(given as never).list()) },
      { title: `delete with ${shown(given)}`, call: () => client.works('c1').delete('none', given as never) },
      { title: `wait with ${shown(given)}`, call: () => client.works('c1').wait('none', 'Deleted', given as never) },
      {
        title: `wait for ${shown(given)}`,
        call: () => client.works('c1').wait('none', given as never, { timeoutMs: 1 }),
      },
      { title: `apply with ${shown(given)}`, call: () => client.works('c2').apply(work, given as never) },
      { title: `consumers with ${shown(given)}`, call: () => drain(client.consumers(given as never)) },
      { title: `applyMany of ${shown(given)}`, call: () => client.applyMany(given as never) },
      { title: `applyMany with ${shown(given)}`, call: () => client.applyMany([], given as never) },
      { title: `rollOut of ${shown(given)}`, call: () => client.rollOut(given as never) },
      {
        title: `rollOut to ${shown(given)}`,
        call: () => client.rollOut({ works: work, consumers: given as never, dryRun: true }),
      },
      {
        title: `rollOut by ${shown(given)}`,
        call: () => client.rollOut({ works: work, consumers: ['c2'], strategy: given as never, dryRun: true }),
      },
      { title: `a client of ${shown(given)}`, call: () => createMaestroClient(given as never) },
      ...(['signal', 'timeoutMs', 'via', 'selector', 'merge'] as const).map((name) => ({
        title: `${name} of ${shown(given)}`,
        call: async () => {
          await client.works('c2').apply(work, { [name]: given });
          await drain(client.works('c2').list({ [name]: given }));
        },
      })),
    ]),
  ])('takes it or throws a MaestroError that is no bug of ours: $title', async ({ call }) => {
    expect(await codeOf(call)).not.toBe(70);
  });

  it.each<{ title: string; call: () => unknown }>([
    { title: 'an option', call: () => client.works('c1').get('w', { timeoutMs: '30s' as never }) },
    { title: 'options', call: () => client.works('c1').apply(work, 'now' as never) },
    { title: 'a signal', call: () => client.works('c1').apply(work, { signal: {} as never }) },
    { title: 'a name', call: () => client.works('c1').get(7 as never) },
    { title: 'an expression', call: () => client.works('c1').wait('w', 7 as never) },
    { title: 'tasks', call: () => client.applyMany(7 as never) },
    { title: 'a request', call: () => client.rollOut('w' as never) },
  ])('calls what has the wrong type invalid input: $title', async ({ call }) => {
    expect(await codeOf(async () => call())).toBe(4);
  });

  it.each<{ title: string; call: (signal: AbortSignal) => Promise<unknown> }>([
    { title: 'get', call: (signal) => client.works('c1').get('others', { signal }) },
    { title: 'apply', call: (signal) => client.works('c1').apply(work, { signal }) },
    { title: 'apply that waits', call: (signal) => client.works('c1').apply(work, { signal, wait: 'Applied' }) },
    { title: 'delete', call: (signal) => client.works('c1').delete('others', { signal }) },
    { title: 'wait', call: (signal) => client.works('c1').wait('others', 'Deleted', { signal }) },
    { title: 'list', call: (signal) => drain(client.works('c1').list({ signal })) },
    { title: 'consumers', call: (signal) => drain(client.consumers({ signal })) },
    { title: 'a watch', call: (signal) => drain(client.watch({ signal })) },
  ])('rejects with a MaestroError whose cause is the reason of the signal: $title', async ({ call }) => {
    const reason = new Error('enough');
    const error: unknown = await call(AbortSignal.abort(reason)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(MaestroError);
    expect(error).toMatchObject({ code: 'interrupted', exitCode: 130, retryable: true, cause: reason });
  });
});
