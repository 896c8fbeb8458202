import type { WaitTarget } from '../wait/judge.ts';
import type { Applied } from './carry-out.ts';

/** What a wait judges a write by: the version that it left, and what it asked for. */
export function waitTargetOf(
  { id, version, work, brought, before }: Pick<Applied, 'id' | 'version' | 'work' | 'brought' | 'before'>,
  consumer: string,
): WaitTarget {
  return {
    id,
    name: work.name,
    consumer,
    writtenVersion: version,
    written: brought,
    ...(before === undefined ? {} : { before }),
    known: true,
    mustExist: true,
  };
}
