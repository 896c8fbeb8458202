import type { WaitTarget } from '../wait/judge.ts';
import type { Applied } from './carry-out.ts';

/** What a wait judges a write by: the version that it left, and what it asked for. */
export function waitTargetOf(
  applied: Pick<Applied, 'id' | 'version' | 'work' | 'brought' | 'before'> & Partial<Pick<Applied, 'operation'>>,
  consumer: string,
): WaitTarget {
  const { id, version, work, brought, before, operation = 'unchanged' } = applied;
  return {
    id,
    name: work.name,
    consumer,
    writtenVersion: version,
    writtenNow: operation !== 'unchanged',
    written: brought,
    ...(before === undefined ? {} : { before }),
    known: true,
    mustExist: true,
  };
}
