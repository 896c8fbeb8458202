import type { ConnectionSettings } from '../../clients/connection.ts';
import type { WorkReader, WorkWriter } from '../../clients/transport.ts';
import { MaestroError } from '../../errors.ts';
import { remainingMs, type Budget } from '../../operations/budget.ts';
import { applications, managedClusterAddOns, managedClusters, placementDecisions } from '../kube/hub-kinds.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import { looked } from '../survey/read-each.ts';
import { findOfApplications, isChosen } from './application-findings.ts';
import { chooseClusters, type ClusterChoice } from './choose-clusters.ts';
import { findOfClusters } from './cluster-findings.ts';
import type { Fleet, FleetFacts, ProbeAnswer } from './facts.ts';
import { seenOf, type Purpose } from './finding.ts';
import type { HubFacts } from './hub-facts.ts';
import { findOfAccess, findOfHub, unseenOf } from './hub-findings.ts';
import { kindName } from './kinds.ts';
import { lookAtHub, type HubPlaces } from './look-at-hub.ts';
import { lookAtMaestro, type Ability } from './maestro.ts';
import { probeClusters } from './probe-clusters.ts';
import { readFleet } from './read-fleet.ts';
import { CheckReport, type CheckResult } from './report.ts';
import { findOfUnlooked } from './unlooked.ts';

export interface CheckRequest {
  readonly purpose: Purpose;
  readonly clusters: ClusterChoice;
  readonly settings: ConnectionSettings;
  readonly source: string;
  readonly places: HubPlaces;
  readonly agentWithinMs: number;
  /** Ask the agents by a read-only work, which is taken away again. */
  readonly probe: boolean;
  /** Name the subjects of which a check holds too. */
  readonly namesAll: boolean;
}

export interface CheckDeps {
  readonly kube: KubeApi;
  readonly maestro: { readonly reader: WorkReader; readonly writer: WorkWriter };
  readonly hubId: () => Promise<string>;
  /** Instead of the look that `doctor` takes. */
  readonly lookAtMaestro?: typeof lookAtMaestro;
  /** Told what is being done. */
  readonly onProgress?: (what: string) => void;
  /** Told of what people should know beside the findings, such as a probe that is left for a while. */
  readonly onNotice?: (text: string) => void;
}

/** What a check of the hub came to. */
export interface CheckedHub {
  readonly purpose: Purpose;
  /** Nothing failed, and nothing is unknown. */
  readonly holds: boolean;
  readonly checks: readonly CheckResult[];
  /** Clusters and applications that were looked at. */
  readonly clusters: number;
  readonly applications: number;
  /** ManagedClusters that nothing of the model concerns, and that were not named. */
  readonly aside: number;
}

/**
 * Looks at hub, clusters and applications, and says of each check how it went.
 * Writes nothing but the probe, and that only when it is asked for.
 *
 * @throws MaestroError usage, unavailable when the hub does not answer, timeout; whatever else is met is a finding
 */
export async function examineHub(request: CheckRequest, deps: CheckDeps, budget: Budget): Promise<CheckedHub> {
  try {
    return await examined(request, deps, budget);
  } catch (error) {
    budget.signal.throwIfAborted();
    if (remainingMs(budget) > 0) throw error;
    throw new MaestroError('timeout', 'the time was up before everything was looked at', {
      hint: { command: 'Give more with --timeout, or look at some clusters with --cluster or --cluster-selector.' },
      cause: error,
    });
  }
}

async function examined(request: CheckRequest, deps: CheckDeps, budget: Budget): Promise<CheckedHub> {
  const { purpose, clusters, settings, source, places } = request;
  const { kube, maestro, onProgress = () => undefined } = deps;
  onProgress('looking at the hub');
  const abilities = await (deps.lookAtMaestro ?? lookAtMaestro)({ settings, source }, budget);
  const hub = await lookAtHub({ purpose, places, abilities }, kube, budget);
  const hubId = await looked(deps.hubId);
  onProgress('reading applications, works and clusters');
  const fleet = await readFleet(
    {
      source,
      hubId: seenOf(hubId),
      specs: purpose === 'to-maestro',
      ...(clusters.kind === 'named' ? { names: clusters.names } : {}),
      ...away(abilities),
    },
    { kube, reader: maestro.reader },
    budget,
  );
  const { chosen, aside } = chooseClusters(clusters, fleet);
  const facts: FleetFacts = {
    ...fleet,
    purpose,
    chosen,
    aside,
    withoutCluster: clusters.kind === 'concerned',
    probes: request.probe ? await probed(request, { chosen, fleet, hubId: seenOf(hubId) }, deps, budget) : new Map(),
    wallMs: budget.clock.wallMs(),
    agentWithinMs: request.agentWithinMs,
  };
  const report = new CheckReport({ namesAll: request.namesAll });
  findOfAccess(
    [...unseenOf(looksOf(hub, fleet, abilities)), ...unseenOf([['hub id', hubId]]), ...fleet.unreadable],
    report,
  );
  findOfHub(hub, report);
  findOfUnlooked(facts, report);
  findOfClusters(facts, report);
  findOfApplications(facts, report);
  const checked = new Set(chosen);
  const all = [...(seenOf(fleet.applications)?.values() ?? [])];
  return {
    purpose,
    holds: report.holds,
    checks: report.results(),
    clusters: chosen.length,
    applications: all.filter((app) => isChosen(app, facts, checked)).length,
    aside,
  };
}

/** Asks the agents of the chosen clusters that can be asked: those with a consumer. */
async function probed(
  { source }: CheckRequest,
  {
    chosen,
    fleet,
    hubId,
  }: { readonly chosen: readonly string[]; readonly fleet: Fleet; readonly hubId: string | undefined },
  { maestro, onProgress, onNotice = () => undefined }: CheckDeps,
  budget: Budget,
): Promise<ReadonlyMap<string, ProbeAnswer>> {
  const consumers = seenOf(fleet.consumers);
  if (consumers === undefined) return new Map();
  const asked = new Map<string, { spokeNamespace: string; spokeName: string }[]>();
  for (const { cluster, selected, spokeNamespace, name: spokeName } of seenOf(fleet.applications)?.values() ?? []) {
    if (!selected) continue;
    const of = asked.get(cluster) ?? [];
    of.push({ spokeNamespace, spokeName });
    asked.set(cluster, of);
  }
  const clusters = chosen
    .filter((name) => consumers.has(name))
    .map((name) => ({ name, applications: asked.get(name) ?? [] }));
  onProgress?.('asking the agents');
  const tail = Math.floor(budget.random() * 2 ** 40).toString(36);
  const { reader, writer } = maestro;
  return probeClusters(
    clusters,
    { source, hubId: hubId ?? '', tail: `${tail}${budget.clock.wallMs().toString(36)}` },
    { reader, writer, onNotice },
    budget,
  );
}

/** Why Maestro is not read, when its REST cannot be used: that is told by its own check. */
function away(abilities: readonly Ability[]): { readonly maestroAway?: string } {
  const rest = abilities.find(({ check }) => check === 'maestro-rest');
  return rest === undefined || rest.works ? {} : { maestroAway: rest.message };
}

/** Everything that may have been refused. */
function looksOf(hub: HubFacts, fleet: Fleet, abilities: readonly Ability[]): Parameters<typeof unseenOf>[0] {
  const { models } = hub;
  const maestro = away(abilities).maestroAway === undefined;
  return [
    [`Deployments of namespace ${hub.maestroNamespace}`, hub.maestroWorkloads],
    [`Deployment multicluster-integrations of ${hub.classicNamespace}`, models.classic],
    [`Deployment multicluster-maestro-integrations of ${hub.controllerNamespace}`, hub.controller],
    [`ConfigMap multicluster-integrations-config of ${hub.classicNamespace}`, models.switches],
    ['MultiClusterHubs', models.hubs],
    [`Lease ${hub.controllerNamespace}/${hub.leaseName}`, hub.lease],
    ...(hub.rights === undefined ? [] : [['rights of the controller', hub.rights] as const]),
    ...[...hub.kinds].filter(([kind]) => !readAnyway.has(kind)).map(([kind, look]) => [kind, look] as const),
    ['ManagedClusters', fleet.clusters],
    ['ManagedClusterAddOns', fleet.addOns],
    ['PlacementDecisions', fleet.decisions],
    ['Applications', fleet.applications],
    ['ManifestWorks', fleet.classic],
    ...(maestro
      ? [['consumers of Maestro', fleet.consumers] as const, ['works in Maestro', fleet.bundles] as const]
      : []),
  ];
}

/** Kinds of which all objects are read: that is told once. */
const readAnyway: ReadonlySet<string> = new Set(
  [applications, managedClusters, placementDecisions, managedClusterAddOns].map((path) => kindName(path)),
);
