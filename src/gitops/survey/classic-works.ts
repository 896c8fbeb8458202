import type { Budget } from '../../operations/budget.ts';
import { readClassicWork, type ClassicWork } from '../classic/classic-work.ts';
import type { KubeApi, ResourcePath } from '../kube/kube-api.ts';
import { readEach } from './read-each.ts';

/** ManifestWorks of the hub, by which the classic model delivers. */
export const manifestWorks: ResourcePath = {
  group: 'work.open-cluster-management.io',
  version: 'v1',
  resource: 'manifestworks',
};

/**
 * The works of the classic model for applications, of one cluster or of all.
 *
 * @throws MaestroError as the hub answers
 */
export async function readClassicWorks(
  kube: Pick<KubeApi, 'listPage'>,
  cluster: string | undefined,
  budget: Budget,
): Promise<readonly ClassicWork[]> {
  const selection = { path: manifestWorks, ...(cluster === undefined ? {} : { namespace: cluster }) };
  return readEach(kube, selection, readClassicWork, budget);
}
