import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleId } from '../../src/core/works/bundle-id.ts';
import { flagSyntaxes } from '../../src/command-line/flag-syntax.ts';
import { commands } from '../../src/commands/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import type { CliOptions, CliRun } from '../support/run-cli.ts';
import { personWith, type Person } from './support/kept.ts';
import { runWithEditor } from './support/scripted-editor.ts';
import { workYaml } from './support/works.ts';

/*
 * An id names a work by itself. A consumer beside it on the line is a second word for where the work is: when the two
 * differ, one of them is a mistake, and nothing may be done with either.
 */

let maestro: StandIn;
let person: Person;
beforeEach(async () => {
  maestro = await startStandIn({ consumers: ['c1', 'c2'], agent: { delayMs: 2 } });
  person = personWith(() => maestro);
  for (const value of ['one', 'two']) await person.apply(workYaml('w', { value }), '--keep-history', '--watch');
});
afterEach(() => maestro.close());

const id = bundleId('maestro-cli', 'c1', 'w');

type Run = (argv: readonly string[], options?: CliOptions) => Promise<CliRun>;

const plainly: Run = (argv, options) => person.run(argv, options);
const oneToThree = (text: string): string => text.replace('key: two', 'key: three');

/** Every command that takes --id: what else stands on its line, and who runs it when it is not refused. */
const lines: Readonly<Record<string, { readonly more: readonly string[]; readonly run?: Run }>> = {
  delete: { more: ['--watch'] },
  describe: { more: [] },
  edit: {
    more: ['--yes'],
    run: (argv, options) => runWithEditor(argv, [oneToThree], { endpoints: maestro, ...options }),
  },
  events: { more: [] },
  get: { more: ['-o', 'json'] },
  history: { more: [] },
  rollback: { more: ['--yes'] },
  wait: { more: ['--for=Applied', '--timeout=5s'] },
  watch: { more: ['--timeout=300ms', '--via=poll'] },
};

describe('--id beside --consumer', () => {
  it('is looked at here for every command that takes it', () => {
    const taking = commands.filter(({ flags }) => flags.some((flag) => flagSyntaxes(flag)[0].attribute === 'id'));
    expect(taking.map(({ name }) => name).sort()).toEqual(Object.keys(lines));
  });

  describe.each(Object.entries(lines))('%s', (command, { more, run = plainly }) => {
    const argv = [command, `--id=${id}`, ...more];

    it('refuses another consumer than that of the work, and sends nothing', async () => {
      const before = maestro.publishes().length;
      const done = await plainly([...argv, '--consumer=c2'], { env: { MAESTRO_EDITOR: 'never-started' } });
      expect(done).toMatchObject({ exitCode: 2 });
      expect(done.stderr).toContain(`the work w with the id ${id} is on c1, and c2 was named with it`);
      expect(done.stderr).toContain('Leave --consumer out');
      expect(maestro.publishes()).toHaveLength(before);
    });

    it('takes the consumer of the work', async () => {
      const done = await run([...argv, '-c', 'c1']);
      expect(done.exitCode, done.stderr).toBe(0);
    });

    it('does not look at the consumer of the context, which is for names', async () => {
      const files = { 'config.yaml': 'current-context: east\ncontexts: {east: {consumer: c2}}\n' };
      const done = await run([...argv, '--config=config.yaml'], { files });
      expect(done.exitCode, done.stderr).toBe(0);
    });
  });

  it('is refused for each manifest of it, too', async () => {
    const before = maestro.publishes().length;
    const done = await plainly(['delete', `--id=${id}`, '-c', 'c2', '--resource=ConfigMap/settings']);
    expect(done).toMatchObject({ exitCode: 2 });
    expect(maestro.publishes()).toHaveLength(before);
  });

  it('is refused when the work comes while it is waited for', async () => {
    const late = bundleId('maestro-cli', 'c1', 'late');
    const waiting = plainly(['wait', `--id=${late}`, '--consumer=c2', '--for=Applied', '--timeout=20s']);
    await person.apply(workYaml('late'));
    const done = await waiting;
    expect(done).toMatchObject({ exitCode: 2 });
    expect(done.stderr).toContain('is on c1, and c2 was named with it');
  });

  it.each(['delete', 'wait', 'watch'])('is refused by %s beside several consumers', async (command) => {
    const done = await plainly([command, `--id=${id}`, '-c', 'c1', '-c', 'c2']);
    expect(done).toMatchObject({ exitCode: 2 });
    expect(done.stderr).toContain('--id names one work on one consumer; leave the choice of consumers out');
  });
});
