import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BundleFilter } from '../../../src/clients/index.ts';
import { connectMaestro } from '../../../src/clients/connect.ts';
import { systemClock } from '../../../src/clock.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { runCli, type CliOptions, type CliRun } from '../../support/run-cli.ts';
import { adapterResultOf, resultOf } from '../support/result.ts';

let maestro: StandIn;
beforeAll(async () => {
  maestro = await startStandIn({ consumers: ['c1', 'c2', 'c3'], agent: { delayMs: 2 } });
});
afterAll(() => maestro.close());
beforeEach(() => maestro.clearFaults());

const run = (line: string, stdin = '', options: CliOptions = {}): Promise<CliRun> =>
  runCli(line.split(' '), { endpoints: maestro, stdin, ...options });
const configMap = (name: string, value = 'one'): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { value },
});
const list = (...items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
const line = (name: string, text: string): string => `manifestwork.work.open-cluster-management.io/${name} ${text}\n`;
const sharing = /^warning: .* overwrite each other$/m;

let works = 0;
let work = '';
/** Objects of one test are in no other, unless it says so. */
const object = (name: string, value?: string): object => configMap(`${work}-${name}`, value);
const removedOf = (...names: readonly string[]): readonly object[] =>
  names.map((name) => ({ kind: 'ConfigMap', version: 'v1', namespace: 'default', name: `${work}-${name}` }));
beforeEach(() => {
  work = `w${(works += 1)}`;
});

async function store(manifests: readonly object[], more = '', name = work): Promise<void> {
  const done = await run(`apply -f - -c c1 --name=${name}${more}`, list(...manifests));
  expect(done.exitCode, done.stderr).toBe(0);
}
const jsonOf = ({ stdout }: CliRun): { readonly works: readonly Readonly<Record<string, unknown>>[] } =>
  JSON.parse(stdout) as { works: Record<string, unknown>[] };

describe('a change in annotations of the work alone', () => {
  const late = 'only annotations of the work change; its agent reports that when it next applies all, within 6 minutes';
  const document = (value: string, annotations: object): string =>
    JSON.stringify({
      apiVersion: 'work.open-cluster-management.io/v1',
      kind: 'ManifestWork',
      metadata: { name: work, annotations },
      spec: { workload: { manifests: [object('a', value)] } },
    });

  it.each(['c1', 'c1,c2'])(
    'is told where it is waited for, since agents are late with it: on %s',
    async (consumers) => {
      const apply = async (value: string, team: string, more = ' --watch'): Promise<string> => {
        const done = await run(`apply -f - -c ${consumers}${more}`, document(value, { team }));
        expect(done.exitCode, done.stderr).toBe(0);
        return done.stderr;
      };
      expect(await apply('one', 'a')).not.toContain(late);
      expect(await apply('one', 'b', '')).not.toContain(late);
      expect(await apply('two', 'c')).not.toContain(late);
      expect(await apply('two', 'd')).toContain(late);
    },
  );
});

describe('a removal is told', () => {
  it.each(['', ' --quiet'])('on standard output, a line each%s', async (more) => {
    await store([object('a'), object('b'), object('c')]);
    const done = await run(`apply -f - -c c1 --name=${work}${more}`, list(object('a')));
    expect(done).toMatchObject({ exitCode: 0, stderr: '' });
    expect(done.stdout).toBe(
      line(work, 'updated (version 2)') +
        line(work, `removes ConfigMap/default/${work}-b`) +
        line(work, `removes ConfigMap/default/${work}-c`),
    );
  });

  it.each(['', ' --watch'])('in -o json and in both forms of the result, with its message%s', async (more) => {
    await store([object('a'), object('b')]);
    const first = await run(
      `apply -f - -c c1 --name=${work} -o json --quiet --results-path=result.json${more}`,
      list(object('a')),
    );
    expect(jsonOf(first).works).toMatchObject([{ operation: 'updated', removed: removedOf('b') }]);
    expect(resultOf(first)).toMatchObject({ removed: removedOf('b') });
    const second = await run(
      `apply -f - -c c1 --name=${work} --results-path=result.json --results-format=adapter-result${more}`,
      list(object('z')),
    );
    expect(adapterResultOf(second)).toMatchObject({ status: 'success', removed: removedOf('a') });
    expect(adapterResultOf(second).reported.message).toContain(`removed ConfigMap/default/${work}-a from the work`);
  });

  it('beside -o name, which holds names alone, and as what would be in a dry run', async () => {
    await store([object('a'), object('b')]);
    const dry = await run(
      `apply -f - -c c1 --name=${work} --dry-run=server --results-path=result.json`,
      list(object('a')),
    );
    expect(dry.stdout).toContain(line(work, `would remove ConfigMap/default/${work}-b`));
    expect(resultOf(dry)).toMatchObject({
      message: expect.stringContaining(`would remove ConfigMap/default/${work}-b from the work`) as string,
    });
    const named = await run(`apply -f - -c c1 --name=${work} -o name`, list(object('a')));
    expect(named).toMatchObject({
      stdout: line(work, '').replace(' ', ''),
      stderr: `warning: ${work}: removes ConfigMap/default/${work}-b\n`,
    });
  });

  it('of delete --resource and of build --remove', async () => {
    await store([object('a'), object('b'), object('c')]);
    const deleted = await run(
      `delete ${work} -c c1 --resource=ConfigMap/${work}-b -o json --results-path=result.json`.replace(
        ` ${work} `,
        ` --name=${work} `,
      ),
    );
    expect(jsonOf(deleted).works).toMatchObject([{ removed: removedOf('b') }]);
    expect(resultOf(deleted)).toMatchObject({ removed: removedOf('b') });
    const built = await run(
      `build --name=${work} -c c1 --remove=ConfigMap/${work}-c --apply --results-path=result.json`,
    );
    expect(built.stdout).toBe(line(work, 'updated (version 3)') + line(work, `removes ConfigMap/default/${work}-c`));
    expect(resultOf(built)).toMatchObject({ removed: removedOf('c') });
  });

  it('of each work of a fleet', async () => {
    for (const consumer of ['c1', 'c2'])
      await run(`apply -f - -c ${consumer} --name=${work}`, list(object('a'), object('b')));
    const done = await run(`apply -f - -c c1 -c c2 --name=${work} --results-path=result.json`, list(object('a')));
    for (const consumer of ['c1', 'c2'])
      expect(done.stdout).toContain(line(work, `removes ConfigMap/default/${work}-b on ${consumer}`));
    expect(resultOf(done)).toMatchObject({ works: [{ removed: removedOf('b') }, { removed: removedOf('b') }] });
    const waited = await run(`apply -f - -c c1 -c c2 --name=${work} --watch -o json`, list(object('z')));
    expect(jsonOf(waited).works).toMatchObject([{ removed: removedOf('a') }, { removed: removedOf('a') }]);
  });

  it('with whose it was, when a forced write takes what others own', async () => {
    await store([object('theirs'), object('changed')], ' --manager=nodepool');
    const forced = await run(
      `apply -f - -c c1 --name=${work} --manager=idp --force --results-path=result.json`,
      list(object('changed', 'two')),
    );
    expect(forced.stdout).toBe(
      line(work, 'updated (version 2)') +
        line(work, `removes ConfigMap/default/${work}-theirs of nodepool (forced)`) +
        line(work, `changes ConfigMap/default/${work}-changed of nodepool (forced)`),
    );
    expect(resultOf(forced)).toMatchObject({
      removed: [{ name: `${work}-theirs`, manager: 'nodepool' }],
      losses: [
        { what: `ConfigMap/default/${work}-theirs`, manager: 'nodepool', how: 'removed' },
        { what: `ConfigMap/default/${work}-changed`, manager: 'nodepool', how: 'changed' },
      ],
    });
    expect(resultOf(forced)['message']).toContain(`others lose ConfigMap/default/${work}-theirs of nodepool`);
  });

  it('not of an object that only changes its API version', async () => {
    const scaler = (version: string): object => ({
      apiVersion: `autoscaling/${version}`,
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: work, namespace: 'default' },
      spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } },
    });
    await store([scaler('v1')]);
    const done = await run(`apply -f - -c c1 --name=${work} --no-remove -v`, list(scaler('v2')));
    expect(done).toMatchObject({ exitCode: 0, stdout: line(work, 'updated (version 2)') });
    expect(done.stderr).toContain(`changes the API version of HorizontalPodAutoscaler.autoscaling/default/${work}`);
  });
});

describe('a removal is refused', () => {
  it.each<{ readonly how: string; readonly more: string; readonly env: Readonly<Record<string, string>> }>([
    { how: 'with --no-remove', more: ' --no-remove', env: {} },
    { how: 'with MAESTRO_NO_REMOVE', more: '', env: { MAESTRO_NO_REMOVE: 'true' } },
    { how: 'in a merge', more: ' --merge --no-remove', env: {} },
    { how: 'by force', more: ' --force --no-remove', env: {} },
    { how: 'in a dry run', more: ' --dry-run=server --no-remove', env: {} },
  ])('$how: what would go is listed, and nothing is sent', async ({ more, env }) => {
    await store([object('a'), object('b')]);
    const from = maestro.publishes().length;
    const done = await run(
      `apply -f - -c c1 --name=${work} --results-path=result.json --results-format=adapter-result${more}`,
      list(object('a', 'two')),
      { env },
    );
    expect(done).toMatchObject({ exitCode: 10, stdout: '' });
    expect(done.stderr).toContain(`this would remove ConfigMap/default/${work}-b, and nothing may be removed`);
    expect(adapterResultOf(done)).toMatchObject({ status: 'failure', reason: 'WouldRemove' });
    expect(maestro.publishes()).toHaveLength(from);
    expect(
      await run(`apply -f - -c c1 --name=${work}`, list(object('a', 'two'), object('b')), {
        env: { MAESTRO_NO_REMOVE: '1' },
      }),
    ).toMatchObject({ exitCode: 0 });
  });

  it('for each work of a fleet, and the others go on', async () => {
    await run(`apply -f - -c c1 --name=${work}`, list(object('a'), object('b')));
    const done = await run(
      `apply -f - -c c1 -c c2 --name=${work} --no-remove --results-path=result.json`,
      list(object('a')),
    );
    expect(done).toMatchObject({ exitCode: 10, stdout: line(work, 'created (version 1) on c2') });
    expect(resultOf(done)).toMatchObject({
      works: [
        { consumer: 'c1', status: 'Failed' },
        { consumer: 'c2', status: 'InProgress' },
      ],
    });
  });

  it('in a build that replaces, but not of what --remove names', async () => {
    await store([object('a'), object('b')]);
    const env = { MAESTRO_NO_REMOVE: 'true' };
    expect(
      await run(`build --name=${work} -c c1 -f - --strategy=replace --apply`, list(object('a')), { env }),
    ).toMatchObject({ exitCode: 10 });
    expect(await run(`build --name=${work} -c c1 --remove=ConfigMap/${work}-b --apply`, '', { env })).toMatchObject({
      exitCode: 0,
    });
  });

  it('together with --overwrite, which could not keep it', async () => {
    const done = await run(`apply -f - -c c1 --name=${work} --overwrite --no-remove`, list(object('a')));
    expect(done).toMatchObject({ exitCode: 2, stdout: '' });
    expect(done.stderr).toContain('--overwrite writes over what it may not have read');
  });
});

describe('an empty file among several', () => {
  const files = {
    'a.yaml': JSON.stringify(configMap('a')),
    'empty.yaml': '',
    'comments.yaml': '# nothing\n---\n# here\n',
    'list.yaml': 'apiVersion: v1\nkind: ConfigMapList\nitems: []\n',
  };
  it.each(['empty.yaml', 'comments.yaml', 'list.yaml'])(
    'is refused by apply, build, diff and validate: %s',
    async (file) => {
      const from = maestro.publishes().length;
      for (const command of ['apply', 'build', 'diff']) {
        const done = await run(`${command} --name=${work} -c c1 -f a.yaml -f ${file}`, '', { files });
        expect(done, command).toMatchObject({ exitCode: 4, stdout: '' });
        expect(done.stderr).toContain(`${file}: there is no manifest in it`);
      }
      const validated = await run(`validate -f a.yaml -f ${file}`, '', { files });
      expect(validated).toMatchObject({ exitCode: 4 });
      expect(validated.stdout).toContain(`${file}:1:1: error: there is no manifest in it [no-manifest]`);
      expect(maestro.publishes()).toHaveLength(from);
    },
  );
});

/** Runs with every read counted: GETs of one work, and searches by their texts. */
async function counting(
  argv: string,
  stdin: string,
): Promise<{ readonly done: CliRun; readonly gets: number; readonly sharingSearches: readonly BundleFilter[] }> {
  let gets = 0;
  const searches: BundleFilter[] = [];
  const done = await run(argv, stdin, {
    connect: async (settings) => {
      const opened = await connectMaestro(settings, { clock: systemClock, random: () => 0.5 });
      return {
        ...opened,
        reader: {
          ...opened.reader,
          getBundle: (id, options) => {
            gets += 1;
            return opened.reader.getBundle(id, options);
          },
          listBundles: (query, options) => {
            searches.push(query.where ?? {});
            return opened.reader.listBundles(query, options);
          },
        },
      };
    },
  });
  return { done, gets, sharingSearches: searches.filter(({ manifests }) => manifests !== undefined) };
}

describe('one object in two works', () => {
  const other = (): string => `${work}-other`;

  it('is told when a work is created, of whatever source the other is', async () => {
    await store([object('a'), object('b')], ' --source-id=landing-zone', other());
    const done = await run(
      `apply -f - -c c1 --name=${work} --results-path=result.json`,
      list(object('a', 'mine'), object('c')),
    );
    expect(done).toMatchObject({ exitCode: 0, stdout: line(work, 'created (version 1)') });
    expect(done.stderr).toMatch(
      new RegExp(
        `^warning: ${work}: ConfigMap/default/${work}-a is also in the work ${other()} \\(id [0-9a-f-]{36}\\); works that hold one object overwrite each other\n$`,
      ),
    );
    const shared = [
      {
        kind: 'ConfigMap',
        namespace: 'default',
        name: `${work}-a`,
        work: other(),
        id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      },
    ];
    expect(resultOf(done)).toMatchObject({ sharedWith: shared });
    expect(resultOf(done)['message']).toContain(`other works hold the same objects: ${other()}`);
    const json = await run(`apply -f - -c c1 --name=${work}-2 -o json --quiet`, list(object('b')));
    expect(jsonOf(json).works).toMatchObject([{ sharedWith: [{ name: `${work}-b`, work: other() }] }]);
  });

  it('and when manifests are added, by build too; with --watch as well', async () => {
    await store([object('a')], '', other());
    await store([object('mine')]);
    const done = await run(
      `build --name=${work} -c c1 -f - --apply --watch --results-path=result.json --results-format=adapter-result`,
      list(object('a')),
    );
    expect(done).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(sharing) as string });
    expect(adapterResultOf(done)).toMatchObject({
      reason: 'Applied',
      sharedWith: [{ name: `${work}-a`, work: other() }],
    });
  });

  it('is looked for by one search, and by none when nothing is added', async () => {
    const five = Array.from({ length: 5 }, (_, index) => object(`m${index}`));
    const created = await counting(`apply -f - -c c1 --name=${work}`, list(...five));
    expect(created).toMatchObject({ done: { exitCode: 0, stderr: '' }, gets: 1 });
    expect(created.sharingSearches).toHaveLength(1);
    const same = await counting(`apply -f - -c c1 --name=${work}`, list(...five));
    expect(same).toMatchObject({ done: { exitCode: 0 }, sharingSearches: [] });
    const changed = await counting(`apply -f - -c c1 --name=${work}`, list(...five.slice(1), object('m0', 'two')));
    expect(changed).toMatchObject({
      done: { exitCode: 0, stdout: line(work, 'updated (version 2)') },
      sharingSearches: [],
    });
    const many = await counting(
      `apply -f - -c c1 --name=${work}`,
      list(...five, ...Array.from({ length: 40 }, (_, index) => object(`n${index}`))),
    );
    expect(many).toMatchObject({ done: { exitCode: 0 } });
    expect(many.sharingSearches).toHaveLength(1);
  });

  it('in a fleet by one search for many consumers', async () => {
    await store([object('a')], '', other());
    const fleet = await counting(`apply -f - -c c1 -c c2 -c c3 --name=${work} -o json`, list(object('a'), object('b')));
    expect(fleet.sharingSearches).toMatchObject([{ consumers: ['c1', 'c2', 'c3'] }]);
    expect(jsonOf(fleet.done).works).toMatchObject([
      { consumer: 'c1', sharedWith: [{ work: other() }] },
      { consumer: 'c2' },
      { consumer: 'c3' },
    ]);
    expect(jsonOf(fleet.done).works.filter((one) => 'sharedWith' in one)).toHaveLength(1);
    expect(fleet.done.stderr).toContain(`${work} on c1: ConfigMap/default/${work}-a is also in the work ${other()}`);
    const again = await counting(`apply -f - -c c1 -c c2 -c c3 --name=${work} -o json`, list(object('a'), object('b')));
    expect(again.sharingSearches).toEqual([]);
  });

  it('that could not be looked for keeps nobody from writing, and is told', async () => {
    const done = await run(`apply -f - -c c1 --name=${work} --timeout=4s`, list(object('a')), {
      connect: async (settings) => {
        const opened = await connectMaestro(settings, { clock: systemClock, random: () => 0.5 });
        const listBundles: typeof opened.reader.listBundles = (query, options) => {
          if (query.where?.manifests !== undefined) throw new Error('no index for that');
          return opened.reader.listBundles(query, options);
        };
        return { ...opened, reader: { ...opened.reader, listBundles } };
      },
    });
    expect(done).toMatchObject({ exitCode: 0, stdout: line(work, 'created (version 1)') });
    expect(done.stderr).toContain(
      `${work} on c1: whether other works hold the same objects could not be looked for: no index for that`,
    );
  });

  it('is shown by describe, and found by doctor', async () => {
    await store([object('a'), object('b')], '', other());
    await store([object('a')]);
    const described = await run(`describe --name=${work} -c c1`);
    expect(described.stdout).toContain(`ConfigMap/default/${work}-a is also in the work ${other()} (id `);
    const json = JSON.parse((await run(`describe --name=${work} -c c1 -o json`)).stdout) as {
      readonly sharedWith: readonly object[];
    };
    expect(json.sharedWith).toMatchObject([{ name: `${work}-a`, work: other() }]);
    const examined = await run('doctor --consumer=c1 --no-probe');
    expect(examined.stdout).toContain(`ConfigMap/default/${work}-a is in ${work}, ${other()}`);
    const alone = await run('doctor --consumer=c3 --no-probe -o json');
    expect(alone.stdout).toContain('no object is in two works');
  });
});
