import type { Ability } from './maestro.ts';
import type { PullModels } from '../survey/pull-models.ts';
import type { Looked } from '../survey/read-each.ts';
import type { Purpose } from './finding.ts';
import type { Right } from './controller-rights.ts';

/** A Deployment of Maestro or of the controller. */
export interface WorkloadFacts {
  readonly namespace: string;
  readonly name: string;
  readonly desired: number;
  readonly ready: number;
}

/** The Lease of the controller. */
export interface LeaseFacts {
  /** "" when nobody holds it. */
  readonly holder: string;
  readonly renewedMs: number;
  readonly durationMs: number;
}

/** What the Deployment of the controller says of how it is run. */
export interface ControllerFacts extends WorkloadFacts {
  readonly serviceAccount: string;
  /** Its command line, to know which rights it uses. */
  readonly args: readonly string[];
}

/** Whose rights were looked at, and which of them are missing. */
export interface RightsFacts {
  /** `service account <namespace>/<name>`, or `the caller`, whom alone the hub let us ask about. */
  readonly whose: string;
  readonly ofCaller: boolean;
  readonly missing: readonly Right[];
  readonly asked: number;
}

/** Everything that the checks of the hub rest on. */
export interface HubFacts {
  readonly purpose: Purpose;
  /** Whether the hub serves each kind, by `<plural>.<group>`. */
  readonly kinds: ReadonlyMap<string, Looked<boolean>>;
  readonly maestro: readonly Ability[];
  /** Deployments in the namespace of Maestro. */
  readonly maestroWorkloads: Looked<readonly WorkloadFacts[]>;
  readonly maestroNamespace: string;
  readonly models: PullModels;
  readonly controller: Looked<ControllerFacts | undefined>;
  readonly controllerNamespace: string;
  readonly classicNamespace: string;
  readonly leaseName: string;
  readonly lease: Looked<LeaseFacts | undefined>;
  /** undefined: without a Deployment nobody knows whose to look at. */
  readonly rights: Looked<RightsFacts> | undefined;
  readonly wallMs: number;
}
