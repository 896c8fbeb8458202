import { MaestroError } from '../../errors.ts';
import type { ClusterTable } from '../index/clusters.ts';
import type { Guard } from '../run/guard-state.ts';

const doing = { published: 'publishing', deleted: 'deleting', written: 'writing' } as const;

/** What says whether anything may be written at all. */
export interface WriteLeave {
  readonly guard: Pick<Guard, 'current'>;
  readonly stillLeader: () => boolean;
}

/** It may not be written any more. Nothing was sent, which says nothing of the hub or of Maestro. */
export class WriteRefusedError extends MaestroError {
  /** The cluster was switched off for us while the write waited for its turn: what is to be done is decided anew. */
  readonly switchedOff: boolean;

  constructor(message: string, switchedOff: boolean) {
    super('unavailable', message, { transient: true, delivery: 'not-sent' });
    this.switchedOff = switchedOff;
  }
}

/**
 * Asked in the moment before each write: the wait for a turn may have outlasted the lease, or the leave to write.
 *
 * @param done what is about to be done to whatever it is
 * @param cluster that it is for, if any
 * @throws WriteRefusedError
 */
export function mayWrite(
  { guard, stillLeader }: WriteLeave,
  clusters: Pick<ClusterTable, 'leftTo'>,
  done: keyof typeof doing,
  cluster: string | undefined,
): void {
  if (guard.current().blocked) throw new WriteRefusedError(`${doing[done]} is not allowed any more`, false);
  if (!stillLeader()) throw new WriteRefusedError(`the lease was not renewed in time, so nothing is ${done}`, false);
  if (cluster !== undefined && clusters.leftTo(cluster) !== undefined)
    throw new WriteRefusedError(
      `cluster ${cluster} was switched off for these controllers, so nothing is ${done}`,
      true,
    );
}
