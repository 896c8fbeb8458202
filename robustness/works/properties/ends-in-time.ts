import type { Property } from './property.ts';

/** Each step gives 8 s; a busy machine takes its time to start and end a process. */
const limitMs = 30_000;

export const endsInTime: Property = {
  name: 'ends-in-time',
  says: 'each call ends by itself, soon after the time that it was given, whatever answers or does not',
  check: ({ calls, reruns }) =>
    [...calls, ...reruns].flatMap(({ name, startedMs, endedMs }) => {
      const tookMs = endedMs - startedMs;
      return tookMs <= limitMs ? [] : [{ what: `it took ${String(tookMs)} ms`, calls: [name] }];
    }),
};
