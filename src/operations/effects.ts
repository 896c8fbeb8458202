import { lossLabel } from '../core/ownership/losses.ts';
import type { Loss } from '../core/ownership/merge-works.ts';
import { removedLabel, type RemovedManifest } from '../core/ownership/removals.ts';
import { listed } from '../core/text.ts';
import type { WorkOutcome } from '../core/outcome/outcome.ts';
import type { SharedObject } from '../core/ownership/shared-object.ts';

/** What a write did beside storing what was asked for; everybody whom it concerns has to be told. */
export interface Effects {
  /** Manifests that it took out of the work, others' too. */
  readonly removed?: readonly RemovedManifest[] | undefined;
  /** What other managers lost, because it was forced. */
  readonly losses?: readonly Loss[] | undefined;
  /** Objects that it brought and that other works hold as well. */
  readonly sharedWith?: readonly SharedObject[] | undefined;
}

/**
 * One text for each, told where the work is told: `removes ConfigMap/default/x`,
 * `removes ConfigMap/default/y of nodepool (forced)`.
 *
 * @param dryRun they would come about
 */
export function effectTexts({ removed = [], losses = [] }: Effects, dryRun = false): readonly string[] {
  const verb = (plain: string): string => (dryRun ? `would ${plain.slice(0, -1)}` : plain);
  return [
    ...removed.map(
      (one) =>
        `${verb('removes')} ${removedLabel(one)}${one.manager === undefined ? '' : ` of ${one.manager} (forced)`}`,
    ),
    ...losses.filter(({ how }) => how === 'changed').map((loss) => `${verb('changes')} ${lossLabel(loss)} (forced)`),
  ];
}

/**
 * An outcome with the effects of its write, in its message too: status
 * reporters pass on nothing else.
 *
 * @param dryRun they would have come about
 */
export function withEffects(
  outcome: WorkOutcome,
  { removed = [], losses = [], sharedWith = [] }: Effects,
  dryRun = false,
): WorkOutcome {
  const parts = [
    ...(removed.length === 0
      ? []
      : [`${dryRun ? 'would remove' : 'removed'} ${listed(removed.map(removedLabel))} from the work`]),
    ...(losses.length === 0 ? [] : [`others lose ${listed(losses.map(lossLabel))}`]),
    ...(sharedWith.length === 0
      ? []
      : [`other works hold the same objects: ${listed([...new Set(sharedWith.map(({ work }) => work))])}`]),
  ];
  return {
    ...outcome,
    message: [outcome.message, ...parts].join('; '),
    ...(removed.length === 0 ? {} : { removed }),
    ...(losses.length === 0 ? {} : { losses }),
    ...(sharedWith.length === 0 ? {} : { sharedWith }),
  };
}
