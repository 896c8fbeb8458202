import { formatAge } from '../../../core/duration.ts';
import type { Sight } from '../../../works/live-works.ts';
import { span, type Span } from '../screen/line.ts';

/** A read that is older than this is told of: in between there should have been another. */
const freshMs = 12_000;
/** All works of a small fleet are read every few seconds, so that this is not reached. */
const wholeFreshMs = 30_000;

/**
 * How fresh what is shown is, in a few words: `live` only while a stream tells of what happens, and what comes by reads
 * is read as it should be. What has gone without a word is still shown until all is read again: of a large fleet that
 * is told too.
 */
export function sightText(sight: Sight, nowMs: number): Span {
  const { stream, readAtMs, wholeReadAtMs, loading, readError, unreadable } = sight;
  const wholeAgeMs = wholeReadAtMs === undefined ? 0 : nowMs - wholeReadAtMs;
  const whole = wholeAgeMs > wholeFreshMs ? ` · all read ${formatAge(wholeAgeMs)} ago` : '';
  const missing = `${whole}${unreadable === 0 ? '' : ` · ${unreadable} unreadable`}`;
  const ageMs = readAtMs === undefined ? undefined : nowMs - readAtMs;
  if (ageMs === undefined) {
    if (readError !== undefined) return span('no answer, trying again', 'bad');
    return span(loading === undefined ? 'connecting' : `reading, ${loading} works so far`, 'warn');
  }
  if (readError !== undefined) return span(`not answering, as of ${formatAge(ageMs)} ago${missing}`, 'bad');
  if (ageMs > freshMs)
    return span(`read ${formatAge(ageMs)} ago${stream === 'live' ? ', stream live' : ''}${missing}`, 'warn');
  if (stream === 'live') return span(`live${missing}`, unreadable === 0 ? 'good' : 'warn');
  return span(`stream down, reading every 5s${missing}`, 'warn');
}
