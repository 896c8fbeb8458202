import { counted, listed } from '../../../core/text.ts';
import type { LeftApplication } from '../../../gitops/fleet-state/clear-conditions.ts';
import type { UninstallOptions } from './options.ts';

/**
 * What this left, and what is left to do, in sentences.
 *
 * @param left Applications of the hub whose bundles are gone
 */
export function whatIsLeft(
  left: readonly LeftApplication[],
  { goal, isWhole, places }: Pick<UninstallOptions, 'goal' | 'places'> & { readonly isWhole: boolean },
): readonly string[] {
  const held = left.filter(({ argoFinalizers }) => argoFinalizers);
  const deleting = held.filter((application) => application.deleting);
  return [
    ...(held.length === 0
      ? []
      : [
          `${counted(held.length, 'Application')} of the hub kept a finalizer of Argo CD, which nobody takes off any more: a deletion there does not end until it is removed (kubectl patch application NAME -n NAMESPACE --type=merge -p '{"metadata":{"finalizers":null}}'), and deletes nothing on a cluster${goal === 'keep-workloads' ? ', where the Applications stay' : ''}`,
        ]),
    ...(deleting.length === 0 ? [] : [`being deleted on the hub already: ${listed(deleting.map(({ key }) => key))}`]),
    ...(isWhole
      ? [
          `what is left to do: uninstall the chart of the controllers (helm list -n ${places.controllerNamespace} names its release); the add-ons maestro-addon and gitops-addon of each cluster, and Maestro itself, when nobody else uses them; the Applications and ApplicationSets of the hub, when they are not wanted there`,
        ]
      : ['bundles of this hub are left: do the same again before the chart is uninstalled']),
  ];
}
