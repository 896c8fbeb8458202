import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFor } from '../../support/parse-for.ts';
import { describeCommand } from '../../../src/commands/describe/command.ts';
import { describeWork, type Description } from '../../../src/commands/shared/one-work/description.ts';
import { screenText, wholeText } from '../../../src/commands/describe/output.ts';
import type { Page } from '../../../src/commands/describe/page.ts';
import { whyOf } from '../../../src/commands/describe/run.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { decodeBundle } from '../../../src/core/works/decode-bundle.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { noColour } from '../../../src/output/colour.ts';
import { foldStatus } from '../../../src/core/status/fold.ts';
import { shownState } from '../../../src/core/status/shown-state.ts';
import { textWidth } from '../../../src/core/text-width.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { projectRoot, runCli } from '../../support/run-cli.ts';
import { workYaml } from '../support/works.ts';

const id = '1c7787d3-d785-5b9a-a0d6-0736196d23cc';

describe('argv to options', () => {
  it.each([
    [['--name=w', '--consumer=c1'], { address: { by: 'name', name: 'w', consumer: 'c1' }, output: 'text', all: false }],
    [['--name=w', '--consumer=c1', '--all'], { all: true }],
    [[`--id=${id}`, '-o', 'json'], { address: { by: 'id', id }, output: 'json' }],
  ])('%j', (argv, expected) => {
    expect(parseFor(describeCommand, argv)).toMatchObject(expected);
  });

  it.each([
    [[], 'no work was named'],
    [['--name=w'], '--consumer is missing'],
    [['--name=w', '--name=x', '--consumer=c'], '--name was given twice'],
    [['--name=w', '--consumer=c', '-o', 'yaml'], '--output does not know "yaml"'],
  ])('refuses %j', (argv, message) => {
    expect(() => parseFor(describeCommand, argv)).toThrow(message);
  });
});

interface Recording {
  readonly steps: readonly { readonly step: string; readonly response: { readonly body: JsonObject } }[];
}

/** A bundle as a real server gave it. */
function recorded(step: string): ResourceBundle {
  const { steps } = JSON.parse(
    readFileSync(join(projectRoot, 'test/fixtures/recordings/outcomes.json'), 'utf8'),
  ) as Recording;
  const found = steps.find((candidate) => candidate.step === step);
  if (found === undefined) throw new Error(`no step ${step}`);
  return decodeBundle(found.response.body);
}

const start = '2026-11-22T11:00:00Z';
const atMs = Date.parse(start);

function described(
  bundle: ResourceBundle,
  laterMs = 0,
  more: Partial<Parameters<typeof describeWork>[1]> = {},
): Description {
  return describeWork(bundle, { source: 'maestro-cli', executor: { kind: 'none' }, wallMs: atMs + laterMs, ...more });
}

const pipe: Page = { columns: Number.POSITIVE_INFINITY, palette: noColour, wallMs: atMs };
const terminal: Page = { ...pipe, columns: 80 };

/** All of it, in a pipe. */
function textOf(description: Description): string {
  return wholeText({ description, shown: 'progressing', why: [] }, pipe);
}

function onScreen(bundle: ResourceBundle, more: Parameters<typeof described>[2] = {}, page = terminal): string {
  const state = foldStatus(bundle, bundle.version);
  return screenText(
    { description: described(bundle, 0, more), shown: shownState(bundle, atMs), why: whyOf(state, atMs) },
    page,
  );
}

describe('a partially applied work of a real server', () => {
  const bundle = recorded('get-partially-applied');

  it('says in one sentence what blocks, and tells each resource', () => {
    const description = described(bundle);
    expect(description).toMatchObject({
      name: 'hyperfleet-cluster1-partial',
      consumer: 'cluster1',
      version: 1,
      observedVersion: 1,
      state: 'failed',
      deletePolicy: 'Foreground',
    });
    expect(description.summary).toContain('Widget.example.com/partial/w Applied=False (AppliedManifestFailed)');
    const text = textOf(description);
    expect(text).toMatch(
      /^ {2}Namespace\/partial\n {4}TYPE +STATUS +VERSION +AGE +REASON +MESSAGE\n {4}Applied +True +1 /m,
    );
    expect(text).toContain(`<hub hash>-${bundle.id}`);
  });

  it('fits a screen, says the state once and what blocks below it', () => {
    const text = onScreen(bundle);
    expect(text).toMatch(/^State: +failing\n {12}- Widget\.example\.com\/partial\/w Applied=False/m);
    expect(text.match(/failing/g)).toHaveLength(1);
    expect(text).toMatch(/^ {2}RESOURCE +APPLIED +AVAILABLE +AGE +MESSAGE\n/m);
    expect(text).toMatch(/^ {2}Widget\.example\.com\/partial\/w +False +-? ?/m);
    const lines = text.split('\n');
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(lines.filter((line) => textWidth(line) > 80 && !line.includes('grep'))).toEqual([]);
  });
});

const withStatus = (status: JsonObject, more: JsonObject = {}): ResourceBundle =>
  decodeBundle({
    id,
    consumer_name: 'c1',
    version: 2,
    created_at: start,
    updated_at: start,
    metadata: { name: 'w' },
    manifests: [
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'np' }, data: { token: 'aHVudGVyMg==' } },
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'np' } },
    ],
    manifest_configs: [
      {
        resourceIdentifier: { group: 'apps', resource: 'deployments', namespace: 'np', name: 'web' },
        feedbackRules: [{ type: 'JSONPaths', jsonPaths: [{ name: 'all', path: '.status' }] }],
        updateStrategy: { type: 'ServerSideApply' },
      },
    ],
    status,
    ...more,
  });
const meta = (kind: string, group: string, name: string): JsonObject => ({
  kind,
  group,
  version: 'v1',
  resource: '',
  name,
  namespace: 'np',
  ordinal: 0,
});
const raw = (name: string, value: unknown): JsonObject => ({
  name,
  fieldValue: { type: 'JsonRaw', jsonRaw: JSON.stringify(value) },
});

describe('what is decoded and what is masked', () => {
  const bundle = withStatus({
    ObservedVersion: 2,
    SequenceID: '2124457676703272960',
    conditions: [
      { type: 'Applied', status: 'True', observedGeneration: 2, reason: 'R', message: 'two\nlines\u001b[2J' },
    ],
    resourceStatus: [
      {
        resourceMeta: meta('Secret', '', 's'),
        conditions: [],
        statusFeedback: { values: [raw('token', 'aHVudGVyMg==')] },
      },
      {
        resourceMeta: meta('Deployment', 'apps', 'web'),
        conditions: [],
        statusFeedback: { values: [raw('all', { replicas: 2, list: ['x'] })] },
      },
      { resourceMeta: meta('ConfigMap', '', 'former'), conditions: [], statusFeedback: {} },
    ],
  });

  it('never shows the value of a Secret, not by feedback and not by kubectl’s copy', () => {
    const copied = {
      ...bundle,
      metadata: {
        name: 'w',
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":"aHVudGVyMg=="}' },
      },
    };
    const description = described(copied);
    for (const text of [
      JSON.stringify(description),
      textOf(description),
      onScreen(copied),
      onScreen(copied, {}, pipe),
    ]) {
      expect(text).not.toContain('aHVudGVyMg');
      if (!text.includes('Not shown')) expect(text).toContain('(masked by maestro-cli)');
    }
  });

  it('indents feedback below its resource, names configs and what is no longer part of the work', () => {
    const text = textOf(described(bundle));
    expect(text).toContain('    Config: feedback JSONPaths all=.status\n    Config: update strategy ServerSideApply\n');
    expect(text).toContain('    Feedback:\n      all:\n        {\n          "replicas": 2,');
    expect(text).toContain('Reported, but no part of this version:\n  ConfigMap/np/former\n');
    expect(text).toContain('two lines [2J');
    expect(text).not.toContain('\u001b');
  });

  it.each<[string, Partial<Parameters<typeof describeWork>[1]>, string]>([
    [
      'a known executor',
      { executor: { kind: 'known', executor: { subject: { type: 'ServiceAccount' } } } },
      'Executor:   {"subject":{"type":"ServiceAccount"}}',
    ],
    ['an executor that cannot be read', { executor: { kind: 'unreadable' } }, 'Executor:   not shown by Maestro'],
    ['an unknown source', { source: '?' }, 'Source:     ? (not ours; Maestro does not show it)'],
  ])('%s', (_title, more, expected) => {
    expect(textOf(described(bundle, 0, more))).toContain(expected);
  });

  it('shows managers from our record, and no record of ours as an annotation', () => {
    const annotations = {
      'maestro-cli.hyperfleet.io/managers': '{"team-a":["Secret/np/s"]}',
      'maestro-cli.hyperfleet.io/executor': '{}',
      note: 'n',
    };
    const description = described({ ...bundle, metadata: { name: 'w', annotations } });
    expect(description.managers).toEqual({ 'team-a': ['Secret/np/s'], 'maestro-cli': ['Deployment.apps/np/web'] });
    expect(description.annotations).toEqual({ note: 'n' });
    expect(textOf(description)).toContain('  Secret/np/s (managed by team-a)\n');
    const damaged = described({
      ...bundle,
      metadata: { name: 'w', annotations: { 'maestro-cli.hyperfleet.io/managers': '[not json' } },
    });
    expect(damaged.managers).toEqual({ 'maestro-cli': ['Secret/np/s', 'Deployment.apps/np/web'] });
  });

  it('tells what happens on deletion', () => {
    const option = {
      propagationPolicy: 'SelectivelyOrphan',
      selectivelyOrphans: {
        orphaningRules: [{ group: 'apps', resource: 'deployments', namespace: 'np', name: 'web' }],
      },
    };
    expect(described({ ...bundle, deleteOption: option }).deletePolicy).toBe(
      'SelectivelyOrphan, orphaning deployments.apps/np/web',
    );
  });
});

describe('a long work on a screen', () => {
  const manifests = Array.from({ length: 40 }, (_, at) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `settings-${at}`, namespace: 'np' },
  }));
  const bundle = withStatus(
    {
      ObservedVersion: 2,
      SequenceID: '1',
      conditions: [{ type: 'Applied', status: 'True', observedGeneration: 2, message: 'x'.repeat(300) }],
      resourceStatus: manifests.map(({ metadata: { name } }, at) => ({
        resourceMeta: meta('ConfigMap', '', name),
        conditions: [
          {
            type: 'Applied',
            status: at === 39 ? 'False' : 'True',
            observedGeneration: 2,
            reason: 'R',
            message: 'denied',
          },
          { type: 'Available', status: 'True' },
        ],
        statusFeedback: { values: [raw('value', { of: name })] },
      })),
    },
    { manifests, metadata: { name: 'w', annotations: { a: '1', b: '2' }, labels: { tier: 'gold' } } },
  );

  it('shows what blocks first, and says what it leaves out and how to see it', () => {
    const text = onScreen(bundle);
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(50);
    expect(lines.filter((line) => textWidth(line) > 80 && !line.includes('grep'))).toEqual([]);
    expect(text).toMatch(/RESOURCE .*\n {2}ConfigMap\/np\/settings-39 +False +True +/);
    expect(lines.slice(-2)).toEqual([
      'Not shown: 28 more resources, 70 more lines of feedback, 2 annotations.',
      `All of it: maestro-cli describe --id=${id} --all`,
    ]);
  });

  it('cuts nothing where all of it was asked for, on a narrow terminal either', () => {
    const all = wholeText({ description: described(bundle), shown: 'progressing', why: [] }, terminal);
    expect(all).toContain('x'.repeat(300));
    expect(all).not.toContain('…');
  });

  it('tells a status of an earlier version as that of the earlier version', () => {
    const older = { ...bundle, version: 3 };
    expect(onScreen(older)).toMatch(/ConfigMap\/np\/settings-39 +False \(of 2\)/);
  });
});

describe('events of note', () => {
  const minute = 60_000;
  const feedbackCondition = (condition: JsonObject | undefined): ResourceBundle =>
    withStatus({
      ObservedVersion: 2,
      SequenceID: '1',
      conditions: [],
      resourceStatus: [
        {
          resourceMeta: meta('Deployment', 'apps', 'web'),
          conditions: condition === undefined ? [] : [condition],
          statusFeedback: {},
        },
      ],
    });
  const stale = withStatus({
    ObservedVersion: 1,
    SequenceID: '1',
    conditions: [{ type: 'Applied', status: 'True', observedGeneration: 1 }],
    resourceStatus: [],
  });

  it.each<[string, ResourceBundle, number, string | undefined]>([
    ['never reported, soon', withStatus({}), 9 * minute, undefined],
    ['never reported, late', withStatus({}), 11 * minute, 'has never reported this work, which was written 11m ago'],
    ['a stale status', stale, 0, 'the status is about version 1, version 2 is stored'],
    ['deleting, soon', withStatus({}, { deleted_at: start }), 5 * minute, undefined],
    [
      'deleting, late',
      withStatus({}, { deleted_at: start }),
      61 * minute,
      'deletion was requested 61m ago and has not finished; the agent has not said that it has begun',
    ],
    [
      'deleting, late, the agent is at it',
      withStatus(
        {
          ObservedVersion: 2,
          SequenceID: '1',
          conditions: [{ type: 'Deleting', status: 'True', observedGeneration: 2 }],
        },
        { deleted_at: start },
      ),
      61 * minute,
      'look for finalizers',
    ],
    [
      'feedback not complete',
      feedbackCondition({ type: 'StatusFeedbackSynced', status: 'False', reason: 'R', message: 'no such path' }),
      0,
      'asked for and not complete: no such path',
    ],
    [
      'feedback without a value',
      feedbackCondition({ type: 'StatusFeedbackSynced', status: 'True' }),
      0,
      'asked for, and there is no value yet',
    ],
    ['feedback not reported', feedbackCondition(undefined), 0, 'asked for and not reported yet'],
  ])('%s', (_title, bundle, laterMs, expected) => {
    const { notes } = described(bundle, laterMs);
    if (expected === undefined) expect(notes).toEqual([]);
    else expect(notes.join('\n')).toContain(expected);
  });
});

describe('a whole run', () => {
  let maestro: StandIn;
  beforeAll(async () => {
    maestro = await startStandIn({ consumers: ['c1'], agent: { delayMs: 5 } });
    await runCli(['apply', '-f', 'w.yaml', '--consumer=c1', '--watch'], {
      endpoints: maestro,
      files: { 'w.yaml': workYaml('w') },
    });
    await runCli(['apply', '-f', 'w.yaml', '--consumer=c1', '--source-id=other'], {
      endpoints: maestro,
      files: { 'w.yaml': workYaml('foreign') },
    });
  });
  afterAll(() => maestro.close());

  it('describes our work, and one of another source as of an unknown one', async () => {
    const run = await runCli(['describe', '--name=w', '--consumer=c1'], { endpoints: maestro });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toMatch(
      /^Name: +w\nConsumer: +c1\nState: +(?:applied|available)\n(?: {12}.*\n)*Version: +1 stored, 1 reported\nAge: +\d+s, .*last report \d+s ago\nSource: +maestro-cli\nId: +[0-9a-f-]{36}\n/,
    );
    const foreign = await runCli(['describe', '--name=foreign', '--consumer=c1', '-o', 'json'], { endpoints: maestro });
    expect(JSON.parse(foreign.stdout)).toMatchObject({ name: 'foreign', source: '?' });
    const theirs = await runCli(['describe', '--name=foreign', '--consumer=c1', '-o', 'json', '--source-id=other'], {
      endpoints: maestro,
    });
    expect(JSON.parse(theirs.stdout)).toMatchObject({ source: 'other' });
  });

  it('exits 3 for a work that is not there, with the error as JSON where JSON was asked for', async () => {
    const run = await runCli(['describe', '--name=none', '--consumer=c1', '-o', 'json'], { endpoints: maestro });
    expect(run.exitCode).toBe(3);
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { code: 'not-found', exitCode: 3 } });
  });
});
