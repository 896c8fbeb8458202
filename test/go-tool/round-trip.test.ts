import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';

let maestro: StandIn;
beforeAll(async () => {
  maestro = await startStandIn({ consumers: ['c1'], agent: { delayMs: 5 } });
});
afterAll(() => maestro.close());

const run = (argv: readonly string[], stdin = ''): Promise<CliRun> => runCli(argv, { endpoints: maestro, stdin });

/** A work with everything that one can have. */
const everything = {
  apiVersion: 'work.open-cluster-management.io/v1',
  kind: 'ManifestWork',
  metadata: { name: 'full', labels: { app: 'web' }, annotations: { note: 'yes', 'example.com/number': '012' } },
  spec: {
    workload: {
      manifests: [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'settings', namespace: 'default' },
          data: { on: 'yes', octal: '0o17', text: 'a\nb\n', empty: '', time: '12:30' },
        },
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'pull', namespace: 'default' },
          data: { token: 'aHVudGVyMg==' },
          stringData: { user: 'admin' },
        },
        {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: { name: 'init', namespace: 'default' },
          spec: {
            template: {
              spec: {
                restartPolicy: 'Never',
                containers: [{ name: 'main', image: 'busybox:1', args: ['1e3', 'null', '~'] }],
              },
            },
          },
        },
      ],
    },
    manifestConfigs: [
      {
        resourceIdentifier: { group: 'batch', resource: 'jobs', namespace: 'default', name: 'init' },
        feedbackRules: [{ type: 'JSONPaths', jsonPaths: [{ name: 'succeeded', path: '.status.succeeded' }] }],
        updateStrategy: { type: 'ServerSideApply' },
      },
    ],
    deleteOption: {
      propagationPolicy: 'SelectivelyOrphan',
      selectivelyOrphans: {
        orphaningRules: [{ group: '', resource: 'configmaps', namespace: 'default', name: 'settings' }],
      },
    },
    executor: { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'default', name: 'deployer' } } },
  },
};

interface Work {
  metadata: { labels: Record<string, string>; annotations: Record<string, string> };
  spec: {
    workload: {
      manifests: { data?: Record<string, string>; stringData?: Record<string, string>; metadata: { name: string } }[];
    };
    manifestConfigs?: { updateStrategy: { type: string } }[];
    deleteOption?: { propagationPolicy: string };
    executor?: { subject: { serviceAccount: { name: string } } };
  };
}

const formats = ['yaml', 'json', 'manifestwork'] as const;
const got: Record<string, string> = {};
beforeEach(async () => {
  const done = await run(['apply', '-f', '-', '-c', 'c1', '--overwrite', '--watch'], JSON.stringify(everything));
  expect(done.exitCode, done.stderr).toBe(0);
  for (const format of formats) got[format] = (await run(['get', '--name=full', '-c', 'c1', '-o', format])).stdout;
});

describe.each(formats)('what get -o %s prints', (format) => {
  it('is unchanged to apply, and no difference to diff', async () => {
    const before = maestro.publishes().length;
    const applied = await run(['apply', '-f', '-'], got[format]);
    expect(applied, applied.stderr).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/\/full unchanged \(version \d+\)\n$/) as unknown,
    });
    const compared = await run(['diff', '-f', '-'], got[format]);
    expect(compared, compared.stderr).toMatchObject({ exitCode: 0, stdout: '' });
    expect(maestro.publishes().slice(before)).toEqual([]);
    const valid = await run(['validate', '-f', '-'], got[format]);
    expect(valid.exitCode, valid.stdout + valid.stderr).toBe(0);
  });

  it('makes the same work elsewhere, without our records of this one', async () => {
    // The version that it was read at is that of the other work.
    const unpinned = (got[format] ?? '').replace(/^ *"?resourceVersion"?: "\d+",?\n/m, '');
    const elsewhere = unpinned.replaceAll(/name(["']?): (["']?)full/g, `name$1: $2copy-${format}`);
    const copied = await run(['apply', '-f', '-'], elsewhere);
    expect(copied, copied.stderr).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`copy-${format} created`) as unknown,
    });
    const copy = parse((await run(['get', `--name=copy-${format}`, '-c', 'c1', '-o', 'manifestwork'])).stdout) as {
      spec: unknown;
    };
    expect(copy.spec).toEqual(everything.spec);
  });
});

const first = <T>(items: readonly T[] | undefined): T => {
  const [item] = items ?? [];
  if (item === undefined) throw new Error('nothing there');
  return item;
};

describe('a change of one thing', () => {
  it.each<{ what: string; names: string; hides?: string; change: (work: Work) => void }>([
    { what: 'a label', names: 'labels', change: (work) => (work.metadata.labels['app'] = 'db') },
    { what: 'a new label', names: 'labels', change: (work) => (work.metadata.labels['tier'] = 'db') },
    { what: 'an annotation', names: 'annotations', change: (work) => (work.metadata.annotations['note'] = 'no') },
    {
      what: 'a manifest',
      names: 'ConfigMap/default/settings',
      change: (work) => (first(work.spec.workload.manifests).data = { on: 'no' }),
    },
    {
      what: 'a Secret',
      names: 'Secret/default/pull',
      hides: 'aHVudGVyMw==',
      change: (work) => ((work.spec.workload.manifests[1] ?? first([])).data = { token: 'aHVudGVyMw==' }),
    },
    {
      what: "a Secret's text",
      names: 'Secret/default/pull',
      hides: 'rooted',
      change: (work) => ((work.spec.workload.manifests[1] ?? first([])).stringData = { user: 'rooted' }),
    },
    {
      what: 'a manifest less',
      names: 'Job.batch/default/init',
      change: (work) => ((work.spec.workload.manifests.length = 2), (work.spec.manifestConfigs = [])),
    },
    { what: 'the order of manifests', names: 'order', change: (work) => work.spec.workload.manifests.reverse() },
    {
      what: 'an option',
      names: 'manifestConfigs',
      change: (work) => (first(work.spec.manifestConfigs).updateStrategy.type = 'Update'),
    },
    { what: 'no options', names: 'manifestConfigs', change: (work) => delete work.spec.manifestConfigs },
    {
      what: 'the delete option',
      names: 'deleteOption',
      change: (work) => (work.spec.deleteOption = { propagationPolicy: 'Orphan' }),
    },
    { what: 'no delete option', names: 'deleteOption', change: (work) => delete work.spec.deleteOption },
    {
      what: 'the executor',
      names: 'executor',
      change: (work) =>
        (work.spec.executor = {
          subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'default', name: 'other' } },
        } as never),
    },
    { what: 'no executor', names: 'executor', change: (work) => delete work.spec.executor },
  ])('$what: diff exits 1 and names it, and apply makes it so', async ({ names, hides, change }) => {
    const work = parse(got['yaml'] ?? '') as Work;
    change(work);
    const text = stringify(work, { version: '1.1' });
    const compared = await run(['diff', '-f', '-'], text);
    expect(compared.exitCode, compared.stderr).toBe(1);
    expect(compared.stdout).toContain(names);
    const asJson = await run(['diff', '-f', '-', '-o', 'json'], text);
    expect(asJson.exitCode).toBe(1);
    const { works } = JSON.parse(asJson.stdout) as { works: { changes: { subject: string }[] }[] };
    const subjects = first(works).changes.map(({ subject }) => subject);
    expect(subjects.join(' ')).toContain(names);
    for (const secret of ['aHVudGVyMg==', ...(hides === undefined ? [] : [hides])])
      expect(compared.stdout + compared.stderr + asJson.stdout).not.toContain(secret);
    const predicted = await run(['apply', '-f', '-', '--dry-run=server'], text);
    expect(predicted.stdout).toContain('would be updated');
    const applied = await run(['apply', '-f', '-'], text);
    expect(applied, applied.stderr).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('/full updated') as unknown,
    });
    expect(await run(['diff', '-f', '-'], text)).toMatchObject({ exitCode: 0, stdout: '' });
  });
});
