import { manifestKey } from '../core/works/manifest-work.ts';
import type { ResourceBundle } from '../core/works/resource-bundle.ts';
import { entriesOf } from '../core/status/find-evidence.ts';
import { resourceStateAt } from '../core/status/resource-state.ts';
import type { ResourceOutcome } from '../core/outcome/outcome.ts';

/**
 * Every manifest of a work with what its status proves at a version: a
 * manifest that no report speaks of is Pending, whatever the work as a whole
 * says. Feedback of Secrets is left out, because results are read by people.
 */
export function resourceOutcomes(bundle: ResourceBundle, version: number): readonly ResourceOutcome[] {
  const { status } = bundle;
  return bundle.manifests.map((manifest) => {
    const key = manifestKey(manifest);
    const { state, condition } = resourceStateAt(manifest, status, version);
    const feedback = status === undefined ? [] : entriesOf(manifest, status).flatMap((entry) => entry.feedback);
    return {
      kind: key.kind,
      ...(key.group === '' ? {} : { group: key.group }),
      version: key.version,
      ...(key.namespace === '' ? {} : { namespace: key.namespace }),
      name: key.name,
      status: state,
      ...(condition === undefined ? {} : { message: condition.message }),
      ...(feedback.length === 0 || isSecret(key) ? {} : { feedback }),
    };
  });
}

function isSecret(key: { readonly group: string; readonly kind: string }): boolean {
  return key.group === '' && key.kind === 'Secret';
}
