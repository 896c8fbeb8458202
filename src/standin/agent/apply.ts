import { isJsonObject } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
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
  workId: string,
  bundle: Bundle,
  behaviour: AgentBehaviour,
  nowMs: number,
): ApplyOutcome[] {
  const namespaces = new Set(
    bundle.manifests.filter((manifest) => manifest['kind'] === 'Namespace').map((manifest) => manifestKey(manifest).name),
  );
  const outcomes = bundle.manifests.map((manifest, ordinal): ApplyOutcome => {
    const key = manifestKey(manifest);
    const rules = rulesFor(manifest, behaviour);
    const known = rules.resource === undefined ? cluster.kind(key) : { resource: rules.resource, namespaced: key.namespace !== '' };
    const meta: ResourceMeta = {
      ordinal,
      group: key.group,
      version: key.version,
      kind: key.kind,
      resource: known?.resource ?? '',
      name: key.name,
      namespace: key.namespace,
    };
    if (known === undefined || known.versions?.includes(key.version) === false) return { meta: { ...meta, resource: '' }, failure: `the server doesn't have a resource type "${key.kind}"` };
    if (known.namespaced !== (key.namespace !== '')) return { meta, failure: 'the server could not find the requested resource' };
    const strategy = updateStrategy(bundle, meta);
    if (strategy === 'ReadOnly') return { meta };
    const existing = cluster.read(key)?.manifest;
    const keep = strategy === 'CreateOnly' && existing !== undefined;
    if (known.namespaced && !namespaces.has(key.namespace) && !cluster.hasNamespace(key.namespace)) {
      return { meta, failure: `namespaces "${key.namespace}" not found` };
    }
    if (rules.fail !== undefined) return { meta, failure: rules.fail };
    const problem = keep || rules.resource !== undefined ? undefined : admissionProblem(manifest, existing);
    if (problem !== undefined) return { meta, failure: problem };
    const orphaned = isOrphaned(manifest, known.resource, bundle.deleteOption);
    cluster.put(keep ? existing : manifest, orphaned ? undefined : workId, nowMs);
    if (orphaned) cluster.orphan(manifest, workId);
    return { meta };
  });
  cluster.release(workId, bundle.manifests);
  return outcomes;
}

/** Looks at the object of one manifest the way the availability loop does. */
export function observeManifest(
  cluster: Cluster,
  bundle: Bundle,
  behaviour: AgentBehaviour,
  nowMs: number,
): (manifest: ManifestStatus) => Observation {
  return ({ resourceMeta }) => {
    if (resourceMeta.resource === '') return { found: 'unknown-kind' };
    const kept = cluster.read(resourceMeta);
    if (kept === undefined) return { found: 'missing' };
    const rules = rulesFor(kept.object, behaviour);
    if (rules.unavailable || nowMs - kept.createdMs < rules.availableAfterMs) return { found: 'missing' };
    return { found: 'present', feedback: readFeedback(kept.object, feedbackRules(bundle, resourceMeta), rules) };
  };
}

/** Milliseconds until the last delayed manifest is due, 0 when none waits. */
export function longestDelay(cluster: Cluster, bundle: Bundle, behaviour: AgentBehaviour, nowMs: number): number {
  const waits = bundle.manifests.map((manifest) => {
    const created = cluster.read(manifestKey(manifest))?.createdMs;
    return created === undefined ? 0 : created + rulesFor(manifest, behaviour).availableAfterMs - nowMs;
  });
  return Math.max(0, ...waits);
}

function feedbackRules(bundle: Bundle, meta: ResourceMeta): readonly JsonObject[] {
  const rules = configOf(bundle, meta)?.['feedbackRules'];
  return Array.isArray(rules) ? (rules as JsonObject[]) : [];
}

function updateStrategy(bundle: Bundle, meta: ResourceMeta): string {
  const strategy = configOf(bundle, meta)?.['updateStrategy'];
  const type = isJsonObject(strategy) ? strategy['type'] : undefined;
  return typeof type === 'string' ? type : 'Update';
}

function configOf(bundle: Bundle, meta: ResourceMeta): JsonObject | undefined {
  return bundle.manifestConfigs.find(({ resourceIdentifier: identifier }) => {
    if (!isJsonObject(identifier)) return false;
    const fits = (part: 'group' | 'resource' | 'name' | 'namespace'): boolean =>
      identifier[part] === meta[part] || (identifier[part] === '*' && (part === 'name' || part === 'namespace'));
    return fits('group') && fits('resource') && fits('name') && fits('namespace');
  });
}
