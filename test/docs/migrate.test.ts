import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { adapterWork, migrationWorld, source } from '../acceptance/support/migration.ts';
import { projectRoot, runCli, type CliRun } from '../support/run-cli.ts';
import { shellWords } from '../support/shell-words.ts';

const page = readFileSync(join(projectRoot, 'docs/migrate.md'), 'utf8');

interface Block {
  readonly language: string;
  readonly text: string;
}

const blocks: readonly Block[] = [...page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(
  ([, language = '', text = '']) => ({
    language,
    text,
  }),
);

/** What a line of a block is to end with: `# exit code N` behind it, else 0. */
function lineOf(text: string): { readonly command: string; readonly exitCode: number } {
  const [command = '', code = '0'] = text.split(/ # exit code /);
  return { command, exitCode: Number(code) };
}

const objectsOf = (adapter: string, value: string): Readonly<Record<string, string>> =>
  adapter === 'nodepool' ? { nodepool: value, size: value } : { [adapter]: value };

/** Widths of columns and ages are those of a run. */
const squeezed = (text: string): string =>
  text
    .trim()
    .replaceAll(/ {2,}/g, ' ')
    .replace(/ \d+m?s$/, ' AGE');

it('runs every command of the runbook in its order, and prints what the page says', { timeout: 120_000 }, async () => {
  const world = await migrationWorld({
    consumers: ['c1', 'c2', 'c3'],
    agent: { delayMs: 1, availableDelayMs: 1, statusSyncMs: 10 },
  });
  for (const consumer of ['c1', 'c2', 'c3'])
    for (const adapter of ['idp', 'landing-zone', 'nodepool'])
      await world.apply(consumer, adapter, adapterWork(`hyperfleet-${consumer}-${adapter}`, objectsOf(adapter, '1')));
  const start = ['c1', 'c2', 'c3'].map((consumer) => world.objects(consumer).map(({ name, uid }) => `${name} ${uid}`));
  const files = { 'nodepool.yaml': adapterWork('from-the-flag', objectsOf('nodepool', '2')) };
  let env: Readonly<Record<string, string>> = {};
  let printed: readonly string[] = [];
  for (const { language, text } of blocks) {
    if (language === 'text') {
      let at = 0;
      for (const line of text.trimEnd().split('\n')) {
        const found = printed.indexOf(squeezed(line), at);
        expect(found, `the page says: ${line}\nprinted is:\n${printed.join('\n')}`).toBeGreaterThanOrEqual(0);
        at = found + 1;
      }
      continue;
    }
    expect(language).toBe('sh');
    const said: string[] = [];
    for (const line of text.trimEnd().split('\n')) {
      const [, name = '', value = ''] = /^export (\w+)=(\S+)$/.exec(line) ?? [];
      if (name !== '') {
        env = { ...env, [name]: value };
        continue;
      }
      const { command, exitCode } = lineOf(line);
      const ended: CliRun = await runCli(argvOf(command), { cwd: world.folder, maestro: world.standIn, env, files });
      expect(ended.exitCode, `${command}\n${ended.stdout}\n${ended.stderr}`).toBe(exitCode);
      said.push(...`${ended.stdout}\n${ended.stderr}`.split('\n').map((one) => squeezed(one)));
      for (const consumer of ['c1', 'c2', 'c3'])
        expect(
          world.objects(consumer).filter(({ owners }) => owners === 0),
          `${command}: an object without an owner`,
        ).toEqual([]);
    }
    printed = said;
  }
  expect(env).toEqual({ MAESTRO_SOURCE_ID: source });
  expect(
    ['c1', 'c2', 'c3'].map((consumer) => world.objects(consumer).map(({ name, uid }) => `${name} ${uid}`)),
  ).toEqual(start);
});

it('shows commands in blocks alone that are run, and each of the commands of a migration', () => {
  const shown = blocks.flatMap(({ language, text }) => (language === 'sh' ? [text] : [])).join('');
  for (const command of ['inventory', 'plan', 'run', 'finish', 'rollback', 'status', 'map'])
    expect(shown).toContain(`maestro-cli migrate ${command} `);
});

/** What stands before a pipe, without the program. */
function argvOf(command: string): readonly string[] {
  const [program, ...words] = shellWords(command);
  expect(program, command).toBe('maestro-cli');
  const end = words.indexOf('|');
  return end < 0 ? words : words.slice(0, end);
}
