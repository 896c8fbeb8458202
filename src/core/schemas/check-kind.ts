import type { JsonObject } from '../json.ts';
import { builtInResources, removedKinds, servedKinds } from '../kinds/kubernetes-kinds.ts';
import type { FindKind, KnownKind } from '../kinds/known-kinds.ts';
import { nearest } from '../works/did-you-mean.ts';
import { manifestKey } from '../works/manifest-work.ts';
import type { Problem } from '../works/problem.ts';
import type { JsonPath } from '../yaml/json-path.ts';
import { kubernetesVersion } from './kubernetes-data.ts';

/**
 * The oldest release that vendors still maintain (OpenShift 4.12). What it does
 * not serve any more is refused by every cluster; what a later release removed,
 * by some.
 */
const oldestRelease = 25;

/**
 * Whether clusters serve the kind of a manifest, by the rules of the API server:
 * its own groups have the kinds and versions of its release, and no others;
 * groups without a dot are its own, too. Any other group belongs to a
 * CustomResourceDefinition, and is judged only when `find` knows that.
 */
export function checkKind(manifest: JsonObject, find: FindKind, path: JsonPath): Problem[] {
  const { apiVersion, kind } = manifest;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || kind === '') return [];
  // The rules of the server tell of one that is malformed.
  if (!/^([^/]+\/)?[^/]+$/.test(apiVersion)) return [];
  const { group, version } = manifestKey(manifest);
  const known = find(group, kind);
  if (known?.versions !== undefined)
    return known.versions.includes(version) ? [] : [unservedVersion(apiVersion, kind, known.versions, path)];
  const own = Object.hasOwn(builtInResources, group) || Object.hasOwn(removedKinds, apiVersion);
  if (!own) return group.includes('.') ? [] : [unknownVersion({ apiVersion, kind }, 'API group', 'error', path)];
  if (servedIn(apiVersion).includes(kind)) return known?.kept === false ? [notKept(kind, known, path)] : [];
  const minor = Object.hasOwn(removedKinds, apiVersion) ? removedKinds[apiVersion]?.[kind] : undefined;
  if (minor !== undefined) return [removedVersion(apiVersion, kind, minor, path)];
  if (servedIn(apiVersion).length > 0) return [unknownKind(apiVersion, kind, path)];
  return [unknownVersion({ apiVersion, kind }, 'version', mayExist(group, version) ? 'warning' : 'error', path)];
}

function servedIn(apiVersion: string): readonly string[] {
  return Object.hasOwn(servedKinds, apiVersion) ? (servedKinds[apiVersion] ?? []) : [];
}

/** Alpha versions come and go with releases, and a later release may have a later version. */
function mayExist(group: string, version: string): boolean {
  if (group === '' || !/^v\d+((alpha|beta)\d+)?$/.test(version)) return false;
  if (version.includes('alpha')) return true;
  return versionsOf(group).every((served) => rank(version) > rank(served));
}

function versionsOf(group: string): readonly string[] {
  return Object.keys(servedKinds)
    .filter((apiVersion) => apiVersion.startsWith(`${group}/`))
    .map((apiVersion) => apiVersion.slice(group.length + 1));
}

/** By Kubernetes' order: versions that are stable, then beta, then alpha, each by its numbers. */
function rank(version: string): number {
  const [, major = '0', stage, minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  const stages = { alpha: 0, beta: 1 } as const;
  return (stage === 'alpha' || stage === 'beta' ? stages[stage] : 2) * 1e6 + Number(major) * 1e3 + Number(minor);
}

function unservedVersion(apiVersion: string, kind: string, versions: readonly string[], path: JsonPath): Problem {
  const message = `Unsupported value: ${JSON.stringify(apiVersion)}: the CustomResourceDefinition of ${kind} does not serve it`;
  return problem('error', [...path, 'apiVersion'], message, `it serves ${versions.join(', ')}`);
}

function removedVersion(apiVersion: string, kind: string, minor: number, path: JsonPath): Problem {
  const message = `Unsupported value: ${JSON.stringify(apiVersion)}: Kubernetes 1.${minor} removed ${kind} from it`;
  const current = latest(kind);
  const suggestion = current === undefined ? undefined : `${kind} is in ${current}`;
  return problem(minor <= oldestRelease ? 'error' : 'warning', [...path, 'apiVersion'], message, suggestion);
}

function unknownKind(apiVersion: string, kind: string, path: JsonPath): Problem {
  const message = `Unsupported value: ${JSON.stringify(kind)}: Kubernetes ${kubernetesVersion} has no such kind in ${apiVersion}`;
  const current = latest(kind);
  const suggestion =
    current === undefined ? didYouMean(nearest(kind, servedIn(apiVersion))) : `its apiVersion is ${current}`;
  return problem('error', [...path, 'kind'], message, suggestion);
}

function unknownVersion(
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  what: string,
  severity: Problem['severity'],
  path: JsonPath,
): Problem {
  const message = `Unsupported value: ${JSON.stringify(apiVersion)}: Kubernetes ${kubernetesVersion} has no such ${what}`;
  const current = latest(kind);
  const suggestion =
    current === undefined ? didYouMean(nearest(apiVersion, Object.keys(servedKinds))) : `${kind} is in ${current}`;
  return problem(severity, [...path, 'apiVersion'], message, suggestion);
}

function notKept(kind: string, { resource }: KnownKind, path: JsonPath): Problem {
  const message = `Unsupported value: ${JSON.stringify(kind)}: no cluster keeps ${resource}, so no agent can apply one`;
  return problem('error', [...path, 'kind'], message, undefined);
}

function problem(
  severity: Problem['severity'],
  path: JsonPath,
  message: string,
  suggestion: string | undefined,
): Problem {
  return { severity, rule: 'unknown-kind', path, message, ...(suggestion === undefined ? {} : { suggestion }) };
}

function didYouMean(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `did you mean ${JSON.stringify(name)}?`;
}

/** The apiVersion in which the newest release has the kind, the most stable one. */
function latest(kind: string): string | undefined {
  const versions = Object.keys(servedKinds).filter((apiVersion) => servedIn(apiVersion).includes(kind));
  const version = (apiVersion: string): string => apiVersion.slice(apiVersion.indexOf('/') + 1);
  return versions.toSorted((a, b) => rank(version(b)) - rank(version(a)))[0];
}
