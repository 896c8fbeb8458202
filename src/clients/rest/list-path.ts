import type { BundleFilter, ConsumerFilter } from '../filters.ts';
import { afterId, bundleSearches, consumerSearches } from './search.ts';

/** Which page of a list. */
export interface Page {
  /** Rows, at most. */
  readonly size: number;
  /** A column and its direction, `id asc` when absent. */
  readonly orderBy?: string;
}

/** Always page 1: the search tells where it begins, because offsets shift when rows vanish. */
export function listPath(
  path: string,
  { search, size, orderBy = 'id asc' }: Page & { readonly search: string },
): string {
  const query = [`page=1`, `size=${size}`, `orderBy=${encodeURIComponent(orderBy)}`];
  if (search !== '') query.push(`search=${encodeURIComponent(search)}`);
  return `${path}?${query.join('&')}`;
}

/**
 * Where one page of bundles is, below `/api/maestro/v1`, for who looks at single answers and uses no `WorkReader`.
 *
 * @param where short enough for one request
 * @throws MaestroError usage for values that Maestro cannot search for
 */
export function bundlesPath(where: BundleFilter, page: Page & { readonly afterId?: string }): string {
  const [{ text } = { text: '' }] = bundleSearches(where);
  const search = page.afterId === undefined ? text : afterId(text, page.afterId);
  return listPath('/resource-bundles', { ...page, search });
}

/** The same for consumers. */
export function consumersPath(where: ConsumerFilter, page: Page): string {
  const [{ text } = { text: '' }] = consumerSearches(where);
  return listPath('/consumers', { ...page, search: text });
}
