import { formatAge } from '../../../core/duration.ts';
import { entriesOf } from '../../../core/status/find-evidence.ts';
import type { WorkState } from '../../../core/status/fold.ts';
import { isAbout } from '../../../core/works/config-address.ts';
import { manifestKey, manifestLabel } from '../../../core/works/manifest-work.ts';
import type { ResourceBundle } from '../../../core/works/resource-bundle.ts';

/** Maestro sends a bundle that was not delivered again after this time; longer silence is no accident. */
const undeliveredMs = 600_000;
/** Deleting takes seconds when the agent works; after this it is stuck. */
const stuckDeletionMs = 3_600_000;

/** What a person should notice, each with what it most likely means. Empty when nothing is odd. */
export function notesOf(bundle: ResourceBundle, state: WorkState, wallMs: number): readonly string[] {
  return [...deliveryNotes(bundle, state, wallMs), ...deletionNotes(bundle, state, wallMs), ...feedbackNotes(bundle)];
}

function deliveryNotes(bundle: ResourceBundle, state: WorkState, wallMs: number): readonly string[] {
  const writtenMs = wallMs - Date.parse(bundle.updatedAt === '' ? bundle.createdAt : bundle.updatedAt);
  if (state.kind === 'unknown') {
    if (!(writtenMs > undeliveredMs)) return [];
    return [
      `the agent of ${bundle.consumerName} has never reported this work, which was written ${formatAge(writtenMs)} ago; Maestro sends it again every ten minutes, so the agent is most likely not running or not connected`,
    ];
  }
  if (!state.stale) return [];
  return [
    `the status is about version ${state.observedVersion}, version ${bundle.version} is stored since ${formatAge(writtenMs)}: conditions and feedback below are old`,
  ];
}

function deletionNotes(bundle: ResourceBundle, state: WorkState, wallMs: number): readonly string[] {
  if (bundle.deletedAt === undefined) return [];
  const sinceMs = wallMs - Date.parse(bundle.deletedAt);
  if (!(sinceMs > stuckDeletionMs)) return [];
  const why =
    state.kind === 'deleting' && state.agentDeleting
      ? 'the agent is at it: look for finalizers on the objects'
      : 'the agent has not said that it has begun: it is most likely not running or not connected';
  return [`deletion was requested ${formatAge(sinceMs)} ago and has not finished; ${why}`];
}

/** Feedback that was asked for and does not come, the usual reason why a wait on it never ends. */
function feedbackNotes(bundle: ResourceBundle): readonly string[] {
  const { status } = bundle;
  if (status === undefined) return [];
  return bundle.manifests.flatMap((manifest) => {
    const key = manifestKey(manifest);
    const asked = bundle.manifestConfigs.some(
      (config) => isAbout(config, key) && Array.isArray(config['feedbackRules']) && config['feedbackRules'].length > 0,
    );
    const entries = asked ? entriesOf(manifest, status) : [];
    return entries.flatMap((entry) => {
      const synced = entry.conditions.find(({ type }) => type === 'StatusFeedbackSynced');
      const subject = `feedback of ${manifestLabel(key)} is asked for`;
      if (synced === undefined) return [`${subject} and not reported yet`];
      if (synced.status === 'True') return entry.feedback.length > 0 ? [] : [`${subject}, and there is no value yet`];
      return [`${subject} and not complete: ${synced.message === '' ? synced.reason : synced.message}`];
    });
  });
}
