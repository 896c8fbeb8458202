import { printBaseline } from '../../src/commands/gitops/baseline/output.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outputDocuments } from '../../scripts/output-schemas/documents.ts';
import { createPinoLog } from '../../src/gitops/run/pino-log.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { publishedSchemas, schemaFaults, type SeenDocument } from '../support/output-schemas.ts';
import { emptyFolder, runCli, type CliOptions, type CliRun } from '../support/run-cli.ts';
import { deliver, healthyHubServer, hubApplication } from '../gitops/check/healthy-world.ts';
import { handoverDocuments } from './support/handover-documents.ts';
import { propertiesIn, propertiesOf } from './support/properties.ts';

/*
 * `runCli` holds all that a run writes for programs to its schema, whatever a test is about. These runs are chosen so
 * that between them every schema is met, and every property of it is seen.
 */

let maestro: StandIn;
beforeAll(async () => {
  maestro = await startStandIn({
    consumers: ['c1', 'c2', 'offline', { name: 'labelled', labels: { env: 'prod' } }],
    heartbeatMs: 200,
    agent: {
      delayMs: 2,
      availableDelayMs: 2,
      deleteDelayMs: 2,
      feedback: { 'Application/*': { status: { sync: { status: 'Synced' } } } },
      failManifests: ['ConfigMap/default/refused*'],
      unavailableManifests: ['ConfigMap/default/slow*'],
    },
    agents: { offline: { online: false } },
  });
});
afterAll(() => maestro.close());

const cwd = emptyFolder();
/** What a Job may be started with. */
const started = {
  EVENT_ID: 'e-1',
  TRACEPARENT: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  TRACESTATE: 'vendor=value',
};
const seen: SeenDocument[] = [];

async function run(line: string, exitCode: number, options: CliOptions = {}): Promise<CliRun> {
  const done = await runCli(line.split(' '), { endpoints: maestro, cwd, ...options });
  expect(done.exitCode, `${line}\n${done.stderr}`).toBe(exitCode);
  seen.push(...done.documents);
  return done;
}

/** The outcome on standard output, and a result in both formats; what stands before each run is made anew. */
async function inEveryForm(
  line: string,
  exitCode: number,
  before: (format: string) => CliOptions | Promise<CliOptions> = () => ({}),
): Promise<void> {
  for (const format of ['status-result', 'adapter-result']) {
    const options = await before(format);
    await run(
      `${line.replaceAll('FORMAT', format)} -o json --results-path=${format}.json --results-format=${format}`,
      exitCode,
      options,
    );
  }
}

const named = (kind: string, name: string, more: object = {}): object => ({
  apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1',
  kind,
  metadata: { name, namespace: 'default' },
  ...more,
});
const configMap = (name: string): object => named('ConfigMap', name, { data: { key: 'one' } });
const pods = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } };
const deployment = (name: string): object =>
  named('Deployment', name, { spec: { selector: { matchLabels: { app: 'a' } }, template: pods } });
const list = (...items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
const whole = (name: string, manifests: readonly object[], spec: object = {}, metadata: object = {}): string =>
  JSON.stringify({
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'ManifestWork',
    metadata: { name, ...metadata },
    spec: { workload: { manifests }, ...spec },
  });
const executor = { executor: { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'a', name: 'b' } } } };
const feedback = {
  manifestConfigs: [
    {
      resourceIdentifier: { group: 'apps', resource: 'deployments', namespace: 'default', name: 'fed' },
      feedbackRules: [{ type: 'WellKnownStatus' }],
    },
  ],
};

/** Where versions are kept. */
const state = emptyFolder();

/** A test that is tried again finds what it left. */
let going = 0;

async function store(name: string, objects: readonly object[], more = ''): Promise<void> {
  await run(`apply -f - -c c1 --name=${name} --quiet${more}`, 0, { stdin: list(...objects) });
}

describe('outcomes', () => {
  test('of a write that takes manifests out, takes some from others, and brings what other works hold', async () => {
    const name = `going-${(going += 1)}`;
    await run(`apply -f - -c offline --name=${name} --quiet`, 0, { stdin: list(deployment('left')) });
    await run(`delete --name=${name} -c offline --quiet`, 0);
    for (const where of ['-c offline', '-c c1 -c labelled --watch --failure-grace=20s'])
      await inEveryForm(`apply -f - ${where} --name=w-FORMAT --force`, 0, async (format) => {
        for (const consumer of where.match(/(?<=-c )\w+/g) ?? []) {
          const mine = list(configMap(`a-${format}`), deployment(`a-${format}`));
          await run(`apply -f - -c ${consumer} --name=w-${format} --quiet --force`, 0, { stdin: mine });
          const theirs = list(configMap(`b-${format}`));
          const build = `build -f - -c ${consumer} --name=w-${format} --manager=other`;
          await run(`${build} --apply -o json`, 0, { stdin: theirs });
          await run(`apply -f - -c ${consumer} --name=beside --quiet`, 0, { stdin: list(deployment('left')) });
        }
        return { stdin: list(deployment('left')), env: started };
      });
  });

  test('of a wait that is met, with feedback, and of one of which the agent reports a fault', async () => {
    const stdin = whole('fed', [deployment('fed'), configMap('slow')], feedback);
    await inEveryForm('apply -f - -c c1 --watch=Deployment:ReadyReplicas>=0', 0, () => ({ stdin }));
    await inEveryForm('apply -f - -c c1 --name=bad --watch --failure-grace=0s', 7, () => ({
      stdin: list(configMap('refused')),
    }));
    await inEveryForm('wait --name=fed -c c1 --for=Applied', 0);
    await run('apply -f - -c c1 --name=foreseen --dry-run=server -o json', 0, { stdin: list(configMap('foreseen')) });
    await run('list -c c1 -v --log-format=json', 0);
  });

  test('of waits that are cut short', async () => {
    await run('apply -f - -c offline --name=late -o json --watch --timeout=300ms', 6, {
      stdin: list(configMap('late')),
    });
  });

  test('of a fleet, with a journal, and of a run with it again', async () => {
    const line = 'apply -f - -c c1 -c c2 --name=fleet --journal=journal.jsonl';
    await inEveryForm(line, 0, () => ({ stdin: list(configMap('fleet')) }));
    await run(`${line} -o json --watch --timeout=20s`, 0, { stdin: list(configMap('fleet')) });
    await run('apply -f - -c c1 -c c2 --name=fleet --dry-run -o json', 0, { stdin: list(configMap('fleet')) });
    await run('delete --name=fleet -c c1 -c c2 --dry-run -y -o json', 0);
    await inEveryForm('delete --name=fleet -c c1 -c c2 -y --watch', 0);
    const cut = 'apply -f - -c offline -c c1 --name=cut --waves=1 --watch --timeout=300ms --journal=cut.jsonl';
    await run(cut, 6, { stdin: list(configMap('cut')) });
  });

  test('of more works than a result file has room for', async () => {
    const names = Array.from({ length: 12_000 }, (_unused, number) => `cluster-${number}`).join('\n');
    await inEveryForm('apply -f - --consumers-from=names --name=many --dry-run', 0, () => ({
      stdin: list(configMap('many')),
      files: { names },
    }));
  });

  test('of what failed', async () => {
    await inEveryForm('apply -f none.yaml -c c1', 4);
    await inEveryForm('wait --name=none -c c1 --must-exist', 3);
    await store('theirs', [configMap('theirs')], ' --manager=other');
    await run('delete --name=theirs -c c1 -o json', 10);
  });
});

describe('stored works', () => {
  test('one, a list, and what is to be applied', async () => {
    const metadata = { labels: { app: 'a' }, annotations: { note: 'n' } };
    const spec = { ...feedback, ...executor, deleteOption: { propagationPolicy: 'Orphan' } };
    const stdin = whole('full', [deployment('fed')], spec, metadata);
    await run('apply -f - -c c1 --watch --quiet', 0, { stdin });
    await run('apply -f - -c offline --quiet', 0, { stdin });
    await run('delete --name=full -c offline --quiet', 0);
    for (const consumer of ['c1', 'offline']) {
      await run(`get --name=full -c ${consumer} -o json`, 0);
      await run(`describe --name=full -c ${consumer} -o json`, 0);
    }
    await run('list -A -o json', 0);
    await run('list -c c2 -l no=such -o json', 0);
    await run('list -A --watch -o json --timeout=500ms', 0);
    await run('build -f - -c c1 --name=new -o json', 0, { stdin: list(configMap('new')) });
  });

  test('kept versions of one, those that are not kept, and one of them', async () => {
    const name = `history-${(going += 1)}`;
    const secret = (value: string): object => named('Secret', 'db', { stringData: { value } });
    const keep = `apply -f - -c c1 --name=${name} --quiet`;
    for (const value of ['a', 'b', 'c', 'd', 'e']) {
      const more = value === 'b' ? ' --force' : ' --keep-history --manager=me --force';
      const objects = [secret('the same for all'), configMap(value)];
      await run(`${keep}${more}`, 0, { stdin: list(...objects), env: { XDG_STATE_HOME: state } });
    }
    await run(`rollback ${name} -c c1 --to=4 -y -o json --force`, 0, { env: { XDG_STATE_HOME: state } });
    for (const value of ['f', 'g', 'h']) await run(`${keep} --force`, 0, { stdin: list(configMap(value)) });
    await run(`history ${name} -c c1 -o json`, 0, { env: { XDG_STATE_HOME: state } });
    await run(`history ${name} -c c1 --version=4 -o json`, 0, { env: { XDG_STATE_HOME: state } });
  });

  test('described with all that there may be to say', async () => {
    await run('apply -f - -c c1 --quiet --watch --force', 0, { stdin: whole('told', [deployment('fed')], feedback) });
    await run('apply -f - -c c1 --quiet', 0, { stdin: whole('told-too', [deployment('fed')]) });
    await run('build -f - -c c1 --name=told --manager=other --apply --quiet', 0, { stdin: list(configMap('more')) });
    await run('describe --name=told -c c1 -o json', 0);
    await run('events told -c c1 -o json', 0);
    await run('apply -f - -c offline --quiet', 0, { stdin: whole('fed', [deployment('left')]) });
    await run('describe --name=fed -c offline -o json', 0);
    maestro.setAgent('c1', { online: false });
    await run('build -f - -c c1 --name=told --remove=Deployment.apps/default/fed --apply --quiet', 0, {
      stdin: list(configMap('x')),
    });
    await run('describe --name=told -c c1 -o json', 0);
    maestro.setAgent('c1', { online: true });
  });

  test('watched until they are gone', async () => {
    await store('watched', [configMap('watched')], ' --watch');
    const shown = Promise.withResolvers<void>();
    const watching = run('watch --name=watched -c c1 -o json --interval=20ms --timeout=20s', 0, {
      onStdout: () => shown.resolve(),
    });
    await shown.promise;
    await run('delete --name=watched -c c1 --watch --quiet', 0);
    await watching;
  });

  test('compared', async () => {
    await store('compared', [configMap('a'), configMap('b')]);
    const metadata = { labels: { app: 'a' } };
    const stdin = whole('compared', [{ ...configMap('a'), data: { key: 'two' } }, configMap('c')], {}, metadata);
    await run('diff -f - -c c1 -o json', 1, { stdin });
    await run('diff -f - -c c1 -c c2 -c nowhere -o json', 3, { stdin });
    // What would go is more than there is room for.
    await store('large', [named('ConfigMap', 'large', { data: { key: 'x\n'.repeat(20_000) } })]);
    const small = whole('large', [configMap('small')]);
    await run('diff -f - -c c1 -c c2 -o json', 1, { stdin: small, roomBytes: 100_000 });
  });
});

describe('all else', () => {
  test('consumers', async () => {
    await run('consumer create new --label=env=test -o json', 0);
    await run('consumer update new --label=env=prod -o json', 0);
    await run('consumer get new -o json', 0);
    await run('consumer list -o json', 0);
    await run('consumer delete new -y -o json', 0);
  });

  test('the configuration', async () => {
    const env = { MAESTRO_CONFIG: 'config.yaml' };
    const files = ['ca', 'cert', 'key', 'token'].map((name) => `${name}.pem`);
    const texts = [
      ['grpc-endpoint', 'host:443'],
      ['http-endpoint', 'https://host'],
      ['source-id', 's'],
      ['consumer', 'c1'],
      ['manager', 'm'],
      ...['grpc-server-ca', 'grpc-broker-ca', 'grpc-client-cert', 'grpc-client-key', 'grpc-client-token'].map(
        (name, index) => [`${name}-file`, files[index % files.length]],
      ),
      ...['http-ca', 'http-client-cert', 'http-client-key', 'http-token'].map((name) => [`${name}-file`, 'file.pem']),
    ].map(([key, value]) => `--${key}=${value}`);
    const switches = ['--grpc-plaintext', '--insecure-skip-verify', '--allow-plaintext-token', '--keep-history'];
    await run(`config set-context c --use ${[...texts, ...switches].join(' ')}`, 0, { env });
    await run('config view -o json', 0, { env });
    await run('config get-contexts -o json', 0, { env });
  });

  test('validation, doctor, version and Jobs', async () => {
    const stdin = whole('v', [
      { ...configMap('v'), dat: {} },
      { apiVersion: 'a.b/v1', kind: 'C', metadata: { name: 'c' } },
    ]);
    await run('validate -f - -c c1 -o json', 4, { stdin });
    await run('validate -f - --template-consumer -o json', 4, { stdin });
    await run('doctor -c c1 -o json', 0);
    await run('version -o json', 0);
    await run('job render apply --event-id=e1 --consumer=c1 -f - -o json', 0, { stdin });
  });

  test('a check of a hub', async () => {
    const apps = [hubApplication('guestbook')];
    const hub = await healthyHubServer(apps);
    await deliver(maestro, apps);
    hub.serve('managedclusters', []);
    const options: CliOptions = { files: { 'hub.json': hub.kubeconfig } };
    await run('gitops check --kubeconfig=hub.json --all -o json', 7, options);
    await hub.close();
  });

  test('a migration', async () => {
    const env = { MAESTRO_SOURCE_ID: 'migrations' };
    const apply = (name: string, consumer = 'c1', ...of: readonly object[]): Promise<CliRun> =>
      run(`apply -f - -c ${consumer} --manager=m --watch`, 0, { env, stdin: whole(name, of) });
    await apply('a', 'c1', configMap('ma'), configMap('shared'));
    await apply('b', 'c1', configMap('mb'), configMap('shared'));
    await apply('one', 'c2', configMap('m'));
    await run('apply -f - -c offline', 0, { env, stdin: whole('away', [configMap('m')]) });
    await run('delete --name=away -c offline', 0, { env });
    await run('migrate inventory -o json', 0, { env });
    await run('migrate plan --to=C --plan=none.json -c offline -o json', 5, { env });
    await run('migrate plan --to=C --plan=p.json -c c1 -c labelled -o json', 0, { env });
    await run('migrate status --plan=p.json -o json', 0, { env });
    await run('migrate finish --plan=p.json --dry-run -o json', 5, { env });
    await run('migrate run --plan=p.json -y -o json', 0, { env });
    await run('migrate finish --plan=p.json --dry-run -o json', 0, { env });
    await run('describe --name=hyperfleet-c1 -c c1 -o json', 0, { env });
    const { files } = await run('migrate map --plan=p.json -o json', 0, { env });
    const document = { schema: 'migration-plan', value: JSON.parse(files['p.json'] ?? '') as unknown };
    expect(schemaFaults(document.schema, document.value)).toEqual([]);
    seen.push(document);
  });

  test('figures of a hub', () => {
    const amount = { count: 2, bytes: 1_000 };
    const figures = {
      baseline: 1 as const,
      takenAt: '2026-01-01T00:00:00.000Z',
      hub: 'https://hub:6443',
      hubId: 'h',
      source: 'app-work-client',
      classicWorks: amount,
      bundles: amount,
      reports: amount,
      controllers: {
        since: 'window' as const,
        durationMs: 1_000,
        processes: 1,
        hubCalls: 3,
        hubCallsByVerb: { get: 3 },
        hubWrites: 1,
        statusLag: { count: 1, p50Ms: 5, p99Ms: 9 },
      },
      notMeasured: [{ what: 'reports' as const, why: 'the hub has no such kind' }],
    };
    let text = '';
    const stdout = { write: (part: string) => void (text += part), isTTY: false, columns: 80 };
    printBaseline(figures, figures, { output: 'json' }, stdout);
    const documents = [
      { schema: 'gitops-baseline', value: figures },
      { schema: 'gitops-baseline-comparison', value: JSON.parse(text) as unknown },
    ];
    expect(documents.flatMap(({ schema, value }) => schemaFaults(schema, value))).toEqual([]);
    seen.push(...documents);
  });

  test('a handover between the pull models', () => {
    const documents = handoverDocuments();
    expect(documents.flatMap(({ schema, value }) => schemaFaults(schema, value))).toEqual([]);
    seen.push(...documents);
  });

  test('errors and logs', async () => {
    await run('apply -f none.yaml -c c1 -o json --log-format=json', 4, { env: started });
    await run('build -o json --log-format=json', 2);
    await run('list -A -o json --log-format=json', 70, { connect: () => Promise.reject(new Error('a bug')) });
    const lines: string[] = [];
    const sink = { write: (text: string) => lines.push(text) };
    const log = createPinoLog({ level: 'debug', format: 'json' }, sink, () => 0);
    log.with({ cluster: 'c1' }).warn('words', { count: 2, isLeader: true });
    const documents = lines.map((text) => ({ schema: 'controller-log-line', value: JSON.parse(text) as unknown }));
    expect(documents.flatMap(({ schema, value }) => schemaFaults(schema, value))).toEqual([]);
    seen.push(...documents);
  });
});

test.each([...new Set(outputDocuments.map(({ name }) => name))])('%s is seen whole', (name) => {
  const schema = publishedSchemas.get(name) ?? {};
  const values = seen.filter((document) => document.schema === name).map(({ value }) => value);
  expect(values.length, 'no run printed one').toBeGreaterThan(0);
  const found = new Set(values.flatMap((value) => [...propertiesIn(schema, value)]));
  const missing = [...propertiesOf(schema)].filter((property) => !found.has(property));
  expect(missing, 'let a run above show it').toEqual([]);
});
