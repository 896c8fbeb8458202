import { MaestroError } from '../../../../errors.ts';
import type { MadeHandoverPlan } from '../../../../gitops/handover/make-plan.ts';
import type { LeftOut, PlannedApplication } from '../../../../gitops/handover/plan.ts';
import type { Accepted } from './options.ts';

/**
 * Keeps of a plan what was asked about, and notes what somebody agrees to.
 *
 * @param applications keys; undefined: all
 * @throws MaestroError usage for an application that was named and is none of the plan
 */
export function narrowed(
  made: MadeHandoverPlan,
  applications: readonly string[] | undefined,
  accepted: Accepted,
): MadeHandoverPlan {
  const wanted = applications === undefined ? undefined : new Set(applications);
  const agreed = accepted === 'all' ? undefined : new Set(accepted);
  const isWanted = (key: string): boolean => wanted?.has(key) ?? true;
  const isAgreed = (key: string): boolean => agreed?.has(key) ?? true;
  const { plan, leftOut, parked } = made;
  refuseUnknown([...(wanted ?? []), ...(agreed ?? [])], made);
  const clusters = plan.clusters
    .map((cluster) => ({
      ...cluster,
      applications: cluster.applications
        .filter(({ key }) => isWanted(key))
        .map((one) => (isAgreed(one.key) ? accepting(one) : one)),
    }))
    .filter(({ applications: left }) => left.length > 0);
  return {
    plan: { ...plan, clusters },
    leftOut: leftOut.filter((one) => wanted === undefined || wanted.has(keyOf(one))),
    parked: parked.filter((one) => isWanted(keyOf(one)) && !(one.reason === 'SpecDiffers' && isAgreed(keyOf(one)))),
  };
}

function accepting(one: PlannedApplication): PlannedApplication {
  return { ...one, differences: { ...one.differences, accepted: true } };
}

/** The key of the application that a subject names; of another subject, the last word of it. */
function keyOf({ subject }: LeftOut): string {
  return subject.split(' ').at(-1) ?? '';
}

function refuseUnknown(keys: readonly string[], { plan, leftOut }: MadeHandoverPlan): void {
  const known = new Set([
    ...plan.clusters.flatMap(({ applications }) => applications.map(({ key }) => key)),
    ...leftOut.map((one) => keyOf(one)),
  ]);
  const missing = keys.filter((key) => !known.has(key));
  if (missing.length === 0) return;
  throw new MaestroError('usage', `there is no Application ${missing.join(', ')} to be handed over`, {
    reason: 'NothingSelected',
    hint: 'Name it as the hub does, namespace/name; without --application the plan has all of them.',
  });
}
