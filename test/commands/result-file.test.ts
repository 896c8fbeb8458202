import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { emptyFolder, runCli, type CliRun } from '../support/run-cli.ts';
import { adapterResultOf, resultOf } from './support/result.ts';
import { workYaml } from './support/works.ts';

let maestro: StandIn;
beforeAll(async () => {
  maestro = await startStandIn({ consumers: ['c1'], agent: { delayMs: 5 } });
});
afterAll(() => maestro.close());

const files = { 'w.yaml': workYaml('w') };
const apply = ['apply', '-f', 'w.yaml', '--consumer=c1'];

describe('a path that cannot be written', () => {
  it.each([
    { title: 'a directory', make: (folder: string) => mkdirSync(join(folder, 'out')), path: 'out' },
    { title: 'a folder that is missing', make: () => undefined, path: 'no/r.json' },
  ])('$title: exit 2 before anything is sent', async ({ make, path }) => {
    const cwd = emptyFolder();
    make(cwd);
    const before = maestro.publishes().length;
    const run = await runCli([...apply, `--results-path=${path}`], { endpoints: maestro, files, cwd });
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('cannot be written');
    expect(maestro.publishes()).toHaveLength(before);
  });

  it.skipIf(process.getuid?.() === 0)('a folder without the right to write', async () => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'out'));
    chmodSync(join(cwd, 'out'), 0o500);
    expect(await runCli([...apply, '--results-path=out/r.json'], { endpoints: maestro, files, cwd })).toMatchObject({
      exitCode: 2,
    });
  });

  it('a folder that vanishes while it runs: the exit code is no success', async () => {
    const cwd = emptyFolder();
    const run = await runCli([...apply, '--results-path=r.json'], {
      endpoints: maestro,
      files,
      cwd,
      connect: async (settings) => {
        const { connectMaestro } = await import('../../src/clients/connect.ts');
        const { systemClock } = await import('../../src/clock.ts');
        mkdirSync(join(cwd, 'r.json'));
        writeFileSync(join(cwd, 'r.json', 'x'), '');
        return connectMaestro(settings, { clock: systemClock, random: () => 0.5 });
      },
    });
    expect(run.exitCode).toBe(8);
    expect(run.stderr).toContain('the outcome could not be written');
    expect(readdirSync(cwd).sort()).toEqual(['r.json', 'w.yaml']);
  });
});

describe('what is there before', () => {
  it('a stale success does not outlive a run that fails', async () => {
    const run = await runCli(['apply', '--results-path=r.json'], {
      files: { ...files, 'r.json': '{"status":"Applied"}' },
    });
    expect(run.exitCode).toBe(2);
    expect(resultOf(run, 'r.json')).toMatchObject({ status: 'Failed', message: 'nothing to apply' });
  });

  it('help leaves it alone', async () => {
    const run = await runCli(['apply', '--help', '--results-path=r.json'], { files: { 'r.json': 'kept' } });
    expect(run).toMatchObject({ exitCode: 0, files: { 'r.json': 'kept' } });
  });

  it('a link is replaced, not written through', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'precious'), 'precious');
    symlinkSync(join(cwd, 'precious'), join(cwd, 'r.json'));
    const run = await runCli([...apply, '--results-path=r.json'], { endpoints: maestro, files, cwd });
    expect(run.files['precious']).toBe('precious');
    expect(resultOf(run, 'r.json')).toMatchObject({ manifestWorkName: 'w' });
  });
});

describe('who writes it', () => {
  it('commands with an outcome by RESULTS_PATH, mode 0644', async () => {
    const cwd = emptyFolder();
    const run = await runCli(apply, {
      endpoints: maestro,
      files,
      cwd,
      env: { RESULTS_PATH: join(cwd, 'r.json'), MAESTRO_RESULTS_FORMAT: 'adapter-result' },
    });
    expect(adapterResultOf(run, 'r.json')).toMatchObject({ manifestWorkName: 'w' });
    expect(statSync(join(cwd, 'r.json')).mode & 0o777).toBe(0o644);
  });

  it.each([['list'], ['get', '--name=w', '--consumer=c1'], ['consumer', 'list'], ['list', '-c', 'c1'], ['version']])(
    '%s leaves RESULTS_PATH alone',
    async (...argv) => {
      const cwd = emptyFolder();
      const run = await runCli(argv, {
        endpoints: maestro,
        cwd,
        files: { 'r.json': 'kept' },
        env: { RESULTS_PATH: join(cwd, 'r.json') },
      });
      expect(run.exitCode, run.stderr).toBe(0);
      expect(run.files).toEqual({ 'r.json': 'kept' });
    },
  );

  describe('build', () => {
    const build = async (...argv: readonly string[]): Promise<CliRun> => {
      const cwd = emptyFolder();
      return runCli(['build', 'np.yaml', '-n', 'built', '-c', 'c1', ...argv], {
        endpoints: maestro,
        cwd,
        files: { 'np.yaml': workYaml('built'), 'r.json': 'kept' },
        env: { RESULTS_PATH: join(cwd, 'r.json'), MAESTRO_RESULTS_FORMAT: 'adapter-result' },
      });
    };

    it('leaves RESULTS_PATH to the apply of what it prints, whether it ends well or not', async () => {
      const before = maestro.publishes().length;
      const built = await build();
      expect(built.exitCode, built.stderr).toBe(0);
      expect(built.stdout).toContain('kind: ManifestWork');
      expect(built.files['r.json']).toBe('kept');
      const failed = await build('-c', 'none');
      expect(failed.exitCode).not.toBe(0);
      expect(failed.files['r.json']).toBe('kept');
      expect(maestro.publishes()).toHaveLength(before);
    });

    it('writes by --results-path that it has ended, and nothing of an apply', async () => {
      const done = await build('--results-path=by-flag.json');
      expect(adapterResultOf(done, 'by-flag.json')).toMatchObject({ reason: 'Finished', phase: 'InProgress' });
      expect(done.files['r.json']).toBe('kept');
    });

    it('has the outcome itself with --apply', async () => {
      expect(adapterResultOf(await build('--apply'), 'r.json')).toMatchObject({ reason: 'Accepted' });
    });
  });

  it('reading commands that fail by --results-path', async () => {
    const run = await runCli(
      ['get', '--name=none', '--consumer=c1', '--results-path=r.json', '--results-format=adapter-result'],
      { endpoints: maestro },
    );
    expect(run.exitCode).toBe(3);
    expect(adapterResultOf(run, 'r.json')).toMatchObject({ reason: 'NotFound', phase: 'Failed' });
  });

  it.each([
    { title: 'an unknown command', argv: ['aply', '--results-path=r.json', '--results-format=adapter-result'] },
    {
      title: 'an unknown format of output',
      argv: [...apply, '-o', 'xml', '--results-path=r.json', '--results-format=adapter-result'],
    },
    { title: 'no command', argv: ['--results-path=r.json', '--results-format=adapter-result'] },
    {
      title: 'settings that cannot work',
      argv: [...apply, '--grpc-endpoint=nowhere', '--results-path=r.json', '--results-format=adapter-result'],
    },
    {
      title: 'a certificate without its key',
      argv: [...apply, '--grpc-client-cert-file=c.pem', '--results-path=r.json', '--results-format=adapter-result'],
    },
  ])('a usage error: $title', async ({ argv }) => {
    const run = await runCli(argv, { endpoints: maestro, files });
    expect(run.exitCode, run.stderr).toBe(2);
    expect(adapterResultOf(run, 'r.json')).toMatchObject({ reason: 'InvalidUsage', phase: 'Failed' });
  });

  it('an unknown result format is a usage error that is recorded in the default one', async () => {
    const run = await runCli([...apply, '--results-path=r.json', '--results-format=xml'], {
      endpoints: maestro,
      files,
    });
    expect(run.exitCode).toBe(2);
    expect(resultOf(run, 'r.json')).toMatchObject({
      status: 'Failed',
      message: '--results-format does not know "xml"',
    });
  });
});

it('a crash that escapes every handler is recorded', async () => {
  const run = await runCli([...apply, '--results-path=r.json', '--results-format=adapter-result'], {
    files,
    connect: () => {
      throw new RangeError('out of range');
    },
  });
  expect(run.exitCode).toBe(70);
  expect(run.stderr).toContain('This is a bug in maestro-cli');
  expect(adapterResultOf(run, 'r.json')).toMatchObject({
    reason: 'InternalError',
    message: expect.stringContaining('out of range') as string,
  });
});

it('no executor and no value of a Secret appears in it', async () => {
  const yaml = `${workYaml('secret').replace('kind: ConfigMap', 'kind: Secret').replace('data: {key: "one"}', 'stringData: {key: "hunter2"}')}  executor: {subject: {type: ServiceAccount, serviceAccount: {namespace: ns, name: robot}}}\n`;
  for (const format of ['adapter-result', 'status-result']) {
    const run = await runCli([...apply, '--watch', '--results-path=r.json', `--results-format=${format}`], {
      endpoints: maestro,
      files: { 'w.yaml': yaml },
    });
    expect(run.exitCode, run.stderr).toBe(0);
    expect(resultOf(run, 'r.json')).toMatchObject({ resources: [{ kind: 'Secret', name: 'settings' }] });
    expect(`${run.files['r.json']}${run.stdout}${run.stderr}`).not.toMatch(/hunter2|robot/);
  }
});

describe('what a result tells before a work was looked for', () => {
  it('names the work and the consumer of the command line', async () => {
    const { exitCode, files } = await runCli([
      'apply',
      '-f',
      'missing.yaml',
      '--name=nodepool',
      '--consumer=c1',
      '--results-path=r.json',
      '--results-format=adapter-result',
    ]);
    expect(exitCode).toBe(4);
    const result = JSON.parse(files['r.json'] ?? '') as Record<string, string>;
    expect(result).toMatchObject({ manifestWorkName: 'nodepool', consumer: 'c1', status: 'failure' });
    expect(result['message']).toContain('ManifestWork nodepool');
  });

  it('refuses an empty path, such as that of an unset variable, before anything is sent', async () => {
    const { exitCode, stderr } = await runCli(['apply', '-f', 'w.yaml', '--consumer=c1', '--results-path', '']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--results-path is empty');
  });
});
