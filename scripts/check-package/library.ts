import { mkdirSync, symlinkSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { check, packageName, root, run } from './run.ts';

interface Use {
  /** What is imported, and from where behind the package's name. */
  readonly names: readonly string[];
  readonly entry: string;
  readonly script: string;
  readonly answer: string;
}

const uses: readonly Use[] = [
  {
    names: ['readDocuments', 'readWorks'],
    entry: '',
    script:
      "const { works } = readWorks(readDocuments('apiVersion: v1\\nkind: Namespace\\nmetadata: {name: n}', 'a.yaml'), { name: 'w' }); console.log(works[0].work.name, works[0].work.manifests.length);",
    answer: 'w 1',
  },
  {
    names: ['bundleId', 'foldStatus', 'parseExpression', 'formatExpression'],
    entry: '/core',
    script:
      "foldStatus({ version: 1, manifests: [] }, 1); console.log(bundleId('maestro-cli', 'cluster1', 'hyperfleet-cluster1-nodepool'), formatExpression(parseExpression('Applied AND Available')));",
    answer: '88970ef2-5090-52c2-a2ad-d83fabe28ed0 Applied AND Available',
  },
  {
    names: ['createBudget', 'parseGrpcEndpoint'],
    entry: '/parts',
    script: "console.log(typeof createBudget, parseGrpcEndpoint('grpc://h:1', { plaintext: false }).port);",
    answer: 'function 1',
  },
  {
    names: ['startStandIn'],
    entry: '/standin',
    // With certificates, because what makes them is built into the library.
    script:
      "startStandIn({ consumers: ['c1'], access: { mode: 'mtls', directory: 'certificates' } }).then(async (it) => { const { createMaestroClient } = await import('PACKAGE'); const client = await createMaestroClient(it.clientOptions()); const { operation } = await client.works('c1').apply({ name: 'w', manifests: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } }] }); console.log(operation); await client.close(); await it.close(); });",
    answer: 'created',
  },
];

interface BundledUse {
  readonly user: string;
  readonly node: string;
  readonly module: string;
  readonly script: string;
  readonly answer: string;
}

const types = `import { createMaestroClient, type WorkChange } from '${packageName}';
import { foldStatus, type WorkState } from '${packageName}/core';
import { createBudget, type Budget } from '${packageName}/parts';
import { startStandIn, type StandIn } from '${packageName}/standin';
const main = async (): Promise<void> => {
  const standIn: StandIn = await startStandIn();
  const client = await createMaestroClient(standIn.clientOptions());
  const state: (change: WorkChange) => WorkState = (change) => foldStatus(change, change.version);
  for await (const change of client.watch()) state(change);
};
export const parts: readonly [typeof main, (...given: Parameters<typeof createBudget>) => Budget] = [main, createBudget];
`;

/** Programs that import, require, bundle and type-check the installed library. */
export function checkLibrary(user: string): void {
  checkLibraryUses(user, process.execPath);
  checkTypes(user);
}

/** The same without types, run by a Node. */
export function checkLibraryUses(user: string, node: string): void {
  for (const { names, entry, script, answer } of uses) {
    const module = `${packageName}${entry}`;
    const text = script.replaceAll('PACKAGE', packageName);
    const list = names.join(', ');
    for (const [file, how, first] of [
      ['use.mjs', 'imported', `import { ${list} } from '${module}';`],
      ['use.cjs', 'required', `const { ${list} } = require('${module}');`],
    ] as const) {
      writeFileSync(join(user, file), `${first}\n${text}\n`);
      const printed = run(node, [file], user).trim();
      check(`${module} can be ${how}`, printed === answer, printed);
    }
    checkBundled({ user, node, module, answer, script: `import { ${list} } from '${module}';\n${text}\n` });
  }
}

/** A bundler drops modules that package.json says have no effects, and must not drop one that has. */
function checkBundled({ user, node, module, script, answer }: BundledUse): void {
  writeFileSync(join(user, 'bundled.ts'), script);
  buildSync({
    absWorkingDir: user,
    entryPoints: ['bundled.ts'],
    outfile: join(user, 'bundle/bundled.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
    // CommonJS packages in a bundle of ES modules ask for Node's own modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const printed = run(node, ['bundle/bundled.mjs'], user).trim();
  check(`${module} can be bundled`, printed === answer, printed);
}

/** With the declarations checked too, which skipLibCheck leaves out of `npm run types`. */
function checkTypes(user: string): void {
  const nodeTypes = join(user, 'node_modules/@types/node');
  if (!existsSync(nodeTypes)) {
    mkdirSync(join(user, 'node_modules/@types'), { recursive: true });
    symlinkSync(join(root, 'node_modules/@types/node'), nodeTypes);
  }
  writeFileSync(join(user, 'use.mts'), types);
  writeFileSync(join(user, 'use.cts'), types);
  const common = ['--noEmit', '--strict', '--target', 'es2024', '--lib', 'es2024,esnext.disposable', '--types', 'node'];
  for (const [options, files] of [
    [['--module', 'node16'], ['use.mts']],
    [
      ['--module', 'nodenext'],
      ['use.mts', 'use.cts'],
    ],
    [['--module', 'esnext', '--moduleResolution', 'bundler'], ['use.mts']],
    [['--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022'], ['use.mts']],
  ] as const) {
    run(join(root, 'node_modules/.bin/tsc'), [...common, ...options, ...files], user);
    check(`TypeScript takes the types as they are published: ${[...options, ...files].join(' ')}`, true);
  }
}
