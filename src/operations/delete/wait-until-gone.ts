import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { Budget } from '../budget.ts';
import { untilDeleted } from '../wait/conditions.ts';
import { waitForWorks, type WaitDeps } from '../wait/wait-for-works.ts';
import type { WaitResult } from '../wait/waiting.ts';

/**
 * Waits until Maestro has removed the works, which it does when their agents
 * have reported the objects deleted.
 *
 * @param bundles as they were read when their deletion was asked for
 */
export async function waitUntilGone(
  bundles: readonly ResourceBundle[],
  deps: WaitDeps,
  budget: Budget,
): Promise<readonly WaitResult[]> {
  const targets = bundles.map((bundle) => ({
    id: bundle.id,
    name: workName(bundle),
    consumer: bundle.consumerName,
    writtenVersion: bundle.version,
    createdAt: bundle.createdAt,
    stored: bundle,
    known: true,
    mustExist: false,
  }));
  return waitForWorks(targets, untilDeleted, deps, budget);
}
