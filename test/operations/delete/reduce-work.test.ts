import { describe, expect, it } from 'vitest';
import { parseSelector } from '../../../src/core/expressions/parse-selector.ts';
import { matchesSelector } from '../../../src/core/expressions/selectors.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { mergeWorks } from '../../../src/core/ownership/merge-works.ts';
import { storedContent } from '../../../src/core/works/document.ts';
import { reduceWork } from '../../../src/operations/delete/reduce-work.ts';
import { bundle, fakes, work } from '../support/fakes.ts';

const writer = { source: 'maestro-cli', manager: 'maestro-cli', force: false };
const matrix = (name: string, kind = 'Matrix'): JsonObject => ({
  apiVersion: 'example.com/v1',
  kind,
  metadata: { name, namespace: 'np' },
});
const options = (resource: string, name: string, group = 'example.com'): JsonObject => ({
  resourceIdentifier: { group, resource, namespace: 'np', name },
  updateStrategy: { type: 'CreateOnly' },
});

/** Every way to take a manifest out of a work; each gives the options that are left. */
const ways: Readonly<
  Record<string, (manifests: readonly JsonObject[], configs: readonly JsonObject[]) => Promise<readonly JsonObject[]>>
> = {
  'delete --resource': async (manifests, manifestConfigs) => {
    const fake = fakes();
    fake.reader.search = () => [];
    const resources = [parseSelector('Matrix/np/goes', '--resource')];
    const stored = bundle({ manifests, manifestConfigs });
    const { request } = await reduceWork(stored, { ...writer, resources }, fake.deps, fake.budget);
    return request?.work.manifestConfigs ?? [];
  },
  'build --remove': async (manifests, manifestConfigs) => {
    const selector = parseSelector('Matrix/np/goes', '--remove');
    const decision = mergeWorks({
      ...writer,
      stored: storedContent(bundle({ manifests, manifestConfigs })),
      desired: work({ manifests: [] }),
      merge: true,
      adds: true,
      drops: (key) => matchesSelector(selector, key),
    });
    return decision.kind === 'write' ? decision.work.manifestConfigs : [];
  },
};

describe.each(Object.keys(ways))('%s and the options of manifests', (way) => {
  it.each([
    { what: 'that are about it go', configs: [options('matrixes', 'goes'), options('matrixes', 'stays')], left: [1] },
    {
      what: 'that are about it under a plural that no rule makes go',
      configs: [options('matrices', 'goes'), options('matrices', 'stays')],
      left: [1],
    },
    { what: 'that are about others, too, stay', configs: [options('matrices', '*')], left: [0] },
    { what: 'that are about nothing here stay', configs: [options('matrices', 'goes', 'other.com')], left: [0] },
    {
      what: 'that may be about another of its name stay',
      more: [matrix('goes', 'Tensor')],
      configs: [options('odd', 'goes')],
      left: [0],
    },
  ])('$what', async ({ configs, more = [], left }) => {
    const found = await ways[way]?.([matrix('goes'), matrix('stays'), ...more], configs);
    expect(found).toEqual(left.map((at) => configs[at]));
  });
});
