import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { Budget } from '../budget.ts';
import { untilDeleted } from '../wait/conditions.ts';
import type { WaitTarget } from '../wait/judge.ts';
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
  const targets = bundles.map((bundle) => goneTarget(bundle));
  return waitForWorks(targets, untilDeleted, deps, budget);
}

/** What a wait for the end of a work judges by, also beside works of which something else is awaited. */
export function goneTarget(bundle: ResourceBundle): WaitTarget {
  return {
    id: bundle.id,
    name: workName(bundle),
    consumer: bundle.consumerName,
    writtenVersion: bundle.version,
    createdAt: bundle.createdAt,
    stored: bundle,
    known: true,
    mustExist: false,
    condition: untilDeleted,
  };
}
