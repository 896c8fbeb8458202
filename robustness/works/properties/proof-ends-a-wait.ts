import { proves, standingDuring } from '../../properties/moments.ts';
import type { Call, History } from '../history/history.ts';
import { allCalls, awaitedBy, faultsOfCalls, rowsAbout, type Property } from './property.ts';

/** A wait reads several times a second; a busy machine, and a server that has just come back, are slow. */
const seenWithinMs = 4_000;

/** Troubles of the network are over by then, counted from the begin of the program. */
const troublesMs = 8_000;

export const proofEndsAWait: Property = {
  name: 'proof-ends-a-wait',
  says: 'a wait that asks again and again, and whose time is up, had no proof of what it waits for seconds before, of a work that stood still',
  check: (history) => {
    const begunMs = Math.min(...allCalls(history).map(({ startedMs }) => startedMs));
    return faultsOfCalls(history, (call) => (call.endedMs - begunMs < troublesMs ? [] : faults(call, history)));
  },
};

function faults(call: Call, history: History): readonly string[] {
  const { step, exitCode, stderr, startedMs, endedMs } = call;
  const awaited = awaitedBy(step);
  if (exitCode !== 6 || awaited === undefined || !('stream' in step) || step.stream === true) return [];
  if (/cannot reach|could not be read|trying again/.test(stderr)) return [];
  // A write has been stored by then, long before its time is up.
  const secondHalf = { startedMs: (startedMs + endedMs) / 2, endedMs };
  const met = standingDuring(secondHalf, rowsAbout(history, call));
  const [first] = met;
  const stoodStill = met.every((row) => row?.version === first?.version && !row?.removed && !row?.deleting);
  const proof = met.find((row) => row !== undefined && proves(row, awaited));
  if (!stoodStill || proof === undefined || proof.atMs > endedMs - seenWithinMs) return [];
  const agoMs = endedMs - proof.atMs;
  return [`version ${String(proof.version)} was reported as ${awaited} ${String(agoMs)} ms before its time was up`];
}
