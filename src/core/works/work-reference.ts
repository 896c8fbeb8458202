/** A work as a word of a command line names it. */
export interface WorkReference {
  readonly name: string;
  /** Its consumer, when the word says it. */
  readonly consumer?: string;
}

const resource = 'manifestwork.work.open-cluster-management.io';

/** `manifestwork`, as kubectl takes the names of resources: short or with the group, singular or plural. */
const prefix = /^manifestworks?(?:\.work\.open-cluster-management\.io)?\//i;

/**
 * What `-o name` prints: `manifestwork.work.open-cluster-management.io/NAME`, as kubectl does, and
 * `…/CONSUMER/NAME` where names of several consumers stand beside each other. Every command that takes the name of a
 * work takes it back.
 *
 * @param consumer when the word has to say it
 */
export function workReference(name: string, consumer?: string): string {
  return `${resource}/${consumer === undefined ? name : `${consumer}/${name}`}`;
}

/**
 * Reads the name of a work as it is typed, or as `workReference` made it. Without `manifestwork/` before it a slash
 * belongs to the name: Maestro takes such names from other tools.
 */
export function readWorkReference(text: string): WorkReference {
  const found = prefix.exec(text);
  if (found === null) return { name: text };
  const rest = text.slice(found[0].length);
  const slash = rest.indexOf('/');
  return slash < 0 ? { name: rest } : { name: rest.slice(slash + 1), consumer: rest.slice(0, slash) };
}
