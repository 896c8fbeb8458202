import type { ConnectionSettings } from '../../clients/connection.ts';
import type { KubeSettings } from '../kube/kubeconfig.ts';
import type { ElectionOptions } from '../kube/lease-election.ts';
import type { StatusMode } from '../status/trim-status.ts';

/** The two roles; one process runs either or both, over one index and one connection. */
export interface Controllers {
  /** Publishes hub applications as bundles, and deletes what went. */
  readonly propagation: boolean;
  /** Brings reported status back to the hub applications. */
  readonly aggregation: boolean;
}

/** Where a small HTTP server listens; an empty host is every address. Port 0 takes a free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** How many orphans one pass of garbage collection may delete before it stops and asks. */
export type GcBrake =
  | { readonly kind: 'count'; readonly count: number }
  /** Of all bundles of this hub, in (0, 1]. */
  | { readonly kind: 'share'; readonly share: number };

/**
 * `confirmed`: the hub application goes when the cluster said that its copy is
 * gone. `requested`: when Maestro took the deletion, as the Go controllers do.
 */
export type DeletionPolicy = 'confirmed' | 'requested';

/** Whether reports of ApplicationSets are kept: `auto` does it where the hub has the kind. */
export type SetReportMode = 'auto' | 'always' | 'never';

/** Everything that decides how the controllers behave, checked before any network call. Times in milliseconds. */
export interface ControllerSettings {
  readonly controllers: Controllers;
  readonly hub: KubeSettings;
  readonly maestro: ConnectionSettings;
  /** Part of every bundle's id; the Go controllers use `app-work-client`, and so do we unless told otherwise. */
  readonly sourceId: string;
  /** Stamped on every bundle; the uid of the namespace kube-system when absent. */
  readonly hubId?: string;
  /** Every single call to the hub or to Maestro ends by then. */
  readonly callTimeoutMs: number;
  /** One Lease for the process, both roles; undefined: no election, this process leads. */
  readonly election?: ElectionOptions;
  readonly healthAddress?: ListenAddress;
  readonly metricsAddress?: ListenAddress;
  /** Most publishes under way at once. */
  readonly maxConcurrency: number;
  readonly hubWritesPerSecond: number;
  readonly statusMode: StatusMode;
  readonly setReports: SetReportMode;
  readonly deletion: {
    readonly policy: DeletionPolicy;
    /** A confirmation that cannot come, because the ManagedCluster is gone, is waited for this long. */
    readonly fallbackMs: number;
  };
  /** What to do when only `reconciledAt` and the like moved. */
  readonly noise: 'never' | { readonly everyMs: number };
  /** No word from a cluster for this long is told on its applications; undefined: never. */
  readonly staleAfterMs?: number;
  readonly gc: {
    /** undefined: no garbage collection. */
    readonly intervalMs?: number;
    readonly brake: GcBrake;
    /** Delete past the brake; for one run by somebody who looked. */
    readonly overrideBrake: boolean;
  };
  /** Send the Namespace of the spoke application along, orphaned on deletion. */
  readonly deliverNamespace: boolean;
  /** Send its AppProject along, orphaned on deletion. */
  readonly deliverProject: boolean;
  /** Namespaces on spokes that applications may be put into; `*` is any. */
  readonly allowedTargetNamespaces: '*' | readonly string[];
  /** `placement`: a PlacementDecision in the application's namespace must name its cluster. */
  readonly authorisation: 'placement' | 'none';
  /** Publish although the classic controllers run, or nobody may look whether they do. */
  readonly allowClassicCoexistence: boolean;
  /** Between two looks for works that the classic controllers left on the hub; undefined: never. */
  readonly classicWorksIntervalMs?: number;
  /** Where the classic controllers and their ConfigMap live. */
  readonly classicNamespace: string;
  /** Namespace of this process, for its Lease and its Events. */
  readonly ownNamespace: string;
  /** A full comparison of hub, index and Maestro, however quiet the streams are. */
  readonly resyncIntervalMs: number;
  /** From the signal to the end, with all writes flushed. */
  readonly shutdownMs: number;
}

/** A share of few bundles would stop at nothing, so it never stops below this many. */
const leastShareLimit = 10;

/** How many orphans a pass may delete, of so many bundles that carry our hub id. */
export function gcLimit(brake: GcBrake, ownBundles: number): number {
  return brake.kind === 'count' ? brake.count : Math.max(leastShareLimit, Math.floor(brake.share * ownBundles));
}

/** Whether an application may be put into this namespace of its cluster. */
export function targetNamespaceAllowed(
  settings: Pick<ControllerSettings, 'allowedTargetNamespaces'>,
  namespace: string,
): boolean {
  return settings.allowedTargetNamespaces === '*' || settings.allowedTargetNamespaces.includes(namespace);
}
