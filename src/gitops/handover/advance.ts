import type { ApplicationDifferences } from '../classic/differences.ts';
import type { HubApplication } from '../model/hub-application.ts';
import type { HandoverDirection, HandoverGoal, ParkReason, PlannedApplication } from './plan.ts';
import { isOwner, type ProbeReading } from './probe-bundle.ts';
import type { Side, Towards } from './sides.ts';

/** All that is known of an application when its next step is decided. */
export interface Seen {
  readonly application: PlannedApplication;
  readonly hub: HubApplication | undefined;
  /** How many classic works there are for it on its cluster. */
  readonly works: number;
  readonly classic: Side;
  readonly bundle: Side;
  /** Those of probes that have been read, of any state. */
  readonly readings: readonly ProbeReading[];
  /** Uid and generation of the classic work are those of the plan. */
  readonly isAsPlanned: boolean;
  /** The bundle that our controllers would publish for it. */
  readonly wanted: Wanted;
  /** What the last record in the backup tells: that a deleted work can be made again, and the uid on the cluster. */
  readonly kept: { readonly work?: KeptFact; readonly bundle?: KeptFact };
  /** Conditions of ours are on the hub application. */
  readonly hasConditions: boolean;
}

export interface KeptFact {
  readonly name: string;
  readonly spokeUid: string;
}

export interface Wanted {
  /** Why it cannot be published. */
  readonly problems: readonly string[];
  /** What it would change of what the classic work holds. */
  readonly differences: ApplicationDifferences;
  /** AppProjects of the classic work that nobody would deliver any more. */
  readonly leftProjects: readonly string[];
  /** The classic work holds another Application, or none. */
  readonly isOther: boolean;
}

export interface AdvanceOptions {
  readonly goal: HandoverGoal;
  readonly direction: HandoverDirection;
  /** Nobody minds that AppProjects are left without an owner. */
  readonly leaveProjects: boolean;
}

/** What is written next; the executor makes it, pinned to what was read. */
export type Write =
  | { readonly kind: 'publish-bundle' | 'stamp-bundle'; readonly towards: Towards; readonly uid: string }
  | { readonly kind: 'orphan-bundle' | 'delete-bundle' | 'clear-bundle' }
  | { readonly kind: 'create-work'; readonly uid: string }
  | { readonly kind: 'restore-work' | 'mark-work' | 'orphan-work'; readonly uid: string }
  | { readonly kind: 'delete-work' | 'clear-work' }
  | { readonly kind: 'clear-conditions' };

/** What an application waits for. */
export type WaitReason = 'hub' | 'controller' | 'applied' | 'probe' | 'owner' | 'let-go' | 'gone';

/**
 * - `BothOwn`: the end of a run.
 * - `LettingGo`: a run finds that the owner of before was told to let go already.
 * - `Owned`: a run finds that the owner of before holds nothing, though its work is there.
 * - `HandedOver`, `RolledBack`: nothing is left to do.
 */
export type DoneReason = 'BothOwn' | 'LettingGo' | 'Owned' | 'HandedOver' | 'RolledBack';

export type Advance =
  | { readonly kind: 'write'; readonly write: Write }
  /** A probe is to be made now, whatever others there are: none was made when things stood as they do. */
  | { readonly kind: 'probe'; readonly signature: string; readonly text: string }
  /** `failing`: an agent cannot apply what it should. */
  | { readonly kind: 'wait'; readonly why: WaitReason; readonly text: string; readonly failing: boolean }
  | { readonly kind: 'done'; readonly reason: DoneReason; readonly text: string }
  | { readonly kind: 'parked'; readonly reason: ParkReason; readonly text: string }
  /** Another goal was begun, or comes first: nothing is sent. */
  | { readonly kind: 'refused'; readonly reason: 'RollbackBegun' | 'NotRun'; readonly text: string };

/** Who is to have the applications at this goal. */
export function towardsOf({ goal, direction }: Pick<AdvanceOptions, 'goal' | 'direction'>): Towards {
  return (direction === 'to-maestro') === (goal !== 'rollback') ? 'maestro' : 'classic';
}

/** Names what stands on hub and in Maestro, and who is to have the application. */
export function signatureOf({ bundle, classic }: Pick<Seen, 'bundle' | 'classic'>, towards: Towards): string {
  return `${towards} bundle=${bundle.signature} work=${classic.signature}`;
}

/** What the newest probe tells: only one that was made when all stood as it does now counts. */
export type Proof =
  | { readonly kind: 'none' }
  | { readonly kind: 'unanswered' }
  /** The agent has looked, and cannot tell who owns it. */
  | { readonly kind: 'untold'; readonly text: string }
  | {
      readonly kind: 'read';
      readonly reading: ProbeReading;
      readonly ours: boolean;
      readonly classic: boolean;
    };

/** Who owns the Application, proved by a probe that was made after all that is stored was reported applied. */
export function proofOf(seen: Seen, towards: Towards): Proof {
  const signature = signatureOf(seen, towards);
  const fresh = seen.readings.filter((reading) => reading.signature === signature);
  const reading = fresh.find(({ answered }) => answered);
  if (reading === undefined) {
    const text = fresh.find(({ untold }) => untold !== '')?.untold;
    if (text !== undefined) return { kind: 'untold', text };
    return { kind: fresh.length === 0 ? 'none' : 'unanswered' };
  }
  const { application, classic, kept } = seen;
  const workNames = [classic.name, application.classic?.name ?? '', kept.work?.name ?? ''];
  return {
    kind: 'read',
    reading,
    ours: reading.owners.some((owner) => isOwner(owner, application.bundleId)),
    classic: reading.owners.some((owner) => workNames.some((name) => isOwner(owner, name))),
  };
}

/** The uid of the Application as a fresh probe tells it; "" without one. */
export function uidNow(seen: Seen, towards: Towards): string {
  const proof = proofOf(seen, towards);
  return proof.kind === 'read' ? proof.reading.uid : '';
}

/** The uid of the Application before anything was done; "" when nobody wrote it down. */
export function uidBefore({ bundle, classic, kept }: Seen): string {
  const known = [bundle.uid, classic.uid, kept.bundle?.spokeUid, kept.work?.spokeUid];
  return known.find((uid) => uid !== undefined && uid !== '') ?? '';
}

export const parked = (reason: ParkReason, text: string): Advance => ({ kind: 'parked', reason, text });
export const wait = (why: WaitReason, text: string, failing = false): Advance => ({ kind: 'wait', why, text, failing });
export const rollbackBegun: Advance = {
  kind: 'refused',
  reason: 'RollbackBegun',
  text: 'a rollback has begun here; carry it to its end, then plan again',
};
export const write = (step: Write): Advance => ({ kind: 'write', write: step });

/** Asks for a probe, or waits for the answer to one; undefined when there is a fresh answer. */
export function askFirst(seen: Seen, towards: Towards, what: string): Advance | undefined {
  const proof = proofOf(seen, towards);
  if (proof.kind === 'none') return { kind: 'probe', signature: signatureOf(seen, towards), text: what };
  if (proof.kind === 'untold') return parked('OwnersUnknown', proof.text);
  return proof.kind === 'unanswered' ? wait('probe', `the agent has not answered yet: ${what}`) : undefined;
}

/** What is known of the hub application forbids to begin with it. */
export function hubObjection({ hub, application }: Seen, cluster: string): Advance | undefined {
  if (hub === undefined) return parked('ApplicationGone', `the hub has no application ${application.key} any more`);
  if (hub.uid !== application.uid)
    return parked('ApplicationGone', `${application.key} is another application than the one that was planned`);
  if (hub.deletionTimestamp !== undefined)
    return parked('BeingDeleted', `${application.key} is being deleted since ${hub.deletionTimestamp}`);
  if (!hub.selected || hub.cluster !== cluster)
    return parked('NotSelected', `${application.key} is not delivered to ${cluster} any more`);
  return undefined;
}

/** What a probe shows of the Application on the cluster forbids to begin with it. */
export function spokeObjection(seen: Seen, towards: Towards): Advance | undefined {
  const proof = proofOf(seen, towards);
  if (proof.kind !== 'read') return undefined;
  const { found, deleting, phase, owners } = proof.reading;
  if (!found) return parked('NotOnCluster', 'the Application is not on the cluster');
  if (deleting) return parked('BeingDeleted', 'the Application is being deleted on the cluster');
  if (phase === 'Running')
    return parked('OperationRunning', 'the Argo CD of the cluster runs an operation, which a write would take away');
  // What was let go of by this handover is to have an owner again.
  const isFree = seen.bundle.form === 'let-go' || seen.classic.form === 'let-go';
  if (!proof.ours && !proof.classic && !isFree)
    return parked('NotOwned', `neither model owns the Application on the cluster${ownersText(owners)}`);
  return undefined;
}

/**
 * What a probe shows forbids that anybody lets go. Another uid stops a way
 * forward; a way back goes on, for that is the way to safety.
 */
export function safetyObjection(seen: Seen, towards: Towards, goal: HandoverGoal): Advance | undefined {
  const proof = proofOf(seen, towards);
  if (proof.kind !== 'read') return undefined;
  const { found, deleting, uid } = proof.reading;
  if (!found) {
    // Agents create what a work holds that was told to let go, and nobody would know it for the one of before.
    const isLetGo = seen.bundle.form === 'let-go' || seen.classic.form === 'let-go';
    const again = isLetGo ? '; the agents make it anew within minutes, as another object: roll back then' : '';
    return parked('NotOnCluster', `the Application is not on the cluster any more${again}`);
  }
  if (deleting) return parked('BeingDeleted', 'the Application is being deleted on the cluster');
  const before = uidBefore(seen);
  if (goal !== 'rollback' && before !== '' && uid !== before)
    return parked('Replaced', `the Application on the cluster is another object than before: ${uid}, not ${before}`);
  return undefined;
}

/** Waits until the agent has applied a side as it stands. */
export function untilApplied(what: string, side: Side): Advance | undefined {
  return side.applied ? undefined : wait('applied', `${what} ${side.name}: ${side.state}`, side.failed);
}

/** Nobody that we know may have this side. */
export function sideObjection(seen: Seen): Advance | undefined {
  const { works, classic, bundle } = seen;
  if (works > 1) return parked('SeveralWorks', `${works} classic works are for it`);
  if (bundle.form === 'other') return parked('ForeignBundle', `bundle ${bundle.name}: ${bundle.why}`);
  if (classic.form === 'other') return parked('ForeignWork', `ManifestWork ${classic.name}: ${classic.why}`);
  return undefined;
}

function ownersText(owners: readonly string[]): string {
  return owners.length === 0 ? '' : `; its owners are ${owners.join(', ')}`;
}

/** How a run ends that has proved the new owner. */
export function runEnd(old: Side, isOwned: boolean, owner: string): Advance {
  const [reason, text]: [DoneReason, string] = isOwned
    ? ['BothOwn', `${owner} owns it beside ${old.name}`]
    : old.form === 'let-go' || old.form === 'deleting'
      ? ['LettingGo', `${owner} owns it, and ${old.name} was told to let go`]
      : ['Owned', `${owner} owns it, and ${old.name} does not`];
  return { kind: 'done', reason, text };
}
