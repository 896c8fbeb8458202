import { matchesSelector } from '../../core/expressions/selectors.ts';
import type { Selector } from '../../core/expressions/syntax-tree.ts';
import { manifestKey } from '../../core/works/manifest-work.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';

/** Whether a work holds a manifest that one of the selectors means; none of them means every work. */
export function holdsResource(bundle: ResourceBundle, selectors: readonly Selector[]): boolean {
  if (selectors.length === 0) return true;
  return bundle.manifests.some((manifest) => selectors.some((selector) => matchesSelector(selector, manifestKey(manifest))));
}
