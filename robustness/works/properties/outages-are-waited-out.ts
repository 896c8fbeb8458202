import type { Call } from '../history/history.ts';
import type { Property } from './property.ts';

export const outagesAreWaitedOut: Property = {
  name: 'outages-are-waited-out',
  says: 'a call that ends because the server cannot be reached has tried for most of the time that it was given',
  check: ({ calls, reruns }) =>
    [...calls, ...reruns].flatMap((call) => faults(call).map((what) => ({ what, calls: [call.name] }))),
};

/** Of the time that a call has; what is left may be too short for another try. */
const share = 0.6;

function faults({ argv, exitCode, stderr, startedMs, endedMs }: Call): readonly string[] {
  const error = /^error: .*(?:cannot reach|503).*/m.exec(stderr)?.[0];
  if (exitCode !== 8 || error === undefined) return [];
  const seconds = Number(/^--timeout=(\d+)s$/m.exec(argv.join('\n'))?.[1]);
  const tookMs = endedMs - startedMs;
  return tookMs < seconds * 1_000 * share ? [`it gave up after ${String(tookMs)} ms: ${error}`] : [];
}
