import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

const root = join(import.meta.dirname, '../..');

/** Texts of one file of a package, and what stands in the bundle in their place. */
interface Trim {
  readonly file: RegExp;
  readonly texts: readonly { readonly from: string; readonly to: string }[];
}

/**
 * Requires that packages make when loaded and that a client may never need:
 * a server, an event emitter beside an event. They turn
 * into requires by first use.
 */
const deferred: readonly Trim[] = [
  {
    file: /node_modules\/@grpc\/grpc-js\/build\/src\/index\.js$/,
    texts: ['./server', './server-credentials', './admin', './server-interceptors', './orca'].map(requiredLate),
  },
  { file: /node_modules\/cloudevents\/dist\/event\/cloudevent\.js$/, texts: [requiredLate('..')] },
];

/** Work that packages do in every run and that ours needs in none. */
const spared: readonly Trim[] = [
  {
    // Node's expression for IPv6 takes V8 two milliseconds to compile; an address without a colon needs none of it.
    file: /node_modules\/@grpc\/grpc-js\/build\/src\/(?:subchannel-address|load-balancer-pick-first)\.js$/,
    texts: [
      {
        from: '(0, net_1.isIPv6)(address.host)',
        to: '(address.host.includes(":") && (0, net_1.isIPv6)(address.host))',
      },
    ],
  },
  {
    // A debugger that nobody has installed here. Waiting for it where modules are loaded is more than a bundle can do.
    file: /node_modules\/ink\/build\/reconciler\.js$/,
    texts: [
      { from: "process.env['DEV'] === 'true'", to: 'false' },
      { from: "import.meta.resolve('react-devtools-core');", to: '' },
      { from: "await import('./devtools.js');", to: '' },
      { from: 'await loadPackageJson()', to: 'packageInfo' },
      { from: "new URL('../package.json', import.meta.url)", to: "''" },
    ],
  },
  {
    file: /node_modules\/ink\/build\/ink\.js$/,
    texts: [{ from: "process.env['DEV'] === 'true'", to: 'false' }],
  },
  {
    // Where the file of its code lies, which is within the module itself.
    file: /node_modules\/yoga-layout\/dist\/binaries\/yoga-wasm-base64-esm\.js$/,
    texts: [{ from: 'var _scriptDir = import.meta.url;', to: "var _scriptDir = '';" }],
  },
  {
    // The names of our flags are ASCII, and V8 looks through all of Unicode for those that could be.
    file: /node_modules\/commander\/lib\/option\.js$/,
    texts: [{ from: String.raw`/\p{ID_Continue}\.\.\.[>\]]$/u`, to: String.raw`/\w\.\.\.[>\]]$/` }],
  },
  {
    // Each flag is compared with all before it. That none is there twice, the tests of the sources show.
    file: /node_modules\/commander\/lib\/command\.js$/,
    texts: [
      {
        from: `const matchingOption =
      (option.short && this._findOption(option.short)) ||
      (option.long && this._findOption(option.long));
    if (matchingOption) {`,
        to: `if (false) {
      const matchingOption = option;`,
      },
    ],
  },
];

function requiredLate(name: string): Trim['texts'][number] {
  return { from: `require("${name}")`, to: `late(() => require("${name}"))` };
}

/** A text that is no longer found is an error, so that an update of a package cannot undo this unseen. */
export const trimPackages: Plugin = {
  name: 'trim-packages',
  setup(build) {
    build.onResolve({ filter: /^cloudevents$/ }, ({ resolveDir }) =>
      build.resolve('cloudevents/dist/event/cloudevent.js', { resolveDir, kind: 'require-call' }),
    );
    // Its own entry waits where modules are loaded, as above. The one in its place is awaited before Ink is used.
    build.onResolve({ filter: /^yoga-layout$/ }, () => ({ path: join(root, 'src/commands/ui/screen/yoga.ts') }));
    for (const { file, texts } of [...deferred, ...spared]) {
      build.onLoad({ filter: file }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        return { contents: texts.reduce((changed, { from, to }) => replaced(changed, from, to, path), text) };
      });
    }
  },
};

function replaced(text: string, from: string, to: string, path: string): string {
  if (!text.includes(from)) throw new Error(`${path} has no ${from} any more; correct scripts/bundle/trim.ts`);
  return text.replaceAll(from, to);
}
