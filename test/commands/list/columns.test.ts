import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareSortValues, sortValue } from '../../../src/output/json-path/sort.ts';
import { parseRelaxedPath } from '../../../src/output/json-path/relaxed.ts';
import type { JsonValue } from '../../../src/core/json.ts';
import { byText, naturally } from '../../../src/core/text-order.ts';
import { MaestroError } from '../../../src/errors.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';
import { workYaml } from '../support/works.ts';

let maestro: StandIn;
const cli = (argv: readonly string[], more: Parameters<typeof runCli>[1] = {}): Promise<CliRun> =>
  runCli(argv, { endpoints: maestro, ...more });

beforeAll(async () => {
  maestro = await startStandIn({ consumers: ['c1', 'c2'], agent: { delayMs: 5, availableDelayMs: 5 } });
  for (const [name, label] of [
    ['w-10', 'gold'],
    ['w-9', 'silver'],
    ['w-2', undefined],
  ] as const) {
    const yaml = workYaml(name).replace(
      'metadata:',
      label === undefined ? 'metadata:' : `metadata:\n  labels: {example.com/tier: ${label}}`,
    );
    const applied = await cli(['apply', '-f', 'w.yaml', '-c', 'c1', '--watch=Available'], {
      files: { 'w.yaml': yaml },
    });
    expect(applied.exitCode, applied.stderr).toBe(0);
  }
  await cli(['apply', '-f', 'w.yaml', '-c', 'c1', '--watch=Available'], {
    files: { 'w.yaml': workYaml('w-2', { value: 'two' }) },
  });
});
afterAll(() => maestro.close());

const cells = ({ stdout }: CliRun): readonly (readonly string[])[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {3,}/));
const names = (run: CliRun): readonly string[] => cells(run).map(([name = '']) => name);

describe('columns of the user', () => {
  it('are those that were named, in their order, and labels beside them', async () => {
    const run = await cli([
      'list',
      '-c',
      'c1',
      '--columns=state,NAME,stored',
      '-L',
      'example.com/tier,x',
      '--sort-by=name',
    ]);
    expect(cells(run)).toEqual([
      ['STATE', 'NAME', 'STORED', 'TIER', 'X'],
      ['available', 'w-10', '1', 'gold', '<none>'],
      ['available', 'w-2', '2', '<none>', '<none>'],
      ['available', 'w-9', '1', 'silver', '<none>'],
    ]);
    const labels = await cli(['list', '-c', 'c1', '--show-labels', '--no-headers', '--sort-by=name']);
    expect(cells(labels).map((row) => row.at(-1))).toEqual([
      'example.com/tier=gold',
      '<none>',
      'example.com/tier=silver',
    ]);
  });

  it('suggest the one that was meant', async () => {
    const run = await cli(['list', '--columns=name,stat']);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('Did you mean state?');
    expect((await cli(['list', '--sort-by=nam'])).stderr).toContain('Did you mean name?');
    expect((await cli(['list', '--status=failng'])).stderr).toContain('Did you mean failing?');
    expect((await cli(['list', '-o', 'custom-colums=A:.a'])).stderr).toContain('Did you mean custom-columns?');
  });

  it('are whole on a terminal that is too narrow for them, with the state in colour', async () => {
    const run = await cli(['list', '-c', 'c1', '--columns=name,id,state,last-report,source,created'], {
      isTTY: true,
      columns: 40,
    });
    expect(run.stdout).toContain('\u001b[32mavailable\u001b[39m');
    expect(run.stdout).not.toContain('…');
    expect(run.stdout).toMatch(/ID +STATE +LAST REPORT +SOURCE +CREATED\n/);
    const plain = await cli(['list', '-c', 'c1'], { isTTY: true, env: { NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001b');
  });

  it('leave CONSUMER out on a terminal where one was named, and nowhere else', async () => {
    expect((await cli(['list', '-c', 'c1'], { isTTY: true })).stdout).toMatch(/^NAME +STATE +VERSION +AGE\n/);
    for (const [argv, options] of [
      [['list'], { isTTY: true }],
      [['list', '-c', 'c1', '-c', 'c2'], { isTTY: true }],
      [['list', '-c', 'c1'], {}],
    ] as const)
      expect((await cli(argv, options)).stdout).toMatch(/^NAME +CONSUMER +STATE +VERSION +AGE\n/);
  });

  it('say on stderr what the terminal had no room for, and nothing in a pipe', async () => {
    const narrow = await cli(['list', '-o', 'wide'], { isTTY: true, columns: 60 });
    expect(narrow.stderr).toMatch(/^the terminal has no room for .*ID; --columns chooses what is shown/);
    expect(await cli(['list', '-o', 'wide'])).toMatchObject({ stderr: '' });
  });
});

describe('custom columns, as kubectl has them', () => {
  const spec =
    'NAME:.metadata.name,TIER:.metadata.labels.example\\.com/tier,V:metadata.generation,KINDS:{.spec.workload.manifests[*].kind}';

  it('are written on the line, or in a file', async () => {
    const expected = [
      ['NAME', 'TIER', 'V', 'KINDS'],
      ['w-10', 'gold', '1', 'ConfigMap'],
      ['w-2', '<none>', '2', 'ConfigMap'],
      ['w-9', 'silver', '1', 'ConfigMap'],
    ];
    expect(cells(await cli(['list', '--sort-by=name', '-o', `custom-columns=${spec}`]))).toEqual(expected);
    const files = {
      columns:
        'NAME   TIER   V  KINDS\n.metadata.name .metadata.labels.example\\.com/tier .metadata.generation .spec.workload.manifests[*].kind\n',
      short: 'NAME V\n.metadata.name\n',
    };
    const fromFile = await cli(['list', '--sort-by=name', '-o', 'custom-columns-file=columns'], { files });
    expect(cells(fromFile)).toEqual(expected);
    const one = await cli(['get', 'w-9', '-c', 'c1', '--no-headers', '-o', 'custom-columns-file=columns'], { files });
    expect(one.stdout).toBe('w-9   silver   1   ConfigMap\n');
    for (const file of ['short', 'none']) {
      const refused = await cli(['list', '-o', `custom-columns-file=${file}`], { files });
      expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
      expect(refused.stderr).toContain(file);
    }
  });

  it('follow changes, too', async () => {
    const watched = await cli(['list', '-w', '--timeout=500ms', '--via=poll', '-o', 'custom-columns=N:.metadata.name']);
    expect(names(watched).toSorted()).toEqual(['N', 'w-10', 'w-2', 'w-9']);
    const told = await cli(['watch', '--timeout=500ms', '--via=poll', '-o', 'custom-columns=N:.name,S:.state,T:.type']);
    expect(cells(told).toSorted()).toEqual([
      ['N', 'S', 'T'],
      ['w-10', 'available', 'ADDED'],
      ['w-2', 'available', 'ADDED'],
      ['w-9', 'available', 'ADDED'],
    ]);
  });

  it('take commas in brackets and quotes as part of a path', async () => {
    const path = '.status.conditions[?(@.type=="Applied")].status';
    expect((await cli(['list', '-c', 'c1', '--no-headers', '-o', `custom-columns=A:${path},B:.kind`])).stdout).toBe(
      'True   ManifestWork\n'.repeat(3),
    );
    const united = "custom-columns=A:.metadata['name','generation']";
    expect((await cli(['get', 'w-9', '-c', 'c1', '--no-headers', '-o', united])).stdout).toBe('w-9,1\n');
  });
});

describe('--sort-by a path', () => {
  it.each([
    ['.metadata.name', ['w-2', 'w-9', 'w-10']],
    ['{.metadata.resourceVersion}', ['w-9', 'w-10', 'w-2']],
    ['.metadata.creationTimestamp', ['w-10', 'w-9', 'w-2']],
    ['.metadata.labels.example\\.com/tier', ['w-10', 'w-9', 'w-2']],
    ['.nowhere', ['w-10', 'w-2', 'w-9']],
  ])('%s', async (path, expected) => {
    const run = await cli(['list', '--no-headers', `--sort-by=${path}`]);
    const sorted = names(run);
    if (path.includes('resourceVersion')) expect(sorted.at(-1)).toBe('w-2');
    else expect(sorted).toEqual(expected);
  });

  it('compares numbers, times and texts each in their way, and puts what is missing last', () => {
    const sorted = (values: readonly JsonValue[]): readonly JsonValue[] => {
      const steps = parseRelaxedPath('.a', '--sort-by');
      const of = (a: JsonValue): ReturnType<typeof sortValue> => sortValue(steps, { a });
      return values.toSorted((left, right) => compareSortValues(of(left), of(right)));
    };
    const late = '2026-11-22T12:00:00+02:00';
    const later = '2026-11-22T11:00:00Z';
    expect(sorted(['w-10', later, 10, null, 'w-9', late, 9n, 'W'])).toEqual([
      9n,
      10,
      late,
      later,
      'W',
      'w-9',
      'w-10',
      null,
    ]);
  });

  it('orders texts in one way, whatever they hold', () => {
    const text = fc.stringMatching(/^[a-c0-9.-]{0,6}$/);
    const order = (left: string, right: string): number => naturally(left, right) || byText(left, right);
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(Math.sign(order(a, b))).toBe(-Math.sign(order(b, a)) + 0);
        if (order(a, b) === 0) expect(a).toBe(b);
        if (order(a, b) <= 0 && order(b, c) <= 0) expect(order(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('get --field', () => {
  const field = (path: string, ...more: readonly string[]): Promise<CliRun> =>
    cli(['get', 'w-9', '-c', 'c1', `--field=${path}`, ...more]);

  it.each([
    ['.metadata.generation', '1\n'],
    ['metadata.name', 'w-9\n'],
    ['{.spec.workload.manifests[0].kind}', 'ConfigMap\n'],
    ['.metadata.labels', 'example.com/tier: silver\n'],
    ['.spec.workload.manifests[*].metadata.name', 'settings\n'],
    ['state', 'available\n'],
    ['version', '1/1\n'],
  ])('%s', async (path, expected) => {
    expect(await field(path)).toMatchObject({ exitCode: 0, stdout: expected, stderr: '' });
  });

  it('ends with exit code 3 and says what there is, when the value is not there', async () => {
    const absent = await field('.metadata.lables');
    expect(absent).toMatchObject({ exitCode: 3, stdout: '' });
    expect(absent.stderr).toContain('the work has no value at .metadata.lables');
    expect(absent.stderr).toContain('Did you mean labels? There is: name,');
    expect((await field('stat')).stderr).toMatch(/Did you mean stat(?:e|us)\?/);
  });

  it('stands alone, and refuses a path that does not parse before anything is read', async () => {
    expect(await field('.a', '-o', 'json')).toMatchObject({ exitCode: 2 });
    expect(await field('.a', '--columns=name')).toMatchObject({ exitCode: 2 });
    expect(() => parseRelaxedPath('{.a[}', '--field')).toThrow(MaestroError);
    expect((await field('.a[')).stderr).toContain('--field does not parse: the bracket is not closed\n  .a[\n    ^');
  });
});

it('get takes columns for a table, without -o table', async () => {
  expect((await cli(['get', 'w-9', '-c', 'c1', '--columns=name,state', '--no-headers'])).stdout).toBe(
    'w-9   available\n',
  );
});
