import { manifestKey, manifestLabel } from '../core/works/manifest-work.ts';
import type { ResourceBundle } from '../core/works/resource-bundle.ts';
import { conditionType, type Condition, type ResourceStatus } from '../core/status/work-status.ts';
import type { ResourceOutcome } from '../core/outcome/outcome.ts';

/**
 * Every manifest of a work with what its status proves at a version: a
 * manifest that no report speaks of is Pending, whatever the work as a whole
 * says. Feedback of Secrets is left out, because results are read by people.
 */
export function resourceOutcomes(bundle: ResourceBundle, version: number): readonly ResourceOutcome[] {
  const reported = new Map<string, ResourceStatus>(
    (bundle.status?.resourceStatus ?? []).map((resource) => [manifestLabel(resource.resourceMeta), resource]),
  );
  return bundle.manifests.map((manifest) => {
    const key = manifestKey(manifest);
    const resource = reported.get(manifestLabel(key));
    return {
      kind: key.kind,
      ...(key.group === '' ? {} : { group: key.group }),
      version: key.version,
      ...(key.namespace === '' ? {} : { namespace: key.namespace }),
      name: key.name,
      ...judged(resource, version),
      ...(resource === undefined || resource.feedback.length === 0 || isSecret(key)
        ? {}
        : { feedback: resource.feedback }),
    };
  });
}

function judged(resource: ResourceStatus | undefined, version: number): Pick<ResourceOutcome, 'status' | 'message'> {
  const applied = conditionOf(resource, conditionType.applied);
  if (applied === undefined || (applied.observedGeneration ?? 0) < version) return { status: 'Pending' };
  if (applied.status !== 'True') return { status: 'Failed', message: applied.message };
  const available = conditionOf(resource, conditionType.available);
  if (available?.status === 'True') return { status: 'Available' };
  return available === undefined ? { status: 'Applied' } : { status: 'Applied', message: available.message };
}

function conditionOf(resource: ResourceStatus | undefined, type: string): Condition | undefined {
  return resource?.conditions.find((condition) => condition.type === type);
}

function isSecret(key: { readonly group: string; readonly kind: string }): boolean {
  return key.group === '' && key.kind === 'Secret';
}
