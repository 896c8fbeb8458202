/** What a Job can do, by the name of its template. */
export const jobTemplates = {
  apply: { command: 'apply', manifest: true, named: false, waits: false, reports: true },
  'apply-and-wait': { command: 'apply', manifest: true, named: false, waits: true, reports: true },
  delete: { command: 'delete', manifest: false, named: true, waits: false, reports: true },
  wait: { command: 'wait', manifest: false, named: true, waits: true, reports: true },
  'build-then-apply': { command: 'build', manifest: true, named: true, waits: true, reports: true },
  // Validate writes no result file: what it found is the exit code, and with it
  // the Job's own Complete or Failed. A reporter would call that a missing result.
  validate: { command: 'validate', manifest: true, named: false, waits: false, reports: false },
} as const satisfies Readonly<Record<string, JobShape>>;

export type JobTemplate = keyof typeof jobTemplates;

export const jobTemplateNames = Object.keys(jobTemplates) as readonly JobTemplate[];

/** What differs between the templates. */
export interface JobShape {
  readonly command: string;
  /** Reads a manifest from /config. */
  readonly manifest: boolean;
  /** Needs the name of its work; the others find it in the manifest. */
  readonly named: boolean;
  /** Takes an expression to wait for. */
  readonly waits: boolean;
  /** Has an outcome, which the status-reporter beside it makes a condition of the Job. */
  readonly reports: boolean;
}
