/**
 * Checks the package as users get it: packs it, installs the tarball's own
 * files into an empty folder beside the installed dependencies, runs the
 * command through npx and through a link, and imports the library.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-package-'));
const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };

function run(file: string, args: readonly string[], cwd: string): string {
  return execFileSync(file, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function check(what: string, holds: boolean): void {
  if (!holds) throw new Error(`package check failed: ${what}`);
  console.log(`ok  ${what}`);
}

try {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', `--pack-destination=${folder}`], root)) as {
    filename: string;
    files: { path: string }[];
  }[];
  if (packed === undefined) throw new Error('npm pack said nothing');
  const files = packed.files.map(({ path }) => path);
  for (const needed of [
    'bin/maestro-cli',
    'dist/maestro-cli.cjs',
    'dist/maestro-cli/loader.cjs',
    'dist/maestro-cli/start.cjs',
    'dist/maestro-cli/start.cache',
    'dist/lib/index.js',
    'dist/lib/index.d.ts',
    'dist/lib/core/index.d.ts',
    'dist/lib/standin/index.d.ts',
    'dist/THIRD-PARTY-NOTICES.txt',
    'dist/maestro-cli-npm.cdx.json',
    'LICENSE',
    'README.md',
  ]) {
    check(`the package has ${needed}`, files.includes(needed));
  }
  check(
    'the package has no tests and no sources',
    !files.some((path) => path.startsWith('test/') || path.startsWith('src/')),
  );

  // Neither asks anything of a network: both read the tarball alone.
  const tarball = join(folder, packed.filename);
  run(join(root, 'node_modules/.bin/publint'), ['run', tarball, '--strict'], folder);
  check('publint finds the package in order', true);
  // The library is ESM, and every Node that it runs on can require ESM.
  run(
    join(root, 'node_modules/.bin/attw'),
    [tarball, '--profile=esm-only', '--no-definitely-typed', '--no-emoji'],
    folder,
  );
  check('types are found under every entry point', true);

  const user = join(folder, 'user');
  mkdirSync(join(user, 'node_modules', '.bin'), { recursive: true });
  writeFileSync(join(user, 'package.json'), '{"name":"user","private":true,"type":"module"}');
  run('tar', ['-xzf', join(folder, packed.filename), '-C', user], folder);
  const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string };
  const installed = join(user, 'node_modules', name);
  mkdirSync(dirname(installed), { recursive: true });
  run('mv', [join(user, 'package'), installed], folder);
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const dependency of Object.keys(dependencies)) {
    const link = join(user, 'node_modules', dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', dependency), link);
  }
  symlinkSync(`../${name}/bin/maestro-cli`, join(user, 'node_modules', '.bin', 'maestro-cli'));
  check('npx runs it', run('npx', ['--no-install', name, 'version'], user).startsWith('maestro-cli '));
  run('npx', ['--no-install', name, 'config', 'set-context', 'here', '--source-id=mine', '--config=config.yaml'], user);
  check(
    'it reads and prints YAML',
    run('npx', ['--no-install', name, 'config', 'view', '--config=config.yaml'], user).includes('source-id: mine'),
  );
  check(
    'it tells the licences of what is in it',
    run('npx', ['--no-install', name, 'version', '--licenses'], user).includes('\n@grpc/grpc-js '),
  );
  check('a clone runs it', run(join(root, 'bin/maestro-cli'), ['version', '-o', 'json'], folder).includes('"commit"'));

  const uses = {
    'the library': [
      "import { readDocuments, readWorks } from '@openshift-hyperfleet/maestro-cli'; const { works } = readWorks(readDocuments('apiVersion: v1\\nkind: Namespace\\nmetadata: {name: n}', 'a.yaml'), { name: 'w' }); console.log(works[0].work.name, works[0].work.manifests.length);",
      'w 1',
    ],
    'the core': [
      "import { bundleId, foldStatus, parseExpression, formatExpression } from '@openshift-hyperfleet/maestro-cli/core'; foldStatus({ version: 1, manifests: [] }, 1); console.log(bundleId('maestro-cli', 'cluster1', 'hyperfleet-cluster1-nodepool'), formatExpression(parseExpression('Applied AND Available')));",
      '88970ef2-5090-52c2-a2ad-d83fabe28ed0 Applied AND Available',
    ],
    'the parts': [
      "import { createBudget, parseGrpcEndpoint } from '@openshift-hyperfleet/maestro-cli/parts'; console.log(typeof createBudget, parseGrpcEndpoint('grpc://h:1', { plaintext: false }).port);",
      'function 1',
    ],
    'the stand-in': [
      "import { startStandIn } from '@openshift-hyperfleet/maestro-cli/standin'; const it = await startStandIn({ consumers: ['c1'] }); console.log((await (await fetch(it.httpEndpoint + '/api/maestro/v1/consumers')).json()).items[0].name); await it.close();",
      'c1',
    ],
  } as const;
  for (const [what, [script, answer]] of Object.entries(uses)) {
    writeFileSync(join(user, 'use.mjs'), script);
    check(`${what} can be imported`, run(process.execPath, ['use.mjs'], user).trim() === answer);
  }

  writeFileSync(
    join(user, 'use.ts'),
    `import { createMaestroClient, type WorkChange } from '@openshift-hyperfleet/maestro-cli';
import { foldStatus, type WorkState } from '@openshift-hyperfleet/maestro-cli/core';
import { startStandIn, type StandIn } from '@openshift-hyperfleet/maestro-cli/standin';
const standIn: StandIn = await startStandIn();
const client = await createMaestroClient(standIn.clientOptions());
const state: (change: WorkChange) => WorkState = (change) => foldStatus(change, change.version);
for await (const change of client.watch()) state(change);
`,
  );
  mkdirSync(join(user, 'node_modules', '@types'), { recursive: true });
  symlinkSync(join(root, 'node_modules/@types/node'), join(user, 'node_modules/@types/node'));
  // With the declarations checked too, which skipLibCheck leaves out of `npm run types`.
  run(
    join(root, 'node_modules/.bin/tsc'),
    ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node', 'use.ts'],
    user,
  );
  check('TypeScript takes the types as they are published', true);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
