import { MaestroError } from '../errors.ts';
import { conditionOf, type AwaitedCondition } from '../operations/wait/conditions.ts';

/** What a write waits for, in the words of a program. */
interface GivenWait {
  readonly wait?: string;
  readonly failOn?: string;
  readonly failureGraceMs?: number;
}

/**
 * What a write waits for; undefined when for nothing.
 *
 * @param otherwise what is waited for when the write names nothing
 * @throws MaestroError usage for what says how to wait where nothing is waited for: whoever gave it meant to wait
 */
export function awaitedBy(
  { wait, failOn, failureGraceMs }: GivenWait,
  operation: string,
  otherwise?: string,
): AwaitedCondition | undefined {
  const text = wait ?? otherwise;
  if (text !== undefined) return conditionOf(text, { failOn, failureGraceMs });
  if (failOn === undefined && failureGraceMs === undefined) return undefined;
  const none = `failOn and failureGraceMs of ${operation} are about waiting, and there is no wait`;
  throw new MaestroError('usage', none, { hint: 'Nothing was sent.' });
}
