import type { JsonObject } from '../../../../src/core/json.ts';
import type { KubeObject } from '../kube-client.ts';

const apiVersion = 'work.open-cluster-management.io/v1';
const kind = 'AppliedManifestWork';

/** The record that an agent keeps on the spoke of a work that it applies; objects name it as their owner. */
export interface Owner {
  /** `<hash of the hub>-<name of the work>`. */
  readonly name: string;
  readonly uid: string;
}

export function ownersOf(object: KubeObject): readonly JsonObject[] {
  const owners = object.metadata['ownerReferences'];
  return Array.isArray(owners) ? (owners as JsonObject[]) : [];
}

/** The reference of an owner. The AppliedManifestWork itself is not there; nobody here looks it up. */
export function ownerReference({ name, uid }: Owner): JsonObject {
  return { apiVersion, kind, name, uid };
}

export function isOwnedBy(object: KubeObject, owner: Owner): boolean {
  return ownersOf(object).some(({ uid }) => uid === owner.uid);
}

/** True when another AppliedManifestWork owns the object too; owners of other kinds do not count. */
export function hasOtherOwner(object: KubeObject, owner: Owner): boolean {
  return ownersOf(object).some(
    (one) => one['apiVersion'] === apiVersion && one['kind'] === kind && one['uid'] !== owner.uid,
  );
}

/**
 * The owners as they have to be, or undefined when they are so already. References are matched by kind and name, as the
 * agent does, so that one with an older uid is replaced.
 */
export function ownersWith(object: KubeObject, owner: Owner, owned: boolean): readonly JsonObject[] | undefined {
  const owners = ownersOf(object);
  const same = (one: JsonObject): boolean =>
    one['apiVersion'] === apiVersion && one['kind'] === kind && one['name'] === owner.name;
  const known = owners.find(same);
  if (!owned) return known === undefined ? undefined : owners.filter((one) => !same(one));
  if (known === undefined) return [...owners, ownerReference(owner)];
  return known['uid'] === owner.uid ? undefined : owners.map((one) => (same(one) ? ownerReference(owner) : one));
}
