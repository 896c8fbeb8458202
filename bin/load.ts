import { Script } from 'node:vm';

/** Which script file holds which module, as the build wrote it; `?` behind the file marks a module that loads late. */
export type BundleIndex = Readonly<Record<string, string>>;

type Require = (name: string) => unknown;
type Define = (modules: Readonly<Record<string, ModuleBody>>) => void;
type ModuleBody = (exports: object, require: Require, module: { exports: object }, late: Late) => void;
/** Stands for a module and loads it when something in it is first used. */
type Late = (load: () => object) => object;

export interface Loader {
  /** The exports of a module of the bundle, evaluated by the first call. */
  readonly require: Require;
  /** The scripts compiled so far by file name; the build makes code caches of them. */
  readonly scripts: ReadonlyMap<string, Script>;
}

/**
 * Modules of Node that cost a process much and that many runs never touch:
 * these load by the first use of something in them.
 */
const lateModules = new Set([
  'child_process',
  'crypto',
  'dns',
  'dns/promises',
  'fs/promises',
  'http',
  'http2',
  'https',
  'net',
  'perf_hooks',
  'stream',
  'stream/web',
  'timers/promises',
  'tls',
  'url',
  'v8',
  'worker_threads',
  'zlib',
]);

function late(load: () => object): object {
  let loaded: object | undefined;
  const module = (): object => (loaded ??= load());
  return new Proxy(
    {},
    {
      get: (_target, name) => Reflect.get(module(), name) as unknown,
      has: (_target, name) => Reflect.has(module(), name),
      ownKeys: () => Reflect.ownKeys(module()),
      getOwnPropertyDescriptor: (_target, name) => {
        const found = Reflect.getOwnPropertyDescriptor(module(), name);
        // The empty target stands for every module, so nothing of it may look fixed.
        return found === undefined ? undefined : { ...found, configurable: true };
      },
    },
  );
}

/**
 * Loads the bundle script by script, each when a module in it is first asked
 * for, so that a command compiles only what it runs. A script's code cache is
 * used when it fits this V8 and its flags; V8 itself refuses one that does not
 * and compiles the source instead.
 *
 * @param read the bytes of a file of the bundle, good until the next call, or undefined when there is none
 */
export function createLoader(index: BundleIndex, read: (file: string) => Buffer | undefined, builtin: Require): Loader {
  const scripts = new Map<string, Script>();
  const bodies = new Map<string, ModuleBody>();
  const loaded = new Map<string, { exports: object }>();
  const define: Define = (modules) => {
    for (const name in modules) {
      const body = modules[name];
      if (body !== undefined) bodies.set(name, body);
    }
  };
  const load = (file: string): void => {
    // The build writes ASCII only, and this is the quickest way to a string.
    const source = read(`${file}.cjs`)?.toString('latin1');
    if (source === undefined) throw new Error(`the installation lacks ${file}.cjs`);
    const cachedData = read(`${file}.cache`);
    const script = new Script(source, {
      filename: `maestro-cli/${file}.cjs`,
      ...(cachedData === undefined ? {} : { cachedData }),
    });
    scripts.set(file, script);
    (script.runInThisContext() as (define: Define) => void)(define);
  };
  const evaluate = (name: string, file: string): object => {
    const present = loaded.get(name);
    if (present !== undefined) return present.exports;
    if (!scripts.has(file)) load(file);
    const module = { exports: {} };
    // Before it runs, so that modules may import each other in a circle.
    loaded.set(name, module);
    bodies.get(name)?.(module.exports, require, module, late);
    return module.exports;
  };
  const require: Require = (name) => {
    const file = index[name];
    if (file?.endsWith('?') === true) return late(() => evaluate(name, file.slice(0, -1)));
    if (file !== undefined) return evaluate(name, file);
    return lateModules.has(name.replace(/^node:/, '')) ? late(() => builtin(name) as object) : builtin(name);
  };
  return { require, scripts };
}
