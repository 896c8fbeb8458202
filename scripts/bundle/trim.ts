import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * Requires that packages make when loaded and that a client may never need:
 * a server, an event emitter beside an event. They turn
 * into requires by first use. A name that is no longer found is an error, so
 * that an update of a package cannot undo this unseen.
 */
const deferred: readonly { readonly file: RegExp; readonly requires: readonly string[] }[] = [
  {
    file: /node_modules\/@grpc\/grpc-js\/build\/src\/index\.js$/,
    requires: ['./server', './server-credentials', './admin', './server-interceptors', './orca'],
  },
  { file: /node_modules\/cloudevents\/dist\/event\/cloudevent\.js$/, requires: ['..'] },
];

export const trimPackages: Plugin = {
  name: 'trim-packages',
  setup(build) {
    build.onResolve({ filter: /^cloudevents$/ }, ({ resolveDir }) =>
      build.resolve('cloudevents/dist/event/cloudevent.js', { resolveDir, kind: 'require-call' }),
    );
    for (const { file, requires } of deferred) {
      build.onLoad({ filter: file }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        return {
          contents: requires.reduce(
            (changed, name) => replaced(changed, `require("${name}")`, `late(() => require("${name}"))`, path),
            text,
          ),
        };
      });
    }
  },
};

function replaced(text: string, from: string, to: string, path: string): string {
  if (!text.includes(from)) throw new Error(`${path} has no ${from} any more; correct scripts/bundle/trim.ts`);
  return text.replace(from, to);
}
