import type { JsonObject } from '../../core/json.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { HubApplication } from '../model/hub-application.ts';
import { deliveryConditionsIn } from '../status/delivery-condition.ts';
import { proofOf, towardsOf, uidBefore, type AdvanceOptions, type KeptFact, type Seen } from './advance.ts';
import type { BackupRecord } from './backup.ts';
import type { HandoverPlan, PlannedApplication } from './plan.ts';
import { readProbe, type ProbeReading } from './probe-bundle.ts';
import { bundleSide, classicSide, type SeenWork } from './sides.ts';
import { nothingWanted, wantedBundle } from './wanted.ts';
import type { WriteGround } from './writes.ts';

/** What was read of a cluster, by keys of hub applications and ids of bundles. */
export interface ClusterFacts {
  readonly works: ReadonlyMap<string, readonly SeenWork[]>;
  readonly rows: ReadonlyMap<string, ResourceBundle>;
  /** Probes of this hub, of whatever handover. */
  readonly probes: readonly ResourceBundle[];
}

/** What is read of an application once, or again before a write that needs it. */
export interface HubFacts {
  readonly hub: HubApplication | undefined;
  readonly project: JsonObject | undefined;
}

/** What the backup has of an application. */
export interface KeptRecords {
  readonly work?: BackupRecord;
  readonly bundle?: BackupRecord;
}

/** An application as it is decided about, and what its writes are made of. */
export interface Sight {
  readonly seen: Seen;
  readonly ground: WriteGround;
}

/** Readings of all probes, by `<namespace>/<name>` on the cluster. */
export function readingsOf(probes: readonly ResourceBundle[]): ReadonlyMap<string, readonly ProbeReading[]> {
  const all = new Map<string, ProbeReading[]>();
  for (const row of probes)
    for (const [place, reading] of readProbe(row)) all.set(place, [...(all.get(place) ?? []), reading]);
  return all;
}

/** Puts together what is known of an application. */
export function sightOf(
  about: {
    readonly plan: HandoverPlan;
    readonly cluster: string;
    readonly application: PlannedApplication;
    readonly options: AdvanceOptions;
    readonly wallMs: number;
  },
  facts: ClusterFacts,
  readings: ReadonlyMap<string, readonly ProbeReading[]>,
  { hub, project, kept }: HubFacts & { readonly kept: KeptRecords },
): Sight {
  const { plan, cluster, application, options, wallMs } = about;
  const works = facts.works.get(application.key) ?? [];
  const [first] = works;
  const row = facts.rows.get(application.bundleId);
  // Only the first write of a bundle needs to know.
  const wanted =
    row === undefined ? wantedBundle({ hub, project, seen: first }, plan, application.bundleName) : nothingWanted;
  const planned = application.classic;
  const seen: Seen = {
    application,
    hub,
    works: works.length,
    classic: classicSide(first, plan),
    bundle: bundleSide(row, { key: application.key, cluster }, plan, wallMs),
    readings: readings.get(`${application.spokeNamespace}/${application.spokeName}`) ?? [],
    isAsPlanned: first?.work.uid === planned?.uid && first?.work.generation === planned?.generation,
    wanted,
    kept: {
      ...(kept.work === undefined ? {} : { work: keptFact(kept.work) }),
      ...(kept.bundle === undefined ? {} : { bundle: keptFact(kept.bundle) }),
    },
    hasConditions: deliveryConditionsIn(hub?.status ?? {}).length > 0,
  };
  const proof = proofOf(seen, towardsOf(options));
  return {
    seen,
    ground: {
      plan,
      cluster,
      application,
      seen: first,
      row,
      hub,
      wanted: wanted.work,
      keptWork: kept.work?.object,
      spokeUid: proof.kind === 'read' && proof.reading.uid !== '' ? proof.reading.uid : uidBefore(seen),
    },
  };
}

function keptFact({ name, spokeUid }: BackupRecord): KeptFact {
  return { name, spokeUid };
}
