import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { families } from '../families.ts';
import type { Violation } from '../search/family.ts';
import { noTotals, runProgram, search, violationLine } from '../search/search.ts';
import { standIn } from '../world/stand-in.ts';
import { isAimedAt, shapedFor, type Mutation } from './mutation.ts';
import type { WarmCopy } from './warm-copy.ts';

/** How a search for one mutation went. */
export interface Looked {
  readonly name: string;
  readonly family: string;
  /**
   * `otherwise`: by a property that the table does not name for it. `without`: the program shows the same without the
   * fault, so that it is the suite, or another fault, that was found.
   */
  readonly how: 'found' | 'otherwise' | 'without' | 'not-found' | 'failed';
  /** That found it. */
  readonly property?: string;
  /** Of the search alone; the command is built before. */
  readonly seconds: number;
  readonly withinSeconds: number;
  readonly programs: number;
  readonly seed: number;
  /** What was violated, or why it could not be looked for. */
  readonly what?: string;
}

export interface LookOptions {
  /** The checkout, whose own executable serves the programs. */
  readonly root: string;
  readonly seed: number;
  /** In place of the time that the table states. */
  readonly minutes?: number;
}

/**
 * Builds the fault into the copy, and searches until it is found or its time is over. What found it is run once more
 * without the fault, and must show nothing then.
 */
export async function look(mutation: Mutation, copy: WarmCopy, options: LookOptions): Promise<Looked> {
  const { root, seed, minutes = mutation.withinSeconds / 60 } = options;
  const { name, family, aim } = mutation;
  const about = { name, family, seed, withinSeconds: Math.round(minutes * 60) };
  const totals = noTotals();
  const server = join(root, 'bin/maestro-cli');
  const failedFile = join(copy.folder, 'found.json');
  let beganMs = performance.now();
  const soFar = (): Pick<Looked, 'seconds' | 'programs'> => ({
    seconds: Math.round((performance.now() - beganMs) / 1_000),
    programs: totals.programs[family] ?? 0,
  });
  try {
    const client = await copy.build(mutation);
    beganMs = performance.now();
    const shown = await search(
      {
        families: families.filter((one) => one.name === family),
        ...{ client, server, serve: standIn(server), seed, minutes, failedFile },
        clients: aim?.clients ?? 3,
        steps: aim?.steps ?? 5,
        shaped: (program) => shapedFor(mutation, program),
        accepts: (program) => isAimedAt(mutation, program),
        shrinks: false,
      },
      totals,
    );
    const went = { ...about, ...soFar() };
    if (shown === undefined) return { ...went, how: 'not-found' };
    const found = foundBy(mutation, shown.violations);
    if (found.how !== 'found') return { ...went, ...found };
    const sound = { client: server, server, serve: standIn(server), families };
    const control = await runProgram(shown.chosen, sound, noTotals());
    const isSound = control.violations.every(({ property }) => property !== found.property);
    return { ...went, ...found, how: isSound ? 'found' : 'without' };
  } catch (error) {
    return { ...about, ...soFar(), how: 'failed', what: String(error) };
  } finally {
    rmSync(failedFile, { force: true });
  }
}

function foundBy(
  { properties }: Mutation,
  violations: readonly Violation[],
): Pick<Looked, 'how' | 'property' | 'what'> {
  const right = violations.find(({ property }) => properties.includes(property));
  const [violation = right] = right === undefined ? violations : [right];
  const how = right === undefined ? 'otherwise' : 'found';
  return violation === undefined ? { how } : { how, property: violation.property, what: violationLine(violation) };
}

/** A line of the table that is printed at the end. */
export function row({ name, family, how, property = '', seconds, withinSeconds, programs }: Looked): string {
  const by = property === '' ? '' : `\`${property}\``;
  return `| \`${name}\` | ${family} | ${how} | ${by} | ${String(seconds)} of ${String(withinSeconds)} s | ${String(programs)} |`;
}
