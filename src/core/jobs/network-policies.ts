import { ipaddr } from '../ip-address.ts';
import { MaestroError } from '../../errors.ts';
import { canonicalJson, type JsonObject } from '../json.ts';
import { componentLabel, handlerLabels, handlerName, isPlaceholder, reporterName } from './names.ts';
import type { JobEndpoint, JobRequest } from './request.ts';

const namespaceName = 'kubernetes.io/metadata.name';

/** Where API servers are when nobody says it: private addresses, never the internet. */
export const privateCidrs: readonly string[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/**
 * Two policies for the pods of all Jobs: nothing comes in; out to Maestro and
 * DNS, and for the reporter to the API server. A policy counts for a pod, not
 * for one of its containers.
 *
 * @throws MaestroError usage for an address that no policy can name
 */
export function networkPolicies(request: JobRequest): readonly JsonObject[] {
  const component = { matchLabels: { [componentLabel]: handlerName } };
  return [
    policy(request, handlerName, component, [...maestroRules(request), dnsRule]),
    policy(request, reporterName, component, [apiServerRule(request)]),
  ];
}

function policy(
  { namespace }: JobRequest,
  name: string,
  podSelector: JsonObject,
  egress: readonly JsonObject[],
): JsonObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels: handlerLabels },
    spec: { podSelector, policyTypes: ['Ingress', 'Egress'], egress },
  };
}

function maestroRules(request: JobRequest): readonly JsonObject[] {
  const { grpc, http } = request;
  const [toGrpc, toHttp] = [peersOf(grpc, request), peersOf(http, request)];
  if (canonicalJson(toGrpc) === canonicalJson(toHttp))
    return [{ to: toGrpc, ports: tcp(...new Set([grpc.port, http.port])) }];
  return [
    { to: toGrpc, ports: tcp(grpc.port) },
    { to: toHttp, ports: tcp(http.port) },
  ];
}

/** kube-dns and CoreDNS; OpenShift's DNS pods listen on 5353, and a policy sees the port of the pod. */
const dnsRule: JsonObject = {
  to: [
    {
      namespaceSelector: { matchLabels: { [namespaceName]: 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
    { namespaceSelector: { matchLabels: { [namespaceName]: 'openshift-dns' } } },
  ],
  ports: [53, 5353].flatMap((port) => [
    { protocol: 'UDP', port },
    { protocol: 'TCP', port },
  ]),
};

/** The API server is no pod, so only its address can be named; 443 is its Service, 6443 what is behind it. */
function apiServerRule({ settings }: JobRequest): JsonObject {
  return { to: blocks(settings.apiServerCidrs ?? privateCidrs), ports: tcp(443, 6443) };
}

function peersOf({ host }: JobEndpoint, { namespace, settings }: JobRequest): readonly JsonObject[] {
  if (settings.maestroCidrs !== undefined) return blocks(settings.maestroCidrs);
  if (settings.maestroNamespace !== undefined) return [inNamespace(settings.maestroNamespace)];
  if (ipaddr.isValid(host)) return blocks([`${host}/${ipaddr.parse(host).kind() === 'ipv6' ? 128 : 32}`]);
  const found = namespaceOf(host, namespace);
  if (found !== undefined) return [inNamespace(found)];
  throw new MaestroError('usage', `a NetworkPolicy cannot name ${host}: it knows namespaces and addresses`, {
    hint: 'Say where it is with --set maestro-cidr=10.1.2.0/24, or --set maestro-namespace=NAME.',
  });
}

/** `service`, `service.namespace`, `service.namespace.svc…`; undefined for names outside the cluster. */
function namespaceOf(host: string, own: string): string | undefined {
  if (isPlaceholder(host) || !host.includes('.')) return own;
  return /^[a-z0-9-]+\.([a-z0-9-]+)(?:\.svc(?:\..+)?)?$/.exec(host)?.[1];
}

function inNamespace(name: string): JsonObject {
  return { namespaceSelector: { matchLabels: { [namespaceName]: name } } };
}

function blocks(cidrs: readonly string[]): readonly JsonObject[] {
  return cidrs.map((cidr) => ({ ipBlock: { cidr } }));
}

function tcp(...ports: readonly number[]): readonly JsonObject[] {
  return ports.map((port) => ({ protocol: 'TCP', port }));
}
