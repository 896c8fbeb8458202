import type { JsonObject, JsonValue } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';
import { textAt } from '../../core/json-fields.ts';
import type { DeliveryCondition } from './delivery-condition.ts';
import { isDeliveryType } from './delivery-condition.ts';
import type { AppReport } from './report.ts';
import { reportIsCurrent } from './report.ts';
import { trimStatus, type StatusMode } from './trim-status.ts';

export interface HubStatusInput {
  readonly report: AppReport | undefined;
  readonly publishedVersion: number;
  /** The status on the hub now. */
  readonly hub: JsonObject | undefined;
  readonly delivery: readonly DeliveryCondition[];
  readonly mode: StatusMode;
  /** An operation that has not begun is on the hub. */
  readonly awaitsStart?: boolean;
}

/**
 * The status to write to the hub: the cluster's as it is, apart from what is
 * trimmed, when the report is of the published version, and otherwise the one
 * that the hub has. Our conditions are replaced by those given; nothing is
 * made up, so an application that nobody has reported on has conditions alone.
 */
export function hubStatusOf(input: HubStatusInput): JsonObject {
  const { report, publishedVersion, hub, delivery, mode, awaitsStart = false } = input;
  if (report?.status === undefined || !reportIsCurrent(report, publishedVersion))
    return withDelivery(hub ?? {}, delivery);
  const reported = trimStatus(report.status, mode);
  return withDelivery(awaitsStart ? keepingOperationState(reported, hub ?? {}) : reported, delivery);
}

/**
 * Whoever started an operation on the hub waits there for its state, and takes
 * the next one that comes for it. So the state of an earlier one is not put
 * where the hub shows none or another; one that the hub shows goes on.
 */
function keepingOperationState(reported: JsonObject, hub: JsonObject): JsonObject {
  const { operationState: came, ...rest } = reported;
  const shown = hub['operationState'];
  const startedAt = isJsonObject(came) ? textAt(came, 'startedAt') : '';
  if (startedAt !== '' && isJsonObject(shown) && textAt(shown, 'startedAt') === startedAt) return reported;
  return shown === undefined ? rest : { ...rest, operationState: shown };
}

function withDelivery(status: JsonObject, delivery: readonly DeliveryCondition[]): JsonObject {
  const { conditions: before, ...rest } = status;
  const listed = Array.isArray(before) ? (before as readonly JsonValue[]) : [];
  const others = listed.filter((condition) => !isJsonObject(condition) || !isDeliveryType(textAt(condition, 'type')));
  if (others.length === listed.length && delivery.length === 0) return status;
  const conditions = [...others, ...delivery.map((condition) => ({ ...condition }))];
  return conditions.length === 0 ? rest : { ...rest, conditions };
}
