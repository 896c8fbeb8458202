import type { Ran } from '../world/command.ts';

/** What a text says as JSON; undefined when it is no whole JSON. */
export function jsonIn(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A process takes its time to start and to end on a busy machine, and so does one whose output is read slowly. */
const marginMs = 15_000;

/** How long a call may take: the time that it was given, and a margin. */
export function limitMs({ argv }: Pick<Ran, 'argv'>): number {
  const found = /(?:--timeout=|"(?:timeoutMs|lastsMs)":)(\d+)(s(?!\w))?/.exec(argv.join('\n'));
  const given = Number(found?.[1] ?? 0);
  return (found?.[2] === undefined ? given : given * 1_000) + marginMs;
}

/** What is wrong with a call that did not end by itself in its time. */
export function lateness({ argv, startedMs, endedMs }: Pick<Ran, 'argv' | 'startedMs' | 'endedMs'>): readonly string[] {
  const tookMs = endedMs - startedMs;
  return tookMs <= limitMs({ argv }) ? [] : [`it took ${String(tookMs)} ms, and may take ${String(limitMs({ argv }))}`];
}
