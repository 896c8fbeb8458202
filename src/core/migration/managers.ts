import { ownersOf, recordedLabels } from '../ownership/owners.ts';
import { replacedBy } from './replaces.ts';
import { listed } from '../text.ts';
import { adapterNamed } from '../works/names.ts';
import { objectsOf, type OldWork } from './old-work.ts';
import { RefusedError } from './refusal.ts';

/** Where it is known from who manages a manifest. */
export type ManagerSource = 'record' | 'name' | 'flag' | 'source';

/** Who manages a manifest of an old work. */
export interface KnownManager {
  readonly manager: string;
  readonly from: ManagerSource;
}

export interface ManagerRequest {
  readonly consumer: string;
  /** The source of the works: it owns what nobody else is known to. */
  readonly source: string;
  /** What the user says, by the names of works. */
  readonly managerOf: Readonly<Record<string, string>>;
}

/**
 * The manager of each manifest of an old work, by label: the one on record;
 * else the adapter that the work's name tells; else who the user says; else
 * the source.
 *
 * @throws RefusedError when the user names a manager of a work for which it is known already
 */
export function managersOf(
  { work }: Pick<OldWork, 'work'>,
  { consumer, source, managerOf }: ManagerRequest,
): ReadonlyMap<string, KnownManager> {
  const owners = ownersOf(work, source);
  // A record leaves out what the source owns, and a work that a migration made is named after its objects.
  const isRecorded = recordedLabels(work).size > 0 || replacedBy(work).length > 0;
  const named = adapterNamed(work.name, consumer);
  const said = Object.hasOwn(managerOf, work.name) ? managerOf[work.name] : undefined;
  const unknown: KnownManager =
    named !== undefined
      ? { manager: named, from: 'name' }
      : said !== undefined
        ? { manager: said, from: 'flag' }
        : { manager: source, from: 'source' };
  const managers = new Map(
    objectsOf(work).map(({ label }): readonly [string, KnownManager] => [
      label,
      isRecorded ? { manager: owners.get(label) ?? source, from: 'record' } : unknown,
    ]),
  );
  const others = new Set([...managers.values()].map(({ manager }) => manager).filter((manager) => manager !== said));
  if (said !== undefined && others.size > 0) {
    const from = isRecorded ? 'its record' : 'its name';
    throw new RefusedError(
      [work.name],
      `${said} cannot be its manager: ${from} says that it is managed by ${listed([...others])}`,
    );
  }
  return managers;
}
