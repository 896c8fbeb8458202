import { expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

/** Each is a mistake in a Secret, or beside it, at a place where a message would like to repeat what it found. */
const marker = 'hunter2TOPSECRET';
const digits = '90071992547409931234';
const secret = (body: string, metadata = ''): string =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  namespace: d\n${metadata}${body}`;

const mistakes: Readonly<Record<string, string>> = {
  'an unknown template expression': secret(`stringData:\n  pw: "{{ ${marker} }}"\n`),
  'half a template expression': secret(`stringData:\n  pw: "{{ ${marker}"\n`),
  'a template expression in an annotation': secret(
    'stringData: {a: b}\n',
    `  annotations:\n    copy: "{{ ${marker} }}"\n`,
  ),
  'data that is no base64': secret(`data:\n  pw: "${marker}!"\n`),
  'a number': secret(`stringData:\n  pw: ${digits.slice(0, 12)}\n`),
  'a number too long': secret(`stringData:\n  pw: ${digits}\n`),
  'a list': secret(`stringData:\n  pw: [${marker}]\n`),
  'data that is no map': secret(`stringData: ${marker}\n`),
  'a tag that does not fit': secret(`stringData:\n  pw: !!int ${marker}\n`),
  'binary that is no base64': secret(`data:\n  pw: !!binary "${marker}!"\n`),
  'a duplicate key': secret(`stringData:\n  pw: ${marker}\n  pw: ${marker}2\n`),
  'a merge of no map': secret(`stringData:\n  <<: ${marker}\n`),
  'a broken quote': secret(`stringData:\n  pw: "${marker}\n`),
  'a tab in the indentation': secret(`stringData:\n\tpw: ${marker}\n`),
  'text behind a quoted value': secret(`stringData:\n  pw: "x" ${marker}\n`),
  'two values in a line': secret(`stringData:\n  pw: ${marker}: ${marker}\n`),
  'a reserved sign': secret(`stringData:\n  pw: @${marker}\n`),
  'an escape that is none': secret(`stringData:\n  pw: "\\q${marker}"\n`),
};

const commands: readonly (readonly string[])[] = [
  ...['text', 'json', 'github', 'sarif', 'junit'].map((output) => ['validate', '-f', 's.yaml', '-o', output]),
  ['apply', '-f', 's.yaml', '--name=w', '--consumer=c1', '--dry-run', '--results-path=r.json'],
  [
    'apply',
    '-f',
    's.yaml',
    '--name=w',
    '--consumer=c1',
    '--consumer=c2',
    '--template-consumer',
    '--dry-run',
    '--results-path=r.json',
    '-o',
    'json',
    '--timeout=200ms',
  ],
];

it.each(Object.entries(mistakes))('no message repeats what a Secret holds: %s', async (_title, text) => {
  for (const argv of commands) {
    const run = await runCli(argv, { files: { 's.yaml': text } });
    const said = JSON.stringify([run.stdout, run.stderr, run.files]).replaceAll(JSON.stringify(text).slice(1, -1), '');
    expect(said, argv.join(' ')).not.toContain(marker);
    expect(said, argv.join(' ')).not.toMatch(new RegExp(digits.slice(0, 12)));
  }
  expect((await runCli(commands[0] ?? [], { files: { 's.yaml': text } })).stdout).not.toBe('');
});
