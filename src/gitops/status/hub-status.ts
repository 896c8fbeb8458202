import type { JsonObject, JsonValue } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';
import { textAt } from '../model/fields.ts';
import type { DeliveryCondition } from './delivery-condition.ts';
import { isDeliveryType } from './delivery-condition.ts';
import type { AppReport } from './report.ts';
import { reportIsCurrent } from './report.ts';
import type { StatusTrim } from './trim-status.ts';
import { trimStatus } from './trim-status.ts';

export interface HubStatusInput {
  readonly report: AppReport | undefined;
  readonly publishedVersion: number;
  /** The status on the hub now. */
  readonly hub: JsonObject | undefined;
  readonly delivery: readonly DeliveryCondition[];
  readonly trim: StatusTrim;
}

/**
 * The status to write to the hub: the cluster's as it is, apart from what is
 * trimmed, when the report is of the published version, and otherwise the one
 * that the hub has. Our conditions are replaced by those given; nothing is
 * made up, so an application that nobody has reported on has conditions alone.
 */
export function hubStatusOf(input: HubStatusInput): JsonObject {
  const { report, publishedVersion, hub, delivery, trim } = input;
  const current = report?.status !== undefined && reportIsCurrent(report, publishedVersion);
  const base = current ? trimStatus(report.status, trim) : (hub ?? {});
  return withDelivery(base, delivery);
}

function withDelivery(status: JsonObject, delivery: readonly DeliveryCondition[]): JsonObject {
  const { conditions: before, ...rest } = status;
  const listed = Array.isArray(before) ? (before as readonly JsonValue[]) : [];
  const others = listed.filter((condition) => !isJsonObject(condition) || !isDeliveryType(textAt(condition, 'type')));
  if (others.length === listed.length && delivery.length === 0) return status;
  const conditions = [...others, ...delivery.map((condition) => ({ ...condition }))];
  return conditions.length === 0 ? rest : { ...rest, conditions };
}
