import { reportsDeletion } from '../../core/works/report-order.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';

/** True when the agent's `Deleted` was seen, which REST never shows: the row goes with it. */
export function wasSeenDeleted(bundle: ResourceBundle | undefined): boolean {
  return reportsDeletion(bundle?.status);
}

/**
 * Whether it is proved that the objects of a work went with it: the agent said
 * that it is done, and was not told to leave objects behind.
 */
export function provesObjectsGone(bundle: ResourceBundle | undefined): boolean {
  const policy = bundle?.deleteOption?.['propagationPolicy'];
  return wasSeenDeleted(bundle) && (policy === undefined || policy === 'Foreground');
}
