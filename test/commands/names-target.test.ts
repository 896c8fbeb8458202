import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { emptyFolder, projectRoot, runCli, type CliRun } from '../support/run-cli.ts';

const workYaml = (name: string): string =>
  JSON.stringify({
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'ManifestWork',
    metadata: { name },
    spec: {
      workload: {
        manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', namespace: 'default' }, data: {} }],
      },
    },
  });

/** Commands that write to Maestro over a line that this test can give them. */
const writing: Readonly<Record<string, { readonly argv: readonly string[]; readonly side?: 'http' }>> = {
  apply: { argv: ['apply', '-f', 'w.yaml', '--consumer=c1'] },
  build: { argv: ['build', '-f', 'm.yaml', '--name=built', '--consumer=c1', '--apply'] },
  delete: { argv: ['delete', '--name=there', '--consumer=c1'] },
  'consumer create': { argv: ['consumer', 'create', 'new'], side: 'http' },
  'consumer update': { argv: ['consumer', 'update', 'c2', '--label=a=b'], side: 'http' },
  'consumer delete': { argv: ['consumer', 'delete', 'c3', '-y'], side: 'http' },
};

/** Commands that write after more than one line prepares; what each calls is looked for in its code. */
const writingElsewhere: Readonly<Record<string, string>> = {
  'migrate run': 'migrate/shared/carry-out.ts',
  'migrate finish': 'migrate/shared/carry-out.ts',
  'migrate rollback': 'migrate/shared/carry-out.ts',
  'gitops freeze': 'gitops/shared/change-frozen.ts',
  'gitops unfreeze': 'gitops/shared/change-frozen.ts',
  'gitops uninstall': 'gitops/uninstall/run.ts',
  'gitops migrate run': 'gitops/migrate/shared/carry-out.ts',
  'gitops migrate finish': 'gitops/migrate/shared/carry-out.ts',
  'gitops migrate rollback': 'gitops/migrate/shared/carry-out.ts',
};

/** Commands that change nothing on a server, but for what the run itself says before the first write of any. */
const reading = [
  'diff, get, list, describe, wait, watch, events, history, validate, doctor, dev, completion, help, version',
  'consumer list, consumer get, migrate inventory, migrate plan, migrate status, migrate map, job render',
  'config, job, config get-contexts, config current-context, config use-context, config set-context, config delete-context',
  'config view, config path, gitops check, gitops baseline, gitops migrate plan, gitops migrate status',
  // It names the server in its top line, and asks with it before it writes.
  'ui',
  // A process that runs for weeks, of which each write is logged.
  'gitops controller',
].flatMap((names) => names.split(', '));

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn({ consumers: ['c1', 'c2', 'c3'] });
  expect(await run(['apply', '-f', 'there.yaml', '--consumer=c1'])).toMatchObject({ exitCode: 0 });
});
afterAll(() => standIn.close());

async function run(argv: readonly string[], isTTY = true, env: Record<string, string> = {}): Promise<CliRun> {
  const manifest = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m","namespace":"default"}}';
  const files = { 'w.yaml': workYaml('w'), 'there.yaml': workYaml('there'), 'm.yaml': manifest };
  return runCli(argv, { cwd: emptyFolder(), endpoints: standIn, files, isTTY, env });
}

describe('where a command writes', () => {
  it('is decided on for every command', () => {
    const known = new Set([...Object.keys(writing), ...Object.keys(writingElsewhere), ...reading, 'edit', 'rollback']);
    expect(commands.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
  });

  it.each(Object.entries(writing))('is the first thing that %s says on a terminal', async (_name, { argv, side }) => {
    const done = await run(argv);
    expect(done.exitCode, done.stderr).toBe(0);
    const where = side === 'http' ? standIn.httpEndpoint : `${standIn.grpcEndpoint} as source maestro-cli`;
    expect(done.stderr.split('\n')[0]).toBe(`writing to ${where}`);
  });

  it.each(Object.entries(writingElsewhere))('is named by %s', (_name, file) => {
    const code = readFileSync(join(projectRoot, 'src/commands', file), 'utf8');
    expect(code).toMatch(/ nameTarget\(options, context/);
    // Before anybody is asked.
    expect(code.indexOf(' nameTarget(options')).toBeLessThan(code.indexOf('await confirm('));
  });

  it('is not said where nobody looks, nor of a dry run, nor twice', async () => {
    expect((await run(['apply', '-f', 'w.yaml', '--consumer=c2'], false)).stderr).toBe('');
    expect((await run(['apply', '-f', 'w.yaml', '--consumer=c2', '--dry-run=server'])).stderr).not.toContain('writing');
    const twice = await run(['apply', '-f', 'w.yaml', '-f', 'there.yaml', '--consumer=c2']);
    expect(twice.stderr.match(/writing to/g)).toHaveLength(1);
  });

  it('is said with the consumer where the context gave it', async () => {
    const endpoints = `--grpc-endpoint=grpc://${standIn.grpcEndpoint}`;
    const config = join(emptyFolder(), 'config.yaml');
    const env = { MAESTRO_CONFIG: config };
    const setup = await run(['config', 'set-context', 'prod', endpoints, '--consumer=c2', `--config=${config}`]);
    expect(setup.exitCode, setup.stderr).toBe(0);
    const done = await run(['delete', '--name=w', '--context=prod'], true, env);
    expect(done.stderr.split('\n')[0]).toBe(
      `writing to ${standIn.grpcEndpoint} as source maestro-cli, consumer c2 (of the context "prod")`,
    );
  });
});
