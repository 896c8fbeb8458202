import { execFileSync } from 'node:child_process';
import { parseAllDocuments } from 'yaml';
import { projectRoot } from '../../support/run-cli.ts';
import type { ApiRequest } from '../rig/api-request.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Role {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly Rule[];
}

/** The ClusterRoles and Roles of the chart, as Helm renders them. */
export function chartRoles(helm: string, namespace: string, values: readonly string[]): readonly Role[] {
  const argv = [
    'template',
    'release',
    'charts/multicluster-maestro-integrations',
    `--namespace=${namespace}`,
    '--kube-version=1.31.0',
    ...values.map((value) => `--set=${value}`),
  ];
  const text = execFileSync(helm, argv, { cwd: projectRoot, encoding: 'utf8' });
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Role | null)
    .filter((object): object is Role => object?.kind === 'ClusterRole' || object?.kind === 'Role');
}

/** Requests that the roles do not allow, each once: `verb group/resource namespace/name`. */
export function notAllowed(requests: readonly ApiRequest[], roles: readonly Role[]): readonly string[] {
  const refused = requests.filter((request) => !roles.some((role) => allows(role, request)));
  return [
    ...new Set(
      refused.map(
        ({ verb, kind, namespace = '', name = '' }) => `${verb} ${kind.group}/${kind.resource} ${namespace}/${name}`,
      ),
    ),
  ].sort();
}

/** Rights of the roles that no request needed, each once: `verb group/resource`. */
export function neverAsked(requests: readonly ApiRequest[], roles: readonly Role[]): readonly string[] {
  const granted = roles.flatMap(({ rules = [] }) =>
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
      ),
    ),
  );
  const asked = new Set(requests.map(({ verb, kind }) => `${verb} ${kind.group}/${kind.resource}`));
  return [...new Set(granted)].filter((right) => !asked.has(right)).sort();
}

/** As the authoriser of Kubernetes: a rule with names allows nothing that has none, such as list and create. */
function allows({ kind, metadata, rules = [] }: Role, request: ApiRequest): boolean {
  if (kind === 'Role' && request.namespace !== metadata.namespace) return false;
  const resource =
    request.subresource === undefined ? request.kind.resource : `${request.kind.resource}/${request.subresource}`;
  return rules.some(
    ({ apiGroups, resources, resourceNames, verbs }) =>
      apiGroups.includes(request.kind.group) &&
      resources.includes(resource) &&
      verbs.includes(request.verb) &&
      (resourceNames === undefined || (request.name !== undefined && resourceNames.includes(request.name))),
  );
}
