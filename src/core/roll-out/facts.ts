import type { WorkOutcome } from '../outcome/outcome.ts';
import type { Standing } from '../outcome/standing.ts';

/** What a roll-out is to do, told when it begins. */
export interface RollOutPlan {
  /** What was typed, without its secrets. */
  readonly command?: string;
  /** Where the works go. */
  readonly server: string;
  /** Who they belong to. */
  readonly source: string;
  /** The hub whose Applications these are. */
  readonly hub?: string;
  /** What is counted. */
  readonly noun: 'work' | 'application';
  readonly stages: readonly PlannedStage[];
}

/** Some clusters that are written to before the next ones begin. */
export interface PlannedStage {
  readonly name: 'canary' | 'wave';
  /** From 1; the canary is 0. */
  readonly number: number;
  /** The word for what is to be seen at last (`Applied`, `both own`); absent when nothing is waited for. */
  readonly awaits?: string;
  readonly clusters: readonly PlannedCluster[];
}

/** A cluster, and how many works it is to get. */
export interface PlannedCluster {
  readonly name: string;
  readonly works: number;
}

const storedHows = ['created', 'updated', 'unchanged', 'doneBefore'] as const;

export function isStoredHow(text: string): text is StoredHow {
  return (storedHows as readonly string[]).includes(text);
}

/** What the write of a work did; `doneBefore`: an earlier run is known to have stored it, and it was not read again. */
export type StoredHow = (typeof storedHows)[number];

/** How it ended for one work. */
export type WorkEnd = Pick<
  WorkOutcome,
  'phase' | 'reason' | 'message' | 'exitCode' | 'standing' | 'operation' | 'version'
> & {
  /**
   * What its outcome does not tell. `parked`: something about it stands in the way, and somebody has to decide: it has
   * not failed. `unchanged`: it was further already than was asked for.
   */
  readonly as?: 'parked' | 'unchanged';
};

const standsAs = ['pending', 'failing', 'silent', 'met', 'failed'] as const satisfies readonly (
  Standing | 'met' | 'failed'
)[];

export function isStandsAs(text: string): text is StandsAs {
  return (standsAs as readonly string[]).includes(text);
}

/** Where a work stands that is waited for, or how its wait was decided. */
export type StandsAs = (typeof standsAs)[number];

/** Why a roll-out is over. */
export interface RollOutOver {
  /** Why it ended before all was begun. */
  readonly stoppedBy?: string;
}

/** The time of what nobody knows when it happened. */
export const unknownWallMs = 0;

/** Something that happened in a roll-out, and when: wall time in milliseconds. */
export type RollOutFact = { readonly wallMs: number } & (
  | { readonly kind: 'begun'; readonly plan: RollOutPlan }
  /** `stage` counts from 0 in the plan. */
  | { readonly kind: 'stageBegun' | 'stageEnded'; readonly stage: number }
  /** Maestro has the work as it is desired. */
  | {
      readonly kind: 'stored';
      readonly cluster: string;
      readonly work: string;
      readonly how: StoredHow;
      readonly version?: number;
    }
  | {
      readonly kind: 'stands';
      readonly cluster: string;
      readonly work: string;
      readonly as: StandsAs;
      /** What it waits for, or why it fails; a sentence. */
      readonly text?: string;
    }
  /** The one outcome of a work. */
  | { readonly kind: 'ended'; readonly cluster: string; readonly work: string; readonly end: WorkEnd }
  /** Something to know of a cluster that is no state of a work; a sentence. */
  | { readonly kind: 'noted'; readonly cluster: string; readonly text: string }
  /** Nothing more happens. */
  | ({ readonly kind: 'over' } & RollOutOver)
);

/** The same, told without its time. */
export type UntimedFact<F = RollOutFact> = F extends unknown ? Omit<F, 'wallMs'> : never;

/** The end of a work, of its outcome. */
export function endOf(outcome: WorkOutcome): WorkEnd {
  const { phase, reason, message, exitCode, standing, operation, version } = outcome;
  return {
    phase,
    reason,
    message,
    exitCode,
    ...(standing === undefined ? {} : { standing }),
    ...(operation === undefined ? {} : { operation }),
    ...(version === undefined ? {} : { version }),
  };
}
