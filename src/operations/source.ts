import { bundleId } from '../core/works/bundle-id.ts';
import { workName, type ResourceBundle } from '../core/works/resource-bundle.ts';

/** The source of a bundle as far as its id tells: ours when the id is the one we would give it, else `?`. */
export function knownSource(bundle: ResourceBundle, source: string): string {
  return bundle.id === bundleId(source, bundle.consumerName, workName(bundle)) ? source : '?';
}
