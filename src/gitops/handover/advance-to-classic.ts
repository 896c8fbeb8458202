import { listed } from '../../core/text.ts';
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
 * What comes next for an application that the classic model is to have. On the
 * way forward its works are made by its own controller, which is waited for; on
 * the way back they are made again from what was kept. Then, as in the other
 * direction: the work is applied and proved to own it, the bundle lets go and
 * has, it is deleted, and the same object is seen to be there still.
 */
export function advanceToClassic(seen: Seen, cluster: string, options: AdvanceOptions): Advance {
  const { bundle } = seen;
  const { goal } = options;
  const objection = sideObjection(seen);
  if (objection !== undefined) return objection;
  if (goal !== 'rollback' && bundle.towards === 'maestro') return rollbackBegun;
  const gone = goal === 'rollback' ? replacedObjection(seen) : undefined;
  if (gone !== undefined) return gone;
  if (bundle.form === 'absent') return withoutBundle(seen, cluster, options);
  if (bundle.form === 'plain') return stamp(seen, cluster, options);
  return hold(seen, cluster, options) ?? proved(seen, options) ?? letBundleGo(seen, options);
}

/**
 * The classic controller names a work after the uid of its hub application. A
 * work that is made again from what was kept, for an application that was made
 * anew since, would be nobody's: that controller makes a second one beside it,
 * and neither updates nor deletes the first. Maestro has the Application
 * alone here, so nothing is lost by leaving it there. A rollback that is under
 * way goes on, because a finish is refused by then.
 */
function replacedObjection({ hub, application, bundle, classic, kept }: Seen): Advance | undefined {
  const isOursAlone = classic.form === 'absent' && (bundle.form === 'plain' || bundle.form === 'held');
  if (!isOursAlone || kept.work === undefined || bundle.towards === 'classic') return undefined;
  if (hub?.uid === application.uid) return undefined;
  return parked(
    'ApplicationGone',
    hub === undefined
      ? `the hub has no application ${application.key} any more, so its classic work would be nobody's`
      : `${application.key} was made anew on the hub, and the classic model would not take the work of before for its own: a plan --to=classic hands it over`,
  );
}

/** The bundle is gone, or there never was one. */
function withoutBundle(seen: Seen, cluster: string, options: AdvanceOptions): Advance {
  // Nothing was begun, or all was proved before its marks were taken off. On the way forward there is no such moment.
  if (seen.classic.form === 'plain' && options.goal === 'rollback') return settled(seen, options);
  return hold(seen, cluster, options) ?? proved(seen, options) ?? settled(seen, options);
}

/** The controllers leave a stamped bundle alone, whatever becomes of the switch of its cluster. */
function stamp(seen: Seen, cluster: string, { goal }: AdvanceOptions): Advance {
  if (goal !== 'rollback') {
    const { spec, accepted } = seen.application.differences;
    if (spec.length > 0 && !accepted)
      return parked('SpecDiffers', `the classic model changes of the Application on the cluster: ${listed(spec)}`);
    const gone = hubObjection(seen, cluster);
    if (gone !== undefined) return gone;
    if (goal === 'finish')
      return { kind: 'refused', reason: 'NotRun', text: 'its bundle is in no handover: run comes first' };
    const objection =
      askFirst(seen, 'classic', 'whether it is there, and who owns it') ?? spokeObjection(seen, 'classic');
    if (objection !== undefined) return objection;
  }
  const now = uidNow(seen, 'classic');
  const before = uidBefore(seen);
  // A way back is measured by what was there when the way forward began.
  const uid = goal === 'rollback' ? before || now : now || before;
  return write({ kind: 'stamp-bundle', towards: 'classic', uid });
}

/** Brings the Application into the hands of the classic work; undefined when that stands as it should. */
function hold(seen: Seen, cluster: string, { goal }: AdvanceOptions): Advance | undefined {
  const { classic, kept } = seen;
  const uid = uidBefore(seen);
  switch (classic.form) {
    case 'absent':
      // Of an application that is gone or being deleted it makes none.
      if (goal !== 'rollback')
        return hubObjection(seen, cluster) ?? wait('controller', 'the classic controller has not made its work yet');
      return kept.work === undefined
        ? parked('NoBackup', 'its classic work is gone, and no backup has it')
        : write({ kind: 'create-work', uid });
    case 'let-go':
      return write({ kind: 'restore-work', uid });
    case 'deleting':
      return wait('gone', `ManifestWork ${classic.name}: the agent has not ended it yet`);
    case 'plain':
      // So that a finish that read it earlier is refused its writes, and a later one sees the rollback.
      return goal === 'rollback' ? write({ kind: 'mark-work', uid }) : undefined;
    case 'held':
    case 'other':
      return undefined;
  }
}

/** Waits for the proof that the classic work owns it; undefined when a fresh probe says so. */
function proved(seen: Seen, { goal }: AdvanceOptions): Advance | undefined {
  const { classic } = seen;
  const waits =
    untilApplied('ManifestWork', classic) ??
    askFirst(seen, 'classic', 'who owns it, with the classic work applied') ??
    safetyObjection(seen, 'classic', goal);
  if (waits !== undefined) return waits;
  const proof = proofOf(seen, 'classic');
  return proof.kind === 'read' && proof.classic
    ? undefined
    : wait('owner', `ManifestWork ${classic.name}: the agent has not proved that it owns the Application`);
}

/** The classic work owns it, as a fresh probe says: the bundle lets go and goes. */
function letBundleGo(seen: Seen, { goal }: AdvanceOptions): Advance {
  const { classic, bundle } = seen;
  const proof = proofOf(seen, 'classic');
  const isOwned = proof.kind !== 'read' || proof.ours;
  if (goal === 'run') return runEnd(bundle, isOwned, classic.name);
  switch (bundle.form) {
    case 'deleting':
      return wait('gone', `bundle ${bundle.name}: ${bundle.state}`);
    case 'let-go':
      return (
        untilApplied('bundle', bundle) ??
        (isOwned
          ? wait('let-go', `bundle ${bundle.name}: the agent has not proved that it let go`)
          : write({ kind: 'delete-bundle' }))
      );
    default:
      return write({ kind: 'orphan-bundle' });
  }
}

/** Nothing of Maestro's is left: what it wrote on the hub application goes, and the marks of the handover last. */
function settled(seen: Seen, { goal }: AdvanceOptions): Advance {
  const { classic, hasConditions, kept } = seen;
  if (hasConditions) return write({ kind: 'clear-conditions' });
  if (classic.form === 'held') return write({ kind: 'clear-work' });
  const text =
    goal === 'rollback' && kept.bundle === undefined
      ? 'Maestro has nothing of it, and this handover took nothing away'
      : 'the classic model has it alone';
  return { kind: 'done', reason: goal === 'rollback' ? 'RolledBack' : 'HandedOver', text };
}
