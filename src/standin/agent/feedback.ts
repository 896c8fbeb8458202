import { canonicalJson, isJsonObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { manifestKey } from '../../core/works/manifest-work.ts';
import { JsonPathError, valuesAt } from './json-path.ts';
import type { ManifestRules } from './rules.ts';

/** What the agent read of one object. */
export interface Feedback {
  /** `name` and `fieldValue`, in the order of the rules; a missing path is left out. */
  readonly values: readonly JsonObject[];
  readonly reason: 'NoStatusFeedbackSynced' | 'StatusFeedbackSynced' | 'StatusFeedbackSyncFailed';
  readonly message: string;
}

interface NamedPath {
  readonly name: string;
  readonly path: string;
}

/** The cap of the stock work agent on one value; Maestro's agent is set to 1 MiB. */
const largestRawByDefault = 1024;

const wellKnown: Readonly<Record<string, readonly NamedPath[]>> = {
  'apps/v1, Kind=Deployment': [
    { name: 'ReadyReplicas', path: '.status.readyReplicas' },
    { name: 'Replicas', path: '.status.replicas' },
    { name: 'AvailableReplicas', path: '.status.availableReplicas' },
  ],
  'apps/v1, Kind=DaemonSet': [
    { name: 'NumberReady', path: '.status.numberReady' },
    { name: 'DesiredNumberScheduled', path: '.status.desiredNumberScheduled' },
    { name: 'NumberAvailable', path: '.status.numberAvailable' },
  ],
  'batch/v1, Kind=Job': [
    { name: 'JobComplete', path: '.status.conditions[?(@.type=="Complete")].status' },
    { name: 'JobSucceeded', path: '.status.succeeded' },
  ],
  '/v1, Kind=Pod': [
    { name: 'PodReady', path: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'PodPhase', path: '.status.phase' },
  ],
};

/** Reads an object by the feedback rules of its manifest config, as the agent does (recordings/outcomes.json). */
export function readFeedback(
  object: JsonObject,
  feedbackRules: readonly JsonObject[],
  rules: Pick<ManifestRules, 'feedback'>,
  largestRaw: number = largestRawByDefault,
): Feedback {
  if (feedbackRules.length === 0) return { values: [], reason: 'NoStatusFeedbackSynced', message: '' };
  const values: JsonObject[] = [];
  const problems: string[] = [];
  for (const rule of feedbackRules) {
    const { group, version, kind } = manifestKey(object);
    const gvk = `${group}/${version}, Kind=${kind}`;
    const paths =
      rule['type'] === 'WellKnownStatus' ? wellKnown[gvk] : namedPaths(rule['jsonPaths'], version, problems);
    if (paths === undefined) problems.push(`cannot find the wellknown statuses for resource with gvk ${gvk}`);
    for (const { name, path } of paths ?? []) {
      const found = read(object, { name, path }, rules, largestRaw);
      if (typeof found === 'string') problems.push(found);
      else if (found !== undefined) values.push({ name, fieldValue: found });
    }
  }
  if (problems.length === 0) return { values, reason: 'StatusFeedbackSynced', message: '' };
  const all = problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`;
  return { values, reason: 'StatusFeedbackSyncFailed', message: `Sync status feedback failed with error ${all}` };
}

function namedPaths(list: JsonValue | undefined, version: string, problems: string[]): NamedPath[] {
  const paths: NamedPath[] = [];
  for (const item of Array.isArray(list) ? (list as JsonValue[]) : []) {
    if (!isJsonObject(item)) continue;
    const [name, path] = [textOf(item['name']), textOf(item['path'])];
    const wanted = textOf(item['version']);
    if (wanted !== '' && wanted !== version) {
      problems.push(`version set in the path ${name} is not matched for the related resource`);
    } else paths.push({ name, path });
  }
  return paths;
}

/** @returns the value, what is wrong with it or its path, or undefined where nothing is */
function read(
  object: JsonObject,
  { name, path }: NamedPath,
  rules: Pick<ManifestRules, 'feedback'>,
  largestRaw: number,
): JsonObject | string | undefined {
  try {
    const told = Object.hasOwn(rules.feedback, name) ? [rules.feedback[name] as JsonValue] : undefined;
    const found = told ?? valuesAt(object, path);
    const value = found.length === 1 ? found[0] : found;
    if (found.length === 0 || value === null || value === undefined) return undefined;
    const field = fieldValue(value);
    if (typeof field['jsonRaw'] === 'string' && Buffer.byteLength(field['jsonRaw']) > largestRaw) {
      return `the length of returned json raw string for name ${name} is larger than the maximum length ${String(largestRaw)}`;
    }
    return field;
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    return `failed to parse json path ${path} of ${name} with error: ${error.message}`;
  }
}

function fieldValue(value: JsonValue): JsonObject {
  if (typeof value === 'string') return { type: 'String', string: value };
  if (typeof value === 'boolean') return { type: 'Boolean', boolean: value };
  if (typeof value === 'number' && Number.isInteger(value)) return { type: 'Integer', integer: value };
  return { type: 'JsonRaw', jsonRaw: canonicalJson(value) };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** The status that a workload has once its simulated pods have run; undefined for kinds without one. */
export function workloadStatus(manifest: JsonObject): JsonObject | undefined {
  const { group, kind } = manifestKey(manifest);
  const spec = isJsonObject(manifest['spec']) ? manifest['spec'] : {};
  const replicas = typeof spec['replicas'] === 'number' ? spec['replicas'] : 1;
  switch (`${group}/${kind}`) {
    case 'apps/Deployment':
      return { availableReplicas: replicas, readyReplicas: replicas, replicas, updatedReplicas: replicas };
    case 'apps/StatefulSet':
    case 'apps/ReplicaSet':
      return { availableReplicas: replicas, readyReplicas: replicas, replicas };
    case 'apps/DaemonSet':
      return { currentNumberScheduled: 1, desiredNumberScheduled: 1, numberAvailable: 1, numberReady: 1 };
    case 'batch/Job':
      return { conditions: [{ reason: 'CompletionsReached', status: 'True', type: 'Complete' }], succeeded: 1 };
    case '/Pod':
      return { conditions: [{ status: 'True', type: 'Ready' }], phase: 'Running' };
    default:
      return undefined;
  }
}
