import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { toWireJson } from '../../../src/core/json.ts';
import { workDocument } from '../../../src/core/works/document.ts';
import { editDistance, nearest } from '../../../src/core/works/did-you-mean.ts';
import { problemText } from '../../../src/core/works/problem.ts';
import { readWorks } from '../../../src/core/works/read-works.ts';
import type { WorkInput } from '../../../src/core/works/read-works.ts';
import { validateWork } from '../../../src/core/works/validate.ts';
import { readDocuments } from '../../../src/core/yaml/read-documents.ts';
import { anyWork } from './arbitrary-work.ts';

function read(text: string, name?: string): { works: WorkInput[]; problems: string[] } {
  const { works, problems } = readWorks(readDocuments(text, 'f'), name === undefined ? {} : { name });
  return { works, problems: problems.map((problem) => problemText(problem)) };
}

const head = 'apiVersion: work.open-cluster-management.io/v1\nkind: ManifestWork\n';
const manifests = 'spec:\n  workload:\n    manifests:\n    - {apiVersion: v1, kind: Namespace, metadata: {name: ns}}\n';
const good = `${head}metadata: {name: w}\n${manifests}`;

describe('the forms of input', () => {
  it('reads a ManifestWork with everything in it', () => {
    const { works, problems } = read(`${head}
metadata: {name: w, namespace: c, labels: {l: "1"}, annotations: {a: b}}
${manifests}  manifestConfigs:
  - resourceIdentifier: {group: "", resource: namespaces, name: ns}
    feedbackRules: [{type: JSONPaths, jsonPaths: [{name: p, version: v1, path: .status.phase}]}]
    updateStrategy: {type: ServerSideApply, serverSideApply: {force: true, fieldManager: m, ignoreFields: [{condition: OnSpokeChange, jsonPaths: [.spec]}]}}
    conditionRules: [{condition: C, type: CEL, celExpressions: ["true"], message: m, messageExpression: e}]
  deleteOption: {propagationPolicy: SelectivelyOrphan, selectivelyOrphans: {orphaningRules: [{group: "", resource: namespaces, namespace: "", name: ns}]}, ttlSecondsAfterFinished: 5}
  executor: {subject: {type: ServiceAccount, serviceAccount: {namespace: a, name: b}}}
`);
    expect(problems).toEqual([]);
    expect(works.map(({ work }) => work)).toEqual([
      expect.objectContaining({
        name: 'w',
        namespace: 'c',
        labels: { l: '1' },
        annotations: { a: 'b' },
        manifests: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns' } }],
        deleteOption: expect.objectContaining({ ttlSecondsAfterFinished: 5 }) as unknown,
        executor: { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'a', name: 'b' } } },
      }),
    ]);
    expect(works[0]?.work.manifestConfigs).toHaveLength(1);
  });

  it('reads several documents as several works, each with its own places', () => {
    const { works } = read(`${good}---\n${good.replace('name: w', 'name: x')}`);
    expect(works.map(({ work }) => work.name)).toEqual(['w', 'x']);
    expect(works.map((input) => input.manifestPlace(0))).toEqual([
      { file: 'f', line: 7, column: 7 },
      { file: 'f', line: 15, column: 7 },
    ]);
    expect(works[1]?.manifestPlace(1)).toBeUndefined();
    expect(works[1]?.locate(['metadata', 'name'])).toEqual({ file: 'f', line: 11, column: 12 });
    expect(works[1]?.document?.line).toBe(9);
  });

  it('makes one work of plain manifests and Lists, also nested', () => {
    const text =
      'kind: A\n---\napiVersion: v1\nkind: List\nitems:\n- kind: B\n- {apiVersion: v1, kind: List, items: [{kind: C}]}\n';
    const { works, problems } = read(text, 'w');
    expect(problems).toEqual([]);
    expect(works.map(({ work }) => work.manifests)).toEqual([[{ kind: 'A' }, { kind: 'B' }, { kind: 'C' }]]);
    const [input] = works;
    expect(input?.document).toBeUndefined();
    expect(input?.manifestPlace(1)).toEqual({ file: 'f', line: 6, column: 3 });
    expect(input?.locate(['spec', 'workload', 'manifests', 2, 'kind'])).toEqual({ file: 'f', line: 7, column: 41 });
    expect(input?.locate(['metadata', 'name'])).toEqual({ file: 'f', line: 1, column: 1 });
    expect(read('kind: A', 'w').works[0]?.document?.file).toBe('f');
  });

  it('takes a List of works for its items', () => {
    const item = toWireJson(readDocuments(good, 'f')[0]?.value ?? null);
    const { works } = read(`{"apiVersion":"v1","kind":"List","items":[${item},${item.replace('"w"', '"x"')}]}`);
    expect(works.map(({ work }) => work.name)).toEqual(['w', 'x']);
    expect(works[1]?.locate(['metadata', 'name'])?.column).toBeGreaterThan(item.length);
  });

  it('leaves an object alone that only looks like a List', () => {
    expect(
      read('{apiVersion: a/v1, kind: AllowList, metadata: {name: a}, items: []}', 'w').works[0]?.work.manifests,
    ).toHaveLength(1);
  });

  it('takes the name that is given over the one in the document', () => {
    expect(read(good, 'other').works[0]?.work.name).toBe('other');
    expect(read(good.replace('name: w', ''), 'other')).toMatchObject({
      works: [{ work: { name: 'other' } }],
      problems: [],
    });
  });

  it('finds nothing in nothing', () => expect(read('')).toEqual({ works: [], problems: [] }));

  it('drops what the server sets, and status', () => {
    const metadata =
      '{name: w, uid: u, resourceVersion: "1", generation: 2, creationTimestamp: null, managedFields: [{a: 1}], deletionTimestamp: x}';
    const { works, problems } = read(`${head}metadata: ${metadata}\n${manifests}status: {conditions: []}\n`);
    expect(problems).toEqual([]);
    expect(works[0]?.work).toEqual(read(good).works[0]?.work);
  });

  it.each(['labels:', 'annotations: null', 'namespace: ""'])('takes %s for absent', (line) => {
    const { works, problems } = read(`${head}metadata:\n  name: w\n  ${line}\n${manifests}`);
    expect(problems).toEqual([]);
    expect(works[0]?.work).toEqual(read(good).works[0]?.work);
  });
});

describe('usage', () => {
  it.each<[string, string, string | undefined, RegExp]>([
    ['plain manifests without a name', 'kind: A', undefined, /^f: plain manifests need a name/],
    ['one name for two works', `${good}---\n${good}`, 'w', /given for 2 works/],
  ])('%s', (_name, text, name, message) => {
    expect(() => read(text, name)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) as string }),
    );
  });
});

describe('each mistake is named with its place', () => {
  it.each<[string, string, string[]]>([
    [
      'an unknown field',
      good.replace('spec:', 'spec:\n  workloads: {}'),
      ['f:5:3: spec.workloads: unknown field (did you mean "workload"?)'],
    ],
    ['an unknown field that is like no other', `${good}extra: 1\n`, ['f:8:1: extra: unknown field']],
    [
      'a field of the wrong case',
      good.replace('metadata: {name: w}', 'metadata: {name: w, Labels: {}}'),
      ['f:3:21: metadata.Labels: unknown field (did you mean "labels"?)'],
    ],
    [
      'a wrong version',
      good.replace('io/v1', 'io/v1alpha1'),
      [
        'f:1:1: apiVersion: Unsupported value: "work.open-cluster-management.io/v1alpha1" (it must be work.open-cluster-management.io/v1)',
      ],
    ],
    [
      'no version',
      good.replace(/^apiVersion.*\n/, ''),
      ['f:1:1: apiVersion: Required value: field not set (it must be work.open-cluster-management.io/v1)'],
    ],
    [
      'a slip in the kind',
      good.replace('ManifestWork', 'Manifestwork'),
      ['f:2:1: kind: Unsupported value: "Manifestwork" (it must be ManifestWork)'],
    ],
    [
      'no kind',
      good.replace('kind: ManifestWork\n', ''),
      ['f:1:1: kind: Required value: field not set (it must be ManifestWork)'],
    ],
    [
      'no name',
      good.replace('{name: w}', '{namespace: c}'),
      ['f:3:1: metadata.name: Required value: field not set (or give the work a name)'],
    ],
    ['no spec', `${head}metadata: {name: w}\n`, ['f:1:1: spec: Required value: field not set']],
    ['no workload', `${head}metadata: {name: w}\nspec: {}\n`, ['f:4:1: spec.workload: Required value: field not set']],
    [
      'a label that YAML made a boolean',
      good.replace('{name: w}', '{name: w, labels: {enabled: yes}}'),
      ['f:3:30: metadata.labels.enabled: expected text, found true (put the value in quotes)'],
    ],
    [
      'an annotation that is a number',
      good.replace('{name: w}', '{name: w, annotations: {a.b/c: 1.20}}'),
      ['f:3:35: metadata.annotations["a.b/c"]: expected text, found the number 1.2 (put the value in quotes)'],
    ],
    [
      'labels as a list',
      good.replace('{name: w}', '{name: w, labels: [a]}'),
      ['f:3:21: metadata.labels: expected a map, found a list'],
    ],
    [
      'a name that is a number',
      good.replace('{name: w}', '{name: 12}'),
      ['f:3:12: metadata.name: expected text, found the number 12 (put the value in quotes)'],
    ],
    [
      'metadata as text',
      good.replace('{name: w}', 'w'),
      [
        'f:3:1: metadata: expected a map, found text',
        'f:3:1: metadata.name: Required value: field not set (or give the work a name)',
      ],
    ],
    [
      'generateName',
      good.replace('{name: w}', '{name: w, generateName: w-}'),
      ['f:3:21: metadata.generateName: cannot be used: a work is known by its name, so it must be given in full'],
    ],
    [
      'finalizers',
      good.replace('{name: w}', '{name: w, finalizers: [a]}'),
      ['f:3:21: warning: metadata.finalizers: is ignored: Maestro does not carry it'],
    ],
    [
      'ownerReferences',
      good.replace('{name: w}', '{name: w, ownerReferences: []}'),
      ['f:3:21: warning: metadata.ownerReferences: is ignored: Maestro does not carry it'],
    ],
    [
      'manifests as a map',
      good.replace(/- \{api.*/, '  a: 1'),
      ['f:6:5: spec.workload.manifests: expected a list, found a map'],
    ],
    [
      'a manifest that is null',
      good.replace(/- \{api.*/, '-'),
      ['f:7:6: spec.workload.manifests[0]: expected a Kubernetes object, found null'],
    ],
    [
      'a ManifestWork in a ManifestWork',
      good.replace(/- \{api.*/, '- {apiVersion: work.open-cluster-management.io/v1, kind: ManifestWork}'),
      [
        'f:7:7: spec.workload.manifests[0]: a ManifestWork inside a ManifestWork (apply the inner document itself; Maestro makes a work of it)',
      ],
    ],
    ['a list as the document', '- a', ['f:1:1: expected a Kubernetes object, found a list']],
    [
      'a plain manifest beside a work',
      `${good}---\nkind: A\n`,
      [
        'f:9:1: a plain manifest beside a ManifestWork: it belongs to no work (put it into spec.workload.manifests, or apply it by itself under a name)',
      ],
    ],
  ])('%s', (_name, text, expected) => expect(read(text).problems).toEqual(expected));

  const config = (text: string): string => `${good}  manifestConfigs:\n  - ${text}\n`;
  const identifier = 'resourceIdentifier: {resource: namespaces, name: ns}';

  it.each<[string, string, string[]]>([
    [
      'a config without address',
      config('updateStrategy: {type: Update}'),
      ['f:9:5: spec.manifestConfigs[0].resourceIdentifier: Required value: field not set'],
    ],
    [
      'an address without resource',
      config('resourceIdentifier: {name: ns}'),
      ['f:9:5: spec.manifestConfigs[0].resourceIdentifier.resource: Required value: field not set'],
    ],
    [
      'an unknown strategy',
      config(`{${identifier}, updateStrategy: {type: CreatOnly}}`),
      [
        'f:9:77: spec.manifestConfigs[0].updateStrategy.type: Unsupported value: "CreatOnly": one of Update, CreateOnly, ServerSideApply, ReadOnly (did you mean "CreateOnly"?)',
      ],
    ],
    [
      'an unknown kind of feedback',
      config(`{${identifier}, feedbackRules: [{type: Magic}]}`),
      [
        'f:9:77: spec.manifestConfigs[0].feedbackRules[0].type: Unsupported value: "Magic": one of WellKnownStatus, JSONPaths',
      ],
    ],
    [
      'a path without name',
      config(`{${identifier}, feedbackRules: [{type: JSONPaths, jsonPaths: [{path: .a}]}]}`),
      ['f:9:106: spec.manifestConfigs[0].feedbackRules[0].jsonPaths[0].name: Required value: field not set'],
    ],
    [
      'force as text',
      config(`{${identifier}, updateStrategy: {type: Update, serverSideApply: {force: "true"}}}`),
      ['f:9:109: spec.manifestConfigs[0].updateStrategy.serverSideApply.force: expected true or false, found text'],
    ],
    [
      'an unknown policy',
      `${good}  deleteOption: {propagationPolicy: orphan}\n`,
      [
        'f:8:18: spec.deleteOption.propagationPolicy: Unsupported value: "orphan": one of Foreground, Orphan, SelectivelyOrphan (did you mean "Orphan"?)',
      ],
    ],
    [
      'seconds as a fraction',
      `${good}  deleteOption: {ttlSecondsAfterFinished: 1.5}\n`,
      ['f:8:18: spec.deleteOption.ttlSecondsAfterFinished: expected an integer, found the number 1.5'],
    ],
    [
      'an executor without subject',
      `${good}  executor: {}\n`,
      ['f:8:3: spec.executor.subject: Required value: field not set'],
    ],
    [
      'configs as text',
      `${good}  manifestConfigs: all\n`,
      ['f:8:3: spec.manifestConfigs: expected a list, found text'],
    ],
    ['a config as text', config('all'), ['f:9:5: spec.manifestConfigs[0]: expected a map, found text']],
    ['an option as text', `${good}  deleteOption: Orphan\n`, ['f:8:3: spec.deleteOption: expected a map, found text']],
  ])('among the options of a work: %s', (_name, text, expected) => {
    const { works, problems } = readWorks(readDocuments(text, 'f'));
    const checked = works.flatMap((input) =>
      validateWork(input.work).map((problem) => ({ ...problem, ...input.locate(problem.path) })),
    );
    expect([...problems, ...checked].map((problem) => problemText(problem))).toEqual(expected);
  });

  it('takes an array of works, as a list prints it, for its items', () => {
    const array =
      '[{"apiVersion":"work.open-cluster-management.io/v1","kind":"ManifestWork","metadata":{"name":"a"},"spec":{"workload":{"manifests":[{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n"}}]}}},\n{"apiVersion":"work.open-cluster-management.io/v1","kind":"ManifestWork","metadata":{"name":"b"},"bogus":1,"spec":{"workload":{"manifests":[]}}}]';
    const { works, problems } = readWorks(readDocuments(array, 'f'));
    expect(works.map(({ work }) => work.name)).toEqual(['a', 'b']);
    expect(problems).toMatchObject([{ path: ['bogus'], file: 'f', line: 2 }]);
  });

  it('names several at once and still gives the work where it can', () => {
    const { works, problems } = read(`${good.replace('{name: w}', '{name: w, labels: {a: 1, b: c}}')}bogus: 1\n`);
    expect(problems).toHaveLength(2);
    expect(works[0]?.work).toMatchObject({ labels: { b: 'c' }, manifests: [{ kind: 'Namespace' }] });
  });

  it('leaves other kinds of the same group to be plain manifests', () => {
    const other = '{apiVersion: work.open-cluster-management.io/v1, kind: AppliedManifestWork, metadata: {name: a}}';
    expect(read(other, 'w')).toMatchObject({
      works: [{ work: { manifests: [{ kind: 'AppliedManifestWork' }] } }],
      problems: [],
    });
  });
});

describe('a round trip', () => {
  it.each([
    ['YAML', (document: unknown) => stringify(document, { version: '1.1' })],
    ['JSON', (document: unknown) => toWireJson(document as never, 2)],
  ])('as %s changes nothing', (_name, print) => {
    fc.assert(
      fc.property(anyWork, (work) => {
        const { works, problems } = read(print(workDocument(work)));
        expect(problems).toEqual([]);
        expect(works.map((input) => input.work)).toEqual([work]);
      }),
    );
  });
});

describe('did you mean', () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', 'abd', 1],
    ['abc', 'acb', 1],
    ['abc', 'ab', 1],
    ['abc', 'abcd', 1],
    ['kitten', 'sitting', 3],
  ])('%s and %s are %d apart', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });

  it('proposes only what is near', () => {
    expect(nearest('manifest', ['manifests', 'spec'])).toBe('manifests');
    expect(nearest('zebra', ['manifests', 'spec'])).toBeUndefined();
    expect(nearest('a', [])).toBeUndefined();
  });
});
