import { matchesLabels, type LabelSelector } from '../../core/label-selector.ts';
import { MaestroError } from '../../errors.ts';
import { seenOf } from './finding.ts';
import type { Fleet } from './facts.ts';

/** Which clusters are looked at. */
export type ClusterChoice =
  | { readonly kind: 'concerned' }
  | { readonly kind: 'named'; readonly names: readonly string[] }
  | { readonly kind: 'selected'; readonly selector: LabelSelector; readonly text: string };

/**
 * The clusters of a choice, by name: without one those that something of the
 * model concerns, which are not all that a hub has.
 *
 * @returns `aside`: how many ManagedClusters nothing of the model concerns
 * @throws MaestroError usage when labels select none
 */
export function chooseClusters(
  choice: ClusterChoice,
  fleet: Fleet,
): { readonly chosen: readonly string[]; readonly aside: number } {
  const clusters = seenOf(fleet.clusters) ?? new Map<string, never>();
  if (choice.kind === 'named') return { chosen: [...new Set(choice.names)].toSorted(), aside: 0 };
  if (choice.kind === 'selected') {
    const chosen = [...clusters.values()]
      .filter(({ labels }) => matchesLabels(choice.selector, labels))
      .map(({ name }) => name);
    if (chosen.length > 0) return { chosen: chosen.toSorted(), aside: 0 };
    throw new MaestroError('usage', `no ManagedCluster has the labels ${choice.text}`, {
      reason: 'NothingSelected',
      hint: { command: 'See names and labels with: kubectl get managedclusters --show-labels' },
    });
  }
  const concerned = new Set<string>();
  const namespaces = new Set<string>();
  for (const { cluster, namespace, selected, unreadLabel } of seenOf(fleet.applications)?.values() ?? []) {
    if (cluster !== '' && (selected || unreadLabel !== undefined)) concerned.add(cluster);
    if (selected) namespaces.add(namespace);
  }
  for (const { cluster, manager } of seenOf(fleet.bundles) ?? [])
    if (manager === 'us' || manager === 'go') concerned.add(cluster);
  for (const { cluster } of seenOf(fleet.classic) ?? []) concerned.add(cluster);
  const others: string[] = [];
  for (const [namespace, selected] of seenOf(fleet.decisions) ?? [])
    if (namespaces.has(namespace)) others.push(...selected);
  for (const [cluster, addOns] of seenOf(fleet.addOns) ?? [])
    if (addOns['maestro-addon'] !== undefined) others.push(cluster);
  // That a Placement selects the hub too is no fault while no application is for it.
  for (const name of others) if (clusters.get(name)?.local !== true) concerned.add(name);
  const aside = [...clusters.values()].filter(({ name, local }) => !local && !concerned.has(name)).length;
  return { chosen: [...concerned].toSorted(), aside };
}
