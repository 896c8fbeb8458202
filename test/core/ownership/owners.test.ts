import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ownersOf,
  recordedLabels,
  withOwners,
  withOwnersOfAll,
  withoutOwnAnnotations,
} from '../../../src/core/ownership/owners.ts';
import {
  builtFromAnnotation,
  executorAnnotation,
  managersAnnotation,
} from '../../../src/core/works/own-annotations.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import { anyDesired, anyStored, labelOf, manifestOf, source } from './arbitrary.ts';

const a = manifestOf({ apiVersion: 'v1', kind: 'ConfigMap', name: 'a' }, 1);
const b = manifestOf({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'b' }, 1);
const work = (annotations: Readonly<Record<string, string>> = {}): ManifestWork => ({
  name: 'w',
  labels: {},
  annotations,
  manifests: [a, b],
  manifestConfigs: [],
});

describe('the owner record', () => {
  it('is one JSON object of managers to labels, both sorted', () => {
    const owners = new Map([
      [labelOf(b), 'zoo'],
      [labelOf(a), 'idp'],
    ]);
    expect(withOwners(work(), owners, source).annotations).toEqual({
      [managersAnnotation]: '{"idp":["ConfigMap/np/a"],"zoo":["Deployment.apps/np/b"]}',
    });
  });

  it('is the same text in whatever order the manifests stand', () => {
    const owners = new Map([
      [labelOf(b), 'idp'],
      [labelOf(a), 'idp'],
    ]);
    for (const manifests of [
      [a, b],
      [b, a],
    ])
      expect(withOwners({ ...work(), manifests }, owners, source).annotations).toEqual({
        [managersAnnotation]: '{"idp":["ConfigMap/np/a","Deployment.apps/np/b"]}',
      });
  });

  it('holds the source too where it is made of all, and tells which labels it holds', () => {
    const owners = new Map([
      [labelOf(a), source],
      [labelOf(b), 'idp'],
    ]);
    const all = withOwnersOfAll(work(), owners);
    expect(all.annotations).toEqual({
      [managersAnnotation]: `{"idp":["Deployment.apps/np/b"],"${source}":["ConfigMap/np/a"]}`,
    });
    expect([...recordedLabels(all)].toSorted()).toEqual(['ConfigMap/np/a', 'Deployment.apps/np/b']);
    expect([...recordedLabels(withOwners(work(), owners, source))]).toEqual(['Deployment.apps/np/b']);
    expect([...recordedLabels(work())]).toEqual([]);
  });

  it('comes back as it was written, whatever the managers are called', () => {
    const strange = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.constantFrom('__proto__', 'constructor', '1', source, '"', '\\'),
    );
    fc.assert(
      fc.property(anyDesired, fc.array(strange, { minLength: 5, maxLength: 5 }), (desired, names) => {
        const owners = new Map(desired.manifests.map((manifest, index) => [labelOf(manifest), names[index] ?? source]));
        expect([...ownersOf(withOwners(desired, owners, source), source)]).toEqual([...owners]);
      }),
      { numRuns: 1000 },
    );
  });

  it('names what stands in the work and nothing else, and nothing of the source', () => {
    fc.assert(
      fc.property(anyStored, (stored) => {
        const text = stored.annotations[managersAnnotation];
        const recorded = text === undefined ? {} : (JSON.parse(text) as Record<string, string[]>);
        expect(recorded).not.toHaveProperty(source);
        const expected = [...ownersOf(stored, source)].filter(([, owner]) => owner !== source).map(([label]) => label);
        expect(Object.values(recorded).flat().sort()).toEqual(expected.sort());
        for (const labels of Object.values(recorded)) expect(labels.length).toBeGreaterThan(0);
        if (text !== undefined) expect(text).toBe(JSON.stringify(recorded));
      }),
    );
  });

  it('is absent when everything belongs to the source, an old record included', () => {
    const old = work({ [managersAnnotation]: '{"idp":["ConfigMap/np/a"]}', note: 'kept' });
    expect(withOwners(old, new Map(), source).annotations).toEqual({ note: 'kept' });
  });

  it.each([
    { what: 'no JSON', text: 'idp' },
    { what: 'empty', text: '' },
    { what: 'cut', text: '{"idp":["ConfigMap/np' },
    { what: 'a list', text: '["idp"]' },
    { what: 'null', text: 'null' },
    { what: 'a number', text: '7' },
    { what: 'a manager without a list', text: '{"idp":"ConfigMap/np/a"}' },
    { what: 'labels that are no text', text: '{"idp":[7,null,{}]}' },
    { what: 'labels of nothing in the work', text: '{"idp":["ConfigMap/np/gone"]}' },
  ])('that is damaged ($what) leaves the manifests to the source', ({ text }) => {
    expect([...ownersOf(work({ [managersAnnotation]: text }), source).values()]).toEqual([source, source]);
  });

  it('that is damaged in one place holds in the others', () => {
    const damaged = work({ [managersAnnotation]: '{"zoo":7,"idp":[null,"ConfigMap/np/a"]}' });
    expect([...ownersOf(damaged, source)]).toEqual([
      ['ConfigMap/np/a', 'idp'],
      ['Deployment.apps/np/b', source],
    ]);
  });

  it('never throws, whatever the annotation says', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(ownersOf(work({ [managersAnnotation]: text }), source).size).toBe(2);
      }),
    );
  });
});

it('withoutOwnAnnotations takes ours away and nothing else', () => {
  const ours = { [managersAnnotation]: '{}', [executorAnnotation]: '{}', [builtFromAnnotation]: '3' };
  expect(
    withoutOwnAnnotations(work({ ...ours, note: 'kept', 'maestro-cli.hyperfleet.io': 'theirs' })).annotations,
  ).toEqual({
    note: 'kept',
    'maestro-cli.hyperfleet.io': 'theirs',
  });
});
