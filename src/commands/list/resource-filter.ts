import { matchesSelector } from '../../core/expressions/selectors.ts';
import type { Selector } from '../../core/expressions/syntax-tree.ts';
import { manifestKey } from '../../core/works/manifest-work.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';

/** Whether a work holds a manifest that one of the selectors means; none of them means every work. */
export function holdsResource(bundle: ResourceBundle, selectors: readonly Selector[]): boolean {
  if (selectors.length === 0) return true;
  return bundle.manifests.some((manifest) =>
    selectors.some((selector) => matchesSelector(selector, manifestKey(manifest))),
  );
}

/** The filter of the Go tool: a part of the work's name, or of `Kind/name` or `Kind/namespace/name` of a manifest. */
export function holdsText(bundle: ResourceBundle, filter: string | undefined): boolean {
  if (filter === undefined || workName(bundle).includes(filter)) return true;
  return bundle.manifests.some((manifest) => {
    const { kind, namespace, name } = manifestKey(manifest);
    return `${kind}/${name}`.includes(filter) || `${kind}/${namespace}/${name}`.includes(filter);
  });
}
