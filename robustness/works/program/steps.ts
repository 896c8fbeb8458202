import type { AccessMode } from '../../world/access.ts';
import type { Stop } from '../../world/in-world.ts';
import type { SlowReader } from '../../world/process/slow-text.ts';
import type { Disturbance } from '../../world/troubles.ts';

/**
 * A program: what several clients do, each one step after the other, and what goes wrong meanwhile. It is data, so that
 * it can be made from a seed, shrunk, printed and run again.
 */

/** Of a work that stands it says no more than Applied, if AND binds tighter than OR. */
export const appliedOrMore = 'Deleted AND Available OR Applied';

/** The work that a step is about. */
export interface Target {
  readonly consumer: string;
  readonly work: string;
}

/** What a client asks the command for. Objects are names of ConfigMaps; each tells in its data which call wrote it. */
export type Step =
  | {
      readonly kind: 'apply';
      readonly target: Target;
      readonly manager: string;
      readonly objects: readonly string[];
      /** `plain` replaces what is one's own, `merge` keeps what others own, `force` takes over what is theirs. */
      readonly how: 'plain' | 'merge' | 'force';
      /** The version that it insists on, far from any that is stored. */
      readonly stale: boolean;
      readonly wait: boolean;
      /** Whether a wait hears of reports by the stream of events, and not by reading again and again. */
      readonly stream: boolean;
      /** What the work is given beside its objects: feedback rules for each, or whom its agent applies it as. */
      readonly gives?: 'options' | 'executor' | undefined;
    }
  | {
      readonly kind: 'build';
      readonly target: Target;
      readonly manager: string;
      readonly objects: readonly string[];
    }
  | {
      readonly kind: 'delete';
      readonly target: Target;
      readonly manager: string;
      /** Whether what others own in the work goes with it. */
      readonly force: boolean;
      readonly wait: boolean;
      readonly stream: boolean;
    }
  | {
      readonly kind: 'delete-resource';
      readonly target: Target;
      readonly manager: string;
      readonly object: string;
      /** Whether it waits until the agent has applied the rest, whoever took the object out. */
      readonly wait?: boolean;
      readonly stream?: boolean;
    }
  | {
      readonly kind: 'wait';
      readonly target: Target;
      readonly until: 'Applied' | 'Available' | 'Deleted' | typeof appliedOrMore;
      readonly stream: boolean;
    }
  | { readonly kind: 'list'; readonly consumer: string }
  /** What changes on a cluster, until the time is up or a signal comes, read as fast as it comes or slowly. */
  | {
      readonly kind: 'follow';
      readonly by: 'watch' | 'list';
      readonly consumer: string;
      readonly stream: boolean;
      readonly lastsMs: number;
      readonly reader?: SlowReader | undefined;
      readonly stop?: Stop | undefined;
    };

export interface Program {
  readonly clients: readonly (readonly Step[])[];
  readonly disturbances: readonly Disturbance[];
  /** How clients prove who they are; `plaintext` when absent. */
  readonly access?: AccessMode;
}

export const consumers: readonly string[] = ['c1', 'c2'];
export const works: readonly string[] = ['w1', 'w2'];
export const managers: readonly string[] = ['ann', 'ben', 'cy'];
/** Each is in one namespace, so works that hold the same one share an object of the cluster. */
export const objects: readonly string[] = ['red', 'green', 'blue', 'grey'];
