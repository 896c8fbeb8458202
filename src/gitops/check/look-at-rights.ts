import type { JsonObject } from '../../core/json.ts';
import { objectAt } from '../../core/json-fields.ts';
import { MaestroError } from '../../errors.ts';
import type { Budget } from '../../operations/budget.ts';
import { selfSubjectAccessReviews, subjectAccessReviews } from '../kube/hub-kinds.ts';
import type { KubeApi, ResourcePath } from '../kube/kube-api.ts';
import { callWithin, untilAnswered } from '../survey/call.ts';
import { looked, type Looked } from '../survey/read-each.ts';
import type { Right } from './controller-rights.ts';
import type { RightsFacts } from './hub-facts.ts';

/**
 * Which of these rights are missing: of the service account, or, where the hub
 * lets nobody ask about others, of the caller, which `whose` says then.
 *
 * @throws MaestroError for whatever but a missing right
 */
export async function lookAtRights(
  kube: Pick<KubeApi, 'create'>,
  account: { readonly namespace: string; readonly name: string },
  rights: readonly Right[],
  budget: Budget,
): Promise<Looked<RightsFacts>> {
  const user = `system:serviceaccount:${account.namespace}:${account.name}`;
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`, 'system:authenticated'];
  try {
    const missing = await missingOf(kube, { path: subjectAccessReviews, subject: { user, groups } }, rights, budget);
    const whose = `service account ${account.namespace}/${account.name}`;
    return { seen: true, value: { whose, ofCaller: false, missing, asked: rights.length } };
  } catch (error) {
    if (!(error instanceof MaestroError) || error.code !== 'access-denied') throw error;
  }
  return looked(async () => {
    const missing = await missingOf(kube, { path: selfSubjectAccessReviews, subject: {} }, rights, budget);
    return { whose: 'the caller of this check', ofCaller: true, missing, asked: rights.length };
  });
}

async function missingOf(
  kube: Pick<KubeApi, 'create'>,
  { path, subject }: { readonly path: ResourcePath; readonly subject: JsonObject },
  rights: readonly Right[],
  budget: Budget,
): Promise<readonly Right[]> {
  const kind = path === selfSubjectAccessReviews ? 'SelfSubjectAccessReview' : 'SubjectAccessReview';
  const answers = await Promise.all(
    rights.map(async (right) => {
      const { verb, group, resource, namespace, name } = right;
      const attributes = {
        verb,
        group,
        resource,
        ...(namespace === undefined ? {} : { namespace }),
        ...(name === undefined ? {} : { name }),
      };
      const object = {
        apiVersion: 'authorization.k8s.io/v1',
        kind,
        metadata: {},
        spec: { ...subject, resourceAttributes: attributes },
      };
      const answer = await untilAnswered(() => kube.create(path, undefined, object, callWithin(budget)), budget);
      return objectAt(answer, 'status')['allowed'] === true ? undefined : right;
    }),
  );
  return answers.filter((right) => right !== undefined);
}
