/** What the program writes for other programs, one schema each. */
export interface OutputDocument {
  /** `schemas/NAME.json`. */
  readonly name: string;
  readonly title: string;
  /** What it is the form of, as the documentation says it. */
  readonly of: string;
  /** The version of maestro-cli that wrote it so first. */
  readonly since: string;
  /** Commands whose `-o json` it is; with `flag`, when that is given. */
  readonly commands?: readonly string[];
  readonly flag?: string;
  /** One value a line, and not one for the whole run. */
  readonly lines?: true;
  /** Where its type is; the configuration file has none, its schema is made from the keys of a context. */
  readonly from?: { readonly file: string; readonly type: string };
}

const since = '0.2.0';

/** All of them. The first entry of a command that fits its flags is its own. */
export const outputDocuments: readonly OutputDocument[] = [
  {
    name: 'status-result',
    title: 'Result file, format status-result',
    of: 'the file of `--results-path`, in the format `status-result`',
    since,
    from: { file: 'src/output/result-file/document.ts', type: 'StatusResult' },
  },
  {
    name: 'adapter-result',
    title: 'Result file, format adapter-result',
    of: 'the file of `--results-path`, in the format `adapter-result`',
    since,
    from: { file: 'src/output/result-file/document.ts', type: 'AdapterResult' },
  },
  {
    name: 'outcomes',
    title: 'Outcomes of works',
    of: '`build --apply -o json`',
    since,
    commands: ['build'],
    flag: 'apply',
    from: { file: 'src/output/outcome.ts', type: 'PrintedOutcomes' },
  },
  {
    name: 'outcomes',
    title: 'Outcomes of works',
    of: '`apply -o json`, `delete -o json`, `wait -o json`',
    since,
    commands: ['apply', 'delete', 'wait'],
    from: { file: 'src/output/outcome.ts', type: 'PrintedOutcomes' },
  },
  {
    name: 'migration-forecast',
    title: 'Steps of a migration',
    of: '`migrate run`, `finish` and `rollback` with `--dry-run -o json`',
    since,
    commands: ['migrate run', 'migrate finish', 'migrate rollback'],
    flag: 'dryRun',
    from: { file: 'src/commands/migrate/shared/output.ts', type: 'PrintedForecasts' },
  },
  {
    name: 'outcomes',
    title: 'Outcomes of works',
    of: '`migrate run`, `finish` and `rollback` with `-o json`',
    since,
    commands: ['migrate run', 'migrate finish', 'migrate rollback'],
    from: { file: 'src/output/outcome.ts', type: 'PrintedOutcomes' },
  },
  {
    name: 'outcomes',
    title: 'Outcomes of works',
    of: '`gitops freeze -o json`, `gitops unfreeze -o json`, `gitops uninstall -o json`',
    since,
    commands: ['gitops freeze', 'gitops unfreeze', 'gitops uninstall'],
    from: { file: 'src/output/outcome.ts', type: 'PrintedOutcomes' },
  },
  {
    name: 'migration-inventory',
    title: 'Inventory before a migration',
    of: '`migrate inventory -o json`',
    since,
    commands: ['migrate inventory'],
    from: { file: 'src/core/migration/inventory.ts', type: 'Inventory' },
  },
  {
    name: 'migration-summary',
    title: 'What a migration will change',
    of: '`migrate plan -o json`',
    since,
    commands: ['migrate plan'],
    from: { file: 'src/commands/migrate/plan/output.ts', type: 'PrintedPlan' },
  },
  {
    name: 'migration-plan',
    title: 'Plan of a migration',
    of: 'the file of `migrate plan --plan`',
    since,
    from: { file: 'src/core/migration/plan-file.ts', type: 'MigrationPlanDocument' },
  },
  {
    name: 'migration-status',
    title: 'Where clusters are in a migration',
    of: '`migrate status -o json`',
    since,
    commands: ['migrate status'],
    from: { file: 'src/commands/migrate/status/output.ts', type: 'PrintedPositions' },
  },
  {
    name: 'migration-map',
    title: 'New names of works',
    of: '`migrate map -o json`',
    since,
    commands: ['migrate map'],
    from: { file: 'src/core/migration/renames.ts', type: 'Renames' },
  },
  {
    name: 'work',
    title: 'ManifestWork',
    of: '`get -o json`, `build -o json`',
    since,
    commands: ['get', 'build'],
    from: { file: 'src/output/work-document.ts', type: 'PrintedWork' },
  },
  {
    name: 'work-change',
    title: 'Change of a ManifestWork',
    of: '`list --watch -o json`',
    since,
    commands: ['list'],
    flag: 'watch',
    lines: true,
    from: { file: 'src/commands/list/output.ts', type: 'PrintedListChange' },
  },
  {
    name: 'work-list',
    title: 'ManifestWorks',
    of: '`list -o json`',
    since,
    commands: ['list'],
    from: { file: 'src/output/work-document.ts', type: 'PrintedWorkList' },
  },
  {
    name: 'state-change',
    title: 'Change of the state of a work',
    of: '`watch -o json`',
    since,
    commands: ['watch'],
    lines: true,
    from: { file: 'src/commands/watch/change-report.ts', type: 'ChangeReport' },
  },
  {
    name: 'description',
    title: 'Description of a work',
    of: '`describe -o json`',
    since,
    commands: ['describe'],
    from: { file: 'src/commands/describe/description.ts', type: 'Description' },
  },
  {
    name: 'diff',
    title: 'What an apply would change',
    of: '`diff -o json`',
    since,
    commands: ['diff'],
    from: { file: 'src/commands/diff/output.ts', type: 'PrintedDiffs' },
  },
  {
    name: 'validation',
    title: 'What is wrong with files',
    of: '`validate -o json`',
    since,
    commands: ['validate'],
    from: { file: 'src/output/findings/json.ts', type: 'PrintedReport' },
  },
  {
    name: 'consumer',
    title: 'Consumer',
    of: '`consumer get`, `create`, `update` and `delete` with `-o json`',
    since,
    commands: ['consumer get', 'consumer create', 'consumer update', 'consumer delete'],
    from: { file: 'src/core/works/resource-bundle.ts', type: 'Consumer' },
  },
  {
    name: 'consumer-list',
    title: 'Consumers',
    of: '`consumer list -o json`',
    since,
    commands: ['consumer list'],
    from: { file: 'src/commands/consumer/shared/output.ts', type: 'PrintedConsumers' },
  },
  {
    name: 'config',
    title: 'Configuration file',
    of: 'the configuration file, and `config view -o json`',
    since,
    commands: ['config view', 'config'],
  },
  {
    name: 'context-list',
    title: 'Contexts of the configuration file',
    of: '`config get-contexts -o json`',
    since,
    commands: ['config get-contexts'],
    from: { file: 'src/commands/config/get-contexts/output.ts', type: 'PrintedContexts' },
  },
  {
    name: 'hub-checks',
    title: 'Checks of hub, clusters and applications',
    of: '`gitops check -o json`',
    since: '0.3.0',
    commands: ['gitops check'],
    from: { file: 'src/commands/gitops/check/output.ts', type: 'PrintedHubChecks' },
  },
  {
    name: 'checks',
    title: 'Checks of the connection',
    of: '`doctor -o json`',
    since,
    commands: ['doctor'],
    from: { file: 'src/commands/doctor/output.ts', type: 'PrintedChecks' },
  },
  {
    name: 'version',
    title: 'Version',
    of: '`version -o json`',
    since,
    commands: ['version'],
    from: { file: 'src/commands/version/output.ts', type: 'VersionFacts' },
  },
  {
    name: 'job-objects',
    title: 'Objects of a Job',
    of: '`job render -o json`',
    since,
    commands: ['job render'],
    from: { file: 'src/commands/job/render/output.ts', type: 'PrintedObjects' },
  },
  {
    name: 'error',
    title: 'Error',
    of: 'standard output of any command that fails with `-o json` before it has a document',
    since,
    from: { file: 'src/output/error-value.ts', type: 'PrintedError' },
  },
  {
    name: 'log-line',
    title: 'Line of the log',
    of: 'standard error with `--log-format=json`',
    since,
    lines: true,
    from: { file: 'src/output/log-line.ts', type: 'PrintedLogLine' },
  },
  {
    name: 'controller-log-line',
    title: "Line of the controllers' log",
    of: 'standard error of `gitops controller`',
    since,
    lines: true,
    from: { file: 'src/gitops/run/pino-log.ts', type: 'PrintedControllerLine' },
  },
  {
    name: 'journal-line',
    title: 'Line of a journal',
    of: 'the file of `apply --journal`',
    since,
    lines: true,
    from: { file: 'src/core/fleet/journal.ts', type: 'JournalLine' },
  },
];
