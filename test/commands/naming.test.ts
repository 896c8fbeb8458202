import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawFlags } from '../../src/command-line/command-spec.ts';
import { watchCommand } from '../../src/commands/watch/command.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { parseFor } from '../support/parse-for.ts';
import { runCli, type CliOptions, type CliRun } from '../support/run-cli.ts';
import { workYaml } from './support/works.ts';

/*
 * What commands are about when their line says it without flags, by what another command printed, or not at all.
 */

const resource = 'manifestwork.work.open-cluster-management.io';

/** A context in use whose consumer is c1, and another with c2. */
const config = 'current-context: west\ncontexts: {west: {consumer: c1}, east: {consumer: c2}, none: {}}\n';

let maestro: StandIn;
beforeAll(async () => {
  maestro = await startStandIn({ consumers: ['c1', 'c2'], agent: { delayMs: 5, deleteDelayMs: 5 } });
  for (const consumer of ['c1', 'c2'])
    for (const name of ['np', `only-${consumer}`]) {
      const run = await cli(`apply work.yaml -c ${consumer} --watch`, { files: { 'work.yaml': workYaml(name) } });
      expect(run).toMatchObject({ exitCode: 0 });
    }
});
afterAll(() => maestro.close());

function cli(line: string, options: CliOptions = {}): Promise<CliRun> {
  return runCli(line.split(' '), { endpoints: maestro, ...options });
}

/** With a configuration file. */
function inContext(line: string, options: CliOptions = {}): Promise<CliRun> {
  const files = { 'config.yaml': config, ...options.files };
  return cli(line, { ...options, files, env: { MAESTRO_CONFIG: 'config.yaml', ...options.env } });
}

describe('a name without a flag', () => {
  it.each([
    ['get np -c c1 -o name', `${resource}/np\n`],
    [`get ${resource}/np -c c1 -o name`, `${resource}/np\n`],
    [`get manifestwork/c2/only-c2 -o name`, `${resource}/only-c2\n`],
    ['wait np only-c1 -c c1 --for=Applied -o name', `${resource}/np\n${resource}/only-c1\n`],
    [`wait manifestwork/c1/np ${resource}/c2/np --for=Applied -o name`, `${resource}/c1/np\n${resource}/c2/np\n`],
    ['delete only-c1 -n np -c c1 --dry-run -o name', `${resource}/np\n${resource}/only-c1\n`],
    ['rm np -c c1 --dry-run -o name', `${resource}/np\n`],
  ])('%s', async (line, stdout) => {
    expect(await cli(line)).toMatchObject({ exitCode: 0, stdout, stderr: '' });
  });

  it('is what describe and watch are about, too', async () => {
    expect((await cli('describe manifestwork/np -c c1')).stdout).toContain('np');
    expect(parseFor(watchCommand, ['np', 'manifestwork/c2/x', '-c', 'c2'])).toMatchObject({
      scope: {
        addresses: [
          { name: 'np', consumer: 'c2' },
          { name: 'x', consumer: 'c2' },
        ],
      },
    });
  });

  it.each([
    ['get np -n other -c c1', '"np" and --name=other name two, and one is taken'],
    ['get np other -c c1', 'too many arguments'],
    ['get np', '--consumer is missing for np'],
    [`get manifestwork/c1/np -c c2`, 'names a work of c1'],
    ['wait manifestwork/c1/np -c c2', 'named on c1'],
    ['delete manifestwork/c1/np --all-consumers -y', 'leave the choice of consumers out'],
    ['get np -c c1,c2', 'several consumers'],
    ['wait np -c c1,,c2', '--consumer is empty'],
  ])('%s is a usage error', async (line, message) => {
    const run = await cli(line);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(message);
  });

  it('names what -o name printed over several consumers, line by line', async () => {
    const listed = await cli('list -o name --sort-by=name');
    const names = listed.stdout.trim().split('\n');
    expect(names.toSorted()).toEqual(
      ['c1/np', 'c1/only-c1', 'c2/np', 'c2/only-c2'].map((name) => `${resource}/${name}`),
    );
    for (const name of names)
      expect(await cli(`get ${name} -o jsonpath={.metadata.namespace}/{.metadata.name}`)).toMatchObject({
        exitCode: 0,
        stdout: name.slice(resource.length + 1),
      });
    expect((await cli('list -c c1,c2 -o name')).stdout.trim().split('\n').toSorted()).toEqual(names.toSorted());
    expect((await cli('list -c c1 -o name --sort-by=name')).stdout).toBe(`${resource}/np\n${resource}/only-c1\n`);
  });

  it('of works on several consumers is asked about before they are deleted', async () => {
    const both = `delete manifestwork/c1/np manifestwork/c2/np`;
    expect(await cli(both)).toMatchObject({ exitCode: 2, stdout: '' });
    const asked = await cli(both, { interactive: true, isTTY: true, stdin: 'n\n' });
    expect(asked.stderr).toMatch(/writing to .*[^]*Delete 2 works/);
    expect(asked.stderr).toContain('Delete 2 works (c1/np, c2/np) on 2 consumers (c1, c2)? [y/N]');
    expect(asked).toMatchObject({ exitCode: 2, stdout: '' });
    expect((await cli('list --filter=np -o name')).stdout.split('\n')).toHaveLength(3);
  });
});

describe('a file without a flag', () => {
  const files = { 'a.yaml': workYaml('a'), 'b.yaml': workYaml('b') };

  it('is applied, compared and built on, beside those of -f', async () => {
    const applied = await cli('apply b.yaml -f a.yaml -c c2 --dry-run -o name', { files });
    expect(applied).toMatchObject({ exitCode: 0, stdout: `${resource}/a\n${resource}/b\n` });
    expect(await cli('diff a.yaml -c c2', { files })).toMatchObject({ exitCode: 1 });
    expect(await cli('build a.yaml -n np -c c1', { files })).toMatchObject({ exitCode: 0 });
    expect(await cli('validate a.yaml b.yaml', { files })).toMatchObject({ exitCode: 0 });
  });

  it('is named by -n as by --name, and by what -o name prints', async () => {
    const run = await cli('apply a.yaml -n manifestwork/c2/other --dry-run -o json', { files });
    expect(JSON.parse(run.stdout)).toMatchObject({ works: [{ name: 'other', consumer: 'c2' }] });
  });

  it('with a name that no work can have blames the flag', async () => {
    const run = await cli(`apply a.yaml -c c1 --name=${'x'.repeat(64)}`, { files });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(/error: --name=x+ is no name of a work: must be no more than 63 characters/);
  });
});

describe('the consumer of the context', () => {
  it.each([
    ['get only-c1 -o name', `${resource}/only-c1\n`],
    ['get only-c2 --context=east -o name', `${resource}/only-c2\n`],
    ['get only-c2 -c c2 -o name', `${resource}/only-c2\n`],
    ['get manifestwork/c2/only-c2 -o name', `${resource}/only-c2\n`],
    ['wait only-c1 --for=Applied -o name', `${resource}/only-c1\n`],
    ['delete only-c1 --dry-run -o name', `${resource}/only-c1\n`],
    ['list -o name --sort-by=name', `${resource}/np\n${resource}/only-c1\n`],
    ['ls -o name --sort-by=name --context=east', `${resource}/np\n${resource}/only-c2\n`],
    ['list -A -o name --filter=only-c2', `${resource}/c2/only-c2\n`],
    ['wait np --all-consumers --for=Applied -o name', `${resource}/c1/np\n${resource}/c2/np\n`],
  ])('%s', async (line, stdout) => {
    expect(await inContext(line)).toMatchObject({ exitCode: 0, stdout });
  });

  it('is told when it has no such works, because nobody named it', async () => {
    const run = await inContext('list --filter=only-c2');
    expect(run.stderr).toContain('no works found on c1 (of the context "west"); --all-consumers lists those of all');
    expect((await inContext('list -c c1 --filter=only-c2')).stderr).toBe('no works found\n');
  });

  it('has its works watched, and -A watches all', async () => {
    const context = { name: 'west', explicit: false, values: { consumer: 'c1' } };
    const scope = (flags: RawFlags): unknown =>
      watchCommand.parse({ flags, args: [], env: {}, config: { path: 'config.yaml', context } }).scope;
    expect(scope({})).toMatchObject({ by: 'list', consumers: ['c1'] });
    expect(scope({ allConsumers: true })).toMatchObject({ by: 'list', consumers: [] });
    expect(scope({ name: ['w'] })).toMatchObject({ addresses: [{ name: 'w', consumer: 'c1' }] });
  });

  it.each([
    // A flag, before an explicit context, before the document, before the current context.
    ['apply w.yaml -c c2', undefined, 'c2'],
    ['apply w.yaml --context=east', undefined, 'c2'],
    ['apply w.yaml', 'c2', 'c2'],
    ['apply w.yaml', undefined, 'c1'],
    ['apply w.yaml --adapter=a', undefined, 'c1'],
    ['apply w.yaml --template-consumer', undefined, 'c1'],
  ])('%s of a document with namespace %s goes to %s', async (line, namespace, consumer) => {
    const files = {
      'w.yaml': workYaml('w').replace(
        'name: w',
        namespace === undefined ? 'name: w' : `name: w\n  namespace: ${namespace}`,
      ),
    };
    const run = await inContext(`${line} --dry-run=server -o json`, { files });
    expect(JSON.parse(run.stdout)).toMatchObject({ works: [{ consumer }] });
    expect(
      (
        await inContext(
          `${line.replace(/apply|--template-consumer/g, (word) => (word === 'apply' ? 'diff' : '')).trim()} -o json`,
          { files },
        )
      ).exitCode,
    ).toBe(1);
  });

  it('that an explicit context names and the document contradicts is refused', async () => {
    const files = { 'w.yaml': workYaml('w').replace('name: w', 'name: w\n  namespace: c1') };
    const run = await inContext('apply w.yaml --context=east --dry-run', { files });
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain('metadata.namespace: c1, which contradicts the consumer c2');
  });

  it('stands in the line that says where a write goes, with the context that says so', async () => {
    const files = { 'w.yaml': workYaml('told') };
    const tell = async (line: string): Promise<string> => (await inContext(line, { files, isTTY: true })).stderr;
    expect(await tell('apply w.yaml')).toContain('consumer c1 (of the context "west")');
    expect(await tell('apply w.yaml --template-consumer')).toContain('consumer c1 (of the context "west")');
    expect(await tell('apply w.yaml -c c1')).not.toContain('of the context');
    expect(await tell('delete told')).toContain('consumer c1 (of the context "west")');
    await tell('apply w.yaml');
    expect(await tell('delete told -c c1')).not.toContain('of the context');
  });

  it('is no one when the context names none, and must be able to be one', async () => {
    expect((await inContext('get np --context=none')).stderr).toContain('--consumer is missing for np');
    const files = { 'config.yaml': 'current-context: a\ncontexts: {a: {consumer: "C 1"}}\n' };
    const run = await inContext('get np', { files });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('the context "a" names the consumer "C 1"');
  });

  it('is written by config set-context, shown, and taken out again', async () => {
    const env = { MAESTRO_CONFIG: 'config.yaml' };
    const made = await cli('config set-context here --consumer=c2', { env });
    expect(made.files['config.yaml']).toContain('consumer: c2');
    const { files } = made;
    expect((await cli('config get-contexts -o json', { env, files })).stdout).toContain('"consumer": "c2"');
    const dropped = await cli('config set-context here --unset=consumer', { env, files });
    expect(dropped.files['config.yaml']).not.toContain('c2');
    expect(await cli('config set-context here --consumer=C_2', { env })).toMatchObject({ exitCode: 2 });
    expect(await cli('config use here', { env, files })).toMatchObject({ stdout: 'context/here in use\n' });
  });
});
