import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { isDnsLabel } from '../../../src/core/works/names.ts';
import { applicationSetHash } from '../../../src/gitops/bundle/draft-bundle.ts';
import { bundleNameOf, hashedBundleName } from '../../../src/gitops/bundle/bundle-name.ts';

const subdomain = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,100}[a-z0-9])?$/);

describe('names and ids', () => {
  it.each([
    ['openshift-gitops', 'xj-managed-1-bgdk-app', 'openshift-gitops-xj-managed-1-bgdk-app'],
    ['argocd', 'cluster1-guestbook-app', 'argocd-cluster1-guestbook-app'],
    ['a', 'b'.repeat(61), `a-${'b'.repeat(61)}`],
  ])('keeps the plain name of %s/%s', (namespace, name, wanted) => {
    expect(bundleNameOf(namespace, name)).toBe(wanted);
  });

  it.each([
    ['a', 'b'.repeat(62), /^a-b{50}-[0-9a-f]{10}$/],
    ['argocd', 'guestbook.v2', /^argocd-guestbook-v2-[0-9a-f]{10}$/],
    ['argocd', `${'x'.repeat(44)}-y${'z'.repeat(20)}`, /^argocd-x{44}-[0-9a-f]{10}$/],
  ])('hashes the name of %s/%s', (namespace, name, wanted) => {
    expect(bundleNameOf(namespace, name)).toMatch(wanted);
  });

  it('gives names that would collide a hash each', () => {
    expect(bundleNameOf('a-b', 'c')).toBe(bundleNameOf('a', 'b-c'));
    expect(hashedBundleName('a-b', 'c')).not.toBe(hashedBundleName('a', 'b-c'));
  });

  it('gives a DNS label for whatever a hub can hold', () => {
    fc.assert(
      fc.property(subdomain, subdomain, (namespace, name) => {
        expect(isDnsLabel(bundleNameOf(namespace, name))).toBe(true);
        expect(isDnsLabel(hashedBundleName(namespace, name))).toBe(true);
      }),
    );
    expect(hashedBundleName('', '')).toMatch(/^app-[0-9a-f]{10}$/);
  });

  it.each([
    ['xj-managed-1', 'openshift-gitops-xj-managed-1-bgdk-app', '0cd62e31-fc07-505d-b200-ce0630ff2cc2'],
    ['cluster1', 'argocd-cluster1-guestbook-app', '0ff66d3c-458c-598b-9ca4-b9bf33e5abc6'],
  ])('has the id of the Go controllers for %s/%s', (cluster, name, id) => {
    expect(bundleId('app-work-client', cluster, name)).toBe(id);
  });

  it.each([
    ['argocd/guestbook-app-set', 'ed58e4a1479ef2d7fb1a60bc2b7300100f262779'],
    ['openshift-gitops/bgdk-app-set', '4ef0c715bf728c7a7064f0c44357cddd06557328'],
  ])('hashes the set %s as the Go controllers do', (set, hash) => {
    expect(applicationSetHash(set)).toBe(hash);
  });
});
