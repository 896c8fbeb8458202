import { canonicalJson } from '../../core/json.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { manifestKey } from '../../core/works/manifest-work.ts';
import { isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from '../service/kubernetes-names.ts';
import { immutableProblems } from './immutable.ts';

/**
 * What a simulated cluster refuses although it serves the kind, with the texts
 * of the API server. These rules stand here once more, apart from those of
 * `validate`, so that the two cannot share a mistake; a test compares them.
 */
export function admissionProblem(manifest: JsonObject, existing: JsonObject | undefined): string | undefined {
  const { group, kind, name } = manifestKey(manifest);
  const problems = [
    ...nameProblems(group, kind, name, manifest),
    ...dataProblems(manifest),
    ...templateProblems(manifest),
  ];
  const all = problems.length === 0 && existing !== undefined ? immutableProblems(manifest, existing) : problems;
  if (all.length === 0) return undefined;
  const what = group === '' ? kind : `${kind}.${group}`;
  return `${what} "${name}" is invalid: ${all.length === 1 ? (all[0] ?? '') : `[${all.join(', ')}]`}`;
}

function invalid(path: string, value: JsonValue, text: string): string {
  return `${path}: Invalid value: ${canonicalJson(value)}: ${text}`;
}

function nameProblems(group: string, kind: string, name: string, manifest: JsonObject): readonly string[] {
  const texts = nameTexts(`${group}/${kind}`, name);
  const spec = objectAt(manifest, 'spec');
  if (
    kind === 'CustomResourceDefinition' &&
    name !== `${textAt(objectAt(spec, 'names'), 'plural')}.${textAt(spec, 'group')}`
  ) {
    texts.push('must be spec.names.plural+"."+spec.group');
  }
  return texts.map((text) => invalid('metadata.name', name, text));
}

function nameTexts(key: string, name: string): string[] {
  switch (key) {
    case '/Namespace':
    case '/Service':
    case 'apps/StatefulSet':
      return isDns1123Label(name);
    case 'batch/CronJob':
      return [...isDns1123Subdomain(name), ...(name.length > 52 ? ['must be no more than 52 characters'] : [])];
    case 'batch/Job':
      return [...isDns1123Subdomain(name), ...(name.length > 63 ? ['must be no more than 63 characters'] : [])];
    case 'certificates.k8s.io/CertificateSigningRequest':
    case 'certificates.k8s.io/ClusterTrustBundle':
    case 'policy/PodDisruptionBudget':
    case 'apiregistration.k8s.io/APIService':
    case 'internal.apiserver.k8s.io/StorageVersion':
    case 'networking.k8s.io/IPAddress':
      return pathSegment(name);
    default:
      return key.startsWith('rbac.authorization.k8s.io/') ? pathSegment(name) : isDns1123Subdomain(name);
  }
}

function pathSegment(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
}

function dataProblems(manifest: JsonObject): readonly string[] {
  const { apiVersion, kind } = manifest;
  if (apiVersion !== 'v1' || (kind !== 'ConfigMap' && kind !== 'Secret')) return [];
  const fields = kind === 'ConfigMap' ? ['data', 'binaryData'] : ['data', 'stringData'];
  return fields.flatMap((field) =>
    Object.keys(objectAt(manifest, field)).flatMap((key) =>
      keyTexts(key).map((text) => invalid(`${field}[${key}]`, key, text)),
    ),
  );
}

function keyTexts(key: string): readonly string[] {
  const form = /^[-._a-zA-Z0-9]+$/.test(key)
    ? []
    : [
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
      ];
  const long = key.length > 253 ? ['must be no more than 253 characters'] : [];
  const up =
    key === '.' || key === '..' ? [`must not be '${key}'`] : key.startsWith('..') ? ["must not start with '..'"] : [];
  return [...long, ...form, ...up];
}

function templateProblems(manifest: JsonObject): readonly string[] {
  const { group, kind } = manifestKey(manifest);
  if (group !== 'apps' && group !== 'batch') return [];
  const spec = objectAt(manifest, 'spec');
  const [path, template] =
    kind === 'CronJob'
      ? ([
          'spec.jobTemplate.spec.template',
          objectAt(objectAt(objectAt(spec, 'jobTemplate'), 'spec'), 'template'),
        ] as const)
      : (['spec.template', objectAt(spec, 'template')] as const);
  const labels = objectAt(objectAt(template, 'metadata'), 'labels');
  const problems = Object.entries(labels).flatMap(([key, value]) => [
    ...isQualifiedName(key).map((text) => invalid(`${path}.labels`, key, text)),
    ...(typeof value === 'string' ? isLabelValue(value) : []).map((text) =>
      invalid(`${path}.labels`, value ?? null, text),
    ),
  ]);
  const wanted = Object.entries(objectAt(objectAt(spec, 'selector'), 'matchLabels'));
  if (group === 'apps' && spec['template'] !== undefined && wanted.some(([key, value]) => labels[key] !== value)) {
    problems.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  const policy = objectAt(template, 'spec')['restartPolicy'];
  if (group === 'batch' && typeof policy === 'string' && policy !== 'OnFailure' && policy !== 'Never') {
    problems.push(
      `${path}.spec.restartPolicy: Unsupported value: ${canonicalJson(policy)}: supported values: "OnFailure", "Never"`,
    );
  }
  return problems;
}
