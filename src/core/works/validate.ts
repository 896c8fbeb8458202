import { checkMasks } from './check-masks.ts';
import type { JsonValue } from '../json.ts';
import { toWireJson } from '../json.ts';
import { isSecretPlace } from '../secret-texts.ts';
import { roundedIntegers } from '../yaml/json-path.ts';
import type { JsonPath } from '../yaml/json-path.ts';
import { checkConfigs } from './check-configs.ts';
import { checkShape } from './check-envelope.ts';
import { checkManifests, checkMetadataMaps, invalid } from './check-manifests.ts';
import { bundleData, workDocument } from './document.ts';
import { optionShapes } from './envelope-schema.ts';
import type { ManifestWork } from './manifest-work.ts';
import { dnsLabelProblems } from './names.ts';
import type { Problem } from './problem.ts';

/** What clients of the OCM libraries and agents take of manifests in one work, in bytes of JSON. */
export const manifestLimit = 500 * 1024;

/** What Maestro takes in one gRPC request, in bytes (recordings/rejected.json, over-4MiB). */
export const requestLimit = 4 * 1024 * 1024;

export const manifestsPath: JsonPath = ['spec', 'workload', 'manifests'];
const configsPath: JsonPath = ['spec', 'manifestConfigs'];

/**
 * Everything that is wrong with a work and can be told offline: what the
 * server refuses and what it forgets to. Paths
 * address the ManifestWork document.
 */
export function validateWork(work: ManifestWork): Problem[] {
  return [
    ...checkWorkMetadata(work),
    ...checkPresence(work),
    ...checkOptions(work),
    ...checkManifests(work.manifests, manifestsPath),
    ...checkMasks(work.manifests, manifestsPath),
    ...checkConfigs(work.manifestConfigs, work.manifests, configsPath),
    ...checkSize(work),
    ...checkIntegers(work),
  ];
}

/** The agent makes a ManifestWork of the bundle, so the cluster judges these, long after the server took them. */
function checkWorkMetadata(work: ManifestWork): Problem[] {
  const { name, namespace, labels, annotations } = work;
  return [
    ...invalid(['metadata', 'name'], name, dnsLabelProblems(name)),
    ...(namespace === undefined ? [] : invalid(['metadata', 'namespace'], namespace, dnsLabelProblems(namespace))),
    ...checkMetadataMaps({ labels, annotations }, ['metadata']),
  ];
}

/** Maestro drops a field that it does not know without a word, whoever sends it. */
function checkOptions({ manifestConfigs, deleteOption, executor }: ManifestWork): Problem[] {
  const options: readonly (readonly [keyof typeof optionShapes, JsonValue | undefined])[] = [
    ['manifestConfigs', manifestConfigs],
    ['deleteOption', deleteOption],
    ['executor', executor],
  ];
  return options.flatMap(([name, value]) =>
    value === undefined ? [] : checkShape(value, optionShapes[name], ['spec', name]),
  );
}

function checkPresence(work: ManifestWork): Problem[] {
  if (work.manifests.length > 0) return [];
  const message = 'Required value: a work needs a manifest; an empty list removes everything from the cluster';
  return [{ severity: 'error', path: manifestsPath, message, suggestion: 'delete the work instead, if that is meant' }];
}

function checkSize(work: ManifestWork): Problem[] {
  const problems: Problem[] = [];
  const manifests = work.manifests.reduce((sum, manifest) => sum + sizeOf(manifest), 0);
  if (manifests > manifestLimit) {
    const message = `Too large: the manifests take ${kib(manifests)} as JSON, clients and agents of OCM take 500 KiB`;
    problems.push({ severity: 'error', path: manifestsPath, message, suggestion: 'spread them over several works' });
  }
  const request = sizeOf(bundleData(work)) + sizeOf({ labels: work.labels, annotations: work.annotations });
  if (request > requestLimit) {
    const message = `Too large: the work takes ${kib(request)} as JSON, a request to Maestro holds 4096 KiB`;
    problems.push({ severity: 'error', path: [], message, suggestion: 'spread it over several works' });
  }
  return problems;
}

function checkIntegers(work: ManifestWork): Problem[] {
  const document = workDocument(work);
  return roundedIntegers(document).map((path) => {
    const value = valueAt(document, path);
    const rounded = `${value} is beyond 2^53, Maestro will store ${Number(value)}`;
    const message = isSecretPlace(document, path) ? 'the number is beyond 2^53, Maestro will store another' : rounded;
    return { severity: 'warning', path, message, suggestion: 'put it in quotes, if the field takes text' };
  });
}

function valueAt(root: JsonValue, path: JsonPath): bigint {
  let value: unknown = root;
  for (const step of path) value = (value as Record<string | number, unknown>)[step];
  return value as bigint;
}

function sizeOf(value: JsonValue): number {
  return Buffer.byteLength(toWireJson(value));
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}
