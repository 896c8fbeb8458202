/** What is mutated at one go, and the tests that are to notice. */
export type Part = {
  readonly name: string;
  /** Files of src, as globs. */
  readonly mutate: readonly string[];
  /** Where its tests lie: folders and files. The quick ones; each mutant is run by all of them that come to it. */
  readonly tests: readonly string[];
};

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
    name: 'works',
    mutate: ['src/core/works/**/*.ts'],
    tests: [
      'test/core/works',
      'test/core/works-decode',
      'test/core/ownership/owners.test.ts',
      'test/core/ownership/merge-works.test.ts',
      'test/operations/apply/plan.test.ts',
      'test/operations/every-part.test.ts',
      'test/library/input-types.test.ts',
    ],
  },
  {
    name: 'migration',
    mutate: ['src/core/migration/**/*.ts'],
    tests: ['test/core/migration', 'test/operations/migrate'],
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
    tests: ['test/jobs/templates.test.ts', 'test/jobs/limits.test.ts', 'test/commands/job/render.test.ts'],
  },
  {
    name: 'schemas',
    mutate: ['src/core/schemas/**/*.ts', 'src/core/kinds/**/*.ts'],
    tests: [
      'test/core/schemas/rules.test.ts',
      'test/core/schemas/check-objects.test.ts',
      'test/core/schemas/check-feedback.test.ts',
      'test/core/schemas/check-manifest.test.ts',
      'test/core/schemas/built-in.test.ts',
      'test/core/kinds',
      'test/standin/admission.test.ts',
    ],
  },
  {
    name: 'text',
    mutate: ['src/core/*.ts'],
    tests: [
      'test/core/canonical-json.test.ts',
      'test/core/duration.test.ts',
      'test/core/json-nesting.test.ts',
      'test/core/latest-map.test.ts',
      'test/core/left-out-values.test.ts',
      'test/core/list-text.test.ts',
      'test/core/mask-secrets.test.ts',
      'test/core/present.test.ts',
      'test/core/shortened.test.ts',
      'test/core/trace-context.test.ts',
      'test/command-line/label-selector.test.ts',
      'test/commands/config/config.test.ts',
      'test/gitops/check/choose-clusters.test.ts',
      'test/operations/connect-retry.test.ts',
      'test/output/table-width.test.ts',
    ],
  },
  { name: 'yaml', mutate: ['src/core/yaml/**/*.ts'], tests: ['test/core/yaml', 'test/output/work-document.test.ts'] },
];
