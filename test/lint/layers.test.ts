import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The ways to import, each of which has to be seen. */
const ways = {
  value: (to: string) => `import { x } from '${to}'; export const y = x;`,
  type: (to: string) => `import type { X } from '${to}'; export type Y = X;`,
  lazy: (to: string) => `export const y = () => import('${to}');`,
  'lazy, by a template': (to: string) => `export const y = () => import(\`${to}\`);`,
  're-export': (to: string) => `export * from '${to}';`,
  'type in place': (to: string) => `export type Y = import('${to}').X;`,
  'for its effect': (to: string) => `import '${to}';`,
  'built-in module': (to: string) => `export const y = process.getBuiltinModule('${to}');`,
};
type Way = keyof typeof ways;

/** An import that the rule of this name refuses. The files are made up; the rules go by folders. */
interface Planted {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  readonly way: Way;
}

const planted = (rule: string, from: string, targets: readonly string[], way: Way = 'value'): readonly Planted[] =>
  targets.map((to) => ({ rule, from, to, way }));

const violations: readonly Planted[] = [
  // The core knows neither terminal nor network.
  ...planted('src/core', 'src/core/a.ts', [
    'src/gitops/model/x.ts',
    'src/app.ts',
    'src/command-line/x.ts',
    'src/library/x.ts',
    'src/context.ts',
    'src/clock.ts',
    'src/clients/x.ts',
    'src/io/x.ts',
    'src/works/x.ts',
    'node:fs',
    'node:http',
    'undici',
  ]),
  ...planted('src/core', 'src/core/b.ts', ['src/clients/rest/reader.ts'], 'lazy'),
  ...planted('src/core', 'src/core/c.ts', ['src/clients/transport.ts'], 'type'),
  ...planted('src/core', 'src/core/status/d.ts', ['src/operations/x.ts'], 'type in place'),
  ...planted('src/io', 'src/io/a.ts', [
    'src/commands/apply/run.ts',
    'src/app.ts',
    'src/clients/x.ts',
    'src/output/x.ts',
  ]),
  ...planted('src/output', 'src/output/a.ts', ['src/io/x.ts', 'src/operations/x.ts', 'node:fs', 'src/clients/x.ts']),
  ...planted('src/clients', 'src/clients/a.ts', ['src/operations/x.ts', 'src/works/x.ts', 'src/output/x.ts', 'undici']),
  ...planted('src/clients/grpc', 'src/clients/grpc/a.ts', ['src/clients/rest/reader.ts', 'src/io/x.ts']),
  ...planted('src/clients/rest', 'src/clients/rest/a.ts', ['src/clients/grpc/x.ts', '@grpc/grpc-js']),
  ...planted('src/works', 'src/works/a.ts', [
    'src/operations/x.ts',
    'src/gitops/index/x.ts',
    'src/clients/rest/reader.ts',
  ]),
  ...planted('src/operations', 'src/operations/a.ts', [
    'src/gitops/model/x.ts',
    'src/command-line/x.ts',
    'src/clients/grpc/x.ts',
    'src/library/x.ts',
    'src/output/x.ts',
    'node:https',
  ]),
  ...planted('src/operations/doctor', 'src/operations/doctor/a.ts', ['src/output/x.ts', 'src/context.ts']),
  ...planted('src/library', 'src/library/a.ts', [
    'src/command-line/x.ts',
    'src/context.ts',
    'src/clients/rest/reader.ts',
  ]),
  ...planted('src/command-line', 'src/command-line/a.ts', [
    'src/commands/apply/run.ts',
    'src/clients/rest/reader.ts',
    'src/gitops/model/x.ts',
  ]),
  ...planted('src/commands/:name', 'src/commands/apply/a.ts', [
    'src/commands/delete/run.ts',
    'src/commands/index.ts',
    'src/standin/x.ts',
    'src/gitops/model/x.ts',
    'src/app.ts',
  ]),
  ...planted('src/commands/:name', 'src/commands/apply/b.ts', ['src/clients/grpc/x.ts', 'src/standin/x.ts'], 'lazy'),
  ...planted('src/commands/:name', 'src/commands/wait/c.ts', ['src/commands/watch/run.ts'], 'type'),
  ...planted('src/commands/shared', 'src/commands/shared/a.ts', ['src/commands/apply/run.ts']),
  ...planted('src/commands/dev', 'src/commands/dev/a.ts', ['src/gitops/model/x.ts']),
  ...planted('src/standin', 'src/standin/a.ts', [
    'src/clients/rest/reader.ts',
    'src/operations/x.ts',
    'src/context.ts',
  ]),
  // What decides for the controllers is pure.
  ...['model', 'bundle', 'status', 'index', 'policy', 'queue'].flatMap((folder) =>
    planted(`src/gitops/${folder}`, `src/gitops/${folder}/a.ts`, [
      'src/gitops/kube/x.ts',
      'src/gitops/deliver/x.ts',
      'src/gitops/run/x.ts',
      'src/clients/rest/reader.ts',
    ]),
  ),
  ...planted('src/gitops/kube', 'src/gitops/kube/a.ts', ['src/gitops/deliver/x.ts', 'src/operations/x.ts']),
  ...planted('src/gitops/watch', 'src/gitops/watch/a.ts', ['src/gitops/deliver/x.ts', 'src/clients/rest/reader.ts']),
  ...planted('src/gitops/store', 'src/gitops/store/a.ts', ['src/gitops/watch/x.ts', 'src/gitops/deliver/x.ts']),
  ...planted('src/gitops/deliver', 'src/gitops/deliver/a.ts', [
    'src/gitops/hub-status/x.ts',
    'src/output/x.ts',
    'pino',
  ]),
  ...planted('src/gitops/hub-status', 'src/gitops/hub-status/a.ts', ['src/gitops/deliver/x.ts', 'src/context.ts']),
  ...planted('src/gitops/run', 'src/gitops/run/a.ts', ['src/output/x.ts'], 'lazy'),
  // Beneath all.
  ...planted('src/errors.ts', 'src/errors.ts', ['src/core/x.ts']),
  ...planted('src/clock.ts', 'src/clock.ts', ['src/errors.ts'], 'type'),
  // What is no part of the program.
  ...['test', 'bench', 'scripts'].flatMap((folder) => planted('src/io', 'src/io/b.ts', [`${folder}/x.ts`])),
  // Every way to import.
  ...Object.keys(ways).flatMap((way, index) =>
    planted(
      'src/core',
      `src/core/way-${index}.ts`,
      [way === 'built-in module' ? 'node:net' : 'src/app.ts'],
      way as Way,
    ),
  ),
  ...planted('no-layer', 'src/new-folder/a.ts', ['src/errors.ts']),
];

/** Rules that are about no folder; each has a test of its own. */
const general = ['no-layer', 'no-cycle', 'used', 'library-packages'];

/** A file for which the rule of a folder holds. */
const fileOf = (rule: string): string => (rule.endsWith('.ts') ? rule : `${rule.replace(':name', 'any')}/outside.ts`);

/** A small program: each planted file, and of each import a target that is there. */
function plant(folder: string, rules: readonly string[]): void {
  const texts = new Map<string, string[]>();
  const add = (path: string, line: string): void => {
    texts.set(path, [...(texts.get(path) ?? []), line]);
  };
  for (const { from, to, way } of violations) {
    if (to.startsWith('node:')) add(from, ways[way](to));
    else if (to.includes('.ts')) {
      add(to, 'export type X = 1; export const x = 1;');
      add(from, ways[way](`./${relative(dirname(from), to)}`));
    } else {
      add(`node_modules/${to}/package.json`, JSON.stringify({ name: to, main: 'x.js' }));
      add(`node_modules/${to}/x.js`, '');
      add(from, ways[way](to));
    }
  }
  for (const rule of rules.filter((name) => !general.includes(name))) {
    add(fileOf(rule), `import '${relative(dirname(fileOf(rule)), 'bench/x.ts')}';`);
  }
  add('bench/x.ts', '');
  add('src/core/one.ts', "import type { Two } from './two.ts'; export interface One { two: Two }");
  add('src/core/two.ts', "import type { One } from './one.ts'; export interface Two { one: One }");
  add('src/core/three.ts', "import { load } from './four.ts'; export const three = load;");
  add('src/core/four.ts', "export const load = () => import('./three.ts');");
  add('src/core/allowed.ts', "import { x } from '../errors.ts'; import 'node:zlib'; export const y = x;");
  add('src/core/deep.ts', "import { Ajv } from 'ajv'; import { parse } from 'yaml'; export const deep = [Ajv, parse];");
  for (const name of ['ajv', 'yaml']) {
    add(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'x.js' }));
    add(`node_modules/${name}/x.js`, '');
  }
  add('src/index.ts', "export { y } from './core/allowed.ts'; export { deep } from './core/deep.ts';");
  add('tsconfig.json', '{}');
  add('package.json', JSON.stringify({ dependencies: { undici: '*', pino: '*', '@grpc/grpc-js': '*' } }));
  for (const [path, lines] of texts) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), [...new Set(lines)].join('\n'));
  }
}

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string; readonly severity: string };
}

describe('the layers of .dependency-cruiser.js', () => {
  let folder: string;
  let rules: readonly { readonly name: string; readonly comment: string }[];
  let found: readonly Violation[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'layers-'));
    const options = await extractOptions(resolve('.dependency-cruiser.js'));
    rules = (options.ruleSet?.forbidden ?? []).map(({ name = '', comment = '' }) => ({ name, comment }));
    plant(
      folder,
      rules.map(({ name }) => name),
    );
    const { output } = await cruise(['bin', 'src'], { ...options, baseDir: folder, outputType: 'json' });
    found = (JSON.parse(output as string) as ICruiseResult).summary.violations;
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(violations.map((one) => [`${one.from} -> ${one.to} (${one.way})`, one] as const))('refuse %s', (_, one) => {
    const to = one.to.startsWith('node:') ? one.to.slice('node:'.length) : one.to;
    expect(found.filter(({ from }) => from === one.from)).toContainEqual(
      expect.objectContaining({
        to: expect.stringMatching(new RegExp(`^(node:|node_modules/)?${to}(/x.js)?$`)) as string,
        rule: { name: one.rule, severity: 'error' },
      }),
    );
  });

  it.each([
    ['types', 'src/core/one.ts', 'src/core/two.ts'],
    ['a lazy import', 'src/core/three.ts', 'src/core/four.ts'],
  ])('refuse a circle of %s', (_, one, other) => {
    const circles = found.filter(({ rule }) => rule.name === 'no-cycle').map(({ from, to }) => [from, to].sort());
    expect(circles).toContainEqual([one, other].sort());
  });

  it('refuse a file that no program reaches', () => {
    const unused = found.filter(({ rule }) => rule.name === 'used').map(({ from }) => from);
    expect(unused).toContain('src/core/way-0.ts');
    expect(unused).not.toContain('src/core/allowed.ts');
  });

  it('refuse in the library, however deep, a package that is not installed with it', () => {
    const missing = found.filter(({ rule }) => rule.name === 'library-packages').map(({ from, to }) => ({ from, to }));
    expect(missing).toEqual([{ from: 'src/index.ts', to: 'node_modules/ajv/x.js' }]);
  });

  it('let pass what is listed', () => {
    expect(found.filter(({ from }) => from === 'src/core/allowed.ts')).toEqual([]);
  });

  it('refuse for each folder what lies outside of the program, and say why', () => {
    const outside = found.filter(({ to }) => to === 'bench/x.ts');
    for (const { name, comment } of rules.filter((rule) => !general.includes(rule.name))) {
      expect(comment.length, `say in a sentence why ${name} may import no more`).toBeGreaterThan(20);
      expect(outside).toContainEqual(
        expect.objectContaining({ from: fileOf(name), rule: { name, severity: 'error' } }),
      );
    }
  });
});
