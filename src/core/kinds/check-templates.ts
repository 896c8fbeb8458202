import type { JsonObject, JsonValue } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { checkMetadataMaps } from '../works/check-manifests.ts';
import type { ManifestKey } from '../works/manifest-work.ts';
import type { Problem } from '../works/problem.ts';
import type { JsonPath } from '../yaml/json-path.ts';

/** Where the kinds that make pods have the template of them. */
const templates: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'apps/Deployment': [['spec', 'template']],
  'apps/DaemonSet': [['spec', 'template']],
  'apps/ReplicaSet': [['spec', 'template']],
  'apps/StatefulSet': [['spec', 'template']],
  '/ReplicationController': [['spec', 'template']],
  'batch/Job': [['spec', 'template']],
  'batch/CronJob': [
    ['spec', 'jobTemplate'],
    ['spec', 'jobTemplate', 'spec', 'template'],
  ],
};

/** A selector of one of these has to select what its own template makes. */
const selecting = new Set(['apps/Deployment', 'apps/DaemonSet', 'apps/ReplicaSet', 'apps/StatefulSet']);

/** Pods of Jobs end, so their restart policy has no default that a Job takes. */
const ending = new Set(['batch/Job', 'batch/CronJob']);

/** What the API server refuses of the pods that a manifest makes, as far as it does not depend on the cluster. */
export function checkPodTemplates(manifest: JsonObject, { group, kind }: ManifestKey, path: JsonPath): Problem[] {
  const key = `${group}/${kind}`;
  const places = Object.hasOwn(templates, key) ? (templates[key] ?? []) : [];
  const metadata = places.flatMap((place) => {
    const value = objectAt(manifest, [...place, 'metadata']);
    return value === undefined ? [] : checkMetadataMaps(value, [...path, ...place, 'metadata']);
  });
  const last = places.at(-1);
  return [
    ...metadata,
    ...(selecting.has(key) ? checkSelector(manifest, path) : []),
    ...(ending.has(key) && last !== undefined ? checkRestartPolicy(manifest, last, path) : []),
  ];
}

function checkSelector(manifest: JsonObject, path: JsonPath): Problem[] {
  const wanted = objectAt(manifest, ['spec', 'selector', 'matchLabels']);
  const template = objectAt(manifest, ['spec', 'template']);
  if (wanted === undefined || template === undefined) return [];
  const labels = objectAt(template, ['metadata', 'labels']) ?? {};
  const missing = Object.entries(wanted)
    .filter(([name, value]) => labels[name] !== value)
    .map(([name]) => name);
  if (missing.length === 0) return [];
  const message = `Invalid value: \`selector\` does not match template \`labels\`: ${missing.join(', ')}`;
  return [
    {
      severity: 'error',
      rule: 'selector-mismatch',
      path: [...path, 'spec', 'template', 'metadata', 'labels'],
      message,
    },
  ];
}

function checkRestartPolicy(manifest: JsonObject, template: readonly string[], path: JsonPath): Problem[] {
  const spec = objectAt(manifest, [...template, 'spec']);
  if (spec === undefined) return [];
  const policy = spec['restartPolicy'];
  if (policy === 'OnFailure' || policy === 'Never') return [];
  const place = [...path, ...template, 'spec', 'restartPolicy'];
  if (policy === undefined || policy === null || policy === '') {
    return [
      {
        severity: 'error',
        rule: 'missing-field',
        path: place,
        message: 'Required value: the pods of a Job take OnFailure or Never',
      },
    ];
  }
  // A value of another type is reported with the schema.
  if (typeof policy !== 'string') return [];
  return [
    {
      severity: 'error',
      rule: 'unsupported-value',
      path: place,
      message: `Unsupported value: ${JSON.stringify(policy)}: one of OnFailure, Never`,
    },
  ];
}

function objectAt(root: JsonObject, steps: readonly string[]): JsonObject | undefined {
  let value: JsonObject | undefined = root;
  for (const step of steps) {
    const member: JsonValue | undefined = value?.[step];
    value = isJsonObject(member) ? member : undefined;
  }
  return value;
}
