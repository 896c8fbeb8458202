import { timeoutMs } from '../../properties/told.ts';
import type { Call } from '../history/history.ts';
import { allCalls, toldBy, type Property } from './property.ts';

export const outagesAreWaitedOut: Property = {
  name: 'outages-are-waited-out',
  says: 'a call that ends because its time is up, or because the server cannot be reached, has tried for most of the time that it was given',
  check: (history) => allCalls(history).flatMap((call) => faults(call).map((what) => ({ what, calls: [call.name] }))),
};

/** Of the time that a call has; what is left may be too short for another try. */
const share = 0.6;

function faults(call: Call): readonly string[] {
  const { argv, exitCode, stderr, startedMs, endedMs } = call;
  const error = /^error: .*/m.exec(stderr)?.[0] ?? '';
  // What programs are told, or else what people are: where one changes its words, the other tells it.
  const isOutage = toldBy(call)?.reason === 'ServerUnreachable' || /cannot reach|503/.test(error);
  if (exitCode !== 6 && (exitCode !== 8 || !isOutage)) return [];
  const givenMs = timeoutMs({ argv });
  const tookMs = endedMs - startedMs;
  return tookMs < givenMs * share ? [`it gave up after ${String(tookMs)} ms: ${error}`] : [];
}
