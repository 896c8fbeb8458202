import { MaestroError } from '../../errors.ts';
import type { Budget } from '../../operations/budget.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import { readHubId } from '../survey/hub-id.ts';
import type { HandoverPlan } from './plan.ts';

/**
 * A plan is for one hub, and nothing may be written to another one. Its id may have been given by hand; then the
 * address tells.
 *
 * @throws MaestroError conflict when this is another hub than the plan's
 */
export async function refuseOtherHub(
  { hubId, hubServer }: Pick<HandoverPlan, 'hubId' | 'hubServer'>,
  kube: KubeApi,
  budget: Budget,
): Promise<void> {
  if (kube.server === hubServer) return;
  const found = await readHubId(kube, budget);
  if (found === hubId) return;
  throw new MaestroError(
    'conflict',
    `the plan is for the hub with id ${hubId} at ${hubServer}, and this is the hub with id ${found} at ${kube.server}`,
    {
      hint: {
        program: 'Nothing was sent. Connect to the hub of the plan, or plan again for this one.',
        command: 'Nothing was sent. Name the hub of the plan with --kubeconfig and --kube-context.',
      },
    },
  );
}
