/** What a Job can do, by the name of its template. */
export const jobTemplates = {
  apply: { command: 'apply', writes: true, manifest: true, named: false, waits: false },
  'apply-and-wait': { command: 'apply', writes: true, manifest: true, named: false, waits: true },
  delete: { command: 'delete', writes: false, manifest: false, named: true, waits: false },
  wait: { command: 'wait', writes: false, manifest: false, named: true, waits: true },
  'build-then-apply': { command: 'build', writes: true, manifest: true, named: true, waits: true },
  validate: { command: 'validate', writes: false, manifest: true, named: false, waits: false },
} as const satisfies Readonly<Record<string, JobShape>>;

export type JobTemplate = keyof typeof jobTemplates;

export const jobTemplateNames = Object.keys(jobTemplates) as readonly JobTemplate[];

/** What differs between the templates. */
export interface JobShape {
  readonly command: string;
  /** Creates or updates a work, so it could remove manifests. */
  readonly writes: boolean;
  /** Reads a manifest from /config. */
  readonly manifest: boolean;
  /** Needs the name of its work; the others find it in the manifest. */
  readonly named: boolean;
  /** Takes an expression to wait for. */
  readonly waits: boolean;
}
