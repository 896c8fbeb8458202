import { canonicalJson, isJsonObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { ResourceMeta } from '../../core/status/work-status.ts';
import { manifestKey } from '../../core/works/manifest-work.ts';
import type { AgentBehaviour } from '../options.ts';
import type { Bundle } from '../service/bundle.ts';
import { admissionProblem } from './admission.ts';
import { isOrphaned } from './cluster.ts';
import type { Cluster } from './cluster.ts';
import { readFeedback } from './feedback.ts';
import { rulesFor } from './rules.ts';
import type { ApplyOutcome, ManifestStatus, Observation } from './status.ts';

/** Puts the manifests of a work on the cluster and takes away what the work no longer holds. */
export function applyBundle(
  cluster: Cluster,
  { id: workId, bundle }: { readonly id: string; readonly bundle: Bundle },
  behaviour: AgentBehaviour,
  wallMs: number,
): ApplyOutcome[] {
  const namespaces = new Set(
    bundle.manifests
      .filter((manifest) => manifest['kind'] === 'Namespace')
      .map((manifest) => manifestKey(manifest).name),
  );
  const hasNamespace = (name: string): boolean => namespaces.has(name) || cluster.hasNamespace(name);
  const outcomes = bundle.manifests.map((manifest, ordinal): ApplyOutcome => {
    const { resource, namespaced, failure } = addressOf(manifest, cluster, behaviour);
    const meta: ResourceMeta = { ordinal, resource, ...manifestKey(manifest) };
    if (failure !== undefined) return { meta, failure };
    const strategy = updateStrategy(bundle, meta);
    if (strategy === 'ReadOnly') return { meta };
    if (namespaced && !hasNamespace(meta.namespace))
      return { meta, failure: `namespaces "${meta.namespace}" not found` };
    const existing = cluster.read(meta)?.manifest;
    const keep = strategy === 'CreateOnly' && existing !== undefined;
    const refusal = refusalOf(manifest, keep ? manifest : existing, behaviour);
    if (refusal !== undefined) return { meta, failure: refusal };
    const orphaned = isOrphaned(manifest, resource, bundle.deleteOption);
    const wanted = keep ? existing : manifest;
    const owns = !orphaned && (behaviour.ownsUnchanged || existing === undefined || !isSame(existing, wanted));
    cluster.put(wanted, owns ? workId : undefined, wallMs);
    if (orphaned) cluster.orphan(manifest, workId, wallMs);
    return { meta };
  });
  cluster.release(workId, wallMs, bundle.manifests);
  return outcomes;
}

function isSame(a: JsonObject, b: JsonObject): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** Where the cluster keeps objects of the manifest's kind, or why it has no such place. */
function addressOf(
  manifest: JsonObject,
  cluster: Cluster,
  behaviour: AgentBehaviour,
): { readonly resource: string; readonly namespaced: boolean; readonly failure?: string } {
  const key = manifestKey(manifest);
  const inNamespace = key.namespace !== '';
  const { resource: told } = rulesFor(manifest, behaviour);
  if (told !== undefined) return { resource: told, namespaced: inNamespace };
  const known = cluster.kind(key);
  if (known === undefined || known.versions?.includes(key.version) === false) {
    return { resource: '', namespaced: inNamespace, failure: `the server doesn't have a resource type "${key.kind}"` };
  }
  const { resource, namespaced } = known;
  if (namespaced === inNamespace) return { resource, namespaced };
  return { resource, namespaced, failure: 'the server could not find the requested resource' };
}

/** Why the cluster does not take the manifest, by what it was told and by its own rules. */
function refusalOf(
  manifest: JsonObject,
  existing: JsonObject | undefined,
  behaviour: AgentBehaviour,
): string | undefined {
  const { fail, resource } = rulesFor(manifest, behaviour);
  // Of a kind that only an annotation made known, nothing more is known.
  return fail ?? (resource === undefined ? admissionProblem(manifest, existing) : undefined);
}

/** Looks at the object of one manifest the way the availability loop does. */
export function observeManifest(
  cluster: Cluster,
  bundle: Bundle,
  behaviour: AgentBehaviour,
  wallMs: number,
): (manifest: ManifestStatus) => Observation {
  return ({ resourceMeta }) => {
    if (resourceMeta.resource === '') return { found: 'unknown-kind' };
    const kept = cluster.read(resourceMeta);
    if (kept === undefined) return { found: 'missing' };
    const rules = rulesFor(kept.object, behaviour);
    if (rules.unavailable || wallMs - kept.createdMs < rules.availableAfterMs) return { found: 'missing' };
    return { found: 'present', feedback: readFeedback(kept.object, feedbackRules(bundle, resourceMeta), rules) };
  };
}

/** Milliseconds until the last delayed manifest is due, 0 when none waits. */
export function longestDelay(cluster: Cluster, bundle: Bundle, behaviour: AgentBehaviour, wallMs: number): number {
  const waits = bundle.manifests.map((manifest) => {
    const created = cluster.read(manifestKey(manifest))?.createdMs;
    return created === undefined ? 0 : created + rulesFor(manifest, behaviour).availableAfterMs - wallMs;
  });
  return Math.max(0, ...waits);
}

function feedbackRules(bundle: Bundle, meta: ResourceMeta): readonly JsonObject[] {
  for (const { feedbackRules: rules } of configsOf(bundle, meta))
    if (Array.isArray(rules) && rules.length > 0) return rules as JsonObject[];
  return [];
}

function updateStrategy(bundle: Bundle, meta: ResourceMeta): string {
  const strategy = configsOf(bundle, meta)
    .map((config) => config['updateStrategy'])
    .find((one) => isJsonObject(one));
  const type = isJsonObject(strategy) ? strategy['type'] : undefined;
  return typeof type === 'string' ? type : 'Update';
}

/** All that are about a manifest: the agent takes each option from the first of them that has it. */
function configsOf(bundle: Bundle, meta: ResourceMeta): readonly JsonObject[] {
  return bundle.manifestConfigs.filter(({ resourceIdentifier: identifier }) => {
    if (!isJsonObject(identifier)) return false;
    const is = (part: 'group' | 'resource'): boolean => (identifier[part] ?? '') === meta[part];
    const fits = (part: 'name' | 'namespace'): boolean => matchesText(identifier[part], meta[part]);
    return is('group') && is('resource') && fits('name') && fits('namespace');
  });
}

/** `*` stands for any text. */
function matchesText(pattern: JsonValue | undefined, text: string): boolean {
  const parts = (typeof pattern === 'string' ? pattern : '')
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}
