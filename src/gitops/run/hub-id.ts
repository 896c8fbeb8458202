import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { backoffMs } from '../../core/back-off.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import { objectAt, textAt } from '../model/fields.ts';
import type { Log } from './log.ts';

/**
 * Who this hub is: the uid of its namespace kube-system, which lives as long as
 * the cluster. Asks until the hub tells, because bundles without the right
 * stamp would be another hub's orphans.
 *
 * @throws the signal's reason when aborted
 */
export async function findHubId(
  kube: Pick<KubeApi, 'get'>,
  {
    clock,
    random,
    log,
    callTimeoutMs,
  }: { readonly clock: Clock; readonly random: () => number; readonly log: Log; readonly callTimeoutMs: number },
  signal: AbortSignal,
): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    let problem: string;
    try {
      const found = await kube.get(
        { group: '', version: 'v1', resource: 'namespaces' },
        { name: 'kube-system' },
        { signal, deadlineMs: clock.monotonicMs() + callTimeoutMs },
      );
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
