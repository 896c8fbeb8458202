import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type JsonObject } from '../../../src/core/json.ts';
import { mergeWorks, type Loss, type MergeDecision } from '../../../src/core/ownership/merge-works.ts';
import { ownersOf, withoutOwnAnnotations } from '../../../src/core/ownership/owners.ts';
import { isAbout } from '../../../src/core/works/config-address.ts';
import { manifestKey, type ManifestWork } from '../../../src/core/works/manifest-work.ts';
import { manifestLabel } from '../../../src/core/works/manifest-work.ts';
import { anyDesired, anyManager, anyStored, labelOf, source } from './arbitrary.ts';

const runs = { numRuns: 1000 };

/** What a manager has in a work: each manifest with the options that are about it. */
function holdings(work: ManifestWork, owns: (owner: string) => boolean): ReadonlyMap<string, string> {
  const owners = ownersOf(work, source);
  return new Map(
    work.manifests
      .filter((manifest) => owns(owners.get(labelOf(manifest)) ?? ''))
      .map((manifest) => {
        const configs = work.manifestConfigs.filter((config) => isAbout(config, manifestKey(manifest)));
        return [labelOf(manifest), canonicalJson([manifest, ...configs.map((config) => canonicalJson(config)).sort()])];
      }),
  );
}

const request = fc.record({ stored: anyStored, desired: anyDesired, manager: anyManager, merge: fc.boolean() });

function decide(
  parts: { stored: ManifestWork; desired: ManifestWork; manager: string; merge: boolean },
  force: boolean,
): MergeDecision {
  return mergeWorks({ ...parts, source, force });
}

function written(decision: MergeDecision): { work: ManifestWork; losses: readonly Loss[] } {
  if (decision.kind !== 'write') throw new Error(`${decision.kind}: ${JSON.stringify(decision)}`);
  return decision;
}

describe('what other managers own', () => {
  it('is the same before and after every write that is not forced, options and owner included', () => {
    fc.assert(
      fc.property(request, (parts) => {
        const decision = decide(parts, false);
        if (decision.kind === 'refused') {
          expect(decision.losses.length).toBeGreaterThan(0);
          return;
        }
        expect(decision.kind).toBe('write');
        if (decision.kind !== 'write') return;
        expect(decision.losses).toEqual([]);
        const others = (owner: string): boolean => owner !== parts.manager;
        expect([...holdings(decision.work, others)].sort()).toEqual([...holdings(parts.stored, others)].sort());
      }),
      runs,
    );
  });

  it('is named loss by loss when a forced write takes it, and only that is lost', () => {
    fc.assert(
      fc.property(request, (parts) => {
        const { work, losses } = written(decide(parts, true));
        const others = (owner: string): boolean => owner !== parts.manager;
        const before = holdings(parts.stored, others);
        const everything = holdings(work, () => true);
        const named = new Set(losses.map(({ what }) => what));
        for (const [label, holding] of before) {
          const isLost = everything.get(label) !== holding;
          expect({ label, named: named.has(label) || named.has(`options of ${label}`) }).toEqual({
            label,
            named: isLost,
          });
        }
        const labels = new Set(before.keys());
        for (const { what, manager } of losses) {
          if (what === 'deleteOption' || what === 'executor') continue;
          const label = what.replace(/^options of /, '');
          expect(labels.has(label)).toBe(true);
          expect(manager).toBe(ownersOf(parts.stored, source).get(label));
          expect(manager).not.toBe(parts.manager);
        }
      }),
      runs,
    );
  });

  it('is refused exactly when a forced write would name losses, and the same ones', () => {
    fc.assert(
      fc.property(request, (parts) => {
        const forced = written(decide(parts, true));
        const plain = decide(parts, false);
        expect(plain.kind).toBe(forced.losses.length > 0 ? 'refused' : 'write');
        expect(plain).toMatchObject({ losses: forced.losses });
      }),
      runs,
    );
  });

  it('loses nothing by its removal in a merge, forced or not', () => {
    fc.assert(
      fc.property(fc.record({ stored: anyStored, desired: anyDesired, manager: anyManager }), (parts) => {
        const { work, losses } = written(decide({ ...parts, merge: true }, true));
        expect(losses.filter(({ how }) => how === 'removed')).toEqual([]);
        const labels = work.manifests.map(labelOf);
        for (const [label, owner] of ownersOf(parts.stored, source))
          if (owner !== parts.manager) expect(labels).toContain(label);
      }),
      runs,
    );
  });
});

describe('a write', () => {
  it('leaves the writer exactly what it asked for, besides what others keep', () => {
    fc.assert(
      fc.property(request, (parts) => {
        const decision = decide(parts, false);
        if (decision.kind !== 'write') return;
        const { work } = decision;
        const texts = new Map(work.manifests.map((manifest) => [labelOf(manifest), canonicalJson(manifest)]));
        for (const manifest of parts.desired.manifests)
          expect(texts.get(labelOf(manifest))).toBe(canonicalJson(manifest));
        const wanted = new Set(parts.desired.manifests.map(labelOf));
        const mine = [...ownersOf(work, source)].filter(([, owner]) => owner === parts.manager).map(([label]) => label);
        for (const label of mine) expect(wanted).toContain(label);
        const configs = new Set(work.manifestConfigs.map((config) => canonicalJson(config)));
        for (const config of parts.desired.manifestConfigs) expect(configs).toContain(canonicalJson(config));
      }),
      runs,
    );
  });

  it('made twice changes nothing the second time, and meets nothing in its way', () => {
    fc.assert(
      fc.property(request, fc.boolean(), (parts, force) => {
        const first = decide(parts, force);
        if (first.kind !== 'write') return;
        const again = written(decide({ ...parts, stored: first.work }, false));
        expect(again.losses).toEqual([]);
        expect(canonicalJson({ ...again.work })).toBe(canonicalJson({ ...first.work }));
      }),
      runs,
    );
  });

  it('never doubles a manifest or an option', () => {
    fc.assert(
      fc.property(request, fc.boolean(), (parts, force) => {
        const decision = decide(parts, force);
        if (decision.kind !== 'write') return;
        const labels = decision.work.manifests.map(labelOf);
        expect(new Set(labels).size).toBe(labels.length);
        const identifiers = decision.work.manifestConfigs.map((config) => canonicalJson(config['resourceIdentifier']));
        expect(new Set(identifiers).size).toBe(identifiers.length);
      }),
      runs,
    );
  });

  it('keeps labels and annotations of both sides in a merge, the new value winning, and only its own in a replacement', () => {
    fc.assert(
      fc.property(request, (parts) => {
        const { work } = written(decide(parts, true));
        const { stored, desired, merge } = parts;
        const kept = withoutOwnAnnotations(stored);
        expect(work.labels).toEqual(merge ? { ...stored.labels, ...desired.labels } : desired.labels);
        expect(withoutOwnAnnotations(work).annotations).toEqual(
          merge ? { ...kept.annotations, ...desired.annotations } : desired.annotations,
        );
      }),
      runs,
    );
  });

  it('keeps delete option and executor in a merge that names none', () => {
    fc.assert(
      fc.property(request, (parts) => {
        const { work } = written(decide(parts, true));
        const { stored, desired, merge } = parts;
        expect(work.deleteOption).toEqual(merge ? (desired.deleteOption ?? stored.deleteOption) : desired.deleteOption);
        expect(work.executor).toEqual(merge ? (desired.executor ?? stored.executor) : desired.executor);
      }),
      runs,
    );
  });

  it('leaves its arguments as they were', () => {
    fc.assert(
      fc.property(request, (parts) => {
        const before = canonicalJson(parts as unknown as JsonObject);
        decide(parts, true);
        expect(canonicalJson(parts as unknown as JsonObject)).toBe(before);
      }),
    );
  });
});

const anyLabels = fc.subarray(
  ['a', 'b', 'c', 'd', 'e'].flatMap((name) => [`ConfigMap/np/${name}`, `Deployment.apps/np/${name}`]),
);
const labelsOf = (work: ManifestWork): readonly string[] => work.manifests.map(labelOf);
const removedBy = (decision: MergeDecision, stored: ManifestWork): readonly string[] => {
  const { work } = written(decision);
  return labelsOf(stored).filter((label) => !labelsOf(work).includes(label));
};

describe('a write that is made again', () => {
  it('removes nothing that the first would not have removed, and is refused when it cannot help it', () => {
    fc.assert(
      fc.property(request, fc.boolean(), fc.boolean(), anyLabels, anyLabels, (parts, force, adds, drops, mayRemove) => {
        const dropped = new Set(drops);
        const decision = mergeWorks({
          ...parts,
          source,
          force,
          adds,
          drops: (key) => dropped.has(manifestLabel(key)),
          mayRemove: new Set(mayRemove),
        });
        if (decision.kind === 'refused') return;
        if (decision.kind === 'write') {
          for (const label of removedBy(decision, parts.stored)) expect(mayRemove).toContain(label);
          return;
        }
        expect(parts.merge).toBe(false);
        expect(decision.labels).toEqual(
          labelsOf(parts.stored).filter(
            (label) => !labelsOf(parts.desired).includes(label) && !mayRemove.includes(label),
          ),
        );
      }),
      runs,
    );
  });
});

describe('a merge that only adds', () => {
  const adding = fc.record({ stored: anyStored, desired: anyDesired, manager: anyManager, drops: anyLabels });
  const add = ({
    drops,
    ...parts
  }: {
    stored: ManifestWork;
    desired: ManifestWork;
    manager: string;
    drops: readonly string[];
  }): MergeDecision =>
    mergeWorks({
      ...parts,
      source,
      merge: true,
      adds: true,
      force: true,
      drops: (key) => drops.includes(manifestLabel(key)),
    });

  it('removes what it was told to remove and did not bring, and nothing else', () => {
    fc.assert(
      fc.property(adding, (parts) => {
        const gone = labelsOf(parts.stored).filter(
          (label) => parts.drops.includes(label) && !labelsOf(parts.desired).includes(label),
        );
        expect(removedBy(add(parts), parts.stored)).toEqual(gone);
      }),
      runs,
    );
  });

  it('keeps every option, unless it brings another or takes out all that it can be about', () => {
    fc.assert(
      fc.property(adding, (parts) => {
        const { work } = written(add({ ...parts, drops: [] }));
        const texts = work.manifestConfigs.map((config) => canonicalJson(config['resourceIdentifier']));
        for (const config of parts.stored.manifestConfigs)
          expect(texts).toContain(canonicalJson(config['resourceIdentifier']));
      }),
      runs,
    );
  });

  it('leaves the same manifests whichever of two writers comes first', () => {
    const two = fc.record({ stored: anyStored, first: anyDesired, second: anyDesired });
    fc.assert(
      fc.property(two, ({ stored, first, second }) => {
        const kept = second.manifests.filter((manifest) => !labelsOf(first).includes(labelOf(manifest)));
        fc.pre(kept.length > 0);
        const other = { ...second, manifests: kept };
        const after = (works: readonly ManifestWork[]): readonly string[] =>
          works
            .reduce(
              (state, desired) => written(add({ stored: state, desired, manager: 'idp', drops: [] })).work,
              stored,
            )
            .manifests.map((manifest) => canonicalJson(manifest))
            .sort();
        expect(after([first, other])).toEqual(after([other, first]));
      }),
      runs,
    );
  });
});
