import type { Problem } from '../works/problem.ts';

/** Every check of `validate` by its id, which stays as it is: CI suppresses and counts by it. */
export const rules = {
  'unreadable-file': 'A file that is named can be read as text',
  syntax: 'A file is YAML as kubectl reads it, or JSON',
  'duplicate-key': 'A map has each key once',
  'no-manifest': 'A file holds a manifest',
  'not-a-manifest': 'A file holds manifests, not a template or what other tools read',
  'mixed-documents': 'Plain manifests and ManifestWorks do not stand side by side',
  'unknown-field': 'A field exists; Maestro and clusters drop what they do not know',
  'missing-field': 'A required field is set',
  'wrong-type': 'A value has the type of its field',
  'unsupported-value': 'A value is one of those that its field takes',
  'invalid-value': 'A value has the form and size that its field takes',
  'forbidden-field': 'A field that only a server sets is left out',
  'ignored-field': 'A field that Maestro does not carry is left out',
  'unknown-kind': 'A kind exists in its API version',
  'wrong-scope': 'A manifest has a namespace when its kind is namespaced, and only then',
  'invalid-name': 'Names have the form that Maestro and Kubernetes take',
  'invalid-api-version': 'An apiVersion is a version or a group and a version',
  'invalid-label': 'Labels are what Kubernetes takes',
  'invalid-annotation': 'Annotations are what Kubernetes takes',
  'invalid-finalizer': 'Finalizers are qualified names',
  'nested-work': 'No ManifestWork stands inside a ManifestWork',
  'list-manifest': 'A List is spread into its items',
  'empty-work': 'A work has a manifest',
  'duplicate-manifest': 'A work has each object once',
  'duplicate-work': 'A work is given once',
  'consumer-mismatch': 'The namespace of a work is the consumer that was asked about',
  'template-expression': 'What stands in {{ }} is an expression that --template-consumer knows',
  'missing-label': 'A consumer has the labels that its works ask for',
  'too-large': 'A work fits into a request and into what agents take',
  'rounded-integer': 'An integer survives the server, which stores doubles',
  'config-without-manifest': 'A manifestConfig addresses a manifest of the work',
  'config-resource-name': 'The resource of a manifestConfig is the plural of its kind',
  'duplicate-config': 'A manifest has one manifestConfig',
  'job-update-strategy': 'A Job is not updated, because a cluster refuses that',
  'feedback-path-syntax': 'The path of a feedback rule is a JSONPath',
  'feedback-path-braces': 'The path of a feedback rule stands without braces',
  'feedback-whole-object': 'Feedback names fields, not the whole object',
  'unknown-feedback-path': 'The path of a feedback rule leads to a field of its kind',
  'no-well-known-status': 'Agents know a well-known status of the kind',
  'invalid-data-key': 'Keys in the data of ConfigMaps and Secrets can be names of files',
  'selector-mismatch': 'A selector selects the pods of its own template',
  'not-base64': 'The data of a Secret is base64',
  'masked-value': 'A value is not the text that is shown in the place of a secret',
  'unusable-schema': 'A schema that is given can be used',
  invalid: 'Anything else that is wrong',
} as const;

export type RuleId = keyof typeof rules;

/** Checks of the core name no rule; their messages tell which one it is, first match wins. */
const byMessage: readonly (readonly [RegExp, RuleId])[] = [
  [/^Required value: a work needs a manifest/, 'empty-work'],
  [/^Required value: /, 'missing-field'],
  [/^unknown field$/, 'unknown-field'],
  [/^expected .* found /, 'wrong-type'],
  [/^Unsupported value: /, 'unsupported-value'],
  [/^is ignored: /, 'ignored-field'],
  [/^(cannot be used|Forbidden): /, 'forbidden-field'],
  [/^a ManifestWork inside a ManifestWork$/, 'nested-work'],
  [/^a plain manifest beside a ManifestWork/, 'mixed-documents'],
  [/is no object that a cluster stores$/, 'list-manifest'],
  [/^duplicate manifest for resource /, 'duplicate-manifest'],
  [/^a second config for /, 'duplicate-config'],
  [/ matches no manifest$/, 'config-without-manifest'],
  [/ does not look like the plural of /, 'config-resource-name'],
  [/^the agent puts the braces round the path/, 'feedback-path-braces'],
  [/^reports (all metadata of the object|the whole object),/, 'feedback-whole-object'],
  [/^Too (large|long): /, 'too-large'],
  [/ is beyond 2\^53, Maestro will store /, 'rounded-integer'],
  [/^key .* already set$/, 'duplicate-key'],
];

/** Which rule a value breaks follows from the field that holds it, the innermost first. */
const byField: Readonly<Record<string, RuleId>> = {
  jsonPaths: 'feedback-path-syntax',
  labels: 'invalid-label',
  annotations: 'invalid-annotation',
  finalizers: 'invalid-finalizer',
  apiVersion: 'invalid-api-version',
  name: 'invalid-name',
  namespace: 'invalid-name',
};

/** The rule that a problem breaks. */
export function ruleOf(problem: Pick<Problem, 'rule' | 'message' | 'path'>): RuleId {
  const { rule, message, path } = problem;
  if (rule !== undefined && Object.hasOwn(rules, rule)) return rule as RuleId;
  const known = byMessage.find(([pattern]) => pattern.test(message))?.[1];
  if (known !== undefined) return known;
  if (!message.startsWith('Invalid value: ')) return 'invalid';
  for (const step of path.toReversed()) {
    if (typeof step === 'string' && Object.hasOwn(byField, step)) return byField[step] ?? 'invalid-value';
  }
  return 'invalid-value';
}
