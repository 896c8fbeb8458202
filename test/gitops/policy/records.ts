import type { StoredBundle } from '../../../src/gitops/bundle/stored-bundle.ts';
import type { HubFacts } from '../../../src/gitops/index/hub-facts.ts';
import { AppRecord, BundleRecord } from '../../../src/gitops/index/records.ts';
import type { DecisionInput } from '../../../src/gitops/policy/propagation.ts';

export const ourHub = 'hub-1';

/** A hub application that is delivered to c1 and wants nothing else. */
export function hubFacts(over: Partial<HubFacts> = {}): HubFacts {
  return {
    uid: 'uid-1',
    cluster: 'c1',
    spokeNamespace: 'argocd',
    applicationSet: '',
    desiredHash: '1:a',
    selected: true,
    deletionTimestamp: '',
    skipReconcile: true,
    argoFinalizers: true,
    operation: '',
    refresh: '',
    ...over,
  };
}

export function storedBundle(over: Partial<StoredBundle> = {}): StoredBundle {
  return {
    id: 'b1',
    name: 'argocd-app',
    consumer: 'c1',
    version: 1,
    deleting: false,
    hubNamespace: 'argocd',
    hubName: 'app',
    hubId: ourHub,
    hubUid: 'uid-1',
    contentHash: '1:a',
    oneShot: undefined,
    managedBy: 'us',
    spokeNamespace: 'argocd',
    spokeName: 'app',
    cascades: true,
    ...over,
  };
}

export type BundleOver = Partial<Omit<BundleRecord, 'stored'>> & { readonly stored?: Partial<StoredBundle> };

export function bundleRecord({ stored, ...over }: BundleOver = {}): BundleRecord {
  return Object.assign(new BundleRecord(storedBundle(stored)), over);
}

export interface AppOver {
  readonly hub?: Partial<HubFacts> | 'gone';
  readonly bundles?: readonly BundleOver[];
  readonly operationTaken?: boolean;
  readonly refreshTaken?: boolean;
  readonly classicWorks?: readonly string[];
}

export function appRecord({ hub = {}, bundles = [], ...over }: AppOver = {}, key = 'argocd/app'): AppRecord {
  const app = new AppRecord(key);
  app.hub = hub === 'gone' ? undefined : hubFacts(hub);
  app.bundles = bundles.map((bundle) => bundleRecord(bundle));
  return Object.assign(app, over);
}

export function decisionInput(over: Partial<DecisionInput> = {}): DecisionInput {
  return {
    hubId: ourHub,
    cluster: { local: false },
    clusterGoneMs: undefined,
    authorised: true,
    namespaceAllowed: true,
    spokeHolder: undefined,
    deletion: 'confirmed',
    deletionFallbackMs: 600_000,
    monotonicMs: 1_000_000,
    leftTo: () => undefined,
    classicMayStay: false,
    ...over,
  };
}
