import { faultNames } from './soak-faults.ts';
import type { Soak } from './soak.ts';

type Length = Pick<Soak, 'minutes' | 'firstRoundMinutes'>;

/** The heir of a leader that was killed reads all of hub and Maestro first. */
const heirReadsMinutes = 4;
/** What was missed under one fault is read again while the next ones strike. */
const firstRoundEvery = 2;
const firstRoundFaults = 3;
/** What was missed may take two minutes to be read, and the minutes after that are calm. */
const every = 4;
const faultsEach = 2;

/** What begins in a minute. */
export function beginIn(minute: number, length: Length): { readonly kill: boolean; readonly faults: number } {
  const { minutes, firstRoundMinutes } = length;
  if (firstRoundMinutes === 0) {
    // Early, so that the heir runs long.
    const kill = minutes >= 2 && minute === Math.floor(minutes / 20);
    return { kill, faults: !kill && minute % every === 0 ? faultsEach : 0 };
  }
  if (minute >= firstRoundMinutes)
    return { kill: false, faults: (minute - firstRoundMinutes) % every === 0 ? faultsEach : 0 };
  const turn = (minute - heirReadsMinutes) / firstRoundEvery;
  const left = faultNames.length - turn * firstRoundFaults;
  const strikes = turn >= 0 && Number.isInteger(turn);
  return { kill: minute === 0, faults: strikes ? Math.max(0, Math.min(firstRoundFaults, left)) : 0 };
}

/** How many minutes are left out before anything is said of what stays flat. */
export function leftOutOf({ minutes, firstRoundMinutes }: Length): number {
  return firstRoundMinutes > 0 ? firstRoundMinutes : Math.ceil(minutes / 5);
}
