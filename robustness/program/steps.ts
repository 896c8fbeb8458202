/**
 * A program: what several clients do, each one step after the other, and what goes wrong meanwhile. It is data, so that
 * it can be made from a seed, shrunk, printed and run again.
 */

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
    }
  | {
      readonly kind: 'build';
      readonly target: Target;
      readonly manager: string;
      readonly objects: readonly string[];
    }
  | { readonly kind: 'delete'; readonly target: Target; readonly wait: boolean }
  | {
      readonly kind: 'delete-resource';
      readonly target: Target;
      readonly manager: string;
      readonly object: string;
    }
  | { readonly kind: 'wait'; readonly target: Target; readonly until: 'Applied' | 'Available' | 'Deleted' }
  | { readonly kind: 'list'; readonly consumer: string };

/** The side of Maestro that a fault of the network strikes. */
export type Side = 'grpc' | 'http';

/** What goes wrong. Times are milliseconds. */
export type Trouble =
  /** Nothing listens. */
  | { readonly kind: 'refuse'; readonly side: Side; readonly lastsMs: number }
  /** Each connection is cut once so many bytes went to the server, or came from it. */
  | { readonly kind: 'cut'; readonly side: Side; readonly afterBytes: number; readonly of: 'request' | 'answer' }
  /** Every piece of an answer is late. */
  | { readonly kind: 'slow'; readonly side: Side; readonly byMs: number; readonly lastsMs: number }
  /** Connections stay open, and nothing flows. */
  | { readonly kind: 'half-open'; readonly side: Side; readonly lastsMs: number }
  /** The server does what it is asked for, and its answer is lost. */
  | { readonly kind: 'lose-answers'; readonly side: Side; readonly count: number }
  /** The server answers with an error without doing anything. */
  | { readonly kind: 'status'; readonly side: Side; readonly count: number }
  /** The server is killed and begins again, with what it had stored or without. */
  | { readonly kind: 'restart'; readonly downMs: number; readonly keepsData: boolean }
  /** An agent stops. */
  | { readonly kind: 'agent-stops'; readonly consumer: string; readonly lastsMs: number }
  /** An agent reports late. */
  | { readonly kind: 'agent-late'; readonly consumer: string; readonly byMs: number }
  /** The command of a client gets a signal while it runs. */
  | { readonly kind: 'signal'; readonly client: number; readonly signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT' };

export interface Disturbance {
  /** Since the program began. */
  readonly afterMs: number;
  readonly trouble: Trouble;
}

export interface Program {
  readonly clients: readonly (readonly Step[])[];
  readonly disturbances: readonly Disturbance[];
}

export const consumers: readonly string[] = ['c1', 'c2'];
export const works: readonly string[] = ['w1', 'w2'];
export const managers: readonly string[] = ['ann', 'ben', 'cy'];
/** Each is in one namespace, so works that hold the same one share an object of the cluster. */
export const objects: readonly string[] = ['red', 'green', 'blue', 'grey'];

/** Who writes: all clients of a program have one source, as the adapters of a cluster have. */
export const source = 'robustness';
