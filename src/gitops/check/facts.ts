import type { Looked } from '../survey/read-each.ts';
import type { Purpose } from './finding.ts';

/** What is known of a cluster by its ManagedCluster. */
export interface ClusterFacts {
  readonly name: string;
  readonly local: boolean;
  readonly accepted: boolean;
  readonly joined: boolean;
  /** undefined until the hub has judged. */
  readonly available: boolean | undefined;
  /** RFC 3339 since when `available` is what it is; "" when nobody knows. */
  readonly availableSince: string;
  /** The annotation that switches the cluster to a model; absent when there is none. */
  readonly pullModel?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A ManagedClusterAddOn. */
export interface AddOnFacts {
  readonly available: boolean;
  /** Why it is not, in the words of its condition. */
  readonly message: string;
}

/** The two add-ons that the model needs on a cluster. */
export const addOnNames = ['maestro-addon', 'gitops-addon'] as const;
export type AddOnName = (typeof addOnNames)[number];

/** A hub application that is opted in, or seems to be meant to. */
export interface ApplicationFacts {
  /** `<namespace>/<name>`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** "" when none is named. */
  readonly cluster: string;
  readonly spokeNamespace: string;
  /** The pull label reads as true. */
  readonly selected: boolean;
  /** The label as written, when it does not read as true; absent when it does, or there is none. */
  readonly unreadLabel?: string;
  readonly skipReconcile: boolean;
  readonly deleting: boolean;
  /** What Maestro or an agent would refuse; absent when nothing. */
  readonly refusals?: readonly string[];
  /** Conditions that say that its delivery is disturbed; absent when none. */
  readonly conditions?: readonly { readonly type: string; readonly message: string }[];
  /** What Argo CD says of its project or spec; absent when it takes both. */
  readonly specError?: string;
  /** Hash of the spec that we would deliver; only where differences are looked for. */
  readonly specHash?: string;
}

/** How the agent's last report stands to the version that is stored. */
export type ReportStand = 'current' | 'behind' | 'failed' | 'none';

/** A work of ours in Maestro. */
export interface BundleFacts {
  readonly id: string;
  readonly cluster: string;
  /** `<namespace>/<name>` of the hub application; "" when it does not say. */
  readonly appKey: string;
  readonly deleting: boolean;
  /** `other-hub` carries the id of another hub, which is none of our business. */
  readonly manager: 'us' | 'go' | 'foreign' | 'other-hub';
  readonly migration?: string;
  readonly stand: ReportStand;
  /** Why it is not applied; absent when it is. */
  readonly problem?: string;
  /** Since when it waits, milliseconds since the epoch. */
  readonly changedMs: number;
}

/** A ManifestWork of the classic model on the hub. */
export interface ClassicFacts {
  readonly name: string;
  readonly cluster: string;
  /** `<namespace>/<name>` of the hub application. */
  readonly appKey: string;
  readonly deleting: boolean;
  readonly applied: boolean;
  readonly specHash?: string;
  /** `<namespace>/<name>` of the AppProject that it holds; absent when none. */
  readonly project?: string;
}

/** What works of both models tell of a cluster. */
export interface ClusterEvidence {
  /** Own works in Maestro. */
  bundles: number;
  /** Milliseconds since the epoch, on the clock of the agent; undefined before any report. */
  reportedMs: number | undefined;
  /** Applications that the agent of either model has applied. */
  applied: number;
  /** Applied applications that an Argo CD has given a status. */
  withStatus: number;
  /** The agent's words when it may not write Applications; "" when it may. */
  forbidden: string;
}

export function noEvidence(): ClusterEvidence {
  return { bundles: 0, reportedMs: undefined, applied: 0, withStatus: 0, forbidden: '' };
}

/** What the probe of a cluster came to. */
export type ProbeAnswer = { readonly answered: true } | { readonly answered: false; readonly why: string };

/** What hub and Maestro have, as far as the checks need it. */
export interface Fleet {
  readonly clusters: Looked<ReadonlyMap<string, ClusterFacts>>;
  readonly consumers: Looked<ReadonlySet<string>>;
  /** By cluster; undefined for a hub without the kind. */
  readonly addOns: Looked<ReadonlyMap<string, Partial<Record<AddOnName, AddOnFacts>>> | undefined>;
  /** Clusters by namespace that PlacementDecisions select there. */
  readonly decisions: Looked<ReadonlyMap<string, ReadonlySet<string>>>;
  readonly applications: Looked<ReadonlyMap<string, ApplicationFacts>>;
  readonly bundles: Looked<readonly BundleFacts[]>;
  /** undefined for a hub without the kind. */
  readonly classic: Looked<readonly ClassicFacts[] | undefined>;
  readonly evidence: ReadonlyMap<string, ClusterEvidence>;
  /** Rows of Maestro that cannot be read. */
  readonly unreadable: readonly { readonly what: string; readonly why: string }[];
}

/** Everything that the checks of clusters and applications rest on. */
export interface FleetFacts extends Omit<Fleet, 'unreadable'> {
  readonly purpose: Purpose;
  /** Clusters that are looked at, in the order of their names. */
  readonly chosen: readonly string[];
  /** ManagedClusters that nothing of the model concerns. */
  readonly aside: number;
  /** Applications that name no cluster are looked at too: nobody asked for some clusters only. */
  readonly withoutCluster: boolean;
  /** Of the clusters that were probed. */
  readonly probes: ReadonlyMap<string, ProbeAnswer>;
  readonly wallMs: number;
  /** An agent that has reported nothing for longer is not taken for alive. */
  readonly agentWithinMs: number;
}
