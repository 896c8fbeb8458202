import type { JsonObject } from '../json.ts';
import { handlerLabels as labels, reporterName } from './names.ts';
import type { JobRequest } from './request.ts';

/**
 * Who the pods are, and what the status-reporter may do: read its Job and its
 * pod, and write the Job's status. Only the reporter's container gets the token.
 */
export function reporterAccess({ namespace, settings }: JobRequest): readonly JsonObject[] {
  const { serviceAccount } = settings;
  const rbac = 'rbac.authorization.k8s.io';
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: serviceAccount, namespace, labels },
      automountServiceAccountToken: false,
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: { name: reporterName, namespace, labels },
      rules: [
        { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get'] },
        { apiGroups: ['batch'], resources: ['jobs/status'], verbs: ['get', 'update', 'patch'] },
        { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: { name: reporterName, namespace, labels },
      roleRef: { apiGroup: rbac, kind: 'Role', name: reporterName },
      subjects: [{ kind: 'ServiceAccount', name: serviceAccount, namespace }],
    },
  ];
}
