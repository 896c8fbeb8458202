import { describe, expect, it } from 'vitest';
import { flagSyntaxes } from '../../src/command-line/flag-syntax.ts';
import { commands } from '../../src/commands/index.ts';
import { runCli } from '../support/run-cli.ts';
import { adapterResultOf, resultOf } from './support/result.ts';

const old = '{"status":"Applied","timestamp":"2026-11-01T00:00:00Z"}';

describe('an error in JSON', () => {
  it.each([
    [['list', '-A', '-ojson']],
    [['list', '-Aojson']],
    [['list', '-Avojson']],
    [['list', '-Ao', 'json']],
    [['list', '-A', '-o=json']],
    [['-ojson', 'list', '-A']],
    [['list', '-A', '--output', 'json']],
    [['list', '-A', '--output=json']],
  ])('is printed for %j', async (argv) => {
    const run = await runCli([...argv, '--timeout=1s']);
    expect(run).toMatchObject({ exitCode: 8 });
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { code: 'unavailable', exitCode: 8 } });
  });

  it.each([
    [['list', '-A', '--bogus', '-ojson']],
    [['list', '--consumer', '-Aojson', '-A', '-o', 'json', 'stray']],
    [['lst', '-ojson']],
  ])('is printed for %j, which is refused', async (argv) => {
    const run = await runCli(argv);
    expect(run).toMatchObject({ exitCode: 2 });
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { code: 'usage', exitCode: 2 } });
  });

  it.each([
    [['version', '--', '-ojson']],
    [['list', '--consumer=-ojson', '--bogus']],
    [['apply', '--grpc-endpoint', '--output=json', '--bogus']],
  ])('is not asked for by %j, where the word is something else', async (argv) => {
    const run = await runCli(argv);
    expect(run).toMatchObject({ exitCode: 2 });
    expect(run.stdout).toBe('');
  });
});

describe('the file of an earlier run', () => {
  it.each([
    [['version', '--', '--results-path=F']],
    [['validate', '--', '--results-path=F']],
    [['list', '--grpc-endpoint', '--results-path=F', '--timeout=1s']],
    [['list', '--http-endpoint', '--results-path', 'F', '--timeout=1s']],
  ])('is left alone by %j, in which --results-path is no flag', async (argv) => {
    const run = await runCli(argv, { files: { F: old } });
    expect(run.exitCode).not.toBe(0);
    expect(run.files['F']).toBe(old);
  });

  it('is not replaced when it stands where a flag was forgotten', async () => {
    const run = await runCli(['apply', 'values.json', '--results-path=values.json'], { files: { 'values.json': old } });
    expect(run).toMatchObject({ exitCode: 2, files: { 'values.json': old } });
    expect(run.stderr).toContain('written over values.json');
  });
});

describe('a result', () => {
  it.each([
    [['apply', '--bogus', '-f', 'w.yaml', '--consumer=c1', '--name=w']],
    [['--bogus', 'apply', '--consumer=c1', '--name=w']],
    [['apply', '--consumer', 'c1', '-n', 'w', '-f']],
    [['delete', 'w', '-cc1', '--stray']],
    [['wait', '-yn', 'w', '-c', 'c1']],
    [['wait', '-cc1', '--for=(', '--', 'manifestwork/w']],
  ])('of %j goes where RESULTS_PATH says, and names the work', async (argv) => {
    const run = await runCli(argv, { env: { RESULTS_PATH: 'result.json' } });
    expect(run.exitCode).toBe(2);
    expect(resultOf(run)).toMatchObject({ manifestWorkName: 'w', consumer: 'c1', status: 'Failed' });
  });

  const lines = commands.flatMap(({ name, flags }) =>
    flags
      .flatMap((flag) => flagSyntaxes(flag))
      .flatMap((flag) => flag.names.map((spelling) => ({ name, flag, spelling }))),
  );
  it.each(lines)('is written for `$name $spelling` on a line that is refused', async ({ name, flag, spelling }) => {
    const value = '--results-path=not-this.json';
    const glue = spelling.startsWith('--') ? '=' : '';
    const given = flag.takes === 'nothing' ? spelling : `${spelling}${glue}${value}`;
    const run = await runCli([
      ...name.split(' '),
      given,
      '--bogus',
      '--results-path=result.json',
      '--results-format=adapter-result',
    ]);
    expect(run.exitCode).toBe(2);
    expect(adapterResultOf(run)).toMatchObject({ status: 'failure', reason: 'InvalidUsage', phase: 'Failed' });
    expect(Object.keys(run.files)).toEqual(['result.json']);
  });
});
