/**
 * Which part of the code may import which: an allow-list, so that what is not listed is refused. Every import counts:
 * of a value, `import type`, `import()` and a type's `import('…')`.
 *
 *   bin → main, app → commands → library, operations, gitops → works → clients → core
 *
 * with `output`, `io` and `command-line` beside the commands, `standin` beside the clients, and `clock.ts`, `errors.ts`
 * and `exit-code.ts` beneath all.
 */

import packageJson from './package.json' with { type: 'json' };
import { beneath, gitopsLayers } from './scripts/gitops-layers.js';

/**
 * A folder of `src` (or a file, or files of one pattern) and what it may import beside itself. The longest name that
 * fits a file is the one that holds for it, so a sub-folder with an entry of its own takes no right from its parent.
 *
 * - `folder`: `src/core` with all below it, `src/*.ts` only the files that lie in it, `src/commands/:name` each folder
 *   there for itself.
 * - `may`: in the same way; what lies in the folder itself is always allowed.
 * - `node`, `npm`: modules of Node and packages.
 * - `why`: what the restriction is good for; it is printed with each violation.
 */
export const layers = [
  {
    folder: 'bin',
    may: ['src/main.ts', 'src/exit-code.ts', 'src/command-line/result-path.ts', 'src/command-line/scan-argv.ts'],
    node: ['fs', 'path', 'sea', 'vm'],
    why: 'bin starts src/main.ts and, where that cannot be loaded, says so; what it loads itself delays every start',
  },
  {
    folder: 'src/main.ts',
    may: ['src/app.ts', 'src/context.ts', ...beneath, 'src/clients/*.ts', 'src/io'],
    node: ['crypto', 'stream'],
    why: 'main builds the context from the process and hands it to the application; it decides nothing',
  },
  {
    folder: 'src/app.ts',
    may: [
      'src/observed-run.ts',
      'src/run-report.ts',
      'src/context.ts',
      ...beneath,
      'src/commands/index.ts',
      'src/command-line',
      'src/clients/connection.ts',
      'src/core',
      'src/io',
      'src/output',
    ],
    why: 'one run from argv to exit code knows the commands as data only; what they need is loaded with them',
  },
  {
    folder: 'src/observed-run.ts',
    may: ['src/context.ts', 'src/errors.ts', 'src/clients/*.ts', 'src/core', 'src/operations/*.ts', 'src/output'],
    why: 'it wraps the context of a run, whatever the command',
  },
  {
    folder: 'src/run-report.ts',
    may: [...beneath, 'src/core', 'src/io/result-file.ts', 'src/output/report'],
    why: 'it keeps what commands tell of a roll-out and writes the page at the end; only a run with --report loads it',
  },
  {
    folder: 'src/context.ts',
    may: [
      ...beneath,
      'src/clients/*.ts',
      'src/core/outcome',
      'src/core/roll-out',
      'src/io/held-terminal.ts',
      'src/io/run-program.ts',
      'src/operations/stopwatch.ts',
    ],
    why: 'the context is types only; whoever names it must not load anything by it',
  },
  { folder: 'src/clock.ts', node: ['process'], why: 'the clock lies beneath all layers' },
  { folder: 'src/random.ts', why: 'the source of chance lies beneath all layers' },
  { folder: 'src/exit-code.ts', why: 'the exit codes lie beneath all layers' },
  { folder: 'src/errors.ts', may: ['src/exit-code.ts'], why: 'the error lies beneath all layers' },
  { folder: 'src/build-info.ts', why: 'the build writes this file anew: it is constants' },
  {
    folder: 'src/index.ts',
    may: [...beneath, 'src/library', 'src/operations', 'src/works', 'src/clients/*.ts', 'src/core'],
    why: 'the package gives programs the library; nothing of the command line comes with it',
  },
  {
    folder: 'src/parts.ts',
    may: [...beneath, 'src/operations', 'src/works', 'src/clients/*.ts', 'src/core', 'src/io/heap.ts'],
    why: 'the parts are those beneath the library: nothing of the command line, and no client of programs',
  },

  {
    folder: 'src/core',
    may: ['src/errors.ts', 'src/exit-code.ts'],
    node: ['crypto', 'zlib'],
    npm: ['@noble/hashes', 'ajv', 'ipaddr.js', 'string-width', 'yaml'],
    why: 'the core knows neither terminal nor network, neither files nor time',
  },
  {
    folder: 'src/io',
    may: ['src/errors.ts', 'src/random.ts', 'src/clock.ts', 'src/core'],
    node: ['child_process', 'fs', 'fs/promises', 'net', 'os', 'path', 'stream', 'tty', 'util', 'v8'],
    why: 'io is files, descriptors and memory; it knows what is in a file only as far as it must to be read in bounds',
  },
  {
    folder: 'src/output',
    may: ['src/context.ts', 'src/build-info.ts', ...beneath, 'src/core'],
    node: ['path', 'stream', 'url'],
    npm: ['chalk', 'diff', 'sarif', 'xmlbuilder2'],
    why: 'printers are functions of a value and a writer: they decide nothing, and reach no file but the streams given',
  },

  {
    folder: 'src/clients',
    may: [...beneath, 'src/core', 'src/io/read-file.ts'],
    node: ['crypto', 'fs', 'http', 'net', 'tls'],
    npm: ['ipaddr.js'],
    why: 'clients carry requests; they neither decide nor print',
  },
  {
    folder: 'src/clients/grpc',
    may: ['src/clients/*.ts', ...beneath, 'src/core'],
    node: ['crypto', 'dns/promises', 'http2', 'net', 'tls'],
    npm: ['@grpc/grpc-js', '@grpc/proto-loader', 'cloudevents'],
    why: 'grpc-js is loaded by the first call that needs it, so nothing but this folder may bring it in',
  },
  {
    folder: 'src/clients/rest',
    may: ['src/clients/*.ts', ...beneath, 'src/core'],
    node: ['http', 'https', 'net', 'string_decoder', 'tls', 'zlib'],
    why: 'REST and gRPC know nothing of each other; what both need lies in src/clients',
  },
  {
    folder: 'src/works',
    may: [...beneath, 'src/clients/*.ts', 'src/core'],
    why: 'the one store of works: fed by the clients, read by operations, library and controllers, knowing none of them',
  },
  {
    folder: 'src/operations',
    may: [...beneath, 'src/works', 'src/clients/*.ts', 'src/core'],
    node: ['events'],
    why: 'operations serve commands and library alike: they never print, and reach Maestro through interfaces',
  },
  {
    folder: 'src/operations/doctor',
    may: ['src/operations/*.ts', ...beneath, 'src/clients', 'src/core'],
    node: ['crypto', 'dns/promises', 'http', 'net', 'tls'],
    npm: ['cloudevents'],
    why: 'the doctor looks at each step of a connection for itself, which for all others is behind the interfaces',
  },
  {
    folder: 'src/library',
    may: [...beneath, 'src/operations', 'src/works', 'src/clients/*.ts', 'src/core'],
    node: ['crypto'],
    why: 'the library runs inside foreign programs: it knows neither command line nor terminal nor process',
  },

  {
    folder: 'src/command-line',
    may: ['src/context.ts', ...beneath, 'src/operations', 'src/clients/*.ts', 'src/core', 'src/io', 'src/output'],
    node: ['events', 'path', 'readline/promises', 'stream'],
    npm: ['commander'],
    why: 'what all commands say of themselves and share of their flags: it knows no command',
  },
  {
    folder: 'src/commands/index.ts',
    may: ['src/command-line', 'src/commands'],
    why: 'the list of the commands, as data: what a command does is loaded when it is run',
  },
  {
    folder: 'src/commands/:name',
    may: [
      'src/context.ts',
      ...beneath,
      'src/commands/shared',
      'src/command-line',
      'src/operations',
      'src/works',
      'src/clients/*.ts',
      'src/core',
      'src/io',
      'src/output',
    ],
    node: ['path'],
    why: 'no command imports another, and each reaches Maestro through the context',
  },
  {
    folder: 'src/commands/shared',
    may: [
      'src/context.ts',
      ...beneath,
      'src/command-line',
      'src/operations',
      'src/works',
      'src/clients/*.ts',
      'src/core',
      'src/gitops/kube/kubeconfig.ts',
      'src/io',
      'src/output',
    ],
    node: ['path'],
    why: 'what several commands do in one way; it knows none of them',
  },
  { folder: 'src/commands/dev', may: ['src/standin'], also: 'src/commands/:name', why: 'dev is the stand-in, started' },
  {
    folder: 'src/commands/gitops',
    may: ['src/gitops', 'src/build-info.ts'],
    also: 'src/commands/:name',
    why: 'gitops is the controllers, started; they tell which build they are',
  },
  {
    folder: 'src/commands/ui',
    may: ['src/gitops'],
    node: ['events'],
    npm: ['ink', 'react', 'yoga-layout'],
    also: 'src/commands/:name',
    why: 'the terminal UI draws by Ink, which nothing else loads; one of its views shows what a hub has',
  },
  {
    folder: 'src/commands/version',
    may: ['src/build-info.ts'],
    also: 'src/commands/:name',
    why: 'version is what the build wrote down',
  },
  {
    folder: 'src/commands/validate',
    node: ['fs/promises'],
    also: 'src/commands/:name',
    why: 'validate goes through folders; what it reads is read by io',
  },

  {
    folder: 'src/standin',
    may: [...beneath, 'src/clients/transport.ts', 'src/clients/grpc/descriptor.ts', 'src/core', 'src/io/write-file.ts'],
    node: ['crypto', 'fs', 'http', 'net', 'path', 'sqlite', 'tls', 'zlib'],
    npm: ['@grpc/grpc-js', '@grpc/proto-loader', '@peculiar/x509', 'reflect-metadata'],
    why: 'the stand-in is a server: sharing logic with the clients would hide a fault on both sides',
  },

  ...gitopsLayers,
];

const escaped = (text) => text.replace(/[.\\/-]/g, '\\$&');

/** The pattern of what lies in a folder of `layers`. @param name what stands for `:name`: a group, or its match */
function pathPattern(folder, name = '([^/]+)') {
  if (folder.endsWith('/*.ts')) return `^${escaped(folder.slice(0, -5))}/[^/]+\\.tsx?$`;
  if (folder.endsWith('.ts')) return `^${escaped(folder)}$`;
  return `^${folder
    .split('/')
    .map((part) => (part === ':name' ? name : escaped(part)))
    .join('/')}/`;
}

const packagePattern = (name) => `^node_modules/(?:@types/)?${escaped(name)}/`;
const modulePattern = (name) => `^(?:node:)?${escaped(name)}$`;

/** Entries that hold for a part of what the folder of another one holds. */
const narrower = ({ folder }) =>
  layers
    .filter((other) => other.folder !== folder && other.folder !== 'src/commands/:name')
    .filter((other) => other.folder.startsWith(`${folder.replace('/:name', '')}/`))
    .map((other) => pathPattern(other.folder));

function allowed({ folder, may = [], node = [], npm = [], also }) {
  const more = also === undefined ? [] : allowed({ ...layers.find((other) => other.folder === also), folder });
  return [
    pathPattern(folder, '$1'),
    ...may.map((other) => pathPattern(other)),
    ...node.map(modulePattern),
    ...npm.map(packagePattern),
    ...more,
  ];
}

/** What programs import, as `exports` of package.json has it. */
const libraryEntries = Object.values(packageJson.exports)
  .flatMap((target) => (typeof target === 'string' ? [] : [target.default]))
  .map((file) => pathPattern(file.replace('./dist/lib/', 'src/').replace(/\.js$/, '.ts')));

/** Where a run of a program or a foreign one begins to read the code. */
const entries = ['^bin/', ...libraryEntries];

/** What the library may import: whatever is installed with it, and what the build puts into one of its modules. */
const libraryPackages = [
  ...Object.keys(packageJson.dependencies),
  ...Object.keys(packageJson.peerDependencies ?? {}),
  '@peculiar/x509',
  'reflect-metadata',
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...layers.map((layer) => ({
      name: layer.folder,
      severity: 'error',
      comment: layer.why,
      from: { path: pathPattern(layer.folder), pathNot: narrower(layer) },
      to: { pathNot: allowed(layer) },
    })),
    {
      name: 'no-layer',
      severity: 'error',
      comment: 'each folder of src has an entry in .dependency-cruiser.js, which says what it may import and why',
      from: { path: '^src/', pathNot: layers.map(({ folder }) => pathPattern(folder)) },
      to: {},
    },
    {
      name: 'no-cycle',
      severity: 'error',
      comment: 'who reads one file of a circle has to read them all; the type that closes it goes to a file of its own',
      from: {},
      to: { circular: true },
    },
    {
      name: 'used',
      severity: 'error',
      comment: 'what no program reaches is dead, also when a test imports it',
      from: { path: entries },
      to: { path: '^src/', pathNot: entries, reachable: false },
    },
    {
      name: 'library-packages',
      severity: 'error',
      comment:
        'whoever installs the library gets the dependencies of package.json and no more; what only the command needs is a devDependency, because the command is bundled',
      from: { path: libraryEntries },
      to: { path: '^node_modules/', pathNot: libraryPackages.map(packagePattern), reachable: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    detectProcessBuiltinModuleCalls: true,
    exoticRequireStrings: ['require.resolve', 'createRequire'],
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};
