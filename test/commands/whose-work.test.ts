import { describe, expect, it, onTestFinished } from 'vitest';
import { connectInProcess } from '../../src/clients/in-process.ts';
import { systemClock } from '../../src/clock.ts';
import { bundleId } from '../../src/core/works/bundle-id.ts';
import { MaestroError } from '../../src/errors.ts';
import { createStandIn, type InProcessStandIn } from '../../src/standin/index.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { runWithEditor, type Keystrokes } from './support/scripted-editor.ts';
import { workYaml } from './support/works.ts';

/** Every command that is given a name takes the same row for the work of that name, and for ours. */

const source = 'maestro-cli';

/** A Maestro with a work that another program has stored on c1. */
async function holding(id: string, name: string): Promise<InProcessStandIn> {
  const standIn = await createStandIn({ consumers: ['c1'], agent: { delayMs: 1, availableDelayMs: 1 } });
  onTestFinished(() => standIn.close());
  const maestro = connectInProcess(standIn);
  const metadata = { name: 'settings', namespace: 'default' };
  const manifests = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { key: 'one' } }];
  const work = { name, labels: {}, annotations: {}, manifests, manifestConfigs: [] };
  const options = { signal: new AbortController().signal, deadlineMs: systemClock.monotonicMs() + 10_000 };
  await maestro.writer.publish({ kind: 'create', target: { id, consumer: 'c1', source }, work }, options);
  await maestro.close();
  return standIn;
}

const oneToTwo: Keystrokes = (text) => text.replace('key: one', 'key: two');
const edit = (maestro: InProcessStandIn, argv: readonly string[], keys: readonly Keystrokes[]): Promise<CliRun> =>
  runWithEditor(['edit', ...argv, '-y', '--timeout=20s'], keys, { maestro });

describe('a work that is stored under our id without a name', () => {
  const nameless = (): Promise<InProcessStandIn> => holding(bundleId(source, 'c1', 'w'), '');

  it.each([
    ['get', 'w', '-c', 'c1'],
    ['describe', 'w', '-c', 'c1'],
    ['wait', 'w', '-c', 'c1', '--must-exist'],
    ['history', 'w', '-c', 'c1'],
    ['diff', '-f', 'w.yaml', '--name=w', '-c', 'c1'],
    ['apply', '-f', 'w.yaml', '--name=w', '-c', 'c1'],
    ['delete', 'w', '-c', 'c1', '-y'],
  ])('is the work of that name for %s', async (...argv) => {
    const maestro = await nameless();
    const ended = await runCli([...argv, '--timeout=20s'], { maestro, files: { 'w.yaml': workYaml('w') } });
    expect(argv[0] === 'diff' ? [0, 1] : [0], ended.stderr).toContain(ended.exitCode);
    expect(ended.stdout).not.toMatch(/created|not found/);
  });

  it.each(['poll', 'stream'])('is the work of that name for watch --via=%s', async (via) => {
    const maestro = await nameless();
    const stop = new AbortController();
    const onStdout = (): void => stop.abort(new MaestroError('interrupted', 'interrupted by SIGINT'));
    const ended = await runCli(['watch', 'w', '-c', 'c1', `--via=${via}`, '-o', 'json', '--timeout=20s'], {
      maestro,
      onStdout,
      signal: stop.signal,
    });
    expect(ended.exitCode, ended.stderr).toBe(130);
    expect(ended.stderr).not.toContain('not there yet');
    const [first = ''] = ended.stdout.split('\n');
    expect(JSON.parse(first)).toMatchObject({ type: 'ADDED', consumer: 'c1', id: bundleId(source, 'c1', 'w') });
  });

  it('is edited under the name that was given, and has it then', async () => {
    const maestro = await nameless();
    const ended = await edit(maestro, ['w', '-c', 'c1'], [oneToTwo]);
    expect(ended.exitCode, ended.stderr).toBe(0);
    expect(ended.stdout).toBe('manifestwork.work.open-cluster-management.io/w updated (version 2)\n');
    const { stdout } = await runCli(['get', 'w', '-c', 'c1', '-o', 'manifestwork'], { maestro });
    expect(stdout).toMatch(/^ {2}name: w$/m);
    expect(stdout).toContain('key: two');
  });

  it('is rolled back as the work of that name: nothing is kept of it', async () => {
    const maestro = await nameless();
    const ended = await runCli(['rollback', 'w', '-c', 'c1', '-y'], { maestro });
    expect(ended.stderr).toContain('no version of w on c1 before 1, which is stored, is kept');
    expect(ended.exitCode).toBe(3);
  });
});

describe('a work of ours under an id of its own', () => {
  const id = '5f0c2a52-3a53-4c0e-9f0e-3a6b2c1d0e4f';

  it.each([[['own', '-c', 'c1']], [[`--id=${id}`]]])(
    'is not changed by %j, for the reason that holds',
    async (named) => {
      const maestro = await holding(id, 'own');
      for (const ended of [await edit(maestro, named, []), await runCli(['rollback', ...named, '-y'], { maestro })]) {
        expect(ended.exitCode, ended.stderr).toBe(10);
        expect(ended.stderr).toContain(`own on c1 is a work of maestro-cli under an id of its own (${id})`);
        expect(ended.stderr).not.toContain('another source');
      }
      expect(maestro.publishes()).toHaveLength(1);
    },
  );

  it('is ours for delete --id, too', async () => {
    const maestro = await holding(id, 'own');
    const ended = await runCli(['delete', `--id=${id}`, '-y'], { maestro });
    expect(ended.exitCode, ended.stderr).toBe(0);
  });
});
