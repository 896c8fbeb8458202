import type { FlagSpec } from '../../../command-line/command-spec.ts';
import type { FlagReader } from '../../../command-line/flag-values.ts';
import { objectAt, textAt } from '../../../core/json-fields.ts';
import { parseLabelSelector } from '../../../core/label-selector.ts';
import { present } from '../../../core/present.ts';
import { listed } from '../../../core/text.ts';
import { dnsLabelProblems } from '../../../core/works/names.ts';
import { MaestroError } from '../../../errors.ts';
import { readOwnBundles, type FoundBundles } from '../../../gitops/fleet-state/own-bundles.ts';
import { managedClusters } from '../../../gitops/kube/hub-kinds.ts';
import { readEach } from '../../../gitops/survey/read-each.ts';
import type { HubSession } from './with-hub.ts';

/** Which bundles of this hub are meant; what is absent narrows nothing. */
export interface BundleChoiceOption {
  readonly clusters?: readonly string[];
  /** Over the labels of ManagedClusters, in the words of the hub's API. */
  readonly clusterSelector?: string;
  /** `namespace/name`. */
  readonly applications?: readonly string[];
}

export const bundleChoiceFlags: readonly FlagSpec[] = [
  { flags: '--cluster <name>', about: 'only on this cluster; all when absent; repeatable', repeat: true },
  {
    flags: '--cluster-selector <selector>',
    about: 'only on clusters whose ManagedCluster has these labels: k=v,k2!=v,k3 in (a,b),k4,!k5',
  },
  {
    flags: '--application <namespace/name>',
    about: 'only this Application of the hub; repeatable',
    repeat: true,
  },
];

/** @throws MaestroError usage for clusters that are chosen in two ways, and for what is no name */
export function bundleChoice(flags: FlagReader): BundleChoiceOption {
  const clusters = [...new Set(flags.list('cluster'))];
  const clusterSelector = flags.text('clusterSelector');
  const applications = [...new Set(flags.list('application'))];
  if (clusters.length > 0 && clusterSelector !== undefined)
    throw new MaestroError('usage', '--cluster and --cluster-selector both choose clusters; leave one out');
  const wrong = clusters.find((name) => dnsLabelProblems(name).length > 0);
  if (wrong !== undefined)
    throw new MaestroError('usage', `"${wrong}" is no name of a cluster: it must be a DNS label`);
  if (clusterSelector !== undefined) parseLabelSelector(clusterSelector);
  const odd = applications.find((key) => !/^[^/\s]+\/[^/\s]+$/.test(key));
  if (odd !== undefined)
    throw new MaestroError('usage', `--application takes namespace/name of the hub, not ${JSON.stringify(odd)}`);
  return present({
    clusters: clusters.length === 0 ? undefined : clusters,
    clusterSelector,
    applications: applications.length === 0 ? undefined : applications,
  });
}

/** Whether some bundles of the hub are meant, and not all. */
export function isNarrowed(choice: BundleChoiceOption): boolean {
  return Object.keys(choice).length > 0;
}

/**
 * The bundles that are meant, of this hub alone.
 *
 * @throws MaestroError not-found for a cluster or an Application that was named and has none
 */
export async function chosenBundles(
  { clusters: named, clusterSelector, applications }: BundleChoiceOption,
  source: string,
  { kube, maestro, budget, hubId }: Pick<HubSession, 'kube' | 'maestro' | 'budget' | 'hubId'>,
): Promise<FoundBundles> {
  const clusters =
    clusterSelector === undefined
      ? named
      : await readEach(
          kube,
          { path: managedClusters, labelSelector: clusterSelector },
          (object) => textAt(objectAt(object, 'metadata'), 'name'),
          budget,
        );
  if (clusterSelector !== undefined && clusters?.length === 0)
    throw new MaestroError('usage', `no ManagedCluster has the labels ${clusterSelector}`, {
      reason: 'NothingSelected',
    });
  const choice = { source, hubId: await hubId(), ...present({ clusters, applications }) };
  const found = await readOwnBundles(maestro.reader, choice, budget);
  const missing = [
    ...missingOf('cluster', named, new Set([...found.own, ...found.unreadable].map(({ consumer }) => consumer))),
    ...missingOf('Application', applications, new Set(found.own.map(({ application }) => application))),
  ];
  if (missing.length > 0)
    throw new MaestroError('not-found', `this hub has no bundle of ${listed(missing)}`, {
      hint: 'Bundles are found by the hub id on them: see --hub-id and --source-id.',
    });
  return found;
}

function missingOf(
  what: string,
  names: readonly string[] | undefined,
  present: ReadonlySet<string>,
): readonly string[] {
  return (names ?? []).filter((name) => !present.has(name)).map((name) => `${what} ${name}`);
}
