import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWorks } from '../../../src/core/works/read-works.ts';
import { readDocuments } from '../../../src/core/yaml/read-documents.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { runCli } from '../../support/run-cli.ts';
import { jobYaml, workYaml } from '../support/works.ts';

let maestro: StandIn;
const cli = async (...argv: readonly string[]): ReturnType<typeof runCli> => runCli(argv, { endpoints: maestro });

beforeAll(async () => {
  maestro = await startStandIn({
    consumers: ['c1', 'c2', 'empty', 'offline'],
    agent: { delayMs: 5, deleteDelayMs: 5 },
    agents: { offline: { online: false } },
  });
  const apply = async (file: string, ...argv: readonly string[]): Promise<void> => {
    const run = await runCli(['apply', '-f', 'w.yaml', ...argv], { endpoints: maestro, files: { 'w.yaml': file } });
    expect(run.exitCode, run.stderr).toBe(0);
  };
  await apply(
    workYaml('settings', { value: '  two\n\n  lines\u2028 # : yes'.replace(/\n/g, '\\n') }),
    '--consumer=c1',
    '--watch=Available',
  );
  await apply(jobYaml, '--name=job', '--consumer=c1', '--watch=Available');
  await apply(workYaml('late'), '--consumer=offline');
});
afterAll(() => maestro.close());

const names = (stdout: string): readonly string[] =>
  stdout
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('/').at(-1) ?? '');

describe('filters', () => {
  it.each<[readonly string[], readonly string[]]>([
    [['--resource=ConfigMap'], ['late', 'settings']],
    [['--filter=ConfigMap/default/settings', '--consumer=c1'], ['settings']],
    [['--resource=Job.batch/init'], ['job']],
    [['--resource=Job.apps'], []],
    [
      ['--resource=Job', '--resource=ConfigMap', '--consumer=c1'],
      ['job', 'settings'],
    ],
    [['--status=Applied'], ['job', 'settings']],
    [['--status=Unknown'], ['late']],
    [['--status=available'], ['job', 'settings']],
  ])('%j', async (argv, expected) => {
    const run = await cli('list', '-o', 'name', '--sort-by=name', ...argv);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(names(run.stdout)).toEqual(expected);
  });

  it('sorts and then limits', async () => {
    expect(names((await cli('list', '-o', 'name', '--sort-by=name', '--limit=2')).stdout)).toEqual(['job', 'late']);
  });
});

describe('machine output is one value', () => {
  it.each([
    ['json', '[]\n'],
    ['yaml', 'apiVersion: v1\nkind: List\nitems: []\n'],
    ['manifestwork', 'apiVersion: v1\nkind: List\nitems: []\n'],
    ['name', ''],
    ['jsonpath={.items[*].metadata.name}', ''],
    ['jsonpath={.kind}', 'List'],
  ])('for no works, -o %s', async (output, expected) => {
    expect(await cli('list', '--consumer=empty', '-o', output)).toMatchObject({ exitCode: 0, stdout: expected });
  });

  it.each(['yaml', 'manifestwork'])('-o %s is a List of works that apply takes back unchanged', async (output) => {
    const listed = await cli('list', '--consumer=c1', '-o', output);
    const documents = readDocuments(listed.stdout, 'list.yaml');
    expect(documents).toHaveLength(1);
    expect(readWorks(documents).problems).toEqual([]);
    const before = maestro.publishes().length;
    const applied = await runCli(['apply', '-f', 'list.yaml'], {
      endpoints: maestro,
      files: { 'list.yaml': listed.stdout },
    });
    expect(applied.exitCode, applied.stderr).toBe(0);
    expect(
      applied.stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[1]),
    ).toEqual(['unchanged', 'unchanged']);
    expect(maestro.publishes().length).toBe(before);
  });

  it('-o json is one array', async () => {
    const works = JSON.parse((await cli('list', '-o', 'json', '--sort-by=name')).stdout) as readonly {
      readonly metadata: { readonly name: string };
    }[];
    expect(works.map(({ metadata }) => metadata.name)).toEqual(['job', 'late', 'settings']);
  });

  it('-o jsonpath prints what kubectl would', async () => {
    const template =
      '{range .items[*]}{.metadata.name} {.metadata.generation} {.status.conditions[?(@.type=="Available")].status}{"\\n"}{end}';
    expect((await cli('list', '--consumer=c1', '--sort-by=name', '-o', `jsonpath=${template}`)).stdout).toBe(
      'job 1 True\nsettings 1 True\n',
    );
    expect(
      (await cli('get', '--name=job', '--consumer=c1', '-o', 'jsonpath={.spec.workload.manifests[0].kind}')).stdout,
    ).toBe('Job');
  });

  it.each([
    ['list', ['--consumer=nobody'], 3],
    ['list', ['-l', 'a b'], 2],
    ['get', ['--name=none', '--consumer=c1'], 3],
  ])('%s %j gives its error as one value', async (command, argv, exitCode) => {
    const run = await cli(command, ...argv, '-o', 'json');
    expect(run.exitCode).toBe(exitCode);
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { exitCode } });
  });

  it('refuses a template that does not parse without asking any server', async () => {
    expect((await runCli(['get', '--name=w', '--consumer=c', '-o', 'jsonpath={.a[}'])).exitCode).toBe(2);
    expect((await runCli(['list', '-o', 'jsonpath={end}'])).exitCode).toBe(2);
  });
});

describe('list --watch', () => {
  // What comes and goes between two reads is not seen, and on a busy machine they are far apart.
  beforeAll(() => {
    maestro.setAgent('c2', { deleteDelayMs: 1500 });
  });

  interface Line {
    readonly type: string;
    readonly object: { readonly metadata: { readonly name: string } };
  }

  it('prints the list, then each change as a JSON line, and ends with exit 0 when the time is up', async () => {
    const watching = cli('list', '--watch', '--consumer=c2', '--interval=5ms', '--timeout=5s', '-o', 'json');
    await runCli(['apply', '-f', 'w.yaml', '--consumer=c2', '--watch=Available'], {
      endpoints: maestro,
      files: { 'w.yaml': workYaml('new') },
    });
    await cli('delete', '--name=new', '--consumer=c2', '--watch');
    const run = await watching;
    expect(run.exitCode, run.stderr).toBe(0);
    const lines = run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    expect(lines[0]).toMatchObject({ type: 'ADDED', object: { kind: 'ManifestWork', metadata: { name: 'new' } } });
    expect(lines.at(-1)).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'new' } } });
  });

  it('appends rows to the table, and says in its last one that Maestro no longer has the work', async () => {
    const file = { 'w.yaml': workYaml('brief') };
    await runCli(['apply', '-f', 'w.yaml', '--consumer=c2', '--watch=Available'], { endpoints: maestro, files: file });
    const watching = cli('list', '--watch', '--consumer=c2', '--interval=5ms', '--timeout=5s');
    await cli('delete', '--name=brief', '--consumer=c2', '--watch');
    const { stdout, exitCode } = await watching;
    expect(exitCode).toBe(0);
    const rows = stdout.trimEnd().split('\n');
    expect(rows.slice(0, 2)).toEqual([
      expect.stringMatching(/^NAME +CONSUMER/),
      expect.stringMatching(/^brief +c2 +(available|deleting) +1\/1/),
    ]);
    expect(rows.at(-1)).toMatch(/^brief +c2 +(removed|deleted) +1\/1/);
  });
});
