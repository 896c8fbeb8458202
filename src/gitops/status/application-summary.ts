import type { JsonObject } from '../../core/json.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import { deliveryErrorType } from '../constants.ts';
import { parseHubApplication } from '../model/hub-application.ts';
import { deliveryConditionsIn } from './delivery-condition.ts';

/** What one line tells of an Application of the hub. Of 150,000 of them this is what is kept. */
export interface ApplicationSummary {
  /** `<namespace>/<name>`. */
  readonly key: string;
  /** Its target; "" for none, as all texts here. */
  readonly cluster: string;
  /** `<namespace>/<name>` of the ApplicationSet that owns it. */
  readonly set: string;
  /** As Argo CD on the cluster says it: `Synced`, `OutOfSync`, `Unknown`. */
  readonly sync: string;
  /** `Healthy`, `Progressing`, `Degraded`, `Suspended`, `Missing`, `Unknown`. */
  readonly health: string;
  /** Of its last operation: `Running`, `Succeeded`, `Failed`, `Error`. */
  readonly phase: string;
  readonly deleting: boolean;
  /**
   * What the controllers say stands in the way of its delivery: the reason why they hold it back, such as
   * `ConsumerMissing`, else `error` or `warning`.
   */
  readonly blocked: string;
  /** RFC 3339, since when they say so. */
  readonly blockedSince: string;
}

/** The reason stands behind what a controller says of an application that it holds back. */
const heldBack = /^not (?:delivered|deleted)\b.*\(([A-Z][A-Za-z]+)\)$/s;

/** Says of an Application what its status and the controllers' conditions on it say, and nothing else. */
export function summaryOf(object: JsonObject): ApplicationSummary {
  const { key, cluster, applicationSet = '', deletionTimestamp, status = {} } = parseHubApplication(object);
  const conditions = deliveryConditionsIn(status);
  const worst = conditions.find(({ type }) => type === deliveryErrorType) ?? conditions[0];
  const kind = worst === undefined ? '' : worst.type === deliveryErrorType ? 'error' : 'warning';
  return {
    key,
    cluster,
    set: applicationSet,
    sync: textAt(objectAt(status, 'sync'), 'status'),
    health: textAt(objectAt(status, 'health'), 'status'),
    phase: textAt(objectAt(status, 'operationState'), 'phase'),
    deleting: deletionTimestamp !== undefined,
    blocked: reasonIn(worst?.message ?? '') ?? kind,
    blockedSince: worst?.lastTransitionTime ?? '',
  };
}

/** Why the controllers hold an application back, by what they say on it; undefined for anything else that they say. */
export function reasonIn(message: string): string | undefined {
  return heldBack.exec(message)?.[1];
}
