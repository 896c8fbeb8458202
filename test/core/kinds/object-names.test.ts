import { describe, expect, it } from 'vitest';
import { objectNameProblems } from '../../../src/core/kinds/object-names.ts';

const long = (length: number): string => 'a'.repeat(length);

describe('names', () => {
  it.each<readonly [string, string, string, 'fine' | 'refused' | 'refused by some']>([
    ['', 'Namespace', 'shop', 'fine'],
    ['', 'Namespace', 'shop.example', 'refused'],
    ['', 'Namespace', long(64), 'refused'],
    ['', 'Service', 'web', 'fine'],
    ['', 'Service', '1st', 'refused by some'],
    ['', 'Service', 'web.shop', 'refused'],
    ['apps', 'StatefulSet', 'db', 'fine'],
    ['apps', 'StatefulSet', 'db.shop', 'refused by some'],
    ['apps', 'StatefulSet', 'DB', 'refused'],
    ['', 'Pod', long(253), 'fine'],
    ['', 'Pod', long(254), 'refused'],
    ['', 'ConfigMap', 'kube-root-ca.crt', 'fine'],
    ['', 'ConfigMap', 'a_b', 'refused'],
    ['rbac.authorization.k8s.io', 'ClusterRole', 'system:node', 'fine'],
    ['rbac.authorization.k8s.io', 'ClusterRoleBinding', 'My Binding', 'fine'],
    ['rbac.authorization.k8s.io', 'Role', 'a/b', 'refused'],
    ['rbac.authorization.k8s.io', 'RoleBinding', '..', 'refused'],
    ['certificates.k8s.io', 'CertificateSigningRequest', 'system:node:a', 'fine'],
    ['policy', 'PodDisruptionBudget', 'A_b', 'fine'],
    ['networking.k8s.io', 'IPAddress', '2001:db8::1', 'fine'],
    ['networking.k8s.io', 'IPAddress', 'here', 'refused'],
    ['batch', 'Job', long(63), 'fine'],
    ['batch', 'Job', long(64), 'refused'],
    ['batch', 'CronJob', long(52), 'fine'],
    ['batch', 'CronJob', long(53), 'refused'],
    ['example.com', 'Widget', 'a.b', 'fine'],
    ['example.com', 'Widget', 'a:b', 'refused'],
    ['', 'constructor', 'a', 'fine'],
  ])('%s %s %s: %s', (group, kind, name, expected) => {
    const problems = objectNameProblems(group, kind, name);
    const verdict =
      problems.length === 0 ? 'fine' : problems.some(({ always }) => always) ? 'refused' : 'refused by some';
    expect(verdict).toBe(expected);
  });

  it.each<readonly [string, string, string, readonly string[]]>([
    ['rbac.authorization.k8s.io', 'Role', '.', ["may not be '.'"]],
    ['rbac.authorization.k8s.io', 'Role', '..', ["may not be '..'"]],
    ['rbac.authorization.k8s.io', 'Role', 'a/b%', ["may not contain '/'", "may not contain '%'"]],
    ['internal.apiserver.k8s.io', 'StorageVersion', 'a_B', []],
    ['apiregistration.k8s.io', 'APIService', 'a_B', []],
    ['networking.k8s.io', 'IPAddress', '10.0.0.1/8', ['must be a valid IP address']],
    ['batch', 'Job', long(64), ['must be no more than 63 characters']],
  ])('%s %s %s: %j', (group, kind, name, texts) => {
    expect(objectNameProblems(group, kind, name)).toEqual(texts.map((text) => ({ text, always: true })));
  });

  it.each([
    ['', 'Service', '1st', 'clusters before Kubernetes 1.36 refuse it'],
    ['apps', 'StatefulSet', 'db.shop', 'Kubernetes 1.27 and later refuse it'],
  ])('%s %s %s: %s', (group, kind, name, who) => {
    const [problem] = objectNameProblems(group, kind, name);
    expect(problem?.text).toMatch(/^[^;]+; [^;]+$/);
    expect(problem?.text.endsWith(`; ${who}`)).toBe(true);
  });
});
