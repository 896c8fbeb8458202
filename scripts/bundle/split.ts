import { basename, join } from 'node:path';
import { build, transform, type Metafile } from 'esbuild';
import { trimPackages } from './trim.ts';

/** The bundle as the loader in bin/load.ts takes it. */
export interface Bundle {
  /** Module name to the name of the script that holds it, with a `?` behind it when the module is to be loaded late. */
  readonly index: Readonly<Record<string, string>>;
  /** Script name to its text. */
  readonly scripts: ReadonlyMap<string, string>;
  /** Where the packages lie of which something is in it, as the lock file names them: `node_modules/a`. */
  readonly packages: readonly string[];
}

/**
 * Packages that cost much to load and are rarely used by those who import them:
 * loaded by the first use of something in them. None has effects when loaded.
 */
const latePackages = ['string-width', '@grpc/proto-loader'];

/** Packages that are imported for what loading them does. No other part of the bundle does anything by being loaded. */
const effectivePackages = ['reflect-metadata'];

/** Parts above this size are scripts by themselves: whoever needs one must not pay for another. */
const largeBytes = 40_000;

/** What a Job runs; one script for all of it, as it is used together. */
const applyEntries = [
  'src/commands/apply/run.ts',
  'src/clients/rest/reader.ts',
  'src/clients/grpc/writer.ts',
  'src/clients/grpc/first-calls.ts',
];
/** What others on the way to most outcomes need beside that. */
const commonEntries = [
  'src/commands/get/run.ts',
  'src/commands/list/run.ts',
  'src/commands/wait/run.ts',
  'src/commands/delete/run.ts',
];
/** What a shell asks on every Tab; in a script of its own, because it is waited for and uses little else. */
const completeEntries = ['src/commands/__complete/run.ts'];
const startEntries = ['src/main.ts', 'src/commands/version/run.ts'];

/**
 * Bundles the command and cuts it into scripts by what is needed together.
 * esbuild splits modules only in ESM, whose loader costs a process far more
 * than it brings here, so each part is turned into a CommonJS function
 * afterwards and dynamic imports become deferred calls of `require`.
 */
export async function splitBundle(root: string, define: Readonly<Record<string, string>>): Promise<Bundle> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'src/main.ts', out: 'main' },
      ...latePackages.map((name) => ({ in: name, out: `late-${name.replaceAll('/', '-')}` })),
    ],
    outdir: join(root, 'dist/split'),
    write: false,
    bundle: true,
    splitting: true,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [trimPackages],
    define: { ...define, 'process.env.NODE_ENV': '"production"', THIRD_PARTY_NOTICES: JSON.stringify(noticesMark) },
  });
  refuseNamesOfCommonJs(result.metafile);
  const groups = groupParts(result.metafile);
  const late = partsOf(latePackages, result.metafile);
  const effective = partsOf(effectivePackages, result.metafile);
  const bodies = new Map<string, string[]>();
  const index: Record<string, string> = {};
  for (const file of result.outputFiles.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const name = `./${basename(file.path)}`;
    const group = groups.get(name) ?? 'more';
    index[name] = late.has(name) ? `${group}?` : group;
    const body = await asCommonJs(file.text, effective);
    bodies.set(group, [
      ...(bodies.get(group) ?? []),
      `${JSON.stringify(name)}:function(exports,require,module,late){${body}}`,
    ]);
  }
  const scripts = new Map(
    [...bodies].map(([group, parts]) => [group, `(function(define){define({${parts.join(',\n')}})})`]),
  );
  for (const [name, text] of scripts) refuseBeyondAscii(name, text);
  return { index, scripts, packages: packagesOf(result.metafile) };
}

/**
 * The loader reads scripts as ASCII, a byte to a letter, which is quick and takes half the memory. esbuild escapes all
 * other letters but those in String.raw, where an escape would be another text.
 */
export function refuseBeyondAscii(script: string, text: string): void {
  const [found] = /.{0,40}[\u0080-\uffff].{0,20}/.exec(text) ?? [];
  if (found === undefined) return;
  throw new Error(`${script}.cjs has letters beyond ASCII; write them as escapes, which esbuild cannot: ${found}`);
}

/** Stands where the notices of what is in the bundle go, which are known when it is made. */
const noticesMark = '@third-party-notices@';

/** The bundle with the notices in the place that waits for them. */
export function withNotices({ index, scripts, packages }: Bundle, notices: string): Bundle {
  const script = scripts.get('notices');
  const mark = JSON.stringify(noticesMark);
  if (script?.split(mark).length !== 2) throw new Error(`the bundle has no one place for ${mark}`);
  // The loader reads scripts as ASCII.
  const text = JSON.stringify(notices).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return {
    index,
    packages,
    scripts: new Map(scripts).set(
      'notices',
      script.replace(mark, () => text),
    ),
  };
}

/** Where the packages lie of which something is in the output, in the order of their places. */
export function packagesOf({ outputs }: Metafile): readonly string[] {
  const found = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput === 0 ? [] : (/^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
    ),
  );
  return [...new Set(found)].sort();
}

/**
 * Where esbuild splits, `await import()` of a CommonJS package gives its default
 * export and none of its names: the sources would work, the bundle would not.
 */
export function refuseNamesOfCommonJs({ inputs }: Pick<Metafile, 'inputs'>): void {
  for (const [path, { imports }] of Object.entries(inputs)) {
    if (path.includes('node_modules/')) continue;
    for (const { path: target, kind } of imports) {
      if (kind !== 'dynamic-import' || inputs[target]?.format !== 'cjs') continue;
      throw new Error(
        `${path} imports the CommonJS package ${target} with await import(), which loses its names in the bundle; import it statically`,
      );
    }
  }
}

/** esbuild copies every member of a module that is imported whole, which would load those that can wait. */
const wholeNodeModule = /^import (?:\* as )?(\w+) from ("(?:node:)?[a-z_/]+");$/gm;

/** What an entry repeats of all parts that it may need, in case that one does something by being loaded. */
const bareImport = /^import ("\.\/[^"]+");\n/gm;

/** @param effective names of the parts that do something by being loaded */
async function asCommonJs(text: string, effective: ReadonlySet<string>): Promise<string> {
  const written = text
    .replace(wholeNodeModule, 'const $1 = require($2);')
    .replace(bareImport, (line, name: string) => (effective.has(JSON.parse(name) as string) ? line : ''));
  const { code } = await transform(written, { ...asFunction, format: 'cjs', supported: { 'dynamic-import': false } });
  const { code: short } = await transform(lazyParts(plainExports(code)), {
    ...asFunction,
    format: 'cjs',
    treeShaking: true,
    minifyWhitespace: true,
    minifyIdentifiers: true,
    minifySyntax: true,
  });
  return short;
}

/**
 * A part is loaded when something in it is first used, and not where it is
 * imported: a run needs few of the parts that its entry could need. In brackets,
 * because `new part().Name()` would make an object of the part itself.
 */
function lazyParts(code: string): string {
  const declared = /^var (import_\w+) = require\(("\.\/[^"]+")\);$/gm;
  const names = [...code.matchAll(declared)].map(([, name = '']) => name);
  let lazy = code.replace(declared, 'let $1 = () => { const part = require($2); $1 = () => part; return part; };');
  for (const name of names) {
    lazy = lazy.replaceAll(new RegExp(`\\b${name}\\.`, 'g'), `(${name}()).`);
    // Whatever else is done with a part would get the function in its place.
    const uses = lazy.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0;
    const known = lazy.match(new RegExp(`\\(${name}\\(\\)\\)\\.`, 'g'))?.length ?? 0;
    if (uses !== known + 2) throw new Error(`esbuild uses ${name} in another way now; correct scripts/bundle/split.ts`);
  }
  return lazy;
}

const asFunction = { platform: 'node', target: 'node24', legalComments: 'none' } as const;

/**
 * esbuild hands out a copy of a part's exports that is marked for CommonJS, in
 * case that somebody asks for `default`. Nobody does between these parts, and
 * the copies of all parts take a start a millisecond.
 */
function plainExports(code: string): string {
  const copied = /^module\.exports = __toCommonJS\((\w+)\);$/m;
  // A part without exports has no such line.
  if (!copied.test(code) && /\b__toCommonJS\b/.test(code))
    throw new Error('esbuild writes exports in another way now; correct scripts/bundle/split.ts');
  return code
    .replace(copied, 'module.exports = $1;')
    .replace(/^0 && \(module\.exports = \{[^}]*\}\);$/m, '')
    .replace(definedExports, (_text, name: string, members: string) => {
      const getters = members.replace(/^ {2}(\w+): \(\) => (\w+)(,?)$/gm, '  get $1() { return $2; }$3');
      return `var ${name} = {\n${getters}\n};`;
    });
}

/** Functions in an object, of which esbuild makes getters of another. As getters at once they take half the time. */
const definedExports = /^var (\w+) = \{\};\n__export\(\1, \{\n((?: {2}\w+: \(\) => \w+,?\n?)+)\n\}\);$/m;

/** The parts that hold these packages themselves: an entry may only hand on what another part holds. */
function partsOf(packages: readonly string[], { outputs }: Metafile): ReadonlySet<string> {
  const inside = packages.map((name) => `node_modules/${name}/`);
  return new Set(
    Object.entries(outputs)
      .filter(([, { inputs }]) => Object.keys(inputs).some((path) => inside.some((folder) => path.startsWith(folder))))
      .map(([path]) => `./${basename(path)}`),
  );
}

function groupParts({ outputs }: Metafile): Map<string, string> {
  const entryOf = new Map(Object.entries(outputs).map(([path, { entryPoint }]) => [entryPoint, path]));
  const reached = (entries: readonly string[]): Set<string> => {
    const found = new Set<string>();
    const visit = (path: string): void => {
      if (found.has(path)) return;
      found.add(path);
      for (const { path: next, kind, external } of outputs[path]?.imports ?? []) {
        if (kind === 'import-statement' && external !== true) visit(next);
      }
    };
    for (const entry of entries) {
      const path = entryOf.get(entry);
      // A command that is gone or renamed must not silently become slow.
      if (path === undefined)
        throw new Error(`the bundle has no ${entry}; correct the list in scripts/bundle/split.ts`);
      visit(path);
    }
    return found;
  };
  const start = reached(startEntries);
  const apply = reached(applyEntries);
  const common = reached(commonEntries);
  const complete = reached(completeEntries);
  const groups = new Map<string, string>();
  for (const [path, output] of Object.entries(outputs)) {
    const name = `./${basename(path)}`;
    if (output.entryPoint === 'src/commands/version/notices.ts') groups.set(name, 'notices');
    else if (start.has(path)) groups.set(name, 'start');
    else if (output.bytes > largeBytes) groups.set(name, largePartName(output.inputs));
    else if (apply.has(path)) groups.set(name, 'apply');
    else if (common.has(path)) groups.set(name, 'common');
    else if (complete.has(path)) groups.set(name, 'complete');
  }
  return groups;
}

/** Named for the package or folder that most of it comes from. */
function largePartName(inputs: Metafile['outputs'][string]['inputs']): string {
  const bytes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const place = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path.split('/').slice(0, 3).join('/');
    bytes.set(place, (bytes.get(place) ?? 0) + bytesInOutput);
  }
  const [largest] = [...bytes].toSorted((a, b) => b[1] - a[1]);
  return (largest?.[0] ?? 'more').replace(/^@/, '').replaceAll(/[^a-z0-9.-]+/gi, '-');
}
