import { ownersOf } from '../../core/ownership/owners.ts';
import { adapterLabel } from '../../core/works/adapter.ts';
import { storedContent } from '../../core/works/document.ts';
import { conventionalName } from '../../core/works/names.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { knownSource } from '../../operations/source.ts';

/** Whether a work is that of an adapter: its label says so, or its name where no label says otherwise. */
export function isOfAdapter(bundle: ResourceBundle, adapter: string | undefined): boolean {
  if (adapter === undefined) return true;
  const label = storedContent(bundle).labels[adapterLabel];
  return label === undefined ? workName(bundle) === conventionalName(bundle.consumerName, adapter) : label === adapter;
}

/** Whether a manager owns something in a work. What has no record is the source's, as far as that is known. */
export function isManagedBy(
  bundle: ResourceBundle,
  { ofManager, ofSource, source }: { readonly ofManager?: string; readonly ofSource?: string; readonly source: string },
): boolean {
  if (ofManager === undefined) return true;
  const owners = ownersOf(storedContent(bundle), ofSource ?? knownSource(bundle, source));
  return [...owners.values()].includes(ofManager);
}
