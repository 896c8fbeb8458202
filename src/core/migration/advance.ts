import { foldStatus, type WorkState } from '../status/fold.ts';
import { sameContent } from '../works/compare.ts';
import { storedContent, workFromBundle } from '../works/document.ts';
import type { ManifestWork } from '../works/manifest-work.ts';
import type { ResourceBundle } from '../works/resource-bundle.ts';
import { contentFormOf, hasProof, orphanForm, proofForm, unproven, withoutProof, type Form } from './forms.ts';
import type { ClusterPlan, NewWork } from './cluster-plan.ts';

/** A work of a plan that objects move from or to. */
export interface MovedWork extends NewWork {
  /** The version that it was planned at; only works that were there before have one. */
  readonly plannedVersion?: number;
}

/** What is to be reached on a cluster. */
export type Goal =
  /** The new works own all objects, beside the old ones. */
  | 'run'
  /** The old works are gone. */
  | 'finish'
  /** All is as it was planned from. */
  | 'rollback';

export interface AdvanceOptions {
  readonly goal: Goal;
  /** Ask the agents to prove who owns the objects before anything is let go of. */
  readonly ownerProof: boolean;
}

/** One request to Maestro, pinned to the version that was read. */
export type Step =
  | { readonly kind: 'create'; readonly to: MovedWork; readonly work: ManifestWork }
  | {
      readonly kind: 'update';
      readonly to: MovedWork;
      readonly work: ManifestWork;
      readonly version: number;
      /** `again`: as it is stored, because its agent has not heard of it. */
      readonly why: 'own' | 'let-go' | 'settle' | 'again';
    }
  | { readonly kind: 'delete'; readonly to: MovedWork; readonly version: number };

/** A work that its agent has to report on before anything more is done. */
export interface Awaited {
  readonly of: MovedWork;
  readonly why: 'applied' | 'owner' | 'gone';
  readonly version: number;
  readonly state: WorkState;
  /** Labels of the objects of which the agent has not proved the owner. */
  readonly unproven: readonly string[];
}

/** What comes next on a cluster. */
export type Advance =
  | { readonly kind: 'write'; readonly steps: readonly Step[] }
  | { readonly kind: 'wait'; readonly awaited: readonly Awaited[] }
  | { readonly kind: 'done' }
  /** Somebody else wrote, or another goal was begun: nothing is sent. */
  | {
      readonly kind: 'refused';
      readonly reason: 'Moved' | 'NotRun' | 'RollbackBegun';
      readonly text: string;
      readonly latestVersion?: number;
    };

/** The rows of a cluster's works by their ids. */
export type Rows = ReadonlyMap<string, ResourceBundle>;

/** A work with what is stored of it. */
interface Standing {
  readonly of: MovedWork;
  readonly form: Form;
  /** The same, of a work that is being deleted, too. */
  readonly content: ReturnType<typeof contentFormOf>;
  readonly row: ResourceBundle | undefined;
}

/**
 * Tells what comes next on a cluster, from the plan and from what Maestro has
 * stored, and from nothing else: so a run that was ended anywhere is gone on
 * with by the same command, and a step that is done is not done twice.
 *
 * The order is always: those that are to own the objects are stored, applied
 * and proven to own them; then the others are told to let go, and have; then
 * they are deleted, and are gone; then the proofs are taken off again.
 *
 * A finish and a rollback may be under way at once, each deciding from what it
 * has read. So a rollback writes every old work before any new one lets go: a
 * finish that read them earlier is refused its writes, for they are pinned, and
 * one that reads them later sees the rollback. Never do both sides let go.
 */
export function advance(plan: ClusterPlan, rows: Rows, options: AdvanceOptions): Advance {
  const { goal, ownerProof } = options;
  const old = plan.old.map((one): Standing => standing({ ...one, plannedVersion: one.version }, rows));
  const fresh = plan.new.map((one): Standing => standing(one, rows));
  const forward = goal !== 'rollback';
  const to = forward ? fresh : old;
  const from = forward ? old : fresh;
  const isLeft = from.every(({ form }) => form === 'absent');
  if (forward && isOver(old, fresh)) return settle(to, ownerProof);
  if (goal === 'finish' && isRewritten(old, fresh)) {
    const unwritten = fresh.filter(({ form }) => form !== 'other');
    return own(unwritten, { proven: ownerProof, begins: false, isLeft }) ?? letGo(old);
  }
  const refused = refusalOf(old, fresh, goal);
  if (refused !== undefined) return refused;
  if (isLeft && to.every(({ form }) => form === 'plain' || form === 'proof')) return settle(to, ownerProof);
  const next = own(to, { proven: ownerProof, begins: goal !== 'finish', isLeft });
  if (next !== undefined) return next;
  return goal === 'run' ? { kind: 'done' } : letGo(from);
}

/** The old works are gone and the new ones are there, whatever their managers have written to them since. */
function isOver(old: readonly Standing[], fresh: readonly Standing[]): boolean {
  return fresh.length > 0 && old.every(({ form }) => form === 'absent') && fresh.every((one) => isThere(one));
}

/**
 * A new work was written after every old one was told to let go. That was done when the new ones were proved to own, so
 * what is left of the old ones may go.
 */
function isRewritten(old: readonly Standing[], fresh: readonly Standing[]): boolean {
  return (
    old.every(({ form }) => form === 'orphaned' || form === 'deleting' || form === 'absent') &&
    fresh.every((one) => isThere(one)) &&
    fresh.some(({ form }) => form === 'other')
  );
}

function isThere({ form }: Standing): boolean {
  return form === 'plain' || form === 'proof' || form === 'other';
}

function standing(of: MovedWork, rows: Rows): Standing {
  const row = rows.get(of.id);
  const content = contentFormOf(of, row);
  return { of, form: row?.deletedAt === undefined ? content : 'deleting', content, row };
}

/** What a person is told who looks at a cluster. */
export type Position =
  | 'planned'
  | 'running'
  | 'both-own'
  | 'letting-go'
  | 'deleting'
  | 'settling'
  | 'finished'
  | 'rolling-back'
  | 'rolled-back'
  | 'moved';

/** Where a cluster is, from the plan and what is stored. */
export function positionOf(plan: ClusterPlan, rows: Rows): Position {
  const old = plan.old.map((one): Standing => standing({ ...one, plannedVersion: one.version }, rows));
  const fresh = plan.new.map((one): Standing => standing(one, rows));
  const every = (some: readonly Standing[], ...forms: readonly Form[]): boolean =>
    some.every(({ form }) => forms.includes(form));
  const any = (some: readonly Standing[], ...forms: readonly Form[]): boolean =>
    some.some(({ form }) => forms.includes(form));
  if (isOver(old, fresh))
    return fresh.every((one) => !isProving(one) && (one.form === 'other' || isApplied(one))) ? 'finished' : 'settling';
  if (any([...old, ...fresh], 'other') && !isRewritten(old, fresh)) return 'moved';
  if (every(fresh, 'absent')) {
    if (every(old, 'plain')) return old.every(isPinned) ? 'planned' : 'rolled-back';
    return any(old, 'proof') ? 'rolling-back' : 'moved';
  }
  if (any(fresh, 'orphaned', 'deleting') || any(old, 'proof')) return 'rolling-back';
  if (any(fresh, 'absent'))
    return old.every(isPinned) ? 'running' : any(old, 'absent', 'deleting') ? 'moved' : 'rolling-back';
  if (every(old, 'plain') && !old.every(isPinned)) return 'rolling-back';
  if (every(old, 'plain'))
    return fresh.every((one) => one.row !== undefined && isApplied(one) && lacksProof(one).length === 0)
      ? 'both-own'
      : 'running';
  if (any(old, 'plain', 'orphaned'))
    return every(old, 'plain', 'orphaned') && any(old, 'orphaned') ? 'letting-go' : 'deleting';
  return 'deleting';
}

function isPinned({ of, form, row }: Standing): boolean {
  return form === 'plain' && row?.version === of.plannedVersion;
}

/** What forbids to go on: nothing is sent to the cluster then. */
function refusalOf(
  old: readonly Standing[],
  fresh: readonly Standing[],
  goal: Goal,
): Extract<Advance, { readonly kind: 'refused' }> | undefined {
  const other = [...old, ...fresh].find(({ form }) => form === 'other');
  if (other !== undefined) return moved(other, 'somebody wrote it');
  const oldGone = old.find(({ form }) => form === 'absent' || form === 'deleting');
  const freshGone = fresh.find(({ form }) => form === 'absent' || form === 'deleting');
  if (goal === 'rollback') {
    // With neither whole, somebody deleted works; to make the old ones anew could bring back what is gone for good.
    return oldGone !== undefined && freshGone !== undefined && old.some(({ form }) => form === 'absent')
      ? moved(freshGone, 'somebody deleted it, and the old works are not whole')
      : undefined;
  }
  const deleted = fresh.find(({ form, content }) => form === 'deleting' && content !== 'orphaned');
  if (deleted !== undefined) return moved(deleted, 'somebody deleted it');
  const isBackwards =
    fresh.some(({ form }) => form === 'orphaned' || form === 'deleting') || old.some(({ form }) => form === 'proof');
  if (isBackwards) {
    return {
      kind: 'refused',
      reason: 'RollbackBegun',
      text: 'a rollback has begun here; carry it to its end, then plan again',
    };
  }
  if (freshGone !== undefined) {
    if (oldGone !== undefined) return moved(oldGone, 'it is gone before the new works have its objects');
    if (goal === 'finish')
      return {
        kind: 'refused',
        reason: 'NotRun',
        text: `the new work ${freshGone.of.work.name} is not there: run comes first`,
      };
  }
  const rewritten = old.find(
    ({ form, row, of }) => form === 'plain' && row !== undefined && row.version !== of.plannedVersion,
  );
  return rewritten === undefined ? undefined : moved(rewritten, 'somebody wrote it');
}

function moved({ of, row }: Standing, what: string): Extract<Advance, { readonly kind: 'refused' }> {
  const planned = of.plannedVersion === undefined ? '' : `, planned at version ${of.plannedVersion}`;
  const now = row === undefined ? '' : `; version ${row.version} is stored${planned}`;
  return {
    kind: 'refused',
    reason: 'Moved',
    text: `${of.work.name}: ${what}${now}. Plan again`,
    ...(row === undefined ? {} : { latestVersion: row.version }),
  };
}

/** Brings the objects into the hands of the works that are to have them; undefined when they are. */
function own(
  to: readonly Standing[],
  { proven, begins, isLeft }: { readonly proven: boolean; readonly begins: boolean; readonly isLeft: boolean },
): Advance | undefined {
  const steps: Step[] = [];
  const awaited: Awaited[] = [];
  for (const one of to) {
    const { of, form, row } = one;
    const wanted = proven ? proofForm(of) : of.work;
    if (row !== undefined && isPinned(one)) {
      // Written though nothing is to be changed: see above. Where nobody has anything left, nobody need be stopped.
      if (!isLeft) steps.push({ kind: 'update', to: of, work: wanted, version: row.version, why: 'own' });
    } else if (row === undefined) steps.push({ kind: 'create', to: of, work: wanted });
    else if (form === 'deleting') awaited.push(waitFor(one, row, 'gone'));
    else if (form === 'orphaned' || (form === 'plain' && wanted !== of.work)) {
      if (!begins)
        return {
          kind: 'refused',
          reason: 'NotRun',
          text: `${of.work.name} has no proof of ownership: run comes first, with the proof`,
        };
      steps.push({ kind: 'update', to: of, work: wanted, version: row.version, why: 'own' });
    } else if (!isApplied(one)) awaited.push(waitFor(one, row, 'applied'));
    else if (proven && lacksProof(one).length > 0) awaited.push(waitFor(one, row, 'owner'));
  }
  if (steps.length > 0) return { kind: 'write', steps };
  return awaited.length > 0 ? { kind: 'wait', awaited } : undefined;
}

/** Tells the works that are to go to let go of their objects, and deletes them when all have. */
function letGo(from: readonly Standing[]): Advance {
  const steps: Step[] = [];
  const awaited: Awaited[] = [];
  for (const one of from) {
    const { of, form, row } = one;
    if (row === undefined || form === 'deleting') continue;
    if (!hasLetGo(one)) {
      const work = orphanForm(asStored(of, row));
      steps.push({ kind: 'update', to: of, work, version: row.version, why: 'let-go' });
    } else if (!isApplied(one)) awaited.push(waitFor(one, row, 'applied'));
  }
  if (steps.length > 0) return { kind: 'write', steps };
  if (awaited.length > 0) return { kind: 'wait', awaited };
  for (const one of from) {
    const { of, form, row } = one;
    if (row === undefined) continue;
    if (form === 'deleting') awaited.push(waitFor(one, row, 'gone'));
    else steps.push({ kind: 'delete', to: of, version: row.version });
  }
  return steps.length > 0 ? { kind: 'write', steps } : { kind: 'wait', awaited };
}

/** A work that keeps and changes nothing by its own options has nothing to let go of. */
function hasLetGo({ of, form, row }: Standing): boolean {
  if (form === 'orphaned' || row === undefined) return true;
  const now = asStored(of, row);
  return sameContent(now.work, orphanForm(now));
}

/** As it is stored, with the rules of proof or without; the executor is that of the plan, for REST does not show it. */
function asStored(of: MovedWork, row: ResourceBundle): MovedWork {
  const { manifestConfigs, annotations } = storedContent(row);
  return { ...of, work: { ...of.work, manifestConfigs, annotations } };
}

/** Nobody else has the objects; once these works have them for certain, what proved it is taken off. */
function settle(to: readonly Standing[], proven: boolean): Advance {
  const steps: Step[] = [];
  const awaited: Awaited[] = [];
  for (const one of to) {
    const { of, form, row } = one;
    if (row === undefined || isPinned(one)) continue;
    if (form === 'other') {
      // Its managers have gone on; what they wrote stays, and is none of our waiting.
      const work = withoutProof(workFromBundle(row));
      if (isProving(one)) steps.push({ kind: 'update', to: of, work, version: row.version, why: 'settle' });
    } else if (!isApplied(one)) awaited.push(waitFor(one, row, 'applied'));
    else if (proven && lacksProof(one).length > 0) awaited.push(waitFor(one, row, 'owner'));
    else if (form === 'proof')
      steps.push({ kind: 'update', to: of, work: of.work, version: row.version, why: 'settle' });
  }
  if (steps.length > 0) return { kind: 'write', steps };
  return awaited.length > 0 ? { kind: 'wait', awaited } : { kind: 'done' };
}

function isProving({ row }: Standing): boolean {
  return row !== undefined && hasProof(storedContent(row));
}

function waitFor(one: Standing, row: ResourceBundle, why: Awaited['why']): Awaited {
  return {
    of: one.of,
    why,
    version: row.version,
    state: foldStatus(row, row.version),
    unproven: why === 'owner' ? lacksProof(one) : [],
  };
}

function isApplied({ row }: Standing): boolean {
  return row !== undefined && ['applied', 'available'].includes(foldStatus(row, row.version).kind);
}

function lacksProof({ of, form, row }: Standing): readonly string[] {
  const isAsked = form === 'proof' || (form === 'plain' && proofForm(of) === of.work);
  return row === undefined || !isAsked ? [] : unproven(of, row);
}
