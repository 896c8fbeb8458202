import { oneLine, oneWord } from '../shown-text.ts';
import { CauseGroups } from './cause-groups.ts';
import { reasonPattern, type ReasonPattern } from './reason-pattern.ts';
import type { WorkPlace } from './work-place.ts';

/** Why a work is not as it was asked to be. */
export interface WorkReason extends WorkPlace {
  /** What was told of it: a message of an agent, a server or ours. */
  readonly message: string;
  /** Of the message, where the same one is grouped again and again. */
  readonly pattern?: ReasonPattern;
}

/** Works that one cause is in the way of. */
export interface ReasonGroup {
  /**
   * What they were all told; `…` where that differs (a count, an id, a time), `NAME` and `CONSUMER` where each has its
   * own. Ages are left out. It may hold foreign text: show it through `reasonGroupText` or `oneLine`.
   */
  readonly message: string;
  /** In the order in which they came. */
  readonly works: readonly WorkPlace[];
}

/**
 * Groups works by what is in their way, the largest group first. Messages that differ in what is of one work only (its
 * names, uuids, ages, counts, hashes) are one cause; messages that differ in anything else are not.
 */
export function groupReasons(reasons: Iterable<WorkReason>): readonly ReasonGroup[] {
  const groups = new CauseGroups<undefined>();
  for (const reason of reasons)
    groups.add(reason, reason.pattern ?? reasonPattern(reason.message, reason), [], () => undefined);
  return groups.largestFirst().map(({ common, works }) => ({ message: common.text('where they differ'), works }));
}

/** Two names say where to look; more are for the summary. */
const shownPlaces = 2;

/**
 * `admission webhook "x" denied the request on 17: c1, c2 …`: one line, fit to be shown. Works are called by their
 * consumer, or by their name where the group is of one consumer.
 *
 * @param shown how many places are named
 */
export function reasonGroupText({ message, works }: ReasonGroup, shown = shownPlaces): string {
  return `${oneLine(message)}${placesText(works, shown)}`;
}

/** ` on 17: c1, c2 …`: how many works, and the first of them. */
export function placesText(works: readonly WorkPlace[], shown = shownPlaces): string {
  const names = placeNames(works, shown).join(', ');
  return ` on ${works.length}: ${names}${works.length > shown ? ' …' : ''}`;
}

/** What the works of a group are called, each in one word; the first of them, or all. */
export function placeNames(works: readonly WorkPlace[], shown = works.length): readonly string[] {
  const consumers = new Set(works.map(({ consumer }) => consumer));
  return works.slice(0, shown).map(({ consumer, name }) => {
    if (consumers.size === works.length) return oneWord(consumer);
    return oneWord(consumers.size === 1 ? name : `${consumer}/${name}`);
  });
}
