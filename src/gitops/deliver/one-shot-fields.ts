import type { JsonObject } from '../../core/json.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { OneShot } from '../bundle/one-shot.ts';
import { operationHash } from '../bundle/content-hash.ts';
import { markAgain, markOperation } from '../bundle/operation-mark.ts';
import { travellingFields } from '../bundle/stored-bundle.ts';
import type { BundleRecord } from '../index/records.ts';
import type { HubSummary } from '../model/hub-application.ts';
import type { OneShotPlan } from '../policy/propagation.ts';

/**
 * The one-shot fields of the next publish: those of the hub application that
 * are new, and of the stored bundle what stays.
 *
 * @param now wall time, RFC 3339
 */
export function oneShotOf(
  plan: OneShotPlan,
  content: HubSummary,
  { over, stored }: { readonly over: BundleRecord | undefined; readonly stored: ResourceBundle | undefined },
  now: string,
): OneShot {
  const travelling = stored === undefined ? {} : travellingFields(stored.manifests);
  const flight = over?.stored.oneShot;
  const operation = operationOf(plan, content, travelling.operation);
  const refresh = plan.refresh === 'new' ? content.refresh : plan.refresh === 'kept' ? travelling.refresh : undefined;
  return {
    ...(operation === undefined
      ? {}
      : {
          operation,
          operationAfter: plan.operation === 'kept' ? (flight?.opAfter ?? '') : (over?.startedAt ?? ''),
          operationOverRunning:
            plan.operation === 'kept' ? flight?.opOverRunning === true : over?.operationRuns === true,
        }),
    ...(refresh === undefined
      ? {}
      : plan.refresh === 'kept'
        ? { refresh, refreshAfter: flight?.refreshAfter ?? '', refreshAt: flight?.refreshAt ?? '' }
        : { refresh, refreshAfter: over?.reconciledAt ?? '', refreshAt: now }),
  };
}

function operationOf(
  plan: OneShotPlan,
  content: HubSummary,
  travelling: JsonObject | undefined,
): JsonObject | undefined {
  switch (plan.operation) {
    case 'none':
      return undefined;
    case 'new':
      return marked(content);
    case 'again':
      return travelling === undefined ? undefined : (markAgain(travelling) ?? travelling);
    case 'kept':
      return travelling;
  }
}

/**
 * What becomes of an operation is told by its mark. The hub never counts back, so no two have the same, also when the
 * work is deleted and made anew.
 */
function marked({ operation, resourceVersion }: HubSummary): JsonObject | undefined {
  return operation === undefined
    ? undefined
    : markOperation(operation, `${resourceVersion}-${operationHash(operation).slice(0, 8)}`);
}
