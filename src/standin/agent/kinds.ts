import { isJsonObject } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';

export interface KnownKind {
  /** Plural, as in URLs. */
  readonly resource: string;
  readonly namespaced: boolean;
}

/** `group/Kind` to plural; a `*` in front marks cluster-scoped kinds. */
const builtIn: Readonly<Record<string, string>> = {
  '/Namespace': '*namespaces',
  '/Node': '*nodes',
  '/PersistentVolume': '*persistentvolumes',
  '/ConfigMap': 'configmaps',
  '/Secret': 'secrets',
  '/Service': 'services',
  '/ServiceAccount': 'serviceaccounts',
  '/Pod': 'pods',
  '/PersistentVolumeClaim': 'persistentvolumeclaims',
  '/Endpoints': 'endpoints',
  '/Event': 'events',
  '/LimitRange': 'limitranges',
  '/ResourceQuota': 'resourcequotas',
  '/ReplicationController': 'replicationcontrollers',
  'apps/Deployment': 'deployments',
  'apps/StatefulSet': 'statefulsets',
  'apps/DaemonSet': 'daemonsets',
  'apps/ReplicaSet': 'replicasets',
  'batch/Job': 'jobs',
  'batch/CronJob': 'cronjobs',
  'autoscaling/HorizontalPodAutoscaler': 'horizontalpodautoscalers',
  'policy/PodDisruptionBudget': 'poddisruptionbudgets',
  'networking.k8s.io/Ingress': 'ingresses',
  'networking.k8s.io/IngressClass': '*ingressclasses',
  'networking.k8s.io/NetworkPolicy': 'networkpolicies',
  'discovery.k8s.io/EndpointSlice': 'endpointslices',
  'coordination.k8s.io/Lease': 'leases',
  'rbac.authorization.k8s.io/Role': 'roles',
  'rbac.authorization.k8s.io/RoleBinding': 'rolebindings',
  'rbac.authorization.k8s.io/ClusterRole': '*clusterroles',
  'rbac.authorization.k8s.io/ClusterRoleBinding': '*clusterrolebindings',
  'scheduling.k8s.io/PriorityClass': '*priorityclasses',
  'storage.k8s.io/StorageClass': '*storageclasses',
  'storage.k8s.io/CSIDriver': '*csidrivers',
  'node.k8s.io/RuntimeClass': '*runtimeclasses',
  'certificates.k8s.io/CertificateSigningRequest': '*certificatesigningrequests',
  'apiextensions.k8s.io/CustomResourceDefinition': '*customresourcedefinitions',
  'apiregistration.k8s.io/APIService': '*apiservices',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': '*mutatingwebhookconfigurations',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': '*validatingwebhookconfigurations',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': '*validatingadmissionpolicies',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': '*validatingadmissionpolicybindings',
  'argoproj.io/Application': 'applications',
  'argoproj.io/AppProject': 'appprojects',
  'hypershift.openshift.io/HostedCluster': 'hostedclusters',
  'hypershift.openshift.io/NodePool': 'nodepools',
};

/** The kinds every simulated cluster serves: Kubernetes' own, and those that works for Argo CD and HyperShift carry. */
export function builtInKind(group: string, kind: string): KnownKind | undefined {
  const key = `${group}/${kind}`;
  const resource = Object.hasOwn(builtIn, key) ? builtIn[key] : undefined;
  if (resource === undefined) return undefined;
  return resource.startsWith('*') ? { resource: resource.slice(1), namespaced: false } : { resource, namespaced: true };
}

/** The kind that a CustomResourceDefinition brings, as `group/Kind`. */
export function definedKind(definition: JsonObject): readonly [string, KnownKind] | undefined {
  const spec = definition['spec'];
  const names = isJsonObject(spec) ? spec['names'] : undefined;
  if (!isJsonObject(spec) || !isJsonObject(names)) return undefined;
  const [group, kind, plural] = [spec['group'], names['kind'], names['plural']];
  if (typeof group !== 'string' || typeof kind !== 'string' || typeof plural !== 'string') return undefined;
  return [`${group}/${kind}`, { resource: plural, namespaced: spec['scope'] !== 'Cluster' }];
}
