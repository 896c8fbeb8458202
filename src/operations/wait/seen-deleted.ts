import type { ResourceBundle } from '../../core/works/resource-bundle.ts';

/** True when the agent's `Deleted` was seen, which REST never shows: the row goes with it. */
export function wasSeenDeleted(bundle: ResourceBundle | undefined): boolean {
  return bundle?.status?.conditions.some(({ type, status }) => type === 'Deleted' && status === 'True') ?? false;
}

/**
 * Whether it is proved that the objects of a work went with it: the agent said
 * that it is done, and was not told to leave objects behind.
 */
export function provesObjectsGone(bundle: ResourceBundle | undefined): boolean {
  const policy = bundle?.deleteOption?.['propagationPolicy'];
  return wasSeenDeleted(bundle) && (policy === undefined || policy === 'Foreground');
}
