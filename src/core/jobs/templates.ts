/** What a Job can do, by the name of its template. */
export const jobTemplates = {
  apply: { command: 'apply', manifest: true, named: false, waits: false },
  'apply-and-wait': { command: 'apply', manifest: true, named: false, waits: true },
  delete: { command: 'delete', manifest: false, named: true, waits: false },
  wait: { command: 'wait', manifest: false, named: true, waits: true },
  'build-then-apply': { command: 'build', manifest: true, named: true, waits: true },
  validate: { command: 'validate', manifest: true, named: false, waits: false },
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
}
