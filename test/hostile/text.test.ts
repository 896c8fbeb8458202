import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPinoLog } from '../../src/gitops/run/pino-log.ts';
import { printedJson } from '../../src/output/json.ts';
import { oneLine, oneLineInPlace, oneWord, paragraph, shownText } from '../../src/core/shown-text.ts';
import { startGrpcServer, type TestServer } from '../clients/support/grpc-server.ts';
import { workYaml } from '../commands/support/works.ts';
import { emptyFolder, runCli, type CliOptions, type CliRun } from '../support/run-cli.ts';
import { reported, row, serveRows, startRest, type Answer, type HostileRest } from './support/rest.ts';
import { Tally } from './support/tally.ts';
import { attacks, combined, harmIn, hostileText } from './support/texts.ts';

/** What the servers say now; each case sets its own. */
let text = '';
let answer: Answer = () => undefined;
let rest: HostileRest;
let writer: TestServer;
beforeAll(async () => {
  rest = await startRest((...call) => answer(...call));
  writer = await startGrpcServer({
    publish: (_call, reply) => reply({ code: grpc.status.UNKNOWN, details: `failed to publish: ${text}` }),
  });
});
afterAll(async () => {
  await rest.close();
  await writer.close();
});

function run(argv: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  return runCli(argv, {
    ...options,
    endpoints: { httpEndpoint: rest.httpEndpoint, grpcEndpoint: `127.0.0.1:${writer.port}` },
  });
}

/** On a terminal and in a pipe, with every text in what is written. */
async function expectHarmless(argv: readonly string[], options: CliOptions = {}): Promise<void> {
  // What jsonpath writes into a pipe is for a program, to the letter.
  for (const isTTY of argv.some((word) => word.startsWith('jsonpath')) ? [true] : [true, false]) {
    for (const extra of [[], ['-v']]) {
      const ended = await run([...argv, ...extra], { ...options, isTTY });
      const harm =
        harmIn(ended.stdout, isTTY) ??
        harmIn(ended.stderr, isTTY) ??
        (ended.exitCode === 70 ? ended.stderr : undefined);
      if (harm !== undefined) throw new Error(`${isTTY ? 'on a terminal' : 'in a pipe'}: ${harm}`);
    }
  }
}

/** Works that hold the text wherever a source or an agent can put one. */
function hostileRows(): Answer {
  const condition = {
    type: `Applied`,
    status: 'False',
    reason: text,
    message: text,
    observedGeneration: 1,
    lastTransitionTime: text,
  };
  const other = { ...condition, type: text };
  const resourceMeta = {
    ordinal: 0,
    group: '',
    version: 'v1',
    kind: 'ConfigMap',
    resource: 'configmaps',
    name: 'settings',
    namespace: 'default',
  };
  const values = [
    { name: text, fieldValue: { type: 'String', string: text } },
    { name: 'raw', fieldValue: { type: 'JsonRaw', jsonRaw: JSON.stringify({ [text]: [text] }) } },
    { name: 'broken', fieldValue: { type: 'JsonRaw', jsonRaw: text } },
  ];
  const status = {
    ...reported(),
    conditions: [condition, other],
    resourceStatus: [{ resourceMeta, conditions: [condition, other], statusFeedback: { values } }],
  };
  const manifests = [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'default', labels: { [text]: text } },
      data: { key: text, [text]: text },
    },
    { apiVersion: text, kind: text, metadata: { name: text, namespace: text } },
  ];
  const told = { status, manifests, created_at: text, updated_at: text };
  return serveRows([
    row('w', 'c1', { ...told, metadata: { name: 'w', labels: { [text]: text }, annotations: { [text]: text } } }),
    row('odd', 'c1', { ...told, id: '7d2c5f1e-0000-5000-8000-000000000001', metadata: { name: text } }),
  ]);
}

const readingCommands: readonly (readonly string[])[] = [
  ...[
    'table',
    'wide',
    'json',
    'yaml',
    'name',
    'manifestwork',
    'jsonpath={.items[*]}',
    'custom-columns=A:.status,B:.metadata.labels,C:.spec',
  ].map((output) => ['list', '-c', 'c1', '-o', output]),
  ['list', '-c', 'c1', '--sort-by=name'],
  ['list', '-c', 'c1', '--columns=name,reason,labels,created', '-L', 'app', '--sort-by=.metadata.labels'],
  ['get', '--name=w', '-c', 'c1', '--field=.metadata'],
  ['get', '--name=w', '-c', 'c1', '--field=reason'],
  ['watch', '--name=w', '-c', 'c1', '--timeout=60ms', '--via=poll', '-o', 'custom-columns=A:.reason'],
  ...[
    'table',
    'wide',
    'json',
    'yaml',
    'name',
    'manifestwork',
    'jsonpath={.status}{.metadata.labels}',
    'custom-columns=A:.status',
  ].map((output) => ['get', '--name=w', '-c', 'c1', '-o', output]),
  ['describe', '--name=w', '-c', 'c1'],
  ['describe', '--name=w', '-c', 'c1', '-o', 'json'],
  ['events', '--name=w', '-c', 'c1', '--timeout=60ms'],
  ['events', '--name=w', '-c', 'c1', '--timeout=60ms', '-o', 'json'],
  ['history', '--name=w', '-c', 'c1'],
  ['history', '--name=w', '-c', 'c1', '-o', 'json'],
  ['wait', '--name=w', '-c', 'c1', '--timeout=60ms'],
  ['wait', '--name=w', '-c', 'c1', '--timeout=60ms', '-o', 'json'],
  ['watch', '--name=w', '-c', 'c1', '--timeout=60ms', '--via=poll'],
  ['watch', '--name=w', '-c', 'c1', '--timeout=60ms', '--via=poll', '-o', 'json'],
  ['diff', '-f', 'w.yaml', '-c', 'c1'],
  ['diff', '-f', 'w.yaml', '-c', 'c1', '-o', 'json'],
  ['apply', '-f', 'w.yaml', '-c', 'c1', '--timeout=60ms'],
  ['apply', '-f', 'w.yaml', '-c', 'c1', '--force', '--timeout=60ms'],
  ['build', '-f', 'cm.yaml', '--name=w', '-c', 'c1'],
  ['delete', '--name=w', '-c', 'c1', '-y', '--timeout=60ms'],
  ['doctor', '-c', 'c1', '--timeout=200ms'],
];

const files = {
  'w.yaml': workYaml('w'),
  'cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: added, namespace: default}\n',
};

describe('text from a server, a source or an agent', () => {
  it('reaches no terminal and no CI system as more than text, whatever stands in rows', async () => {
    const tally = new Tally('raw text in rows');
    for (const [attack, planted] of Object.entries(combined)) {
      text = `x${planted}y`;
      answer = hostileRows();
      for (const argv of readingCommands)
        await tally.hold(`${attack}: ${argv.join(' ')}`, () => expectHarmless(argv, { files }));
    }
    tally.expectAllHeld();
  }, 120_000);

  it('reaches none from refusals of REST and gRPC', async () => {
    const tally = new Tally('raw text in refusals');
    const refusals: readonly Answer[] = [
      (_url, response) =>
        response
          .writeHead(400, { 'content-type': 'application/json' })
          .end(JSON.stringify({ kind: 'Error', id: '8', code: 'maestro-8', reason: text })),
      (_url, response) =>
        response.writeHead(503).end(JSON.stringify({ kind: 'Error', id: '9', code: 'maestro-9', reason: text })),
      (_url, response) => response.end(text),
      (_url, response) =>
        response.end(
          JSON.stringify({
            items: [
              { id: 'i', kind: 'Consumer', name: text, labels: { [text]: text }, created_at: text, updated_at: text },
            ],
          }),
        ),
    ];
    const commands = [
      ['list', '-A'],
      ['get', '--name=w', '-c', 'c1'],
      ['apply', '-f', 'w.yaml', '-c', 'c1'],
      ['consumer', 'list'],
      ['consumer', 'list', '-o', 'name'],
      ['consumer', 'list', '-o', 'json'],
      ['consumer', 'list', '-o', 'yaml'],
      ['consumer', 'list', '-o', 'wide', '-L', 'x', '--no-works'],
      ['consumer', 'list', '-o', 'custom-columns=A:.name,B:.labels'],
      ['doctor'],
      ['list', '-A', '-o', 'json'],
    ];
    for (const [attack, planted] of Object.entries(combined)) {
      text = `x${planted}y`;
      for (const refusal of refusals) {
        answer = refusal;
        for (const argv of commands)
          await tally.hold(`${attack}: ${argv.join(' ')}`, () =>
            expectHarmless([...argv, '--timeout=40ms'], { files }),
          );
      }
      answer = serveRows([row('other', 'c1')]);
      await tally.hold(`${attack}: publish`, () =>
        expectHarmless(['apply', '-f', 'w.yaml', '-c', 'c1', '--timeout=200ms'], { files }),
      );
    }
    tally.expectAllHeld();
  }, 120_000);

  it('is left as it is in a pipe by -o jsonpath, as kubectl leaves it, and by --field, and by nothing on a terminal', async () => {
    text = 'x\u001b[31m\u202ey';
    answer = hostileRows();
    const path = '.spec.workload.manifests[0].data.key';
    for (const [how, end] of [
      [['-o', `jsonpath={${path}}`], ''],
      [['--field', path], '\n'],
    ] as const) {
      const argv = ['get', '--name=w', '-c', 'c1', ...how];
      expect((await run(argv)).stdout).toBe(`${text}${end}`);
      expect((await run(argv, { isTTY: true })).stdout).toBe(`x\u001b[31m\uFFFDy${end}`);
    }
  });

  it('is the same value in JSON and YAML as before', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (made) => {
        expect(JSON.parse(printedJson({ [made]: made }))).toEqual(JSON.parse(JSON.stringify({ [made]: made })));
        expect(harmIn(printedJson({ [made]: made }), false)).toBeUndefined();
      }),
    );
  });
});

describe('names of files', () => {
  it('reach no terminal and no CI system as more than text', async () => {
    const tally = new Tally('names of files');
    for (const [attack, planted] of Object.entries(attacks)) {
      if (attack === 'nul') continue;
      const folder = emptyFolder();
      const name = `a${planted}.yaml`.replaceAll('/', '_');
      mkdirSync(join(folder, 'in'));
      writeFileSync(join(folder, 'in', name), 'apiVersion: v1\nkind: ConfigMap\nmetadata: {nme: x}\n---\na: [\n');
      for (const argv of [
        ...['text', 'json', 'github', 'sarif', 'junit'].map((output) => ['validate', 'in', '-o', output]),
        ['apply', '-f', 'in', '--name=w', '-c', 'c1'],
        ['diff', '-f', 'in', '--name=w', '-c', 'c1'],
        ['build', '-f', 'in', '--name=w', '-c', 'c1'],
        ['apply', '-f', `in/${name}.none`, '--name=w', '-c', 'c1'],
      ]) {
        await tally.hold(`${attack}: ${argv.join(' ')}`, async () => {
          const ended = await run(argv, { cwd: folder });
          expect(ended.exitCode).toBe(4);
          const written = argv.includes('github')
            ? ended.stdout.replace(/^::(?:error|warning) file=/gm, '')
            : ended.stdout;
          const harm = harmIn(written, false) ?? harmIn(ended.stderr, false);
          if (harm !== undefined) throw new Error(harm);
        });
      }
    }
    tally.expectAllHeld();
  }, 60_000);
});

describe('the one place that makes foreign text fit to be shown', () => {
  it('leaves nothing that steers, and nothing that looks like a line of ours', () => {
    fc.assert(
      fc.property(hostileText, (made) => {
        expect(harmIn(`error: ${oneLine(made)}`, false)).toBeUndefined();
        // Commands at the beginning of a line are broken where lines are written.
        expect(harmIn(`error: ${paragraph(made).replaceAll('::', '')}`, false)).toBeUndefined();
        expect(oneLineInPlace(made)).toHaveLength(made.length);
        expect(shownText(oneLine(made))).toBe(oneLine(made));
        expect(oneWord(made)).not.toMatch(/[\s"'`$\\]/);
      }),
    );
  });

  it('leaves what Kubernetes allows in names, and ordinary text, as it is', () => {
    expect(oneWord('hyperfleet-c1.np-2')).toBe('hyperfleet-c1.np-2');
    expect(oneLine('Größe 東京 😀: "a" (b)')).toBe('Größe 東京 😀: "a" (b)');
    expect(paragraph('two\n  lines\nor three')).toBe('two\n  lines\n  or three');
  });
});

it('the log of a controller is one harmless line an event, as text and as JSON', () => {
  fc.assert(
    fc.property(hostileText, fc.constantFrom('text' as const, 'json' as const), (made, format) => {
      const lines: string[] = [];
      const log = createPinoLog({ format, level: 'info' }, { write: (line) => lines.push(line) }, () => 0);
      log.info(`an application says ${made}`, { app: made });
      expect(lines).toHaveLength(1);
      expect(lines[0]?.trimEnd()).not.toContain('\n');
      expect(harmIn(lines[0] ?? '', false)).toBeUndefined();
    }),
  );
});
