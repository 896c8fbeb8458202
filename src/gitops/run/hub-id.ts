import { MaestroError } from '../../errors.ts';
import { backoffMs } from '../../core/back-off.ts';
import { callLimits } from '../access/call-limits.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import { namespaces } from '../kube/hub-kinds.ts';
import type { ControllerDeps } from './controller-deps.ts';

/**
 * Who this hub is: the uid of its namespace kube-system, which lives as long as
 * the cluster. Asks until the hub tells, because bundles without the right
 * stamp would be another hub's orphans.
 *
 * @throws the signal's reason when aborted
 */
export async function findHubId(
  deps: Pick<ControllerDeps, 'kube' | 'clock' | 'random' | 'log' | 'settings'>,
  signal: AbortSignal,
): Promise<string> {
  const { kube, clock, random, log } = deps;
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    let problem: string;
    try {
      const found = await kube.get(namespaces, { name: 'kube-system' }, callLimits(deps, signal));
      const uid = textAt(objectAt(found ?? {}, 'metadata'), 'uid');
      if (uid !== '') return uid;
      problem = found === undefined ? 'the hub has no namespace kube-system' : 'the namespace kube-system has no uid';
    } catch (error) {
      signal.throwIfAborted();
      problem = MaestroError.from(error).message;
    }
    log.warn(`it is not known which hub this is, so nothing can be published: ${problem}; --hub-id says it as well`);
    await clock.sleep(backoffMs(attempt, random, 1_000, 30_000), signal);
  }
}
