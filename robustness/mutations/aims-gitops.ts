import { clusters, type Action, type GitopsProgram, type Timed } from '../gitops/program/program.ts';

/** The Application that these are about, and its cluster. */
const about = { app: 'by-hand', cluster: 'c1' } as const;

/**
 * The same program with this done to an Application while its cluster's agent takes nothing, for longer than the
 * watches of the suite may be late; nobody else touches that Application.
 */
function outOfReach(does: Action): (program: GitopsProgram) => GitopsProgram {
  return (program) => ({
    ...program,
    actions: inTurn([
      ...program.actions.filter(
        ({ afterMs, does: other }) => afterMs === 0 || !('app' in other) || other.app !== about.app,
      ),
      { afterMs: 2_000, does },
      // Programs act until here.
      { afterMs: 5_500, does: { kind: 'push', cluster: about.cluster } },
    ]),
    troubles: [{ afterMs: 1_500, does: { kind: 'agent-stops', consumer: about.cluster, lastsMs: 5_000 } }],
  });
}

export const syncedOutOfReach = outOfReach({ kind: 'sync', app: about.app, how: 'argocd' });
export const removedOutOfReach = outOfReach({ kind: 'remove', app: about.app });

/**
 * The same program in which a cluster refuses an edit, and has something to tell of the version before it, for longer
 * than a write may be on its way.
 */
export function pushedWhileRefused(program: GitopsProgram): GitopsProgram {
  return {
    ...program,
    replicas: 1,
    actions: inTurn([
      ...program.actions.filter(({ afterMs }) => afterMs === 0),
      { afterMs: 2_500, does: { kind: 'edit', app: about.app } },
      ...[5_000, 6_000].map((afterMs) => ({ afterMs, does: { kind: 'push', cluster: about.cluster } as const })),
    ]),
    troubles: [{ afterMs: 2_000, does: { kind: 'cluster-refuses', cluster: about.cluster, lastsMs: 5_500 } }],
  };
}

/** The same program in which the last that happens is a commit, while the stream of reports is down. */
export function pushedWhileAway(program: GitopsProgram): GitopsProgram {
  const awayMs = 3_000;
  return {
    ...program,
    replicas: 1,
    actions: inTurn([
      ...program.actions.filter(({ afterMs }) => afterMs < awayMs),
      ...clusters.map((cluster) => ({ afterMs: awayMs + 500, does: { kind: 'push', cluster } as const })),
    ]),
    // To the end of the program: a busy machine tells of a commit late.
    troubles: [{ afterMs: awayMs, does: { kind: 'refuse', side: 'grpc', lastsMs: 10_000 } }],
  };
}

function inTurn(actions: readonly Timed<Action>[]): readonly Timed<Action>[] {
  return [...actions].sort((one, other) => one.afterMs - other.afterMs);
}
