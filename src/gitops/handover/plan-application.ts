import { listed } from '../../core/text.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import { bundleNameOf, hashedBundleName } from '../bundle/bundle-name.ts';
import type { StoredBundle } from '../bundle/stored-bundle.ts';
import type { HubFacts } from './facts.ts';
import type { HandoverPlan, LeftOut, ParkReason, PlannedApplication, PlannedDifferences } from './plan.ts';
import type { HeldWork, HubSummary } from './read-plan.ts';
import type { SeenWork } from './sides.ts';
import { wantedBundle } from './wanted.ts';

/** What is known of an application when it is planned. */
export interface PlanGround {
  readonly summary: HubSummary;
  /** The whole application with its classic work, where the summary shows that something may differ. */
  readonly full: (HubFacts & { readonly seen?: SeenWork }) | undefined;
  readonly works: readonly HeldWork[];
  readonly bundles: readonly StoredBundle[];
  readonly sharesName: boolean;
}

/** An application of a plan, or why it is none; and why it would be parked as things are. */
export interface Planned {
  readonly planned?: PlannedApplication;
  readonly leftOut: readonly LeftOut[];
  readonly parked: readonly LeftOut[];
}

/** Plans one application. */
export function planApplication(
  { summary, full, works, bundles, sharesName }: PlanGround,
  cluster: string,
  plan: Omit<HandoverPlan, 'clusters'>,
  accepted: boolean,
): Planned {
  const about = (reason: ParkReason, text: string): LeftOut => ({
    cluster,
    subject: `application ${summary.key}`,
    reason,
    text,
  });
  const [work] = works;
  const bundle = bundles.find(({ deleting }) => !deleting) ?? bundles[0];
  const forward = plan.direction === 'to-maestro';
  const from = forward ? work : bundle;
  if (works.length > 1) {
    const names = listed(works.map((one) => one.work.name));
    return { leftOut: [about('SeveralWorks', `several classic works are for it: ${names}`)], parked: [] };
  }
  if (from === undefined) {
    const other = forward ? bundle : work;
    // It is where it is to be.
    if (other !== undefined) return { leftOut: [], parked: [] };
    return { leftOut: [about('NotDelivered', 'it has neither a classic work nor a bundle')], parked: [] };
  }
  const name =
    bundle?.name ??
    (sharesName ? hashedBundleName(summary.namespace, summary.name) : bundleNameOf(summary.namespace, summary.name));
  const wanted =
    full === undefined
      ? undefined
      : wantedBundle({ hub: full.hub, project: full.project, seen: full.seen }, plan, name);
  const differences: PlannedDifferences = forward
    ? { ...(wanted?.differences ?? { spec: [], other: [] }), accepted }
    : { spec: summary.destinationNamespace === '' ? ['spec.destination.namespace'] : [], other: [], accepted };
  const planned: PlannedApplication = {
    key: summary.key,
    uid: summary.uid,
    spokeNamespace: summary.spokeNamespace,
    spokeName: summary.name,
    bundleId: bundle?.id ?? bundleId(plan.source, cluster, name),
    bundleName: name,
    ...(work === undefined
      ? {}
      : { classic: { name: work.work.name, uid: work.work.uid, generation: work.work.generation } }),
    differences,
  };
  const parked: LeftOut[] = [];
  if (summary.deletionTimestamp !== undefined)
    parked.push(about('BeingDeleted', `it is being deleted since ${summary.deletionTimestamp}`));
  if (bundle?.migration !== undefined)
    parked.push(about('ForeignBundle', `migration ${bundle.migration} works on its bundle`));
  if (work !== undefined && work.migration !== '')
    parked.push(about('ForeignWork', `migration ${work.migration} works on its classic work`));
  if (bundle !== undefined && bundle.hubId !== '' && bundle.hubId !== plan.hubId)
    parked.push(about('ForeignBundle', `its bundle belongs to the hub with id ${bundle.hubId}`));
  if (wanted?.isOther === true && forward)
    parked.push(about('WorkChanged', 'its classic work does not hold the Application that its bundle would bring'));
  if (differences.spec.length > 0 && !accepted)
    parked.push(about('SpecDiffers', `on the cluster this would change: ${listed(differences.spec)}`));
  if (forward && wanted !== undefined && wanted.leftProjects.length > 0 && !plan.settings.leaveProjects)
    parked.push(
      about('ProjectLeft', `its classic work holds AppProject ${listed(wanted.leftProjects)}, and no bundle would`),
    );
  if (forward && wanted !== undefined && wanted.problems.length > 0)
    parked.push(about('Invalid', wanted.problems.join('; ')));
  return { planned, leftOut: [], parked };
}
