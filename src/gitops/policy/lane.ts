import type { Action } from './propagation.ts';
import type { Lane } from '../queue/work-queue.ts';

/** Where a step waits for its turn. */
export function laneOf(action: Exclude<Action, { readonly do: 'nothing' }>): Lane {
  switch (action.do) {
    case 'publish':
      return action.oneShot.operation === 'new' ||
        action.oneShot.operation === 'again' ||
        action.oneShot.refresh === 'new'
        ? 'operation'
        : 'change';
    case 'clear-one-shot':
      return 'operation';
    case 'park':
      return 'change';
    case 'delete':
    case 'strip':
    case 'release':
    case 'await-deletion':
      return 'delete';
  }
}
