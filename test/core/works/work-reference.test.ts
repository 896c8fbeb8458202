import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isOnOneConsumer, type WorkAddress } from '../../../src/core/works/work-address.ts';
import { readWorkReference, workReference } from '../../../src/core/works/work-reference.ts';

it.each([
  ['np', { name: 'np' }],
  ['a/manifestwork/np', { name: 'a/manifestwork/np' }],
  ['manifestwork.work.open-cluster-management.io/np', { name: 'np' }],
  ['manifestwork/np', { name: 'np' }],
  ['ManifestWorks/np', { name: 'np' }],
  ['manifestwork.work.open-cluster-management.io/c1/np', { name: 'np', consumer: 'c1' }],
  ['manifestwork/np-{{ consumer.name }}', { name: 'np-{{ consumer.name }}' }],
  ['c1/np', { name: 'c1/np' }],
  ['manifestworker/np', { name: 'manifestworker/np' }],
])('%s is read as %o', (text, reference) => {
  expect(readWorkReference(text)).toEqual(reference);
});

it('takes back what it prints', () => {
  const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,9}[a-z0-9])?$/);
  // Maestro takes any name from other tools; one with a slash needs its consumer beside it.
  const anyName = fc.oneof(label, fc.string({ minLength: 1 }));
  fc.assert(
    fc.property(label, anyName, (consumer, name) => {
      expect(readWorkReference(workReference(name, consumer))).toEqual({ name, consumer });
    }),
  );
  fc.assert(
    fc.property(label, (name) => {
      expect(readWorkReference(workReference(name))).toEqual({ name });
    }),
  );
});

const onC1 = { by: 'name', name: 'w', consumer: 'c1' } as const;
const byId = { by: 'id', id: 'i' } as const;

it.each<[string, readonly WorkAddress[], boolean]>([
  ['one consumer', [onC1, { ...onC1, name: 'v' }], true],
  ['two', [onC1, { ...onC1, consumer: 'c2' }], false],
  ['one, and an id, which says none', [onC1, byId], false],
  ['an id alone', [byId], false],
  ['nothing', [], false],
])('works of %s are on one consumer, for all that was said: %j', (_what, addresses, one) => {
  expect(isOnOneConsumer(addresses)).toBe(one);
});
