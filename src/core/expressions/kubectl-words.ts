/** The words with which `--for` of `kubectl wait` begins; none of them names a condition. */
export function isKubectlWord(text: string): boolean {
  return /^(create|delete|condition|jsonpath)$/i.test(text);
}

/** What to write in the place of kubectl's `delete`. */
export const deletedHint =
  'Write Deleted: the work is gone from the cluster, or from Maestro where only that can be seen.';

/** What to write in the place of kubectl's `create`. */
export const createdHint =
  'A wait begins when the work exists, whatever is awaited. Write Applied: the cluster has every object.';

/**
 * What to write in the place of kubectl's `jsonpath={.status.phase}=Running`,
 * given what follows the word: a test of a feedback value of that name.
 */
export function jsonPathHint(rest: string): string {
  const match = /^\s*=?\s*['"]?\{?\s*([^}='"]*)\}?['"]?\s*(?:==?\s*(\S+))?/.exec(rest);
  const path = (match?.[1] ?? '').trim();
  const name = /([A-Za-z_][A-Za-z0-9_-]*)(?:\[[^\]]*\]|[^A-Za-z0-9_[])*$/.exec(path)?.[1] ?? 'NAME';
  const value = match?.[2]?.replace(/^['"]|['"]$/g, '');
  const test = `Kind/name:${name}${value === undefined || value === '' ? '>=0' : `=${value}`}`;
  const shown = path === '' ? '.status.…' : path;
  return `Fields of objects come as feedback. Give the manifest a feedback rule with the path ${shown}, named ${name}, and write ${test}.`;
}
