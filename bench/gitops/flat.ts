import { median } from '../measure.ts';

/** How a figure that was taken once a minute went on. */
export interface Trend {
  /** Median of the slopes between all pairs of minutes, so that one odd minute does not decide. */
  readonly slopePerMinute: number;
  /** Medians of the first and of the last third of the minutes. */
  readonly first: number;
  readonly last: number;
  readonly isFlat: boolean;
}

/**
 * Flat is what has not grown: neither the difference of the two medians nor the slope over all the minutes is more
 * than may be.
 *
 * @param points minute and value, at least six of them
 * @param mayGrowBy the share of the first median, and at least so much
 * @throws RangeError for fewer points, of which nothing can be said
 */
export function trendOf(
  points: readonly { readonly minute: number; readonly value: number }[],
  mayGrowBy: { readonly share: number; readonly least: number },
): Trend {
  if (points.length < 6) throw new RangeError(`${points.length} minutes are too few to tell how a figure goes on`);
  const slopes = points.flatMap((from, at) =>
    points.slice(at + 1).map((to) => (to.value - from.value) / (to.minute - from.minute)),
  );
  const third = Math.floor(points.length / 3);
  const slopePerMinute = median(slopes);
  const first = median(points.slice(0, third).map(({ value }) => value));
  const last = median(points.slice(-third).map(({ value }) => value));
  const limit = Math.max(first * mayGrowBy.share, mayGrowBy.least);
  const minutes = (points.at(-1)?.minute ?? 0) - (points[0]?.minute ?? 0);
  return { slopePerMinute, first, last, isFlat: last - first <= limit && slopePerMinute * minutes <= limit };
}
