import { expect, test } from 'vitest';
import { refuseBeyondAscii, refuseNamesOfCommonJs } from '../../scripts/bundle/split.ts';

type Inputs = Parameters<typeof refuseNamesOfCommonJs>[0]['inputs'];

const packages: Inputs = {
  'node_modules/yaml/dist/index.js': { bytes: 1, imports: [], format: 'cjs' },
  'node_modules/chalk/source/index.js': { bytes: 1, imports: [], format: 'esm' },
};

function inputs(
  path: string,
  kind: 'dynamic-import' | 'import-statement',
  importer = 'src/commands/config/view/run.ts',
): Inputs {
  return { ...packages, [importer]: { bytes: 1, imports: [{ path, kind }], format: 'esm' } };
}

test('a CommonJS package must not be imported by name with await import(), which the bundle would lose', () => {
  expect(() => refuseNamesOfCommonJs({ inputs: inputs('node_modules/yaml/dist/index.js', 'dynamic-import') })).toThrow(
    /^src\/commands\/config\/view\/run\.ts imports the CommonJS package node_modules\/yaml\/dist\/index\.js/,
  );
});

test.each([
  ['a static import', inputs('node_modules/yaml/dist/index.js', 'import-statement')],
  ['a package of ES modules', inputs('node_modules/chalk/source/index.js', 'dynamic-import')],
  [
    'what a package does inside',
    inputs('node_modules/yaml/dist/index.js', 'dynamic-import', 'node_modules/other/index.js'),
  ],
])('%s is taken', (_what, found) => {
  expect(() => refuseNamesOfCommonJs({ inputs: found })).not.toThrow();
});

test('letters beyond ASCII that esbuild left in a script are refused, because the loader would read two in place of one', () => {
  expect(() => refuseBeyondAscii('start', 'a=String.raw`ns|us|µs|ms`')).toThrow(
    /^start\.cjs has letters beyond ASCII; .+: a=String\.raw`ns\|us\|µs\|ms`$/,
  );
  expect(() => refuseBeyondAscii('start', 'a="\\xB5s"')).not.toThrow();
});
