import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { connectInProcess } from '../../src/clients/in-process.ts';
import { changesBetween } from '../../src/commands/shared/change/work-changes.ts';
import { parseExpression } from '../../src/core/expressions/parse.ts';
import { renderWork } from '../../src/core/fleet/consumer-template.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { mergeWorks } from '../../src/core/ownership/merge-works.ts';
import { withOwners } from '../../src/core/ownership/owners.ts';
import { contentDifferences, optionText } from '../../src/core/works/compare.ts';
import { bundleData, storedContent, workDocument, workFromBundle } from '../../src/core/works/document.ts';
import { manifestKey, manifestLabel, type ManifestWork } from '../../src/core/works/manifest-work.ts';
import { readWorks } from '../../src/core/works/read-works.ts';
import type { ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import { validateWork } from '../../src/core/works/validate.ts';
import { readWrittenWork } from '../../src/core/works/written-work.ts';
import { readDocuments } from '../../src/core/yaml/read-documents.ts';
import { applyWork } from '../../src/operations/apply/apply-work.ts';
import { waitTargetOf } from '../../src/operations/apply/wait-target.ts';
import { createBudget } from '../../src/operations/budget.ts';
import { fitWork } from '../../src/operations/fit-work.ts';
import { WaitJudge, type WaitTarget } from '../../src/operations/wait/judge.ts';
import { createStandIn, type InProcessStandIn } from '../../src/standin/index.ts';

const manifest: JsonObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'np' } };
const account = { type: 'ServiceAccount', serviceAccount: { namespace: 'np', name: 'applier' } };

/**
 * A work with all that one can have. A part that is new in ManifestWork has to be given here (the type asks for it);
 * the tests below then name each place that loses it without a word.
 */
const work: Required<ManifestWork> = {
  name: 'w',
  namespace: 'c1',
  labels: { app: 'a' },
  annotations: { note: 'n' },
  manifests: [manifest],
  manifestConfigs: [
    {
      resourceIdentifier: { resource: 'configmaps', namespace: 'np', name: 'a' },
      updateStrategy: { type: 'CreateOnly' },
    },
  ],
  deleteOption: { propagationPolicy: 'Orphan' },
  executor: { subject: account },
};

type Part = keyof ManifestWork;
const parts = Object.keys(work) as readonly Part[];
/** What of a work its address is made of, and what REST does not show; neither is content. */
const noContent: readonly Part[] = ['name', 'namespace', 'executor'];
const content = parts.filter((part) => !noContent.includes(part));
/** What stands in the spec beside the manifests. */
const options = parts.filter((part) => !['name', 'namespace', 'labels', 'annotations', 'manifests'].includes(part));

const without = (part: Part, from: ManifestWork = work): ManifestWork => {
  const empty: Partial<ManifestWork> = { labels: {}, annotations: {}, manifests: [], manifestConfigs: [] };
  const { [part]: _, ...rest } = from;
  return { ...rest, ...(part in empty ? { [part]: empty[part] } : {}) } as ManifestWork;
};
const lost = (made: ManifestWork, whole: ManifestWork = work): readonly string[] =>
  (Object.keys(whole) as readonly Part[]).filter((part) => optionText(made[part]) !== optionText(whole[part]));

describe('no part of a work is lost', () => {
  test('between a document and the work', () => {
    const { works, problems } = readWorks(readDocuments(JSON.stringify(workDocument(work)), 'w.json'), {});
    expect(problems, 'give the part its shape in src/core/works/envelope-schema.ts').toEqual([]);
    expect(
      lost(works[0]?.work ?? without('manifests')),
      'workDocument of document.ts, workOf of read-works.ts',
    ).toEqual([]);
  });

  test('in a work whose data is text already, but for the executor, which such a one never has', () => {
    const { name, labels, annotations } = work;
    const read = readWrittenWork({ name, labels, annotations, dataText: JSON.stringify(bundleData(work)) });
    expect(lost(read), 'bundleData of document.ts, readWrittenWork of written-work.ts').toEqual([
      'namespace',
      'executor',
    ]);
  });

  test('by the template of a consumer, which is filled in everywhere', () => {
    const text = (name: string): ManifestWork =>
      JSON.parse(JSON.stringify(work).replaceAll('"np"', `"${name}"`)) as ManifestWork;
    expect(
      lost(renderWork(text('{{ consumer.name }}'), { name: 'c7', labels: {} }), text('c7')),
      'renderWork of consumer-template.ts',
    ).toEqual([]);
  });

  test('by the check of what a program hands in', () => {
    expect(lost(fitWork({ ...work }, 'c1')), 'whole of src/operations/fit-work.ts').toEqual([]);
  });

  test('by a merge, whether it was stored or is given', () => {
    const stored = withOwners(work, new Map([[manifestLabel(manifestKey(manifest)), 'other']]), 'source');
    const merge = { manager: 'me', source: 'source', merge: true, force: true };
    for (const desired of [without('manifests', { ...work }), { ...without('manifests'), ...bare }]) {
      const made = mergeWorks({ ...merge, stored, desired });
      expect(made.kind).toBe('write');
      if (made.kind === 'write')
        expect(lost({ ...made.work, annotations: work.annotations }), 'merged of merge-works.ts').toEqual([]);
    }
  });
});

/** A work of nothing but its name. */
const bare: ManifestWork = {
  name: 'w',
  namespace: 'c1',
  labels: {},
  annotations: {},
  manifests: [],
  manifestConfigs: [],
};

describe('over the wire', () => {
  let standIn: InProcessStandIn;
  let row: ResourceBundle | undefined;
  let target: WaitTarget | undefined;
  beforeAll(async () => {
    standIn = await createStandIn({ consumers: ['c1'], agent: { delayMs: 1 } });
    const maestro = connectInProcess(standIn);
    const signal = new AbortController().signal;
    const budget = createBudget(10_000, { clock: systemClock, random: () => 0.5, signal });
    const applied = await applyWork(
      { source: 's', consumer: 'c1', work, overwrite: false, manager: 's', merge: false, force: false },
      { ...maestro, onNotice: () => undefined },
      { conflictRetries: 0 },
      budget,
    );
    target = waitTargetOf(applied, 'c1');
    row = await maestro.reader.getBundle(applied.id, budget);
    await maestro.close();
  });
  afterAll(() => standIn.close());

  test('every part is stored and read again, the executor from our record of it', () => {
    if (row === undefined) throw new Error('nothing is stored');
    const back = workFromBundle(row);
    const places =
      'bundleData and storedContent of document.ts, decode-bundle.ts; of the stand-in service/bundle.ts, rest/present.ts';
    expect(lost({ ...back, annotations: work.annotations }), places).toEqual([]);
    expect(storedContent(row).annotations).toMatchObject(work.annotations);
  });

  test.each(options.filter((part) => part !== 'executor'))(
    'a wait after an apply goes on at a later version that holds the same, and ends at one with another %s',
    (part) => {
      if (row === undefined || target === undefined) throw new Error('nothing is stored');
      const judge = new WaitJudge(target, {
        expression: parseExpression('Applied'),
        failureGraceMs: 0,
        feedbackSettleMs: 0,
      });
      const places = 'holdsAllOf of wait/judge.ts, broughtBy of apply/carry-out.ts, both in src/operations';
      expect(judge.judge({ ...row, version: 2 }, 0, 0), places).toMatchObject({ kind: 'waiting' });
      const other: ResourceBundle = { ...row, version: 3, [part]: part === 'manifestConfigs' ? [] : {} };
      expect(judge.judge(other, 0, 0), places).toMatchObject({ kind: 'failed', error: { reason: 'Superseded' } });
    },
  );
});

describe('a difference in one part alone', () => {
  test.each(content)('of %s is one, and diff shows it', (part) => {
    expect(contentDifferences(work, without(part)), 'contentDifferences of compare.ts').not.toEqual([]);
    expect(changesBetween(work, without(part)), 'partChange of src/commands/shared/change/work-changes.ts').not.toEqual(
      [],
    );
  });

  test.each(options.filter((part) => part !== 'manifestConfigs'))(
    'of %s takes something from other managers',
    (part) => {
      const stored = withOwners(work, new Map([[manifestLabel(manifestKey(manifest)), 'other']]), 'source');
      const desired = { ...bare, [part]: { other: 'value' } };
      expect(
        mergeWorks({ stored, desired, manager: 'me', source: 'source', merge: true, force: false }),
        'sharedPartLosses of merge-works.ts',
      ).toMatchObject({ kind: 'refused', losses: [{ what: part }] });
    },
  );

  test.each(options)('%s with a field that Maestro does not know is a problem', (part) => {
    const odd = part === 'manifestConfigs' ? [{ odd: true }] : { odd: true };
    const paths = validateWork({ ...work, [part]: odd }).map(({ path }) => path.slice(0, 2).join('.'));
    expect(paths, 'optionShapes of envelope-schema.ts, checkOptions of validate.ts').toContain(`spec.${part}`);
  });
});
