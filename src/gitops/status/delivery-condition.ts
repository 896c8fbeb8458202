import type { JsonObject } from '../../core/json.ts';
import { deliveryErrorType, deliveryWarningType } from '../constants.ts';
import { objectsAt, textAt } from '../../core/json-fields.ts';

/**
 * A condition by which the controllers tell on a hub application how its
 * delivery goes. The Application CRD keeps type, message and time of a
 * condition and nothing else.
 */
export interface DeliveryCondition {
  readonly type: 'MaestroDeliveryError' | 'MaestroDeliveryWarning';
  /** Says since when, never for how long, so that it stays the same while nothing changes. */
  readonly message: string;
  /** RFC 3339. */
  readonly lastTransitionTime: string;
}

export function isDeliveryType(type: string): type is DeliveryCondition['type'] {
  return type === deliveryErrorType || type === deliveryWarningType;
}

/** Our conditions out of a hub status. */
export function deliveryConditionsIn(status: JsonObject): readonly DeliveryCondition[] {
  return objectsAt(status, 'conditions').flatMap((condition) => {
    const type = textAt(condition, 'type');
    if (!isDeliveryType(type)) return [];
    return { type, message: textAt(condition, 'message'), lastTransitionTime: textAt(condition, 'lastTransitionTime') };
  });
}
