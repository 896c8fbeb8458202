import { MaestroError } from '../../errors.ts';
import type { Guard } from '../run/guard-state.ts';

const doing = { published: 'publishing', deleted: 'deleting', written: 'writing' } as const;

/**
 * Asked in the moment before each write: the wait for a turn may have outlasted the lease, or the leave to write.
 *
 * @param done what is about to be done to whatever it is
 * @throws MaestroError unavailable: nothing was sent
 */
export function mayWrite(
  { guard, stillLeader }: { readonly guard: Pick<Guard, 'current'>; readonly stillLeader: () => boolean },
  done: keyof typeof doing,
): void {
  const refusal = guard.current().blocked
    ? `${doing[done]} is not allowed any more`
    : stillLeader()
      ? undefined
      : `the lease was not renewed in time, so nothing is ${done}`;
  if (refusal !== undefined) throw new MaestroError('unavailable', refusal, { transient: true, delivery: 'not-sent' });
}
