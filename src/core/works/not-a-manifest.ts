import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { JsonPath } from '../yaml/json-path.ts';
import { shellWord } from '../shell-word.ts';
import { isUnrendered, unrendered } from '../yaml/not-a-manifest.ts';
import type { Problem } from './problem.ts';

/**
 * What a document is that is no manifest, though it parses: a template that
 * was not rendered, or a file that other tools read. It is said once, in the
 * place of everything that would be wrong with it as a manifest.
 */
export function notAManifest(value: JsonValue, file: string): Problem | undefined {
  if (!isJsonObject(value)) return undefined;
  const inManifests = manifestsOf(value).map((manifest, index) => within(index, unrenderedPlace(manifest)));
  const place = unrenderedPlace(value) ?? inManifests.find((path) => path !== undefined);
  if (place !== undefined) return problem(place, `this is ${unrendered}`);
  const slash = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'));
  const other = otherFile(value, { name: file.slice(slash + 1), directory: slash <= 0 ? '.' : file.slice(0, slash) });
  return other === undefined ? undefined : problem([], `this is ${other.what}`, other.suggestion);
}

/** Where an object holds a template in what it is known by. */
function unrenderedPlace(object: JsonObject): JsonPath | undefined {
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
  const labels = isJsonObject(metadata['labels']) ? metadata['labels'] : {};
  const places: readonly (readonly [JsonPath, JsonValue | undefined])[] = [
    [['apiVersion'], object['apiVersion']],
    [['kind'], object['kind']],
    [['metadata', 'name'], metadata['name']],
    [['metadata', 'namespace'], metadata['namespace']],
    ...Object.keys(labels).map((key) => [['metadata', 'labels', key], labels[key]] as const),
  ];
  return places.find(([, text]) => typeof text === 'string' && isUnrendered(text))?.[0];
}

function manifestsOf(value: JsonObject): readonly JsonObject[] {
  const spec = isJsonObject(value['spec']) ? value['spec'] : {};
  const workload = value['kind'] === 'ManifestWork' && isJsonObject(spec['workload']) ? spec['workload'] : {};
  const { manifests } = workload;
  return Array.isArray(manifests)
    ? (manifests as readonly JsonValue[]).map((manifest) => (isJsonObject(manifest) ? manifest : {}))
    : [];
}

function within(index: number, path: JsonPath | undefined): JsonPath | undefined {
  return path === undefined ? undefined : ['spec', 'workload', 'manifests', index, ...path];
}

interface OtherFile {
  readonly what: string;
  readonly suggestion?: string;
}

function otherFile(
  value: JsonObject,
  { name, directory }: { readonly name: string; readonly directory: string },
): OtherFile | undefined {
  const { kind, apiVersion } = value;
  const group = typeof apiVersion === 'string' ? apiVersion : '';
  const isKustomization = kind === 'Kustomization' || kind === 'Component';
  if (
    (isKustomization && group.startsWith('kustomize.config.k8s.io/')) ||
    (kind === undefined && /^kustomization(\.ya?ml)?$/i.test(name))
  ) {
    return {
      what: 'a kustomization, not a manifest',
      suggestion: `-k ${shellWord(directory)} takes the manifests that it makes`,
    };
  }
  if (kind === 'Config' && group === 'v1' && value['clusters'] !== undefined && value['users'] !== undefined) {
    return { what: 'a kubeconfig, not a manifest' };
  }
  if (kind !== undefined || value['metadata'] !== undefined) return undefined;
  if (/^v[12]$/.test(group) && typeof value['name'] === 'string' && value['version'] !== undefined) {
    return { what: 'the Chart.yaml of a Helm chart, not a manifest', suggestion: 'helm template prints its manifests' };
  }
  if (apiVersion !== undefined) return undefined;
  if (/^values.*\.ya?ml$/i.test(name))
    return { what: 'the values of a Helm chart, not a manifest', suggestion: 'helm template prints its manifests' };
  return { what: 'no Kubernetes object: it has no apiVersion, no kind and no metadata' };
}

function problem(path: JsonPath, message: string, suggestion?: string): Problem {
  return {
    severity: 'error',
    rule: 'not-a-manifest',
    path,
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}
