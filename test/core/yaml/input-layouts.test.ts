import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canonicalJson, parseWireJson, type JsonObject, type JsonValue } from '../../../src/core/json.ts';
import { readWorks } from '../../../src/core/works/read-works.ts';
import { decodeText } from '../../../src/core/yaml/decode-text.ts';
import { readDocuments } from '../../../src/core/yaml/read-documents.ts';
import { inputLayouts } from '../../support/input-layouts.ts';

interface Case {
  readonly name: string;
  readonly input: string;
  readonly objects?: readonly JsonObject[];
  readonly error?: string;
}

const file = new URL('../../fixtures/kubectl/input-layouts.json', import.meta.url);
const { cases } = parseWireJson(readFileSync(file, 'utf8')) as unknown as { readonly cases: readonly Case[] };

/** Where kubectl takes less than it was given, or other data, and says nothing. */
const deviations: Readonly<Record<string, 'refused' | 'all documents' | 'the List itself'>> = {
  // kubectl reads the first document of what stands between two lines of dashes, and forgets the rest.
  'between two documents: dots alone': 'all documents',
  'between two documents of Windows: dots alone': 'all documents',
  'body: YAML and two JSON': 'refused',
  // It puts U+FFFD in the place of what is no UTF-8.
  'encoding: Latin-1': 'refused',
  // It adds metadata to it; neither can be sent.
  'list: a List without items': 'the List itself',
};

/** Taken by us alone: the layout leaves no doubt of what is meant, or the checks that follow refuse the object. */
const takenByUsAlone = [
  /^between (JSON and YAML|two JSON): (?!an empty map|four dashes|dashes and text|dashes with a blank|a directive)/,
  /^at the end(?: of Windows)?: a tab$/,
  /^at the beginning: (a directive|a tag directive|a tab before dashes|the root on the line of the dashes)$/,
  /^body: (flow style|JSON with a trailing comma|JSON with a comment$|JSON in single quotes|JSON (indented )?with dashes between|three JSON|JSON and YAML|a JSON array|an empty JSON array|JSON with keys in another case|JSON numbers|a tab on an empty line|a list of objects in YAML)/,
  /^list: (a RoleList whose items have a kind alone|a List whose items have no type|a List in a List|a typed list in a List|an empty List in a List|a kind called …List with items that are no objects)$/,
];

type Reading = { readonly objects: readonly JsonValue[] } | { readonly refused: string };

function read(input: string): Reading {
  try {
    const text = decodeText(Buffer.from(input, 'base64'));
    const { works, problems } = readWorks(readDocuments(text, 'f.yaml', { duplicateKeys: 'last' }), { name: 'w' });
    const [problem] = problems;
    return problem === undefined
      ? { objects: works.flatMap(({ work }) => work.manifests) }
      : { refused: problem.message };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

it('every layout is recorded as it is tried now', () => {
  expect(cases.map(({ name, input }) => [name, input])).toEqual(
    inputLayouts.map(({ name, bytes }) => [name, bytes.toString('base64')]),
  );
  expect(cases.length).toBeGreaterThan(200);
});

describe('what kubectl takes is read here with the same values', () => {
  it.each(cases.filter(({ objects }) => objects !== undefined).map((entry) => [entry.name, entry] as const))(
    '%s',
    (name, { input, objects = [] }) => {
      const reading = read(input);
      const deviation = deviations[name];
      if (deviation === 'refused') {
        expect(reading).toHaveProperty('refused');
        return;
      }
      expect(reading).toHaveProperty('objects');
      const ours = 'objects' in reading ? reading.objects : [];
      if (deviation === undefined) expect(canonicalJson(ours)).toBe(canonicalJson(objects));
      else if (deviation === 'all documents')
        expect(canonicalJson(ours.slice(0, objects.length))).toBe(canonicalJson(objects));
      else expect(ours).toMatchObject([{ kind: 'List' }]);
      expect(ours.length).toBeGreaterThanOrEqual(objects.length);
    },
  );
});

describe('what kubectl refuses is refused here too, or taken as what it can only mean', () => {
  it.each(cases.filter(({ error }) => error !== undefined).map((entry) => [entry.name, entry] as const))(
    '%s',
    (name, { input }) => {
      const taken = takenByUsAlone.some((pattern) => pattern.test(name));
      expect(read(input)).toHaveProperty(taken ? 'objects' : 'refused');
    },
  );
});

describe('what neither takes gets one message that says what it is', () => {
  const text = (written: string): Buffer => Buffer.from(written);
  const chart =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include "x.fullname" . }}\n  labels:\n    {{- include "x.labels" . | nindent 4 }}\nspec:\n  {{- if not .Values.autoscaling.enabled }}\n  replicas: {{ .Values.replicaCount }}\n  {{- end }}\n';

  it.each<[string, Buffer, string]>([
    [
      'a chart template',
      text(chart),
      'f.yaml:4:9: this is a template that was not rendered; render it first (helm template, gomplate, …)',
    ],
    [
      'a chart template that is YAML by chance',
      text('kind: ClusterRole\nmetadata:\n  name: a\n  namespace: {{ .Release.Namespace }}\n'),
      'f.yaml:4:14: this is a template that was not rendered; render it first (helm template, gomplate, …)',
    ],
    [
      'a template of another language',
      text("kind: Pod\nmetadata:\n  name: {{name}}-{{pillar['a']}}\n"),
      'f.yaml:3:9: this is a template that was not rendered; render it first (helm template, gomplate, …)',
    ],
    [
      'a mistake far from the text of an alert',
      text(
        'kind: ConfigMap\ndata:\n  summary: "{{ $labels.instance }} is down"\n  other: 1\n  more: 2\n  bad: "a" b\n',
      ),
      'f.yaml:6:12: Unexpected scalar at node end',
    ],
    [
      'an HTML page',
      text('<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\n<body>a: b: c</body></html>\n'),
      'f.yaml:1:1: this is an HTML page, not a manifest; a login page or an error page was perhaps saved in its place',
    ],
    ['XML', text('<?xml version="1.0"?>\n<a>b: c: d</a>\n'), 'f.yaml:1:1: this is XML, not YAML or JSON'],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0]), 'it is packed with gzip; unpack it first'],
    ['a zip archive', Buffer.from('PK\x03\x04abc'), 'it is a zip archive, not YAML or JSON'],
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), 'it is binary, not YAML or JSON'],
    [
      'UTF-16 without a mark',
      Buffer.from('a: 1\n', 'utf16le'),
      'it seems to be UTF-16 without a byte order mark; save it as UTF-8',
    ],
    ['half of UTF-16', Buffer.from([0xff, 0xfe, 0x00, 0xd8]), 'it is not UTF-16 text'],
    [
      'a quoted chart template',
      text(
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Values.name }}", namespace: "{{ .Values.ns }}"}\n---\nkind: "{{ .Values.kind }}"\n',
      ),
      'this is a template that was not rendered; render it first (helm template, gomplate, …)',
    ],
    [
      'a template in a ManifestWork',
      text(
        'apiVersion: work.open-cluster-management.io/v1\nkind: ManifestWork\nmetadata: {name: w}\nspec: {workload: {manifests: [{kind: ConfigMap, metadata: {labels: {a: "${{ x }}"}}}]}}\n',
      ),
      'this is a template that was not rendered; render it first (helm template, gomplate, …)',
    ],
    [
      'a kustomization',
      text('apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n'),
      'this is a kustomization, not a manifest',
    ],
    [
      'a Chart.yaml',
      text('apiVersion: v2\nname: web\nversion: 1.0.0\n'),
      'this is the Chart.yaml of a Helm chart, not a manifest',
    ],
    [
      'a kubeconfig',
      text('apiVersion: v1\nkind: Config\nclusters: []\nusers: []\n'),
      'this is a kubeconfig, not a manifest',
    ],
    [
      'something else',
      text('services:\n  web: {image: nginx}\n'),
      'this is no Kubernetes object: it has no apiVersion, no kind and no metadata',
    ],
  ])('%s', (_name, bytes, message) => expect(read(bytes.toString('base64'))).toEqual({ refused: message }));

  it('once for a file, however often it is wrong', () => {
    const documents = ['a.yaml', 'b.yaml'].flatMap((name) =>
      readDocuments('kind: "{{ .a }}"\n---\nkind: "{{ .b }}"\n', name),
    );
    expect(readWorks(documents, { name: 'w' }).problems).toMatchObject([
      { file: 'a.yaml', line: 1 },
      { file: 'b.yaml', line: 1 },
    ]);
  });

  it('names files by what other tools call them', () => {
    const problemsOf = (name: string): string | undefined =>
      readWorks(readDocuments('replicas: 3\n', name), { name: 'w' }).problems[0]?.message;
    expect([
      problemsOf('chart/values.yaml'),
      problemsOf('values-prod.yml'),
      problemsOf('x/kustomization.yaml'),
    ]).toEqual([
      'this is the values of a Helm chart, not a manifest',
      'this is the values of a Helm chart, not a manifest',
      'this is a kustomization, not a manifest',
    ]);
  });

  it('and leaves alone what may hold such texts', () => {
    const applicationSet = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationSet',
      metadata: { name: 'a' },
      spec: { template: { metadata: { name: '{{ .path.basename }}' } } },
    };
    const rule = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', annotations: { x: '{{ $labels.a }}' } },
      data: { x: '{{ .Values.a }}' },
    };
    const own = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a-{{ consumer.name }}' } };
    for (const object of [applicationSet, rule, own])
      expect(read(Buffer.from(JSON.stringify(object)).toString('base64'))).toEqual({ objects: [object] });
  });
});
