import type { WorkReader } from '../../clients/transport.ts';
import type { Budget } from '../../operations/budget.ts';
import { untilConnected } from '../../operations/connect-retry.ts';
import type { JsonObject } from '../../core/json.ts';
import { isApplication } from '../bundle/content-hash.ts';
import { readClassicWork } from '../classic/classic-work.ts';
import { manifestsOf } from '../classic/let-go.ts';
import {
  applications as applicationsPath,
  managedClusterAddOns,
  managedClusters,
  manifestWorks,
  placementDecisions,
} from '../kube/hub-kinds.ts';
import type { KubeApi, ResourcePath } from '../kube/kube-api.ts';
import { parsePlacementDecision } from '../model/clusters.ts';
import { ifServed, looked, readEach, type Looked } from '../survey/read-each.ts';
import type { AddOnFacts, AddOnName, BundleFacts, ClassicFacts, ClusterEvidence, Fleet } from './facts.ts';
import { projectApplication, specHash } from './project-application.ts';
import { addEvidence, evidenceOf, projectBundle } from './project-bundle.ts';
import { projectAddOn, projectCluster } from './project-hub.ts';

/** Rows that are read from the text of a page at once. */
const partSize = 50;
/** A list for each cluster costs a call, one of all costs their objects: up to so many clusters the calls are fewer. */
const fewClusters = 16;

export interface FleetDeps {
  readonly kube: Pick<KubeApi, 'listPage'>;
  readonly reader: Pick<WorkReader, 'listBundles' | 'listConsumers'>;
}

export interface FleetRequest {
  readonly source: string;
  /** undefined when that could not be told. */
  readonly hubId: string | undefined;
  /** Works of these clusters alone are read; all when absent. */
  readonly names?: readonly string[];
  /** Keep what tells whether both models deliver the same spec. */
  readonly specs: boolean;
  /** Why Maestro is not asked; absent when it is. */
  readonly maestroAway?: string;
}

/**
 * Reads all of it at once, each kind page by page, and keeps a few facts of each object.
 *
 * @throws MaestroError for whatever but a missing right
 */
export async function readFleet(request: FleetRequest, { kube, reader }: FleetDeps, budget: Budget): Promise<Fleet> {
  const evidence = new Map<string, ClusterEvidence>();
  const unreadable: { what: string; why: string }[] = [];
  const away: Looked<never> | undefined =
    request.maestroAway === undefined ? undefined : { seen: false, why: request.maestroAway };
  const [clusters, addOns, decisions, applications, classic, consumers, bundles] = await Promise.all([
    looked(async () =>
      byName(await orNone(readEach(kube, { path: managedClusters }, projectCluster, budget)), ({ name }) => name),
    ),
    looked(() => readAddOns(kube, budget)),
    looked(() => readDecisions(kube, budget)),
    looked(async () =>
      byName(
        await orNone(
          readEach(kube, { path: applicationsPath }, (object) => projectApplication(object, request.specs), budget),
        ),
        ({ key }) => key,
      ),
    ),
    looked(() => readClassic(kube, request, evidence, budget)),
    away ?? looked(() => readConsumers(reader, budget)),
    away ?? looked(() => readBundles(request, { reader, evidence, unreadable }, budget)),
  ]);
  return { clusters, addOns, decisions, applications, classic, consumers, bundles, evidence, unreadable };
}

async function readAddOns(
  kube: Pick<KubeApi, 'listPage'>,
  budget: Budget,
): Promise<ReadonlyMap<string, Partial<Record<AddOnName, AddOnFacts>>> | undefined> {
  const all = await ifServed(readEach(kube, { path: managedClusterAddOns }, projectAddOn, budget));
  if (all === undefined) return undefined;
  const found = new Map<string, Partial<Record<AddOnName, AddOnFacts>>>();
  for (const { cluster, name, facts } of all) found.set(cluster, { ...found.get(cluster), [name]: facts });
  return found;
}

async function readDecisions(
  kube: Pick<KubeApi, 'listPage'>,
  budget: Budget,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, Set<string>>();
  for (const { namespace, clusters } of await orNone(
    readEach(kube, { path: placementDecisions }, parsePlacementDecision, budget),
  )) {
    const selected = found.get(namespace) ?? new Set();
    for (const cluster of clusters) selected.add(cluster);
    found.set(namespace, selected);
  }
  return found;
}

async function readClassic(
  kube: Pick<KubeApi, 'listPage'>,
  { names, specs }: Pick<FleetRequest, 'names' | 'specs'>,
  evidence: Map<string, ClusterEvidence>,
  budget: Budget,
): Promise<readonly ClassicFacts[] | undefined> {
  const read = async (path: ResourcePath, namespace?: string): Promise<readonly ClassicFacts[] | undefined> =>
    ifServed(
      readEach(
        kube,
        { path, ...(namespace === undefined ? {} : { namespace }) },
        (object) => classicFacts(object, specs),
        budget,
      ),
    );
  const some = names !== undefined && names.length <= fewClusters ? names : undefined;
  const parts = await Promise.all(
    some === undefined ? [read(manifestWorks)] : some.map((name) => read(manifestWorks, name)),
  );
  const works = parts.flatMap((part) => part ?? []);
  for (const { cluster, applied } of works) if (applied) evidenceOf(evidence, cluster).applied += 1;
  return parts.some((part) => part === undefined) ? undefined : works;
}

function classicFacts(object: JsonObject, withSpec: boolean): ClassicFacts | undefined {
  const work = readClassicWork(object);
  if (work === undefined) return undefined;
  const application = withSpec ? manifestsOf(object).find((manifest) => isApplication(manifest)) : undefined;
  const [project] = work.projects;
  const { name, cluster, hubNamespace, hubName, deleting, applied, generation } = work;
  return {
    name,
    cluster,
    appKey: `${hubNamespace}/${hubName}`,
    deleting,
    applied: applied?.status === 'True' && applied.observedGeneration >= generation,
    ...(application === undefined ? {} : { specHash: specHash(application) }),
    ...(project === undefined ? {} : { project: `${project.namespace}/${project.name}` }),
  };
}

async function readConsumers(reader: Pick<WorkReader, 'listConsumers'>, budget: Budget): Promise<ReadonlySet<string>> {
  return untilConnected(async () => {
    const names = new Set<string>();
    for await (const page of reader.listConsumers({}, budget)) for (const { name } of page) names.add(name);
    return names;
  }, budget);
}

async function readBundles(
  { source, hubId, names }: FleetRequest,
  {
    reader,
    evidence,
    unreadable,
  }: {
    readonly reader: Pick<WorkReader, 'listBundles'>;
    readonly evidence: Map<string, ClusterEvidence>;
    readonly unreadable: { what: string; why: string }[];
  },
  budget: Budget,
): Promise<readonly BundleFacts[]> {
  const facts: BundleFacts[] = [];
  const where = { source, ...(names === undefined ? {} : { consumers: names }) };
  const rows = reader.listBundles(
    {
      where,
      partSize,
      onSetAside: ({ id, consumerName, error }) =>
        unreadable.push({ what: `work ${id} of ${consumerName}`, why: error.message }),
    },
    budget,
  );
  for await (const part of rows) {
    for (const row of part) {
      const bundle = projectBundle(row, hubId);
      facts.push(bundle);
      addEvidence(row, bundle, evidence);
    }
  }
  return facts;
}

function byName<T>(objects: readonly T[], nameOf: (object: T) => string): ReadonlyMap<string, T> {
  return new Map(objects.map((object) => [nameOf(object), object]));
}

/** The check of kinds tells of one that is not served. */
async function orNone<T>(reading: Promise<readonly T[]>): Promise<readonly T[]> {
  return (await ifServed(reading)) ?? [];
}
