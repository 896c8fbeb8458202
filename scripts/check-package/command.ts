import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type Schema } from 'ajv/dist/2020.js';
import { commands } from '../../src/commands/index.ts';
import { installedIn } from './installation.ts';
import { attempt, check, packageName, plainPath, root, run } from './run.ts';

const work = `apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata: { name: packed }
spec:
  workload:
    manifests:
    - { apiVersion: v1, kind: Namespace, metadata: { name: packed } }
`;

/**
 * Runs the installed command: every help, and a work's life against the installed stand-in.
 *
 * @param node the Node on the PATH, this one without it; with another one no help is asked for
 */
export async function checkCommand(user: string, node?: string): Promise<void> {
  const path = plainPath(node);
  const command = join(user, 'node_modules/.bin/maestro-cli');
  const cli = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    attempt(command, argv, user, { PATH: path, HOME: user, ...env });
  const succeed = (argv: readonly string[], says: string, env?: Readonly<Record<string, string>>): void => {
    const ended = cli(argv, env);
    check(
      `maestro-cli ${argv.join(' ')}`,
      // What a wait says meanwhile stands on stderr.
      ended.exitCode === 0 && (ended.stderr === '' || argv.includes('--watch')) && ended.stdout.includes(says),
      ended,
    );
  };

  check('npx runs it', run('npx', ['--no-install', packageName, 'version'], user, path).startsWith('maestro-cli '));
  // Once is enough: they are the same text.
  for (const { name } of node === undefined ? commands : [])
    succeed([...name.split(' '), '--help'], `Usage: maestro-cli ${name}`);
  succeed(['version', '-o', 'json'], '"commit"');
  succeed(['version', '--licenses'], '\n@grpc/grpc-js ');
  writeFileSync(join(user, 'work.yaml'), work);
  succeed(['validate', '-f', 'work.yaml', '--strict'], '0 errors, 0 warnings in 1 file (1 work)');
  succeed(['validate', '-f', 'work.yaml', '-o', 'junit'], '<testsuite');
  succeed(['config', 'set-context', 'here', '--source-id=mine', '--config=config.yaml'], 'here');
  succeed(['config', 'view', '--config=config.yaml'], 'source-id: mine');

  const standIn = spawn(command, ['dev', '--http-port=0', '--grpc-port=0', '--consumers=c1'], {
    cwd: user,
    env: { PATH: path, HOME: user },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const env = await endpointsOf(standIn);
    const one = ['--name=packed', '--consumer=c1'];
    succeed(['apply', '-f', 'work.yaml', '--consumer=c1', '--watch', '--results-path=r.json'], 'Applied', env);
    const result = JSON.parse(readFileSync(join(user, 'r.json'), 'utf8')) as { status?: string };
    check('its result file tells the same', result.status === 'Applied', result);
    const schema = join(installedIn(user), 'schemas/status-result.json');
    const isAsDescribed = new Ajv2020({ validateFormats: false }).compile(
      JSON.parse(readFileSync(schema, 'utf8')) as Schema,
    );
    check('and is as the schema in the package has it', isAsDescribed(result), isAsDescribed.errors);
    if (node === undefined) checkDocumentedTool(user);
    succeed(['get', ...one, '-o', 'yaml'], 'name: packed', env);
    succeed(['delete', ...one, '--all', '--watch'], 'packed', env);
  } finally {
    standIn.kill('SIGTERM');
  }
}

/** The line of docs/schemas.md that checks a result with npm's tools, where npm has kept nothing of an earlier run. */
function checkDocumentedTool(user: string): void {
  const documented = readFileSync(join(root, 'docs/schemas.md'), 'utf8').match(/^(?:schemas=|npx ).*$/gm) ?? [];
  copyFileSync(join(user, 'r.json'), join(user, 'result.json'));
  const script = `export npm_config_cache="$PWD/npm-cache"; ${documented.join('; ')}`;
  check('docs/schemas.md checks it with npx', run('sh', ['-c', script], user) === 'result.json valid\n');
}

/** Reads the two addresses that the stand-in prints once it listens. */
async function endpointsOf(standIn: ChildProcess): Promise<Readonly<Record<string, string>>> {
  let text = '';
  for await (const chunk of standIn.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    text += String(chunk);
    const found = [...text.matchAll(/export (\w+)=(\S+)\n/g)].map(
      ([, name = '', value = '']) => [name, value] as const,
    );
    if (found.length === 2) return Object.fromEntries(found);
  }
  throw new Error(`the stand-in did not start:\n${text}`);
}
