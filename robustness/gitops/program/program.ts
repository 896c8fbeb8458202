import type { Trouble } from '../../world/troubles.ts';

export const clusters = ['c1', 'c2'] as const;
export type ClusterName = (typeof clusters)[number];

/**
 * The applications that people make by hand. Two are synced by hand alone, so that nothing but what was asked for is an
 * operation there; the third syncs by itself.
 */
export const applications = ['by-hand', 'by-hand-too', 'by-itself'] as const;
export type ApplicationName = (typeof applications)[number];

/** What somebody does on the hub. */
export type Action =
  | { readonly kind: 'make'; readonly app: ApplicationName; readonly cluster: ClusterName }
  /** Another target revision. */
  | { readonly kind: 'edit'; readonly app: ApplicationName }
  | { readonly kind: 'move'; readonly app: ApplicationName; readonly cluster: ClusterName }
  /**
   * `argocd` takes the state of the operation before away, as Argo CD's API does; `beside` leaves it, as an
   * ApplicationSet that rolls out step by step does.
   */
  | { readonly kind: 'sync'; readonly app: ApplicationName; readonly how: 'argocd' | 'beside' }
  /** Ends the operation that is under way there, as Argo CD's API does; refused when it shows none. */
  | { readonly kind: 'terminate'; readonly app: ApplicationName; readonly on: 'hub' | ClusterName }
  | { readonly kind: 'refresh'; readonly app: ApplicationName; readonly how: 'normal' | 'hard' }
  | { readonly kind: 'remove'; readonly app: ApplicationName }
  /** Its finalizers are taken off before it is deleted, as for a deletion that keeps the workload. */
  | { readonly kind: 'let-go'; readonly app: ApplicationName }
  /** The same with all of them at once. */
  | { readonly kind: 'let-all-go' }
  | { readonly kind: 'make-set' | 'edit-set' | 'remove-set' }
  /** The clusters that the placement of the set chooses from now on. */
  | { readonly kind: 'decide'; readonly clusters: readonly ClusterName[] }
  /** A commit, which the Argo CD of this cluster finds. */
  | { readonly kind: 'push'; readonly cluster: ClusterName };

type MaestroTrouble = Extract<
  Trouble,
  { readonly kind: 'refuse' | 'cut' | 'slow' | 'half-open' | 'lose-answers' | 'status' | 'agent-stops' }
>;

/** What goes wrong. Times are milliseconds. */
export type GitopsTrouble =
  | MaestroTrouble
  /** Maestro and its agents end, and begin again with what was stored, or with an empty database. */
  | { readonly kind: 'maestro-restarts' | 'maestro-forgets'; readonly downMs: number }
  /** The API server of a cluster refuses what the agent applies. */
  | { readonly kind: 'cluster-refuses'; readonly cluster: ClusterName; readonly lastsMs: number }
  /** Events of Maestro's stream come twice, or after the next one. */
  | { readonly kind: 'repeat-events' | 'reorder-events'; readonly count: number }
  /** The agent of a cluster tells in its next reports of an Application that another work holds. */
  | {
      readonly kind: 'forged-reports';
      readonly consumer: ClusterName;
      readonly about: ApplicationName;
      readonly count: number;
    }
  /** A replica gets a signal, and is started again. */
  | {
      readonly kind: 'replica';
      readonly replica: number;
      readonly signal: 'KILL' | 'TERM';
      readonly downMs: number;
    }
  /** The hub's API server answers so, without doing anything. */
  | { readonly kind: 'hub-status'; readonly status: 429 | 500 | 503; readonly count: number }
  /** It does what it is asked for, and the answer is lost; it does nothing, and the connection goes; and so on. */
  | {
      readonly kind: 'hub-lost-answer' | 'hub-reset' | 'hub-truncated' | 'hub-gone' | 'hub-empty-list';
      readonly count: number;
    }
  | { readonly kind: 'hub-delay'; readonly byMs: number; readonly count: number }
  | { readonly kind: 'hub-watches-cut' }
  /** All versions known so far become too old. */
  | { readonly kind: 'hub-versions-expire' };

export interface Timed<T> {
  /** Since the program began. */
  readonly afterMs: number;
  readonly does: T;
}

export interface GitopsProgram {
  /** How many replicas of the controllers run. */
  readonly replicas: 1 | 2;
  /** How many works without an Application the garbage collection may delete at once; as many as ever when absent. */
  readonly brake?: 1;
  readonly actions: readonly Timed<Action>[];
  readonly troubles: readonly Timed<GitopsTrouble>[];
}
