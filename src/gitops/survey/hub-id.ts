import { objectAt, textAt } from '../../core/json-fields.ts';
import { MaestroError } from '../../errors.ts';
import type { Budget } from '../../operations/budget.ts';
import { namespaces } from '../kube/hub-kinds.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import { callWithin, untilAnswered } from './call.ts';

/**
 * Who this hub is: the uid of its namespace kube-system, as the controllers stamp it on what they publish.
 *
 * @throws MaestroError as the hub answers, and not-found when it does not tell
 */
export async function readHubId(kube: Pick<KubeApi, 'get'>, budget: Budget): Promise<string> {
  const found = await untilAnswered(() => kube.get(namespaces, { name: 'kube-system' }, callWithin(budget)), budget);
  const uid = textAt(objectAt(found ?? {}, 'metadata'), 'uid');
  if (uid !== '') return uid;
  throw new MaestroError('not-found', 'the hub does not tell the uid of its namespace kube-system', {
    hint: 'Say who it is with --hub-id, as the controllers were told.',
  });
}
