import type { JsonObject } from '../json.ts';
import { contentText } from '../works/compare.ts';
import { withTextMaps } from '../works/text-maps.ts';
import type { ManifestKey } from '../works/manifest-work.ts';
import { addressed, effectText, type Addressed } from './configs.ts';
import { outlivesWork } from './delete-options.ts';
import { managersOf, type ManagerRequest } from './managers.ts';
import { objectsOf, type OldWork } from './old-work.ts';
import type { OldManagers } from './cluster-plan.ts';
import { RefusedError, type Refusal } from './refusal.ts';

/** One object of the old works, which comes into one new work, with all that follows it there. */
export interface Part {
  readonly object: Addressed;
  readonly key: ManifestKey;
  /** One, or one for each API version of its group. */
  readonly manifests: readonly JsonObject[];
  readonly manager: string;
  /** The old work that it is taken from. */
  readonly from: OldWork;
}

/** All objects of the old works, each once. */
export interface Parts {
  readonly parts: readonly Part[];
  readonly managers: readonly OldManagers[];
  readonly notes: readonly string[];
  readonly refusals: readonly Refusal[];
}

/**
 * Takes the old works apart. An object that several of them hold, all the
 * same, is taken from the first, or from the preferred one; one that they hold
 * with different content is refused unless one of them is preferred.
 */
export function partsOf(olds: readonly OldWork[], request: ManagerRequest & { readonly prefer?: string }): Parts {
  const refusals: Refusal[] = [];
  const managers: OldManagers[] = [];
  const held = new Map<string, Part[]>();
  for (const from of olds) {
    try {
      const known = managersOf(from, request);
      for (const part of partsOfOne(from, known)) {
        const others = held.get(part.object.label);
        if (others === undefined) held.set(part.object.label, [part]);
        else others.push(part);
      }
      const all = [...known.values()];
      managers.push({
        work: from.work.name,
        managers: [...new Set(all.map(({ manager }) => manager))].sort(),
        from: all[0]?.from ?? 'source',
      });
    } catch (caught) {
      if (!(caught instanceof RefusedError)) throw caught;
      refusals.push(caught.refusal);
    }
  }
  const notes: string[] = [];
  const parts = [...held.values()].flatMap((copies): Part[] => {
    const chosen = copies.find(({ from }) => from.work.name === request.prefer) ?? copies[0];
    if (chosen === undefined) return [];
    if (copies.length === 1) return [chosen];
    const works = copies.map(({ from }) => from.work.name);
    const differs = new Set(copies.map((copy) => textOf(copy))).size > 1;
    if (differs && chosen.from.work.name !== request.prefer) {
      refusals.push({
        works,
        text: `they hold ${chosen.object.label} with different content, and none of them is preferred`,
      });
      return [];
    }
    const what = differs ? 'as that holds it' : 'which they hold alike';
    notes.push(
      `${chosen.object.label} is in ${works.join(' and ')}; it is taken from ${chosen.from.work.name}, ${what}, with its manager ${chosen.manager}`,
    );
    return [chosen];
  });
  return { parts, managers, notes: [...notes, ...idleNotes(olds)], refusals };
}

function partsOfOne(from: OldWork, known: ReturnType<typeof managersOf>): readonly Part[] {
  return objectsOf(from.work).map((held) => {
    const object = addressed(held, from);
    // Throws for what is not known, so that it is refused and not guessed.
    outlivesWork(from.work.deleteOption, object, from.work.name);
    return { object, key: held.key, manifests: held.manifests, manager: known.get(held.label)?.manager ?? '', from };
  });
}

/** One text for all that two works can say differently of an object. */
function textOf({ manifests, object, from }: Part): string {
  return JSON.stringify([
    manifests.map((manifest) => contentText(withTextMaps(manifest))),
    effectText(from.work.manifestConfigs, object),
    outlivesWork(from.work.deleteOption, object, from.work.name),
  ]);
}

/** Options that reach nothing are left behind, and that is said. */
function idleNotes(olds: readonly OldWork[]): readonly string[] {
  return olds.flatMap((old) => {
    const objects = objectsOf(old.work).map((held) => addressed(held, old));
    const idle = old.work.manifestConfigs.filter(
      (config) => !objects.some((object) => effectText([config], object) !== '[]'),
    );
    return idle.length === 0
      ? []
      : [`${old.work.name}: ${idle.length} of its manifestConfigs are about none of its manifests, and are left out`];
  });
}
