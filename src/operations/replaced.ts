import { MaestroError } from '../errors.ts';
import type { Budget } from './budget.ts';
import type { NamedWork, WorkLookup } from './lookup.ts';

/**
 * Refuses what must not be done to a work in whose place a migration has put another one.
 *
 * @param hintOf what the user can do about it, by the name of the other work
 * @throws MaestroError ownership/Migrated
 */
export async function refuseReplaced(
  work: NamedWork,
  lookup: WorkLookup,
  budget: Budget,
  hintOf: (replacement: string) => { readonly program: string; readonly command: string },
): Promise<void> {
  const replacement = await lookup.replacement(work, budget);
  if (replacement === undefined) return;
  throw new MaestroError(
    'ownership',
    `${work.name} on ${work.consumer} was migrated: ${replacement} has taken its place`,
    { reason: 'Migrated', hint: hintOf(replacement) },
  );
}
