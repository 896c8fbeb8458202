import { MaestroError } from '../../errors.ts';
import type { JsonObject } from '../json.ts';
import type { ManifestWork } from './manifest-work.ts';
import { plainObject } from './plain-object.ts';

/**
 * A Kubernetes object as a program has it: a literal, an interface or a class of one's own, a type of
 * `@kubernetes/client-node` (`V1Deployment`) or of `kubernetes-models`.
 */
export type KubernetesObject =
  | JsonObject
  | {
      readonly apiVersion?: string | undefined;
      readonly kind?: string | undefined;
      /** ObjectMeta. */
      readonly metadata?: object | undefined;
    };

/**
 * What programs hand in as a work: of the parts of a ManifestWork only the name and the manifests are needed. It is
 * copied before anything is done with it, so changing it later changes no write that is under way.
 *
 * A `Date` goes out as `@kubernetes/client-node` sends it, RFC 3339 in UTC; members that are undefined are left out;
 * `toJSON` of an object is called; and the names that client-node has for some fields (`_from` of a NetworkPolicy,
 * `_default` of a LimitRange, `x_kubernetes_int_or_string` of a schema) become those of Kubernetes. What JSON has
 * nothing for (NaN, a function, a Map, bytes, a cycle) is refused as invalid input and never dropped in silence.
 */
export interface ManifestWorkInput {
  /** `metadata.name`: a DNS label. */
  readonly name: string;
  /** `metadata.namespace`: the consumer, if it is said at all. */
  readonly namespace?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** `spec.workload.manifests`, in order; at least one. */
  readonly manifests: readonly KubernetesObject[];
  /** `spec.manifestConfigs`: feedback rules, update strategies. */
  readonly manifestConfigs?: readonly object[] | undefined;
  /** `spec.deleteOption`. */
  readonly deleteOption?: object | undefined;
  /** `spec.executor`. */
  readonly executor?: object | undefined;
}

/** Works that were made here: whole, plain, and held by no caller. */
const made = new WeakSet<object>();

/**
 * The work with all its parts, as plain JSON: a copy of which the caller holds nothing.
 *
 * @throws MaestroError invalid-input for what has not the parts of a work, and for values that JSON has nothing for
 */
export function workOf(given: ManifestWorkInput): ManifestWork {
  const input: unknown = given;
  if (isObject(input) && made.has(input)) return input as unknown as ManifestWork;
  const work = madeOf(isObject(input) ? input : {});
  made.add(work);
  return work;
}

type Parts = Readonly<Partial<Record<keyof ManifestWorkInput, unknown>>>;

function madeOf(input: Parts): ManifestWork {
  const { name, namespace, manifests, manifestConfigs, labels, annotations, deleteOption, executor } = input;
  if (typeof name !== 'string' || !isListOfObjects(manifests)) {
    throw invalid(
      'a work needs its name and a list of manifests',
      'Make works of documents with readWorks(readDocuments(text, file)).',
    );
  }
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string')
    throw invalid(`${name}: namespace is no text`);
  const configs = manifestConfigs ?? [];
  if (!isListOfObjects(configs)) throw invalid(`${name}: manifestConfigs is no list of objects`);
  return {
    name,
    ...(typeof namespace === 'string' && namespace !== '' ? { namespace } : {}),
    labels: textsOf(labels, `${name}: labels`),
    annotations: textsOf(annotations, `${name}: annotations`),
    manifests: manifests.map((manifest, index) => plainObject(manifest, `${name}: manifests[${index}]`)),
    manifestConfigs: configs.map((config, index) => plainObject(config, `${name}: manifestConfigs[${index}]`)),
    ...option('deleteOption', deleteOption, name),
    ...option('executor', executor, name),
  };
}

function option(part: 'deleteOption' | 'executor', value: unknown, name: string): Readonly<Record<string, JsonObject>> {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw invalid(`${name}: ${part} is no object`);
  return { [part]: plainObject(value, `${name}: ${part}`) };
}

function textsOf(map: unknown, where: string): Readonly<Record<string, string>> {
  const texts = map ?? {};
  if (!isObject(texts) || !Object.values(texts).every((text) => typeof text === 'string' || text === undefined))
    throw invalid(`${where} is no map of texts`);
  return Object.fromEntries(
    Object.entries(texts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Programs without types hand in anything. */
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfObjects(value: unknown): value is readonly object[] {
  return Array.isArray(value) && value.every((item) => isObject(item));
}

function invalid(message: string, hint = 'Nothing was sent.'): MaestroError {
  return new MaestroError('invalid-input', message, { hint });
}
