import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { connectMaestro } from '../../../src/clients/connect.ts';
import { parseGrpcEndpoint, parseHttpEndpoint } from '../../../src/clients/connection.ts';
import type { WorkRequest } from '../../../src/clients/transport.ts';
import { parseFor } from '../../support/parse-for.ts';
import { deleteCommand } from '../../../src/commands/delete/command.ts';
import type { Maestro } from '../../../src/context.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { executorAnnotation, managersAnnotation } from '../../../src/core/works/own-annotations.ts';
import { systemClock } from '../../../src/clock.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { usageErrorOf } from '../../command-line/support.ts';
import { until } from '../../support/process.ts';
import { runCli, type CliOptions, type CliRun } from '../../support/run-cli.ts';
import { resultOf } from '../support/result.ts';

let standIn: StandIn;
let raw: Maestro;
beforeAll(async () => {
  standIn = await startStandIn({
    consumers: ['c1', 'offline', 'sleepy'],
    agent: { delayMs: 5, deleteDelayMs: 5 },
    agents: { offline: { online: false } },
  });
  raw = await connectMaestro(
    {
      grpcEndpoint: parseGrpcEndpoint(`grpc://${standIn.grpcEndpoint}`, { plaintext: true }),
      httpEndpoint: parseHttpEndpoint(standIn.httpEndpoint),
      insecureSkipVerify: false,
      grpcTls: {},
      httpTls: {},
      allowPlaintextToken: false,
      proxy: {},
    },
    { clock: systemClock, random: () => 0.5 },
  );
});
afterAll(async () => {
  await raw.close();
  await standIn.close();
});

const run = (argv: readonly string[], options: CliOptions = {}): Promise<CliRun> =>
  runCli(argv, { endpoints: standIn, ...options });
const holding = (text: string): unknown => expect.stringContaining(text);
const line = (name: string, text: string): string => `manifestwork.work.open-cluster-management.io/${name} ${text}\n`;
const callOptions = (): { signal: AbortSignal; deadlineMs: number } => ({
  signal: new AbortController().signal,
  deadlineMs: systemClock.monotonicMs() + 10_000,
});

const configMap = (name: string, value = 'one', namespace = 'default'): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { value },
});
const deployment: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
  },
};
const clusterRole: JsonObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'system:view' },
  rules: [],
};
const configOf = (name: string): JsonObject => ({
  resourceIdentifier: { group: '', resource: 'configmaps', namespace: 'default', name },
  updateStrategy: { type: 'CreateOnly' },
});
const executor = { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'default', name: 'deployer' } } };

/** Stores a work as some manager and, where an agent is there, waits for it. */
async function store(
  name: string,
  manifests: readonly JsonObject[],
  argv: readonly string[] = [],
  spec: JsonObject = {},
  consumer = 'c1',
): Promise<void> {
  const document = {
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'ManifestWork',
    metadata: { name },
    spec: { workload: { manifests }, ...spec },
  };
  const done = await run(['apply', '-f', '-', `--consumer=${consumer}`, ...argv], { stdin: JSON.stringify(document) });
  expect(done.exitCode, done.stderr).toBe(0);
}

interface Document {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly workload: { readonly manifests: readonly JsonObject[] };
    readonly manifestConfigs?: readonly JsonObject[];
    readonly executor?: JsonObject;
    readonly deleteOption?: JsonObject;
  };
}
async function stored(name: string, consumer = 'c1'): Promise<Document> {
  return parse((await run(['get', `--name=${name}`, `--consumer=${consumer}`, '-o', 'yaml'])).stdout) as Document;
}
const namesOf = (document: Document): readonly string[] =>
  document.spec.workload.manifests.map((manifest) => (manifest['metadata'] as { name: string }).name);

/** Whether the stored executor is exactly this one, by the only question that REST answers about it. */
async function hasExecutor(name: string): Promise<boolean> {
  const where = { ids: [bundleId('maestro-cli', 'c1', name)], executor };
  for await (const page of raw.reader.listBundles({ where }, callOptions())) if (page.length > 0) return true;
  return false;
}

async function sentBy(doing: () => Promise<CliRun>): Promise<readonly [CliRun, readonly string[]]> {
  const before = standIn.publishes().length;
  const done = await doing();
  return [done, sentSince(before)];
}
const sentSince = (before: number): readonly string[] =>
  standIn
    .publishes()
    .slice(before)
    .map(({ type, version }) => `${type.split('.').at(-1)} ${version}`);

const target = (name: string, consumer = 'c1'): WorkRequest['target'] => ({
  id: bundleId('maestro-cli', consumer, name),
  consumer,
  source: 'maestro-cli',
});

/** A work with an executor of which nothing is recorded, as other tools write it. */
async function storeUnreadable(name: string, consumer = 'c1'): Promise<void> {
  const work = {
    name,
    labels: {},
    annotations: {},
    manifests: [configMap('a'), configMap('b')],
    manifestConfigs: [],
    executor,
  };
  await raw.writer.publish({ kind: 'create', target: target(name, consumer), work }, callOptions());
}

const objectsOf = (consumer: string, name: string): readonly unknown[] =>
  standIn.objects(consumer).filter(({ manifest }) => (manifest['metadata'] as { name: string }).name === name);

describe('argv', () => {
  const named = ['--name=w', '--consumer=c1'];
  it.each([
    {
      argv: [...named],
      options: { resources: [], orphan: false, force: false, watch: false, dryRun: false, timeoutMs: 30_000 },
    },
    { argv: [...named, '--all', '--wait'], options: { resources: [], watch: true, timeoutMs: 270_000 } },
    { argv: [...named, '--orphan'], options: { orphan: true, timeoutMs: 270_000 } },
    { argv: [...named, '--all', '--force'], options: { resources: [], force: true } },
    {
      argv: [...named, '--resource=ConfigMap/a', '--resource', 'Job.batch/ns/b'],
      options: {
        resources: [
          { resourceKind: 'ConfigMap', name: 'a' },
          { resourceKind: 'Job', group: 'batch', namespace: 'ns', name: 'b' },
        ],
      },
    },
  ])('$argv', ({ argv, options }) => {
    expect(parseFor(deleteCommand, argv)).toMatchObject(options);
  });

  it.each([
    { argv: [...named, '--all', '--resource=ConfigMap/a'], message: '--all and --resource contradict each other' },
    {
      argv: [...named, '--orphan', '--resource=ConfigMap/a'],
      message: '--orphan is about whole works; it cannot be given with --resource',
    },
    { argv: [...named, '--resource='], message: /^--resource takes Kind/ },
    { argv: [...named, '--resource=/a'], message: /^--resource takes Kind/ },
    { argv: [...named, '--resource=ConfigMap'], message: /^--resource takes Kind/ },
    { argv: [...named, '--resource=a/b/c/d'], message: /^--resource takes Kind/ },
    { argv: [...named, '--resource=all ConfigMap/a'], message: /^--resource takes Kind/ },
    { argv: [...named, '--resource=ConfigMap/a OR Job'], message: /^--resource takes Kind/ },
  ])('$argv is a usage error', ({ argv, message }) => {
    expect(usageErrorOf(() => parseFor(deleteCommand, argv)).message).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });
});

describe('--resource', () => {
  const everything = [configMap('a'), configMap('a', 'two', 'kube-public'), configMap('b'), deployment, clusterRole];
  it.each(
    [
      { selector: 'ConfigMap/b', left: ['a', 'a', 'web', 'system:view'] },
      { selector: 'configmap/b', left: ['a', 'a', 'web', 'system:view'] },
      { selector: 'ConfigMap/a', left: ['b', 'web', 'system:view'] },
      { selector: 'ConfigMap/kube-public/a', left: ['a', 'b', 'web', 'system:view'] },
      { selector: 'Deployment/web', left: ['a', 'a', 'b', 'system:view'] },
      { selector: 'Deployment.apps/web', left: ['a', 'a', 'b', 'system:view'] },
      { selector: 'Deployment.apps/default/web', left: ['a', 'a', 'b', 'system:view'] },
      { selector: 'ClusterRole.rbac.authorization.k8s.io/"system:view"', left: ['a', 'a', 'b', 'web'] },
    ].map((row, index) => ({ ...row, name: `select-${index}` })),
  )('$selector takes out what it names', async ({ selector, left, name }) => {
    await store(name, everything);
    const [done, sent] = await sentBy(() => run(['delete', `--name=${name}`, '-c', 'c1', `--resource=${selector}`]));
    expect(done, done.stderr).toMatchObject({ exitCode: 0, stdout: holding('updated without ') });
    expect(sent).toEqual(['update_request 1']);
    expect(namesOf(await stored(name))).toEqual(left);
  });

  it('takes several selectors, and several works', async () => {
    for (const name of ['both-1', 'both-2']) await store(name, everything);
    const done = await run([
      'delete',
      '--name=both-1',
      '--name=both-2',
      '-c',
      'c1',
      '--resource=ConfigMap/a',
      '--resource=ConfigMap/b',
    ]);
    expect(done.exitCode, done.stderr).toBe(0);
    for (const name of ['both-1', 'both-2']) expect(namesOf(await stored(name))).toEqual(['web', 'system:view']);
  });

  it('removes the objects, keeps the rest, and waits for that with --watch', async () => {
    await store('watched', [configMap('stays'), configMap('goes')], ['--watch']);
    expect(objectsOf('c1', 'goes')).toHaveLength(1);
    const done = await run([
      'delete',
      '--name=watched',
      '-c',
      'c1',
      '--resource=ConfigMap/default/goes',
      '--watch',
      '--results-path=result.json',
    ]);
    expect(done, done.stderr).toMatchObject({
      exitCode: 0,
      stdout: holding(line('watched', 'updated without ConfigMap/default/goes (version 2)')),
    });
    expect(resultOf(done)).toMatchObject({ manifestWorkName: 'watched', status: 'Applied' });
    expect(objectsOf('c1', 'goes')).toEqual([]);
    expect(objectsOf('c1', 'stays')).toHaveLength(1);
  });

  it('is a success that sends nothing when there is nothing to take out', async () => {
    await store('absent', [configMap('a')]);
    const [done, sent] = await sentBy(() =>
      run([
        'delete',
        '--name=absent',
        '-c',
        'c1',
        '--resource=ConfigMap/gone',
        '--results-path=result.json',
        '--results-format=adapter-result',
      ]),
    );
    expect(done).toMatchObject({
      exitCode: 0,
      stdout: line('absent', 'has none of these manifests, nothing to delete'),
    });
    expect(resultOf(done)).toMatchObject({ status: 'success', reason: 'NotFound' });
    expect(sent).toEqual([]);
    const [noWork, sentNothing] = await sentBy(() =>
      run(['delete', '--name=nobody', '-c', 'c1', '--resource=ConfigMap/gone']),
    );
    expect(noWork).toMatchObject({ exitCode: 0, stdout: line('nobody', 'not found, nothing to delete') });
    expect(sentNothing).toEqual([]);
  });

  it('waits at a second try, too, for the agent that was away at the first, and claims nothing before it came', async () => {
    await store('tried', [configMap('tried-goes'), configMap('tried-stays')], ['--watch'], {}, 'sleepy');
    const argv = ['delete', 'tried', '-c', 'sleepy', '--resource=ConfigMap/tried-goes', '--results-path=result.json'];
    standIn.setAgent('sleepy', { online: false });
    try {
      const [first, sent] = await sentBy(() => run([...argv, '--watch', '--timeout=2s']));
      expect(first).toMatchObject({
        exitCode: 6,
        stderr: holding('go on waiting with: maestro-cli wait tried -c sleepy --for=Applied\n'),
      });
      expect(sent).toEqual(['update_request 1']);
      const [second, sentAgain] = await sentBy(() => run([...argv, '--watch', '--timeout=2s']));
      expect(second).toMatchObject({ exitCode: 6 });
      expect(resultOf(second)).toMatchObject({ status: 'InProgress', message: holding('timed out') });
      const looked = await run(argv);
      expect(looked).toMatchObject({ exitCode: 0 });
      expect(resultOf(looked)).toMatchObject({
        status: 'InProgress',
        message: holding('the work has none of these manifests (version 2), not yet seen applied'),
      });
      expect(sentAgain).toEqual([]);
      expect(objectsOf('sleepy', 'tried-goes')).toHaveLength(1);
    } finally {
      standIn.setAgent('sleepy', { online: true });
    }
    const last = await run([...argv, '--watch']);
    expect(last, last.stderr).toMatchObject({ exitCode: 0 });
    expect(resultOf(last)).toMatchObject({ status: 'Applied' });
    expect(objectsOf('sleepy', 'tried-goes')).toEqual([]);
    expect(resultOf(await run(argv))).toMatchObject({ status: 'Applied', message: holding('(version 2), applied') });
  });

  it.each([{ watch: [] }, { watch: ['--watch'] }])(
    'tells one story of what another took out at the same moment $watch',
    async ({ watch }) => {
      const name = `same-moment-${watch.length}`;
      await store(name, [configMap('a'), configMap('b')]);
      const argv = ['delete', `--name=${name}`, '-c', 'c1', '--resource=ConfigMap/a'];
      const later = (output: string): Promise<CliRun> =>
        run([...argv, ...watch, '-o', output], {
          connect: async (settings) => {
            const opened = await connectMaestro(settings, { clock: systemClock, random: () => 0.5 });
            const publish: Maestro['writer']['publish'] = async (request, options) => {
              await run(argv);
              await opened.writer.publish(request, options);
            };
            return { ...opened, writer: { ...opened.writer, publish } };
          },
        });
      const printed = await later('json');
      expect(printed.exitCode, printed.stderr).toBe(0);
      expect(JSON.parse(printed.stdout)).toMatchObject({ works: [{ operation: 'unchanged', version: 2 }] });
      await store(name, [configMap('a'), configMap('b')]);
      expect(await later('text')).toMatchObject({
        exitCode: 0,
        stdout: line(name, 'is without ConfigMap/default/a (version 4)'),
      });
    },
  );

  it('does not empty a work', async () => {
    await store('last', [configMap('a'), configMap('b')]);
    const [done, sent] = await sentBy(() =>
      run(['delete', '--name=last', '-c', 'c1', '--resource=ConfigMap/a', '--resource=ConfigMap/b']),
    );
    expect(done).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: holding('To delete the whole work, leave --resource out'),
    });
    expect(sent).toEqual([]);
  });

  it("leaves another manager's manifests alone, unless forced", async () => {
    await store('others', [configMap('theirs')], ['--manager=nodepool']);
    await store('others', [configMap('mine')], ['--manager=idp', '--merge']);
    const argv = ['delete', '--name=others', '-c', 'c1', '--manager=idp', '--resource=ConfigMap/theirs'];
    const [refused, sent] = await sentBy(() => run(argv));
    expect(refused).toMatchObject({
      exitCode: 10,
      stdout: '',
      stderr: holding('ConfigMap/default/theirs of nodepool would be removed'),
    });
    expect(sent).toEqual([]);
    const forced = await run([...argv, '--force']);
    expect(forced, forced.stderr).toMatchObject({ exitCode: 0 });
    const after = await stored('others');
    expect(namesOf(after)).toEqual(['mine']);
    expect(after.metadata.annotations).toEqual({ [managersAnnotation]: '{"idp":["ConfigMap/default/mine"]}' });
  });

  it("removes one's own and keeps the owners of the rest", async () => {
    await store('owners', [configMap('theirs')], ['--manager=nodepool']);
    await store('owners', [configMap('mine'), configMap('also')], ['--manager=idp', '--merge']);
    expect(
      await run(['delete', '--name=owners', '-c', 'c1', '--manager=idp', '--resource=ConfigMap/mine']),
    ).toMatchObject({ exitCode: 0 });
    expect((await stored('owners')).metadata.annotations).toEqual({
      [managersAnnotation]: '{"idp":["ConfigMap/default/also"],"nodepool":["ConfigMap/default/theirs"]}',
    });
  });

  it('takes the options that are about it alone, and no others', async () => {
    await store('options', [configMap('a'), configMap('b')], [], {
      manifestConfigs: [configOf('a'), configOf('b'), configOf('*')],
      deleteOption: { propagationPolicy: 'Orphan' },
    });
    await run(['delete', '--name=options', '-c', 'c1', '--resource=ConfigMap/a']);
    expect((await stored('options')).spec).toMatchObject({
      manifestConfigs: [configOf('b'), configOf('*')],
      deleteOption: { propagationPolicy: 'Orphan' },
    });
  });

  it('sends nothing in a dry run, and refuses there what it would refuse', async () => {
    await store('dry', [configMap('a'), configMap('b')]);
    const [done, sent] = await sentBy(() =>
      run(['delete', '--name=dry', '-c', 'c1', '--resource=ConfigMap/a', '--dry-run']),
    );
    expect(done).toMatchObject({
      exitCode: 0,
      stdout: line('dry', 'would lose ConfigMap/default/a (dry run, nothing sent)'),
    });
    expect(
      await run(['delete', '--name=dry', '-c', 'c1', '--manager=idp', '--resource=ConfigMap/a', '--dry-run']),
    ).toMatchObject({ exitCode: 10 });
    expect(sent).toEqual([]);
  });

  it('keeps the executor, recorded and stored', async () => {
    await store('executed', [configMap('a'), configMap('b')], [], { executor });
    expect(await run(['delete', '--name=executed', '-c', 'c1', '--resource=ConfigMap/a'])).toMatchObject({
      exitCode: 0,
    });
    expect((await stored('executed')).metadata.annotations).toHaveProperty([executorAnnotation]);
    expect(await hasExecutor('executed')).toBe(true);
  });

  it('refuses to strip an executor that nobody can show', async () => {
    await storeUnreadable('unreadable');
    const [done, sent] = await sentBy(() => run(['delete', '--name=unreadable', '-c', 'c1', '--resource=ConfigMap/a']));
    expect(done).toMatchObject({ exitCode: 10, stdout: '', stderr: holding('an executor that Maestro does not show') });
    expect(sent).toEqual([]);
    expect(await hasExecutor('unreadable')).toBe(true);
  });

  it('changes nothing of a work that is being deleted', async () => {
    await store('going', [configMap('a'), configMap('b')], [], {}, 'offline');
    await run(['delete', '--name=going', '-c', 'offline']);
    const [done, sent] = await sentBy(() => run(['delete', '--name=going', '-c', 'offline', '--resource=ConfigMap/a']));
    expect(done).toMatchObject({ exitCode: 5, stdout: '' });
    expect(sent).toEqual([]);
  });

  it('is under the version that was read', async () => {
    await store('raced', [configMap('a'), configMap('b')]);
    const [done] = await sentBy(() =>
      run(['delete', '--name=raced', '-c', 'c1', '--resource=ConfigMap/a'], {
        connect: async (settings) => {
          const opened = await connectMaestro(settings, { clock: systemClock, random: () => 0.5 });
          return {
            ...opened,
            writer: {
              ...opened.writer,
              publish: async (request, options) => {
                await store('raced', [configMap('c')], ['--manager=nodepool', '--merge']);
                await opened.writer.publish(request, options);
              },
            },
          };
        },
      }),
    );
    expect(done).toMatchObject({ exitCode: 5, stdout: '' });
    expect(namesOf(await stored('raced'))).toEqual(['a', 'b', 'c']);
  });
});

describe('--orphan', () => {
  it.each([{ watch: [] }, { watch: ['--watch'] }])(
    'lets go first, deletes once that is applied, and leaves the objects there $watch',
    async ({ watch }) => {
      const name = watch.length > 0 ? 'orphan-watched' : 'orphan';
      await store(name, [configMap(name)], ['--watch']);
      const before = objectsOf('c1', name);
      const at = standIn.publishes().length;
      const done = await run([
        'delete',
        `--name=${name}`,
        '-c',
        'c1',
        '--orphan',
        ...watch,
        '--results-path=result.json',
      ]);
      expect(done, done.stderr).toMatchObject({
        exitCode: 0,
        stdout: holding('its objects stay on the cluster (orphaned at version 2)'),
      });
      expect(sentSince(at)).toEqual(['update_request 1', 'delete_request 2']);
      await run(['wait', `--name=${name}`, '-c', 'c1', '--for=Deleted', '--timeout=10s']);
      expect(objectsOf('c1', name)).toEqual(before.map((object) => ({ ...(object as object), owners: [] })));
      expect(resultOf(done)).toMatchObject({ status: watch.length > 0 ? 'Applied' : 'InProgress' });
    },
  );

  it('deletes the objects without it', async () => {
    await store('not-orphan', [configMap('not-orphan')], ['--watch']);
    expect(objectsOf('c1', 'not-orphan')).toHaveLength(1);
    await run(['delete', '--name=not-orphan', '-c', 'c1', '--watch']);
    expect(objectsOf('c1', 'not-orphan')).toEqual([]);
  });

  it('sends the delete only after the agent has applied the update', async () => {
    await store('ordered', [configMap('ordered')], ['--watch'], {}, 'sleepy');
    standIn.setAgent('sleepy', { online: false });
    const at = standIn.publishes().length;
    let reads = 0;
    const running = run(['delete', '--name=ordered', '-c', 'sleepy', '--orphan'], {
      connect: async (settings) => {
        const opened = await connectMaestro(settings, { clock: systemClock, random: () => 0.5 });
        const getBundles: Maestro['reader']['getBundles'] = (ids, options) => {
          reads += 1;
          return opened.reader.getBundles(ids, options);
        };
        return { ...opened, reader: { ...opened.reader, getBundles } };
      },
    });
    await until('the update is sent', () => sentSince(at).length > 0);
    const readsThen = reads;
    await until('two more reads', () => reads >= readsThen + 2);
    expect(sentSince(at)).toEqual(['update_request 1']);
    standIn.setAgent('sleepy', { online: true });
    expect(await running).toMatchObject({ exitCode: 0 });
    expect(sentSince(at)).toEqual(['update_request 1', 'delete_request 2']);
  });

  it('deletes nothing when the agent is away: exit 6', async () => {
    await store('away', [configMap('away')], [], {}, 'offline');
    const [done, sent] = await sentBy(() =>
      run([
        'delete',
        '--name=away',
        '-c',
        'offline',
        '--orphan',
        '--timeout=2s',
        '--results-path=result.json',
        '--results-format=adapter-result',
      ]),
    );
    expect(done).toMatchObject({ exitCode: 6, stdout: '' });
    expect(sent).toEqual(['update_request 1']);
    expect(resultOf(done)).toMatchObject({ status: 'failure', reason: 'Timeout' });
    const [again, sentAgain] = await sentBy(() =>
      run(['delete', '--name=away', '-c', 'offline', '--orphan', '--timeout=2s']),
    );
    expect(again).toMatchObject({ exitCode: 6 });
    expect(sentAgain).toEqual([]);
  });

  it('lets no agent that is away keep another work from being orphaned and deleted', async () => {
    await store('first-away', [configMap('first-away')], [], {}, 'offline');
    await store('then-there', [configMap('then-there')], ['--watch']);
    const ids = [bundleId('maestro-cli', 'offline', 'first-away'), bundleId('maestro-cli', 'c1', 'then-there')];
    const done = await run([
      'delete',
      ...ids.map((id) => `--id=${id}`),
      '--orphan',
      '--watch',
      '--timeout=3s',
      '-o',
      'json',
    ]);
    expect(done.exitCode, done.stderr).toBe(6);
    expect(JSON.parse(done.stdout)).toMatchObject({
      works: [
        { name: 'first-away', phase: 'Failed', reason: 'Timeout', message: holding('nothing was deleted') },
        { name: 'then-there', phase: 'Applied', reason: 'Deleted' },
      ],
    });
    expect(objectsOf('c1', 'then-there')).toHaveLength(1);
  });

  it('deletes nothing when somebody wrote something else meanwhile: exit 5', async () => {
    await store('superseded', [configMap('superseded')], [], {}, 'offline');
    const at = standIn.publishes().length;
    const running = run(['delete', '--name=superseded', '-c', 'offline', '--orphan', '--timeout=20s']);
    await until('the update is sent', () => sentSince(at).length > 0);
    await store('superseded', [configMap('superseded', 'changed')], [], {}, 'offline');
    expect(await running).toMatchObject({ exitCode: 5, stdout: '' });
    expect(sentSince(at)).toEqual(['update_request 1', 'update_request 2']);
  });

  it('names the work once for scripts', async () => {
    await store('named-once', [configMap('named-once')], ['--watch']);
    expect(await run(['delete', '--name=named-once', '-c', 'c1', '--orphan', '-o', 'name'])).toMatchObject({
      exitCode: 0,
      stdout: 'manifestwork.work.open-cluster-management.io/named-once\n',
    });
  });

  it('goes straight to the delete when the objects are let go already', async () => {
    await store('already', [configMap('already')], ['--watch'], { deleteOption: { propagationPolicy: 'Orphan' } });
    const [done, sent] = await sentBy(() => run(['delete', '--name=already', '-c', 'c1', '--orphan', '--watch']));
    expect(done).toMatchObject({ exitCode: 0, stdout: holding('orphaned at version 1') });
    expect(sent).toEqual(['delete_request 1']);
    expect(objectsOf('c1', 'already')).toHaveLength(1);
  });

  it('keeps the executor in the update that lets go', async () => {
    await store('executed-orphan', [configMap('executed-orphan')], [], { executor }, 'c1');
    standIn.setAgent('c1', { online: false });
    try {
      expect(await run(['delete', '--name=executed-orphan', '-c', 'c1', '--orphan', '--timeout=2s'])).toMatchObject({
        exitCode: 6,
      });
    } finally {
      standIn.setAgent('c1', { online: true });
    }
    const after = await stored('executed-orphan');
    expect(after.spec).toMatchObject({ executor, deleteOption: { propagationPolicy: 'Orphan' } });
    expect(await hasExecutor('executed-orphan')).toBe(true);
  });

  it('refuses to strip an executor that nobody can show', async () => {
    await storeUnreadable('unreadable-orphan');
    const [done, sent] = await sentBy(() => run(['delete', '--name=unreadable-orphan', '-c', 'c1', '--orphan']));
    expect(done).toMatchObject({ exitCode: 10, stdout: '' });
    expect(sent).toEqual([]);
  });

  it('sends nothing in a dry run', async () => {
    await store('orphan-dry', [configMap('orphan-dry')]);
    const [done, sent] = await sentBy(() => run(['delete', '--name=orphan-dry', '-c', 'c1', '--orphan', '--dry-run']));
    expect(done).toMatchObject({ exitCode: 0, stdout: holding('dry run, nothing sent') });
    expect(sent).toEqual([]);
  });
});

it('refuses kubectl’s plural, which would read as if the object were gone, and says what to write', async () => {
  await store('plural', [configMap('a'), configMap('b')]);
  const refused = await run([
    'delete',
    '--name=plural',
    '--consumer=c1',
    '--resource=ConfigMap/b',
    '--resource=configmaps/a',
  ]);
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
  expect(refused.stderr).toContain('configmaps/a matches no manifest of plural');
  expect(refused.stderr).toContain('Did you mean ConfigMap/a?');
  expect(namesOf(await stored('plural'))).toEqual(['a', 'b']);
});
