import { describe, expect, it } from 'vitest';
import { contentDifferences } from '../../../src/core/works/compare.ts';
import { decodeBundle } from '../../../src/core/works/decode-bundle.ts';
import { bundleData, workDocument, workFromBundle } from '../../../src/core/works/document.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import { readWorks } from '../../../src/core/works/read-works.ts';
import { textMap, withTextMaps } from '../../../src/core/works/text-maps.ts';
import { validateWork } from '../../../src/core/works/validate.ts';
import { readDocuments } from '../../../src/core/yaml/read-documents.ts';

const manifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'm', namespace: 'd', labels: { 'a.b/worker': null, x: 'y' }, annotations: { note: null } },
  data: { a: null },
};
const filled = {
  ...manifest,
  metadata: { ...manifest.metadata, labels: { 'a.b/worker': '', x: 'y' }, annotations: { note: '' } },
};

function workOf(labels: ManifestWork['labels'], one: typeof manifest | typeof filled): ManifestWork {
  return { name: 'w', labels, annotations: {}, manifests: [one], manifestConfigs: [] };
}

function read(text: string): ManifestWork {
  const { works, problems } = readWorks(readDocuments(text, 'f.yaml'), { name: 'w' });
  expect(problems).toEqual([]);
  const [input] = works;
  if (input === undefined) throw new Error('no work');
  return input.work;
}

describe('a label or annotation without a value', () => {
  it('is found where only one of the two maps has one, and other maps of the metadata stay', () => {
    const metadata = { labels: { a: null }, annotations: { b: 'x' }, other: { c: null } };
    expect(withTextMaps({ metadata })).toEqual({ metadata: { ...metadata, labels: { a: '' } } });
    expect(textMap({ a: null, b: 'x', c: 1 })).toEqual({ a: '', b: 'x' });
  });

  it('is the empty text, and null elsewhere stays what it is', () => {
    expect(withTextMaps(manifest)).toEqual(filled);
  });

  it.each([{}, { metadata: null }, { metadata: { labels: null, annotations: 'x' } }, filled])(
    'leaves %j as the object that it is',
    (object) => {
      expect(withTextMaps(object)).toBe(object);
    },
  );

  it('is read so from plain manifests and from a ManifestWork, its own labels too', () => {
    expect(read(JSON.stringify(manifest)).manifests).toEqual([filled]);
    const work = read(
      JSON.stringify({
        ...workDocument(workOf({}, manifest)),
        metadata: { name: 'w', labels: { a: null }, annotations: { b: null } },
      }),
    );
    expect(work).toMatchObject({ manifests: [filled], labels: { a: '' }, annotations: { b: '' } });
  });

  it('is no mistake', () => expect(validateWork(workOf({}, manifest))).toEqual([]));

  it('is sent as the empty text, by programs that give null too', () => {
    expect(bundleData(workOf({}, manifest))['manifests']).toEqual([filled]);
  });

  it('is the same content as the empty text, and another one than no label', () => {
    expect(contentDifferences(workOf({}, manifest), workOf({}, filled))).toEqual([]);
    const without = {
      ...manifest,
      metadata: { name: 'm', namespace: 'd', labels: { x: 'y' }, annotations: {} },
    } as unknown as typeof filled;
    expect(contentDifferences(workOf({}, without), workOf({}, manifest))).toMatchObject([
      { part: 'manifest', change: 'changed' },
    ]);
  });

  it('is the empty text in what is stored', () => {
    const bundle = decodeBundle({
      id: 'i',
      consumer_name: 'c',
      version: 1,
      metadata: { name: 'w', labels: { l: null } },
      manifests: [manifest],
    });
    expect(workFromBundle(bundle)).toMatchObject({ labels: { l: '' }, manifests: [filled] });
  });
});
