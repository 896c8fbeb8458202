import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { Log } from 'sarif';
import { describe, expect, test } from 'vitest';
import { rules } from '../../../src/core/schemas/rules.ts';
import type { Finding, Report } from '../../../src/output/findings/finding.ts';
import { githubReport } from '../../../src/output/findings/github.ts';
import { junitReport } from '../../../src/output/findings/junit.ts';
import { parseFor } from '../../support/parse-for.ts';
import { validateCommand } from '../../../src/commands/validate/command.ts';
import { inspect } from '../../../src/commands/validate/inspect.ts';
import { emptyFolder, projectRoot, runCli } from '../../support/run-cli.ts';

const fixtures = join(projectRoot, 'test/fixtures/validate');
const badArguments = ['validate', '-f', 'bad', '--schema=schemas/gadgets.yaml', '--schema=schemas/gizmo.json'];

type JsonReport = Report & { readonly errors: number; readonly warnings: number };

/** `file:line rule` of every comment `# expect: rule, rule`; JSON has no comments, so its places stand here. */
function expectations(): readonly string[] {
  const inComments = readdirSync(join(fixtures, 'bad')).flatMap((file) =>
    readFileSync(join(fixtures, 'bad', file), 'utf8')
      .split('\n')
      .flatMap((line, index) => {
        const named = /# expect: (.*)$/.exec(line)?.[1];
        return named === undefined ? [] : named.split(', ').map((rule) => `bad/${file}:${index + 1} ${rule}`);
      }),
  );
  return [...inComments, 'bad/09-work.json:13 unsupported-value', 'bad/09-work.json:14 wrong-type'].sort();
}

async function validateJson(
  argv: readonly string[],
  options: Parameters<typeof runCli>[1] = {},
): Promise<{ exitCode: number; report: JsonReport; stderr: string }> {
  const run = await runCli(['validate', '-o', 'json', ...argv], options);
  return { exitCode: run.exitCode, report: JSON.parse(run.stdout) as JsonReport, stderr: run.stderr };
}

const work = (name: string, extra = ''): string => `apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata: {name: ${name}${extra}}
spec: {workload: {manifests: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}]}}
`;

describe('a directory of bad files', () => {
  test('shows every planted problem on its line, and nothing else', async () => {
    const run = await runCli([...badArguments, '-o', 'json'], { cwd: fixtures });
    const report = JSON.parse(run.stdout) as JsonReport;
    const found = report.findings.map(({ file, line, rule }) => `${file}:${line} ${rule}`).sort();
    expect(found).toEqual(expectations());
    expect(found.length).toBeGreaterThan(60);
    expect(run.exitCode).toBe(4);
    expect(report.errors + report.warnings).toBe(found.length);
    expect(report.files).toHaveLength(12);
  });

  test('is sorted by file, line and column', async () => {
    const { report } = await validateJson(badArguments.slice(1), { cwd: fixtures });
    const places = report.findings.map(
      ({ file, line, column }) => `${file}:${String(line).padStart(4)}:${String(column).padStart(4)}`,
    );
    expect(places).toEqual(places.toSorted());
  });

  test('covers most rules', async () => {
    const { report } = await validateJson(badArguments.slice(1), { cwd: fixtures });
    const used = new Set<string>(report.findings.map(({ rule }) => rule));
    const tested = [
      'unreadable-file',
      'consumer-mismatch',
      'template-expression',
      'missing-label',
      'too-large',
      'list-manifest',
      'unusable-schema',
      'invalid-finalizer',
      'invalid-annotation',
      'invalid',
    ];
    expect(
      Object.keys(rules)
        .filter((rule) => !used.has(rule))
        .sort(),
    ).toEqual(tested.sort());
    expect(used.has('invalid')).toBe(false);
  });

  test('never shows what a Secret holds', async () => {
    const { stdout } = await runCli(badArguments, { cwd: fixtures });
    expect(stdout).not.toMatch(/hunter2|1234|8080/);
  });
});

describe('right manifests', () => {
  test('give no finding', async () => {
    const { exitCode, report } = await validateJson(['-f', 'good'], { cwd: fixtures });
    expect(report.findings).toEqual([]);
    expect(exitCode).toBe(0);
    expect(report.works.map(({ name, manifests }) => [name, manifests])).toEqual([
      [undefined, 18],
      ['shop', 5],
      [undefined, 4],
    ]);
    expect(report.withoutSchema).toEqual(['gateway.networking.k8s.io/v1 HTTPRoute']);
  });

  test('name kinds without a schema, and sizes, with -v only', async () => {
    const run = await runCli(['validate', '-v', '-f', 'good/work.yaml'], { cwd: fixtures });
    expect(run.stderr.match(/no schema is at hand/g)).toHaveLength(1);
    expect(run.stderr).toContain('of 500 KiB');
    expect(run.stdout).toBe('0 errors, 0 warnings in 1 file (1 work)\n');
    expect((await runCli(['validate', 'good/work.yaml'], { cwd: fixtures })).stderr).toBe('');
  });
});

describe('output formats', () => {
  test('text is what compilers print', async () => {
    const { stdout, exitCode } = await runCli(['validate', '-f', 'w.yaml'], {
      files: { 'w.yaml': work('a', ', lables: {}') },
    });
    expect(stdout).toBe(
      'w.yaml:3:21: error: metadata.lables: unknown field (did you mean "labels"?) [unknown-field]\n1 error, 0 warnings in 1 file (1 work)\n',
    );
    expect(exitCode).toBe(4);
  });

  test('github shows each finding in one line, escaped', () => {
    const finding: Finding = {
      severity: 'error',
      file: 'a,b:c%.yaml',
      line: 3,
      column: 5,
      path: 'spec',
      rule: 'syntax',
      message: '100%\r\nsure, no: 1',
    };
    const report: Report = {
      files: [finding.file],
      works: [],
      findings: [finding, { ...finding, severity: 'warning', path: '', suggestion: 'x' }],
      withoutSchema: [],
    };
    expect(githubReport(report).split('\n')).toEqual([
      '::error file=a%2Cb%3Ac%25.yaml,line=3,col=5,title=syntax::spec: 100%25%0Asure, no: 1',
      '::warning file=a%2Cb%3Ac%25.yaml,line=3,col=5,title=syntax::100%25%0Asure, no: 1 (x)',
      '1 error, 1 warning in 1 file (0 works)',
      '',
    ]);
  });

  test('junit holds no character that XML forbids', () => {
    const finding: Finding = {
      severity: 'error',
      file: 'a<b>&".yaml',
      line: 1,
      column: 1,
      path: '',
      rule: 'syntax',
      message: 'bell \u0007 and ]]> & <',
    };
    const text = junitReport({ files: [finding.file], works: [], findings: [finding], withoutSchema: [] }, false);
    expect(XMLValidator.validate(text)).toBe(true);
    expect(text).not.toContain('\u0007');
  });

  test('sarif fits the schema of SARIF 2.1.0', async () => {
    const schema = JSON.parse(readFileSync(join(fixtures, 'sarif-2.1.0-parts.json'), 'utf8')) as object;
    const uri = (text: string): boolean => /^[^\s"<>\\^`{|}]*$/.test(text);
    const check = new Ajv({ allErrors: true, strict: false, formats: { uri, 'uri-reference': uri } }).compile(schema);
    for (const cwd of [fixtures, emptyFolder()]) {
      const run = await runCli([...badArguments, '-o', 'sarif'], { cwd });
      const log = JSON.parse(run.stdout) as Log;
      expect(check(log), JSON.stringify(check.errors)).toBe(true);
      const results = log.runs[0]?.results ?? [];
      const rulesOfLog = log.runs[0]?.tool.driver.rules ?? [];
      expect(results.length).toBeGreaterThan(0);
      for (const result of results) expect(rulesOfLog[result.ruleIndex ?? -1]?.id).toBe(result.ruleId);
      expect(log.runs[0]?.tool.driver).toMatchObject({
        name: 'maestro-cli',
        version: expect.stringMatching(/^\d+\.\d+/) as string,
      });
    }
  });

  test.each([[''], ['--strict']])('junit parses %s', async (flag) => {
    const argv = [...badArguments, '-o', 'junit', ...(flag === '' ? [] : [flag])];
    const { stdout } = await runCli(argv, { cwd: fixtures });
    const { report } = await validateJson(badArguments.slice(1), { cwd: fixtures });
    expect(XMLValidator.validate(stdout)).toBe(true);
    const parsed = new XMLParser({
      ignoreAttributes: false,
      isArray: (name) => ['testsuite', 'testcase'].includes(name),
    }).parse(stdout) as {
      testsuites: {
        '@_tests': string;
        '@_failures': string;
        testsuite: { '@_name': string; testcase: { failure?: object }[] }[];
      };
    };
    const { testsuites } = parsed;
    expect(testsuites.testsuite.map((suite) => suite['@_name'])).toEqual(report.files);
    expect(testsuites['@_tests']).toBe(String(report.findings.length));
    const failing = flag === '' ? report.errors : report.errors + report.warnings;
    expect(testsuites['@_failures']).toBe(String(failing));
    expect(
      testsuites.testsuite.flatMap((suite) => suite.testcase).filter((one) => one.failure !== undefined),
    ).toHaveLength(failing);
  });

  test('junit has a passing case for a file without findings', async () => {
    const { stdout } = await runCli(['validate', '-f', 'w.yaml', '-o', 'junit'], { files: { 'w.yaml': work('a') } });
    expect(stdout).toContain('<testsuite name="w.yaml" tests="1" failures="0"');
    expect(XMLValidator.validate(stdout)).toBe(true);
  });
});

describe('exit codes', () => {
  const warned = work('a', ', finalizers: [example.com/x]');
  test.each<readonly [string, readonly string[], Readonly<Record<string, string>>, number]>([
    ['clean', ['-f', 'w.yaml'], { 'w.yaml': work('a') }, 0],
    ['warnings are allowed', ['-f', 'w.yaml'], { 'w.yaml': warned }, 0],
    ['unless strict', ['-f', 'w.yaml', '--strict'], { 'w.yaml': warned }, 4],
    ['a missing file', ['-f', 'no.yaml'], {}, 4],
    ['only empty files', ['-f', 'e.yaml'], { 'e.yaml': '# nothing\n' }, 4],
    ['no file named', [], {}, 2],
    ['an unknown format', ['-f', 'w.yaml', '-o', 'yaml'], { 'w.yaml': work('a') }, 2],
    ['standard input twice', ['-f', '-', '-f', '-'], {}, 2],
    ['a name for several works', ['-f', 'w.yaml', '--name=x'], { 'w.yaml': `${work('a')}---\n${work('b')}` }, 2],
    ['schemas both ways', ['-f', 'w.yaml', '--no-schemas', '--schema=x'], { 'w.yaml': work('a') }, 2],
    ['a consumer that is no name', ['-f', 'w.yaml', '--consumer=A_B'], { 'w.yaml': work('a') }, 2],
    ['the spelling of the Go tool', ['--manifest-file', 'w.yaml'], { 'w.yaml': work('a') }, 0],
  ])('%s', async (_name, argv, files, exitCode) => {
    expect((await runCli(['validate', ...argv], { files })).exitCode).toBe(exitCode);
  });
});

describe('options', () => {
  const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec: {containers: 1}\n';

  test.each([
    [true, ['wrong-type']],
    [false, []],
  ])('schemas are used: %s', async (schemas, found) => {
    const options = validateCommand.parse({ flags: { manifestFile: ['-'], schemas }, args: [], env: {} });
    const report = await inspect(
      options,
      {
        cwd: '/',
        stdin: async function* () {
          yield new TextEncoder().encode(pod);
        },
        run: () => Promise.reject(new Error('nothing is to be run')),
      },
      () => undefined,
    );
    expect(report.findings.map(({ rule }) => rule)).toEqual(found);
  });

  test('the flags become options', () => {
    const argv = [
      '-f',
      'a',
      '--manifest-file=b',
      'c',
      '--name=n',
      '--schema=s',
      '--schema=t',
      '--strict',
      '-o',
      'sarif',
      '-v',
    ];
    expect(parseFor(validateCommand, argv)).toMatchObject({
      files: ['a', 'b', 'c'],
      name: 'n',
      schemas: { use: true, files: ['s', 't'] },
      warningsFail: true,
      output: 'sarif',
      log: { verbose: true },
    });
    expect(parseFor(validateCommand, ['a'])).not.toHaveProperty('consumer');
    expect(parseFor(validateCommand, ['a', '--consumer=west'])).toMatchObject({ consumer: { name: 'west' } });
  });
});

describe('reading', () => {
  test('a file that is no text hides none of its neighbours', async () => {
    const cwd = emptyFolder();
    const { writeFileSync } = await import('node:fs');
    writeFileSync(join(cwd, 'a.yaml'), new Uint8Array([0xff, 0xfe, 0xff]));
    const { report } = await validateJson(['-f', '.'], {
      cwd,
      files: { 'b.yaml': work('a', ', lables: {}'), 'c.yaml': 'a: [' },
    });
    expect(report.findings.map(({ file, rule }) => `${file} ${rule}`)).toEqual([
      'a.yaml unreadable-file',
      'b.yaml unknown-field',
      'c.yaml syntax',
    ]);
  });

  test('a file named twice is read once, standard input goes by its name', async () => {
    const { report } = await validateJson(['-f', '.', '-f', './w.yaml', 'w.yaml', '-'], {
      files: { 'w.yaml': work('a') },
      stdin: work('b', ', x: 1'),
    });
    expect(report.files).toEqual(['w.yaml', 'standard input']);
    expect(report.findings).toMatchObject([{ file: 'standard input', line: 3, rule: 'unknown-field' }]);
  });

  test('with a name, plain manifests of all files are one work', async () => {
    const files = {
      'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n',
      'b.yaml': '\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n',
    };
    expect((await validateJson(['-f', '.'], { files })).exitCode).toBe(0);
    const { report } = await validateJson(['-f', '.', '--name=one'], { files });
    expect(report.works).toMatchObject([{ name: 'one', manifests: 2 }]);
    expect(report.findings).toMatchObject([{ file: 'b.yaml', line: 2, path: '', rule: 'duplicate-manifest' }]);
  });

  test('the same work in two files is a warning, for they may be meant for two clusters', async () => {
    const { report, exitCode } = await validateJson(['-f', '.'], {
      files: { 'a.yaml': work('a'), 'b.yaml': work('a') },
    });
    expect(report.findings).toMatchObject([
      { file: 'b.yaml', severity: 'warning', rule: 'duplicate-work', suggestion: 'the first is at a.yaml:3' },
    ]);
    expect(exitCode).toBe(0);
  });

  test.each([
    [
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop, finalizers: ["a b"]}\n',
      'invalid-finalizer',
    ],
    [
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop, annotations: {"a b": c}}\n',
      'invalid-annotation',
    ],
    [
      work('a').replace(
        '{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}',
        '{apiVersion: v1, kind: List, metadata: {name: a}, items: []}',
      ),
      'list-manifest',
    ],
    [
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\ndata: {big: "${'x'.repeat(600 * 1024)}"}\n`,
      'too-large',
    ],
  ])('%#: the rule %s', async (text, rule) => {
    const { report } = await validateJson(['-f', 'x.yaml'], { files: { 'x.yaml': text } });
    expect(report.findings.map((finding) => finding.rule)).toContain(rule);
  });
});

describe('schemas that are given', () => {
  const gadget = 'apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: a}\nspec: {size: 1}\n';
  test.each([
    ['no schema at all', 'apiVersion: v1\nkind: ConfigMap\n', 'holds no schema'],
    [
      'a broken reference',
      '{"x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Gadget"}], "$ref": "#/nowhere"}',
      'cannot be used',
    ],
    ['no YAML', 'a: [', ''],
  ])('%s is an error of its file', async (_name, text, message) => {
    const { report, exitCode } = await validateJson(['-f', 'g.yaml', '--schema=s.yaml'], {
      files: { 'g.yaml': gadget, 's.yaml': text },
    });
    expect(report.findings[0]).toMatchObject({ file: 's.yaml', severity: 'error' });
    expect(report.findings[0]?.message).toContain(message);
    expect(exitCode).toBe(4);
  });

  test('a missing schema file is an error too', async () => {
    const { report } = await validateJson(['-f', 'g.yaml', '--schema=none.yaml'], { files: { 'g.yaml': gadget } });
    expect(report.findings).toMatchObject([{ file: 'none.yaml', rule: 'unreadable-file' }]);
  });
});

test('counts only the mistakes that it shows; that there are more stands behind the last', async () => {
  const text = Array.from({ length: 12 }, () => 'a: 1').join('\n');
  const { report } = await validateJson(['a.yaml'], { files: { 'a.yaml': text } });
  expect(report.errors).toBe(10);
  expect(report.findings.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(report.findings.at(-1)?.message).toBe('key "a" already set (… and 1 more)');
});
