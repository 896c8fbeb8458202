import type { AccessMode } from '../../world/access.ts';
import type { Stop } from '../../world/in-world.ts';
import type { Disturbance } from '../../world/troubles.ts';

/** A program over a fleet: what several clients of two sources do, and what goes wrong meanwhile. */

/** Works of one name on several clusters, and who asks. */
export interface FleetTarget {
  readonly source: string;
  readonly manager: string;
  readonly work: string;
  /** In the order in which they are written to. */
  readonly consumers: readonly string[];
  /** The executable, or a process that calls the built library. */
  readonly by: 'command' | 'library';
  readonly stream: boolean;
}

export type RollOutStep = FleetTarget & {
  readonly kind: 'roll-out';
  readonly objects: readonly string[];
  readonly how: 'plain' | 'merge' | 'force';
  /** 0: none. */
  readonly canary: number;
  /** Clusters of one wave; 0: all at once. */
  readonly waves: number;
  /** 0: not told. */
  readonly maxFailures: number;
  readonly wait: boolean;
  /** Each cluster's objects name it, filled in by `--template-consumer` or by the function of a library's caller. */
  readonly template: boolean;
  /** Only the command keeps one. */
  readonly journal: boolean;
  readonly stop?: Stop | undefined;
};

export type Step =
  | RollOutStep
  /** The client's last roll-out with a journal once more, by the same journal. */
  | { readonly kind: 'resume'; readonly stop?: Stop | undefined }
  | (FleetTarget & {
      readonly kind: 'delete';
      readonly force: boolean;
      readonly wait: boolean;
      readonly stop?: Stop | undefined;
    })
  | (FleetTarget & { readonly kind: 'wait' })
  /** A library's watch of all works of a source, for so long, from when it has read them all when that is asked for. */
  | { readonly kind: 'watch'; readonly source: string; readonly lastsMs: number; readonly onceLive?: boolean };

export interface Program {
  readonly clients: readonly (readonly Step[])[];
  readonly disturbances: readonly Disturbance[];
  /** How clients prove who they are; `plaintext` when absent. */
  readonly access?: AccessMode;
}

export const consumers: readonly string[] = ['c1', 'c2', 'c3', 'c4', 'c5'];
export const works: readonly string[] = ['w1', 'w2'];
export const sources: readonly string[] = ['north', 'south'];
export const managers: readonly string[] = ['ann', 'ben'];
export const objects: readonly string[] = ['red', 'green', 'blue'];

/** Whether the executable does it, and not a process that calls the library. */
export function isOfCommand<T extends { readonly step: Step }>(
  call: T,
): call is T & { readonly step: Exclude<Step, { readonly kind: 'watch' | 'resume' }> } {
  const { step } = call;
  return step.kind !== 'watch' && step.kind !== 'resume' && step.by === 'command';
}
