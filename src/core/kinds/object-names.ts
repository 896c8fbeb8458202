import { dns1035LabelProblems, dnsLabelProblems, dnsSubdomainProblems } from '../works/names.ts';

/** What is wrong with a name, and whether every cluster says so or only some releases. */
export interface NameProblem {
  readonly text: string;
  readonly always: boolean;
}

/** The form of a name; what is not listed is a DNS subdomain, as custom resources are. */
type NameForm = 'label' | 'service' | 'stateful set' | 'path segment' | 'address';

/**
 * What the API server of Kubernetes 1.37 takes (pkg/apis of its source, the functions
 * `Validate…Name`); where 1.25 took less or more, the form says so.
 */
const forms: Readonly<Record<string, NameForm>> = {
  '/Namespace': 'label',
  '/Service': 'service',
  'apps/StatefulSet': 'stateful set',
  'rbac.authorization.k8s.io/Role': 'path segment',
  'rbac.authorization.k8s.io/RoleBinding': 'path segment',
  'rbac.authorization.k8s.io/ClusterRole': 'path segment',
  'rbac.authorization.k8s.io/ClusterRoleBinding': 'path segment',
  'certificates.k8s.io/CertificateSigningRequest': 'path segment',
  'certificates.k8s.io/ClusterTrustBundle': 'path segment',
  'policy/PodDisruptionBudget': 'path segment',
  'apiregistration.k8s.io/APIService': 'path segment',
  'internal.apiserver.k8s.io/StorageVersion': 'path segment',
  'networking.k8s.io/IPAddress': 'address',
};

/**
 * Names that become part of others are shorter: a Job's is a label of its pods, a CronJob's gets eleven characters
 * more.
 */
const lengths: Readonly<Record<string, number>> = { 'batch/Job': 63, 'batch/CronJob': 52 };

/** What the API server finds wrong with the name of an object of a kind. */
export function objectNameProblems(group: string, kind: string, name: string): readonly NameProblem[] {
  const key = `${group}/${kind}`;
  const limit = Object.hasOwn(lengths, key) ? lengths[key] : undefined;
  const long =
    limit !== undefined && Buffer.byteLength(name) > limit ? [`must be no more than ${limit} characters`] : [];
  return [
    ...formProblems(Object.hasOwn(forms, key) ? forms[key] : undefined, name),
    ...long.map((text) => ({ text, always: true })),
  ];
}

function formProblems(form: NameForm | undefined, name: string): readonly NameProblem[] {
  switch (form) {
    case undefined:
      return always(dnsSubdomainProblems(name));
    case 'label':
      return always(dnsLabelProblems(name));
    case 'service':
      return always(dnsLabelProblems(name), dns1035LabelProblems(name), 'clusters before Kubernetes 1.36 refuse it');
    case 'stateful set':
      return always(dnsSubdomainProblems(name), dnsLabelProblems(name), 'Kubernetes 1.27 and later refuse it');
    case 'path segment':
      return always(pathSegmentProblems(name));
    case 'address':
      return always(/^[0-9a-f.:]+$/.test(name) ? [] : ['must be a valid IP address']);
  }
}

/** Problems of the laxer form are those of every cluster; of the stricter one, of some. */
function always(lax: readonly string[], strict: readonly string[] = [], who = ''): readonly NameProblem[] {
  if (lax.length > 0) return lax.map((text) => ({ text, always: true }));
  return strict.map((text) => ({ text: `${text}; ${who}`, always: false }));
}

/** The name becomes a part of a URL. */
function pathSegmentProblems(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
}
