import { counted, listed } from '../../core/text.ts';
import {
  askFirst,
  hubObjection,
  parked,
  proofOf,
  rollbackBegun,
  runEnd,
  safetyObjection,
  sideObjection,
  spokeObjection,
  uidBefore,
  uidNow,
  untilApplied,
  wait,
  write,
  type Advance,
  type AdvanceOptions,
  type Seen,
} from './advance.ts';

/**
 * What comes next for an application that Maestro is to have: the bundle is
 * stored, applied and proved to own it; then the classic work lets go, and has;
 * then it is deleted; then the same object is seen to be there still; then what
 * the handover left on the bundle is taken off.
 */
export function advanceToMaestro(seen: Seen, cluster: string, options: AdvanceOptions): Advance {
  const { classic, bundle } = seen;
  const { goal } = options;
  const objection = sideObjection(seen);
  if (objection !== undefined) return objection;
  if (goal !== 'rollback' && isTakenBack(seen)) return rollbackBegun;
  if (bundle.form === 'deleting') return wait('gone', `bundle ${bundle.name}: ${bundle.state}`);
  if (classic.form === 'absent' && bundle.form === 'plain') return over(seen, goal);
  if (bundle.form === 'absent' || bundle.form === 'plain' || (goal === 'rollback' && bundle.towards !== 'maestro'))
    return begin(seen, cluster, options);
  // Only a rollback may take back what another run let go of.
  if (bundle.form === 'let-go')
    return {
      kind: 'refused',
      reason: 'RollbackBegun',
      text: 'its bundle was told to let go; carry the rollback to its end, then plan again',
    };
  const waits = untilApplied('bundle', bundle) ?? askFirst(seen, 'maestro', 'who owns it, with the bundle applied');
  if (waits !== undefined) return waits;
  const unsafe = safetyObjection(seen, 'maestro', goal);
  if (unsafe !== undefined) return unsafe;
  const proof = proofOf(seen, 'maestro');
  if (proof.kind !== 'read' || !proof.ours)
    return wait('owner', `bundle ${bundle.name}: the agent has not proved that it owns the Application`);
  if (goal === 'run' && classic.form !== 'absent') return runEnd(classic, proof.classic, bundle.name);
  return letWorkGo(seen, options, proof.classic);
}

/** The bundle owns it, as a fresh probe says: the classic work lets go and goes. */
function letWorkGo(seen: Seen, { direction }: AdvanceOptions, isOwned: boolean): Advance {
  const { classic } = seen;
  switch (classic.form) {
    case 'plain':
    case 'held':
      if (direction === 'to-maestro' && classic.form === 'plain' && !seen.isAsPlanned) return changed(seen);
      return write({ kind: 'orphan-work', uid: uidBefore(seen) });
    case 'let-go': {
      const waits = untilApplied('ManifestWork', classic);
      if (waits !== undefined) return waits;
      if (isOwned) return wait('let-go', `ManifestWork ${classic.name}: the agent has not proved that it let go`);
      return write({ kind: 'delete-work' });
    }
    case 'deleting':
      return wait('gone', `ManifestWork ${classic.name}: the agent has not ended it yet`);
    case 'other':
    case 'absent':
      // Gone; the same object is owned by the bundle, as a probe of after that has just told.
      return write({ kind: 'clear-bundle' });
  }
}

/** The first write of all: nothing is lost by not taking it, so every doubt parks the application. */
function begin(seen: Seen, cluster: string, options: AdvanceOptions): Advance {
  const { classic, bundle, wanted } = seen;
  const { goal, direction } = options;
  if (goal === 'rollback') return takeBack(seen, cluster);
  // What a run parked for a reason that stands is told with that reason by a finish too.
  const objection = hubObjection(seen, cluster);
  if (objection !== undefined) return objection;
  if (classic.form === 'absent') return parked('NotDelivered', 'it has neither a classic work nor a bundle');
  if (classic.form === 'deleting') return parked('BeingDeleted', `ManifestWork ${classic.name} is being deleted`);
  if (direction === 'to-maestro' && classic.form === 'plain' && !seen.isAsPlanned) return changed(seen);
  if (bundle.form === 'absent') {
    if (wanted.problems.length > 0) return parked('Invalid', wanted.problems.join('; '));
    const differs = contentObjection(seen, options);
    if (differs !== undefined) return differs;
  }
  if (goal === 'finish')
    return { kind: 'refused', reason: 'NotRun', text: 'no bundle of this handover is there: run comes first' };
  const asked = askFirst(seen, 'maestro', 'whether it is there, and who owns it') ?? spokeObjection(seen, 'maestro');
  if (asked !== undefined) return asked;
  const uid = uidNow(seen, 'maestro');
  // What stands already is stamped as it is: an operation may travel with it.
  return write({ kind: bundle.form === 'absent' ? 'publish-bundle' : 'stamp-bundle', towards: 'maestro', uid });
}

/** It was Maestro's before, so it needs no leave of the cluster to have it again. */
function takeBack(seen: Seen, cluster: string): Advance {
  const uid = uidBefore(seen);
  if (seen.bundle.form !== 'absent') return write({ kind: 'stamp-bundle', towards: 'maestro', uid });
  const objection = hubObjection(seen, cluster);
  if (objection !== undefined) return objection;
  const { problems } = seen.wanted;
  return problems.length > 0
    ? parked('Invalid', problems.join('; '))
    : write({ kind: 'publish-bundle', towards: 'maestro', uid });
}

function contentObjection({ wanted, application }: Seen, { leaveProjects }: AdvanceOptions): Advance | undefined {
  if (wanted.isOther)
    return parked('WorkChanged', 'its classic work does not hold the Application that its bundle would bring');
  const { spec, accepted } = application.differences;
  const news = wanted.differences.spec.filter((path) => !accepted || !spec.includes(path));
  if (news.length > 0)
    return parked(
      'SpecDiffers',
      `its bundle would change ${counted(news.length, 'field')} of the Application on the cluster: ${listed(news)}`,
    );
  if (wanted.leftProjects.length > 0 && !leaveProjects)
    return parked(
      'ProjectLeft',
      `its classic work holds AppProject ${listed(wanted.leftProjects)}, and no bundle would`,
    );
  return undefined;
}

function changed({ classic }: Seen): Advance {
  return parked('WorkChanged', `ManifestWork ${classic.name} was written or replaced since it was planned`);
}

/** No classic work, and a bundle without marks. */
function over(seen: Seen, goal: AdvanceOptions['goal']): Advance {
  // This handover kept each work before it deleted it, and proved afterwards. Of one that went otherwise nobody knows.
  if (goal !== 'rollback' && seen.kept.work === undefined) {
    const waits =
      untilApplied('bundle', seen.bundle) ??
      askFirst(seen, 'maestro', 'who owns it, with the classic work gone') ??
      safetyObjection(seen, 'maestro', goal);
    if (waits !== undefined) return waits;
    const proof = proofOf(seen, 'maestro');
    if (proof.kind !== 'read' || !proof.ours)
      return wait('owner', `bundle ${seen.bundle.name}: the agent has not proved that it owns the Application`);
  }
  if (goal !== 'rollback') return { kind: 'done', reason: 'HandedOver', text: 'Maestro has it alone' };
  const text =
    seen.kept.work === undefined
      ? 'the classic model has nothing of it, and this handover took nothing away'
      : 'Maestro has it alone';
  return { kind: 'done', reason: 'RolledBack', text };
}

/** A rollback marks the classic work before anything else. */
function isTakenBack({ classic }: Seen): boolean {
  return classic.towards === 'classic';
}
