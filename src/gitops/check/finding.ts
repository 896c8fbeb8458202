import type { Looked } from '../survey/read-each.ts';

/** What the hub is checked for: today's model at work, or what a migration demands beforehand. */
export const purposes = ['running', 'to-maestro', 'to-classic'] as const;
export type Purpose = (typeof purposes)[number];

/**
 * How one thing stands. `note` is told and fails nothing; `unknown` could not
 * be looked at, or nothing tells of it: that is no success.
 */
export type Standing = 'pass' | 'note' | 'fail' | 'unknown';

export type CheckScope = 'hub' | 'cluster' | 'application';

/** One check: what it is about and what holds when all is well. */
export interface CheckSpec {
  readonly scope: CheckScope;
  /** A sentence without a subject's name, such as `the consumer exists in Maestro`. */
  readonly about: string;
}

/** All checks by name, in the order in which they are told. */
export const checkSpecs = {
  access: { scope: 'hub', about: 'everything may be looked at' },
  kinds: { scope: 'hub', about: 'the hub serves the kinds that the model lives on' },
  'maestro-rest': { scope: 'hub', about: 'Maestro can be read' },
  'maestro-publish': { scope: 'hub', about: 'the source may publish to Maestro' },
  'maestro-subscribe': { scope: 'hub', about: 'the source may subscribe to status' },
  'maestro-workloads': { scope: 'hub', about: 'server, database and add-on manager of Maestro are ready' },
  'classic-model': { scope: 'hub', about: 'the classic pull model cannot write' },
  switches: { scope: 'hub', about: 'no switch of the ConfigMap stops the controller' },
  controller: { scope: 'hub', about: 'the Deployment of the controller is ready' },
  'controller-lease': { scope: 'hub', about: 'one controller leads' },
  'controller-guard': { scope: 'hub', about: 'the guard lets the controller write' },
  'controller-rights': { scope: 'hub', about: 'the controller has the rights that it uses' },
  'cluster-known': { scope: 'cluster', about: 'the hub has the ManagedCluster, and it is not the hub itself' },
  joined: { scope: 'cluster', about: 'the cluster is accepted and has joined' },
  available: { scope: 'cluster', about: 'the cluster is available' },
  switch: { scope: 'cluster', about: 'the cluster is switched to the model that is expected' },
  consumer: { scope: 'cluster', about: 'Maestro has the consumer of the cluster' },
  agent: { scope: 'cluster', about: 'the Maestro agent of the cluster has reported lately' },
  'addon-maestro': { scope: 'cluster', about: 'the add-on maestro-addon is available' },
  'addon-gitops': { scope: 'cluster', about: 'the add-on gitops-addon is available' },
  'argo-cd': { scope: 'cluster', about: 'an Argo CD works on the cluster' },
  'agent-rights': { scope: 'cluster', about: 'the agent may write Applications' },
  'opt-in': { scope: 'application', about: 'label and cluster annotation are complete' },
  'skip-reconcile': { scope: 'application', about: "the hub's own Argo CD leaves it alone" },
  placed: { scope: 'application', about: 'a PlacementDecision of its namespace selects its cluster' },
  names: { scope: 'application', about: 'Maestro and the agent take its names and its size' },
  'spoke-name': { scope: 'application', about: 'no other application has its name on its cluster' },
  'one-model': { scope: 'application', about: 'one model delivers it, the one that is expected' },
  applied: { scope: 'application', about: 'its cluster has applied its latest version' },
  project: { scope: 'application', about: 'Argo CD finds its project and takes its spec' },
  conditions: { scope: 'application', about: 'no condition says that its delivery is disturbed' },
  differences: { scope: 'application', about: 'both models deliver the same spec' },
  ownerless: { scope: 'application', about: 'each work has its application' },
} as const satisfies Readonly<Record<string, CheckSpec>>;

export type CheckName = keyof typeof checkSpecs;

export const checkNames = Object.keys(checkSpecs) as readonly CheckName[];

/** What one check found of one subject. Nothing secret stands in it. */
export interface CheckFinding {
  readonly check: CheckName;
  readonly standing: Exclude<Standing, 'pass'>;
  /** What it is about: a cluster, `<namespace>/<name>` of an application, a kind or an object; "" for the hub. */
  readonly subject: string;
  /** The cluster, when it is about one. */
  readonly cluster?: string;
  readonly message: string;
  /** The command that mends it, or where to read how. */
  readonly mend?: string;
}

/** What is said of a subject that the check itself names. */
export type Told = Pick<CheckFinding, 'standing' | 'message' | 'mend'>;

/** What a check rests on could not be looked at, which is no success. */
export const unseen: Told = { standing: 'unknown', message: 'not checked, because of what could not be looked at' };

/** Where checks tell what they found. */
export interface Findings {
  passed(check: CheckName, subject: string): void;
  told(finding: CheckFinding): void;
}

/** The value, or undefined when it could not be looked at. */
export function seenOf<T>(looked: Looked<T>): T | undefined {
  return looked.seen ? looked.value : undefined;
}
