import { describe, expect, it } from 'vitest';
import { validateCommand } from '../../../src/commands/validate/command.ts';
import type { PrintedReport } from '../../../src/output/findings/json.ts';
import { parseFor } from '../../support/parse-for.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';

/** Nothing answers there: a run that asked a server would fail. */
async function validate(argv: readonly string[], files: Readonly<Record<string, string>>): Promise<CliRun> {
  return runCli(['validate', '--template-consumer', ...argv], { files });
}

const reportOf = async (argv: readonly string[], files: Readonly<Record<string, string>>): Promise<PrintedReport> =>
  JSON.parse((await validate([...argv, '-o', 'json'], files)).stdout) as PrintedReport;

const map = (more: string): string =>
  [
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata:',
    '  name: "settings-{{ consumer.name }}"',
    '  namespace: default',
    more,
    '',
  ].join('\n');
const zoned = { 't.yaml': map(`data:\n  zone: '{{ consumer.labels["a.b/zone"] }}'`) };

describe('argv to options', () => {
  const parsed = (argv: readonly string[]) => parseFor(validateCommand, ['-f', 't.yaml', ...argv]);

  it.each([
    { argv: ['--template-consumer'], options: { template: {} } },
    { argv: ['--template-consumer', '-c', 'c1'], options: { template: { name: 'c1' } } },
    {
      argv: ['--template-consumer', '-c', 'c1', '--consumer-label=env=prod', '--consumer-label=a.b/zone=z'],
      options: { template: { name: 'c1', labels: { env: 'prod', 'a.b/zone': 'z' } } },
    },
    { argv: ['--template-consumer', '--consumers-from=f'], options: { template: { from: 'f' } } },
    { argv: ['--template-consumer', '--adapter=np'], options: { name: 'hyperfleet-{{ consumer.name }}-np' } },
  ])('$argv', ({ argv, options }) => {
    expect(parsed(argv)).toMatchObject(options);
    expect('consumer' in parsed(argv), 'Maestro is not asked').toBe(false);
  });

  it.each([
    { argv: ['--consumer-label=a=b'], message: '--consumer-label is for --template-consumer' },
    { argv: ['--consumers-from=f'], message: '--consumers-from is for --template-consumer' },
    { argv: ['--template-consumer', '--consumer-label=a'], message: '--consumer-label a is no label' },
    { argv: ['--template-consumer', '-c', 'c1', '--consumers-from=f'], message: 'both choose consumers' },
    {
      argv: ['--template-consumer', '-f', '-', '--consumers-from=-'],
      message: 'standard input (-) can be read only once',
    },
  ])('refuses $argv', ({ argv, message }) => {
    expect(() => parsed(argv)).toThrow(message);
  });
});

describe('without a consumer', () => {
  it('samples are filled in, and it says which', async () => {
    const run = await validate(['-f', 't.yaml'], zoned);
    expect(run).toMatchObject({ exitCode: 0, stdout: '0 errors, 0 warnings in 1 file (1 work)\n' });
    expect(run.stderr).toBe(
      'filled in: consumer.name = sample-consumer, consumer.labels["a.b/zone"] = sample (made up; --consumer, --consumer-label and --consumers-from give real ones)\n',
    );
    expect((await reportOf(['-f', 't.yaml'], zoned)).filledIn).toEqual({
      consumers: [],
      samples: { 'consumer.name': 'sample-consumer', 'consumer.labels["a.b/zone"]': 'sample' },
    });
  });

  it('an expression that is not known, or stands in a key, is an error at its place in the template', async () => {
    const { findings } = await reportOf(['-f', 't.yaml'], {
      't.yaml': map('data:\n  a: "{{ consumer.nmae }}"\n  "{{ consumer.name }}": b'),
    });
    expect(findings).toMatchObject([
      { file: 't.yaml', line: 7, path: 'data.a', rule: 'template-expression', severity: 'error' },
      { file: 't.yaml', line: 8, rule: 'template-expression', severity: 'error' },
    ]);
  });

  it('a mistake beside the expressions is found at its place', async () => {
    const { findings } = await reportOf(['-f', 't.yaml'], { 't.yaml': map('dat:\n  a: "{{ consumer.name }}"') });
    expect(findings).toMatchObject([{ line: 6, path: 'dat', rule: 'unknown-field', severity: 'error' }]);
  });

  it('what is wrong with a made-up value is a question, and no error', async () => {
    const pod = [
      'apiVersion: v1',
      'kind: Pod',
      'metadata: {name: "p-{{ consumer.name }}", namespace: default}',
      'spec:',
      '  containers:',
      '  - name: a',
      '    image: "a:1"',
      '    resources: {requests: {memory: "{{ consumer.labels.mem }}"}}',
      '',
    ].join('\n');
    const run = await validate(['-f', 'p.yaml'], { 'p.yaml': pod });
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/^p\.yaml:8:\d+: warning: spec\.containers\[0\]\.resources\.requests\.memory: /);
    expect(run.stdout).toContain(
      '("sample" stands for the label mem here; --consumer-label mem=VALUE checks with a real one)',
    );
    const argv = ['-f', 'p.yaml', '-c', 'c1'];
    expect(await validate([...argv, '--consumer-label=mem=1Gi'], { 'p.yaml': pod })).toMatchObject({ exitCode: 0 });
    const wrong = await validate([...argv, '--consumer-label=mem=much'], { 'p.yaml': pod });
    expect(wrong.exitCode).toBe(4);
    expect(wrong.stdout).toContain('p.yaml:8:');
  });
});

describe('with consumers', () => {
  it('a label that one lacks is an error with its name, and nobody is asked', async () => {
    const run = await validate(['-f', 't.yaml', '-c', 'c1', '--consumer-label=env=prod'], zoned);
    expect(run.exitCode).toBe(4);
    expect(run.stdout).toContain('t.yaml:7:');
    expect(run.stdout).toContain('data.zone: the label a.b/zone is missing, on c1 [missing-label]');
    expect(run.stderr).toBe('filled in: consumer c1\n');
  });

  it('of a file, as consumer list prints them, what all have wrong is told once and the rest by name', async () => {
    const consumers = [
      { name: 'c1', labels: { 'a.b/zone': 'z1', size: 'large' } },
      { name: 'c2', labels: { 'a.b/zone': 'z2' } },
      { name: 'c'.repeat(61), labels: { 'a.b/zone': 'z3', size: 'small' } },
    ];
    const files = {
      'clusters.json': JSON.stringify(consumers),
      't.yaml': map(
        `data:\n  zone: '{{ consumer.labels["a.b/zone"] }}'\n  size: "{{ consumer.labels.size }}"\nmore: 1`,
      ),
    };
    const report = await reportOf(
      ['-f', 't.yaml', '--consumers-from=clusters.json', '--name=np-{{ consumer.name }}'],
      files,
    );
    expect(report.findings.map(({ rule, message }) => [rule, message])).toEqual([
      ['invalid-name', expect.stringMatching(/, on c{61}$/)],
      ['missing-label', 'the label size is missing, on c2'],
      ['unknown-field', expect.stringMatching(/^unknown field, on c1, c{61}$/)],
    ]);
    expect(report.filledIn).toEqual({ consumers: ['c1', 'c2', 'c'.repeat(61)], samples: {} });
  });

  it('of a list of names get the labels of the line, or samples', async () => {
    const files = { ...zoned, list: '# the east\nc1\nc2\n' };
    expect(await reportOf(['-f', 't.yaml', '--consumers-from=list'], files)).toMatchObject({
      errors: 0,
      filledIn: { consumers: ['c1', 'c2'], samples: { 'consumer.labels["a.b/zone"]': 'sample' } },
    });
    expect(
      await reportOf(['-f', 't.yaml', '--consumers-from=list', '--consumer-label=a.b/zone=z'], files),
    ).toMatchObject({ errors: 0, filledIn: { consumers: ['c1', 'c2'], samples: {} } });
  });

  it.each([
    ['[', 'this begins as JSON and is none'],
    ['[]', 'this lists no consumers'],
    ['[{"name": "A_b"}]', 'the consumer at 0 has no name of a consumer'],
    ['[{"name": "a", "labels": 1}]', 'the labels of a are no map'],
    ['A_b\n', 'list:1: "A_b" is no consumer name'],
  ])('of a file that is none (%j) are exit code 2', async (list, text) => {
    const run = await validate(['-f', 't.yaml', '--consumers-from=list'], { ...zoned, list });
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(text);
  });

  it('works that differ in the template and not on a consumer are one work twice', async () => {
    const work = (name: string): string =>
      `apiVersion: work.open-cluster-management.io/v1\nkind: ManifestWork\nmetadata: {name: "${name}"}\nspec:\n  workload:\n    manifests:\n    - {apiVersion: v1, kind: Namespace, metadata: {name: ns1}}\n`;
    const files = { 'w.yaml': [work('w-{{ consumer.name }}'), work('w-c1')].join('---\n') };
    expect((await reportOf(['-f', 'w.yaml', '-c', 'c2'], files)).errors).toBe(0);
    expect((await reportOf(['-f', 'w.yaml', '-c', 'c1'], files)).findings).toMatchObject([
      { rule: 'duplicate-work', line: 11 },
    ]);
  });

  it('a namespace that is another consumer is an error there', async () => {
    const files = {
      'w.yaml':
        'apiVersion: work.open-cluster-management.io/v1\nkind: ManifestWork\nmetadata: {name: w, namespace: c2}\nspec:\n  workload:\n    manifests:\n    - {apiVersion: v1, kind: Namespace, metadata: {name: ns1}}\n',
    };
    expect((await reportOf(['-f', 'w.yaml', '-c', 'c1'], files)).findings).toMatchObject([
      { rule: 'consumer-mismatch', line: 3 },
    ]);
    expect((await reportOf(['-f', 'w.yaml', '-c', 'c2'], files)).findings).toEqual([]);
  });
});
