/** What is mutated at one go, and the tests that are to notice. */
export type Part = {
  readonly name: string;
  /** Files of src, as globs. */
  readonly mutate: readonly string[];
  /** Where its tests lie: folders and files. The quick ones; each mutant is run by all of them that come to it. */
  readonly tests: readonly string[];
};

/** Tables that scripts/compile-schemas.ts makes of the sources of Kubernetes; they decide nothing. */
export const tables: readonly string[] = ['src/core/kinds/kubernetes-kinds.ts', 'src/core/schemas/kubernetes-data.ts'];

/** Those that decide what is told and what is kept come first. */
export const parts: readonly Part[] = [
  {
    name: 'status',
    mutate: ['src/core/status/**/*.ts'],
    tests: [
      'test/core/status',
      'test/core/expressions/evaluate.test.ts',
      'test/core/expressions/regressions.test.ts',
      'test/operations/judge.test.ts',
      'test/gitops/status/report.test.ts',
    ],
  },
  {
    name: 'outcome',
    mutate: ['src/core/outcome/**/*.ts'],
    tests: [
      'test/core/outcome',
      'test/core/roll-out',
      'test/core/fleet/journal-facts.test.ts',
      'test/output/fleet-result.test.ts',
      'test/output/fleet-progress.test.ts',
      'test/output/progress-line.test.ts',
    ],
  },
  {
    name: 'ownership',
    mutate: ['src/core/ownership/**/*.ts'],
    tests: ['test/core/ownership', 'test/operations/apply/plan.test.ts', 'test/operations/delete/plan.test.ts'],
  },
  {
    name: 'expressions',
    mutate: ['src/core/expressions/**/*.ts'],
    tests: ['test/core/expressions', 'test/operations/judge.test.ts'],
  },
  {
    name: 'gitops-policy',
    mutate: ['src/gitops/policy/**/*.ts'],
    tests: ['test/gitops/policy'],
  },
  {
    name: 'gitops-status',
    mutate: ['decide', 'hub-status', 'trim-status', 'due-conditions'].map((name) => `src/gitops/status/${name}.ts`),
    tests: ['decide', 'hub-status', 'due-conditions'].map((name) => `test/gitops/status/${name}.test.ts`),
  },
  {
    name: 'gitops-reports',
    mutate: [
      'application-summary',
      'content-sum',
      'delivery-condition',
      'delivery-conditions',
      'fingerprint',
      'one-shot-finished',
      'report',
      'shown-state',
      'times',
    ].map((name) => `src/gitops/status/${name}.ts`),
    tests: ['test/gitops/status'],
  },
  {
    name: 'store',
    mutate: ['src/standin/store/**/*.ts'],
    tests: ['test/standin/id-sets.test.ts', 'test/standin/rows.test.ts'],
  },
  {
    name: 'work-store',
    mutate: ['order', 'store', 'select', 'whole-rows', 'maestro-time', 'latest-queue', 'event-content'].map(
      (name) => `src/works/${name}.ts`,
    ),
    tests: ['changes', 'order', 'store', 'select', 'whole-rows', 'maestro-time', 'latest-queue'].map(
      (name) => `test/works/${name}.test.ts`,
    ),
  },
  {
    name: 'works',
    mutate: [
      'src/core/works/adapter.ts',
      'src/core/works/bundle-id.ts',
      'src/core/works/compare.ts',
      'src/core/works/config-address.ts',
      'src/core/works/decode-bundle.ts',
      'src/core/works/document.ts',
      'src/core/works/ended-works.ts',
      'src/core/works/manifest-work.ts',
      'src/core/works/own-annotations.ts',
      'src/core/works/report-order.ts',
      'src/core/works/resource-bundle.ts',
      'src/core/works/text-maps.ts',
      'src/core/works/work-address.ts',
      'src/core/works/work-reference.ts',
    ],
    tests: [
      'test/core/works/bundle-id.test.ts',
      'test/core/works/compare.test.ts',
      'test/core/works/config-address.test.ts',
      'test/core/works/document.test.ts',
      'test/core/works/own-annotations.test.ts',
      'test/core/works/report-order.test.ts',
      'test/core/works/text-maps.test.ts',
      'test/core/works/work-reference.test.ts',
      'test/core/works-decode',
    ],
  },
  {
    name: 'works-input',
    mutate: [
      'src/core/works/client-node-names.ts',
      'src/core/works/plain-object.ts',
      'src/core/works/work-input.ts',
      'src/core/works/written-work.ts',
    ],
    tests: ['test/core/works/plain-object.test.ts'],
  },
  {
    name: 'works-read',
    mutate: [
      'src/core/works/check-envelope.ts',
      'src/core/works/did-you-mean.ts',
      'src/core/works/envelope-schema.ts',
      'src/core/works/not-a-manifest.ts',
      'src/core/works/problem.ts',
      'src/core/works/read-works.ts',
    ],
    tests: [
      'test/core/works/check-envelope.test.ts',
      'test/core/works/did-you-mean.test.ts',
      'test/core/works/document.test.ts',
      'test/core/works/envelope-schema.test.ts',
      'test/core/works/not-a-manifest.test.ts',
      'test/core/works/read-works.test.ts',
      'test/core/works/validate.test.ts',
    ],
  },
  {
    name: 'works-checks',
    mutate: [
      'src/core/works/check-configs.ts',
      'src/core/works/check-jobs.ts',
      'src/core/works/check-manifests.ts',
      'src/core/works/check-masks.ts',
      'src/core/works/names.ts',
      'src/core/works/update-strategy.ts',
      'src/core/works/validate.ts',
    ],
    tests: [
      'test/core/migration/names.test.ts',
      'test/core/schemas/check-objects.test.ts',
      'test/core/works/check-configs.test.ts',
      'test/core/works/check-jobs.test.ts',
      'test/core/works/check-manifests.test.ts',
      'test/core/works/check-masks.test.ts',
      'test/core/works/names.test.ts',
      'test/core/works/update-strategy.test.ts',
      'test/core/works/validate-limits.test.ts',
      'test/core/works/validate.test.ts',
      'test/gitops/bundle/bundle-name.test.ts',
    ],
  },
  {
    name: 'works-paths',
    mutate: ['src/core/works/agent-json-path.ts', 'src/core/works/json-path-syntax.ts'],
    tests: [
      'test/core/works/agent-json-path.test.ts',
      'test/core/works/json-path-syntax.test.ts',
      'test/core/works/validate.test.ts',
    ],
  },
  {
    name: 'migration-plans',
    mutate: [
      'cluster-plan',
      'configs',
      'delete-options',
      'managers',
      'names',
      'old-work',
      'parts',
      'plan-cluster',
      'plan-file',
      'refusal',
      'renames',
      'replaces',
      'united-maps',
    ].map((name) => `src/core/migration/${name}.ts`),
    tests: ['inventory', 'names', 'plan-cluster', 'plan-file', 'plan-notes', 'plan-properties', 'united'].map(
      (name) => `test/core/migration/${name}.test.ts`,
    ),
  },
  {
    name: 'migration-steps',
    mutate: ['advance', 'forecast', 'forms', 'inventory'].map((name) => `src/core/migration/${name}.ts`),
    tests: [
      'test/core/migration/advance.test.ts',
      'test/core/migration/advance-properties.test.ts',
      'test/core/migration/forecast.test.ts',
      'test/core/migration/forms.test.ts',
      'test/core/migration/inventory.test.ts',
      'test/core/migration/next-steps.test.ts',
      'test/core/migration/plan-cluster.test.ts',
      'test/core/migration/positions.test.ts',
      'test/operations/migrate',
    ],
  },
  { name: 'fleet', mutate: ['src/core/fleet/**/*.ts'], tests: ['test/core/fleet'] },
  { name: 'history', mutate: ['src/core/history/**/*.ts'], tests: ['test/core/history'] },
  {
    name: 'roll-out',
    mutate: ['src/core/roll-out/**/*.ts'],
    tests: [
      'test/core/roll-out',
      'test/core/fleet/journal-facts.test.ts',
      'test/core/fleet/fleet-input.test.ts',
      'test/output/fleet-progress.test.ts',
      'test/commands/ui/roll-out-view.test.ts',
    ],
  },
  {
    name: 'jobs',
    mutate: ['src/core/jobs/**/*.ts'],
    tests: ['test/core/jobs', 'test/jobs/limits.test.ts'],
  },
  {
    name: 'schemas',
    mutate: ['as-judged', 'built-in', 'check-manifest', 'custom-resource', 'formats', 'schema-set'].map(
      (name) => `src/core/schemas/${name}.ts`,
    ),
    tests: [
      'as-judged',
      'check-manifest',
      'custom-resource',
      'formats',
      'messages',
      'schema-set',
      'whole-problems',
    ].map((name) => `test/core/schemas/${name}.test.ts`),
  },
  {
    name: 'schema-checks',
    mutate: ['check-feedback', 'check-kind', 'check-objects', 'json-schema', 'rules'].map(
      (name) => `src/core/schemas/${name}.ts`,
    ),
    tests: ['check-feedback', 'check-kind', 'check-objects', 'json-schema', 'messages', 'rules'].map(
      (name) => `test/core/schemas/${name}.test.ts`,
    ),
  },
  {
    name: 'kinds',
    mutate: ['check-data', 'check-object', 'check-templates', 'known-kinds', 'object-names'].map(
      (name) => `src/core/kinds/${name}.ts`,
    ),
    tests: ['test/core/kinds'],
  },
  {
    name: 'text',
    mutate: [
      'back-off',
      'duration',
      'index',
      'ip-address',
      'iso-time',
      'label-selector',
      'latest-map',
      'present',
      'shell-word',
      'shown-text',
      'text',
      'text-order',
      'text-width',
      'trace-context',
    ].map((name) => `src/core/${name}.ts`),
    tests: [
      'test/core/back-off.test.ts',
      'test/core/duration.test.ts',
      'test/core/iso-time.test.ts',
      'test/core/latest-map.test.ts',
      'test/core/present.test.ts',
      'test/core/shortened.test.ts',
      'test/core/shown-text.test.ts',
      'test/core/text.test.ts',
      'test/core/trace-context.test.ts',
      'test/command-line/label-selector.test.ts',
    ],
  },
  {
    name: 'json',
    mutate: ['content-digest', 'json', 'json-fields', 'json-nesting', 'list-text'].map((name) => `src/core/${name}.ts`),
    tests: ['canonical-json', 'json', 'json-fields', 'json-nesting', 'list-text', 'readable-part'].map(
      (name) => `test/core/${name}.test.ts`,
    ),
  },
  {
    name: 'secrets',
    mutate: ['left-out-values', 'mask-secrets', 'secret-texts'].map((name) => `src/core/${name}.ts`),
    tests: ['left-out-values', 'mask-secrets', 'secret-texts'].map((name) => `test/core/${name}.test.ts`),
  },
  { name: 'config-file', mutate: ['src/core/config-file.ts'], tests: ['test/core/config-file.test.ts'] },
  {
    name: 'yaml-read',
    mutate: ['convert', 'json-text', 'locate', 'members', 'read-documents'].map((name) => `src/core/yaml/${name}.ts`),
    tests: [
      'convert',
      'input-layouts',
      'json-text',
      'locate',
      'members',
      'not-a-manifest',
      'read-documents',
      'read-documents-places',
    ].map((name) => `test/core/yaml/${name}.test.ts`),
  },
  {
    name: 'yaml-scalars',
    mutate: ['normalise-lines', 'not-a-manifest', 'scalars'].map((name) => `src/core/yaml/${name}.ts`),
    tests: ['normalise-lines', 'not-a-manifest', 'read-documents', 'scalars'].map(
      (name) => `test/core/yaml/${name}.test.ts`,
    ),
  },
  {
    name: 'yaml-around',
    mutate: ['decode-text', 'excerpt', 'json-path', 'place', 'reading-room'].map((name) => `src/core/yaml/${name}.ts`),
    tests: ['decode-text', 'excerpt', 'json-path', 'reading-room'].map((name) => `test/core/yaml/${name}.test.ts`),
  },
  {
    name: 'yaml-write',
    mutate: ['src/core/yaml/write-scalar.ts'],
    // Those of test/output ask kubectl where there is one, and try thousands of texts.
    tests: ['test/core/yaml/write-scalar.test.ts'],
  },
];
