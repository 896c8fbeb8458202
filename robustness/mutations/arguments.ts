import { families } from '../families.ts';
import { checkNames, parseFlags, positive, UsageError, wholeNumber } from '../flags.ts';
import { mutations } from './table.ts';

const familyNames = families.map(({ name }) => name);

export const usage = `npm run robustness:mutations -- [flags]

Brings each fault of the table back in a copy of this checkout, and lets the suite look for it within the time that the
table states. Needs npm run build first.

  --only NAME       these mutations alone, more than once
  --family NAME     those of one family, more than once; all of ${familyNames.join(', ')} by default
  --minutes N       for each, in place of the time that the table states
  --seed N          of the programs (1)
  --parallel N      how many are looked for at a time (1), each in a copy of its own
  --json FILE       gets all that was found, for programs

Prints a table at the end. Ends with 0 when each was found, 1 when one is not found in its time, is found by another
property than the table says, or by a program that shows the same without the fault, or could not be looked for, 2 for a
mistake in a flag, 3 when there is nothing that can be looked for here.`;

export interface Arguments {
  readonly help: boolean;
  readonly only: readonly string[] | undefined;
  readonly families: readonly string[] | undefined;
  /** Undefined: what the table states for each. */
  readonly minutes: number | undefined;
  readonly seed: number;
  readonly parallel: number;
  readonly json: string | undefined;
}

/** @throws UsageError that names the flag and what is wrong with it */
export function parseArguments(argv: readonly string[]): Arguments {
  const { help, only, family, minutes, seed, parallel, json } = parseFlags(argv, {
    help: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    family: { type: 'string', multiple: true },
    minutes: { type: 'string' },
    seed: { type: 'string', default: '1' },
    parallel: { type: 'string', default: '1' },
    json: { type: 'string' },
  });
  checkNames(
    only,
    mutations.map(({ name }) => name),
    { what: 'mutation' },
  );
  checkNames(family, familyNames, { what: 'family' });
  const apart = mutations.find(({ name, family: of }) => only?.includes(name) && family?.includes(of) === false);
  if (apart !== undefined) throw new UsageError(`--only=${apart.name} is of the family ${apart.family}`);
  return {
    ...{ help, only, families: family, json },
    minutes: minutes === undefined ? undefined : positive('--minutes', minutes),
    seed: wholeNumber('--seed', seed, 0),
    parallel: wholeNumber('--parallel', parallel, 1),
  };
}
