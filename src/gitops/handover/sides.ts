import type { JsonObject } from '../../core/json.ts';
import { describeState } from '../../core/status/describe-state.ts';
import { foldStatus } from '../../core/status/fold.ts';
import { storedContent } from '../../core/works/document.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { readStoredBundle } from '../bundle/stored-bundle.ts';
import type { ClassicWork } from '../classic/classic-work.ts';
import { hasLetGo, manifestsOf, optionsOf, readOptions } from '../classic/let-go.ts';
import { beforeMigrationAnnotation, migrationStamp, migrationTowardsStamp, migrationUidStamp } from '../constants.ts';
import { annotationsOf } from './pinned-write.ts';
import type { HandoverPlan } from './plan.ts';
import { unendedText } from './unended.ts';

/** Who is to have the applications in the end. */
export type Towards = 'maestro' | 'classic';

/**
 * How one of the two owners stands:
 * - `plain`: as its own controller writes it.
 * - `held`: stamped by this handover, and it owns, or is to.
 * - `let-go`: stamped by this handover, and told to let go.
 * - `other`: written or stamped by somebody else; `why` says by whom.
 */
export type SideForm = 'absent' | 'plain' | 'held' | 'let-go' | 'deleting' | 'other';

export interface Side {
  readonly form: SideForm;
  readonly name: string;
  /** Its agent has reported it applied as it stands. */
  readonly applied: boolean;
  /** Its agent could not apply it as it stands. */
  readonly failed: boolean;
  /** No agent has reported anything of it as it stands. */
  readonly unheard: boolean;
  /** How far its agent is, in words. */
  readonly state: string;
  /** Whom the handover that stamped it was for. */
  readonly towards: Towards | undefined;
  /** Uid of the Application on the cluster when it was stamped, "" without. */
  readonly uid: string;
  /** Tells this content from any other that it had or will have; with whether it is applied. */
  readonly signature: string;
  readonly why: string;
}

/** A classic work with the object that it was read from. */
export interface SeenWork {
  readonly work: ClassicWork;
  readonly object: JsonObject;
}

type Ours = Pick<HandoverPlan, 'runId' | 'hubId'>;

const absent: Side = {
  form: 'absent',
  name: '',
  applied: false,
  failed: false,
  unheard: false,
  state: 'it is not there',
  towards: undefined,
  uid: '',
  signature: 'none',
  why: '',
};

/** How the classic work of an application stands. */
export function classicSide(seen: SeenWork | undefined, { runId }: Ours): Side {
  if (seen === undefined) return absent;
  const { work, object } = seen;
  const { applied, generation } = work;
  const isCurrent = applied?.observedGeneration === generation;
  const annotations = annotationsOf(object);
  const stamp = annotations[migrationStamp] ?? '';
  const isApplied = isCurrent && applied.status === 'True';
  return {
    ...classicForm(object, stamp, runId),
    ...(work.deleting ? { form: 'deleting' } : {}),
    name: work.name,
    applied: isApplied,
    failed: isCurrent && applied.status === 'False',
    unheard: !isCurrent,
    state: !isCurrent
      ? `its agent has not reported on generation ${generation}`
      : isApplied
        ? 'it is applied'
        : `it is not applied: ${applied.message}`,
    towards: stamp === runId ? towardsOf(annotations) : undefined,
    uid: stamp === runId ? (annotations[migrationUidStamp] ?? '') : '',
    signature: `${work.uid}@${generation}${isApplied ? '+' : ''}`,
  };
}

function classicForm(object: JsonObject, stamp: string, runId: string): Pick<Side, 'form' | 'why'> {
  if (stamp === '') return { form: 'plain', why: '' };
  if (stamp !== runId) return { form: 'other', why: `migration ${stamp} works on it` };
  const towards = towardsOf(annotationsOf(object));
  if (towards === 'classic') return { form: 'held', why: '' };
  if (hasLetGo(manifestsOf(object), optionsOf(object)) && beforeOf(object) !== undefined)
    return { form: 'let-go', why: '' };
  return { form: 'other', why: 'somebody wrote it after it was told to let go' };
}

/** The options that a classic work had before the handover; undefined when it does not say. */
export function beforeOf(object: JsonObject): ReturnType<typeof readOptions> {
  return readOptions(annotationsOf(object)[beforeMigrationAnnotation] ?? '');
}

/** How the bundle of an application stands. */
export function bundleSide(
  row: ResourceBundle | undefined,
  application: { readonly key: string; readonly cluster: string },
  ours: Ours,
  wallMs: number,
): Side {
  if (row === undefined) return absent;
  const state = foldStatus(row, row.version);
  const applied = state.kind === 'applied' || state.kind === 'available';
  const { annotations, manifestConfigs, deleteOption } = storedContent(row);
  const stamp = annotations[migrationStamp] ?? '';
  const isOurs = stamp === ours.runId;
  const form = bundleForm(row, application, ours);
  const options = { manifestConfigs, ...(deleteOption === undefined ? {} : { deleteOption }) };
  return {
    ...(form.form === 'held' && hasLetGo(row.manifests, options) ? { form: 'let-go', why: '' } : form),
    ...(row.deletedAt === undefined ? {} : { form: 'deleting' }),
    name: workName(row),
    applied,
    failed: state.kind === 'failed',
    unheard: state.kind === 'unknown' || state.stale,
    state:
      row.deletedAt === undefined
        ? describeState(state, wallMs)
        : `its agent has not ended it${unendedText(row.deletedAt, wallMs)}`,
    towards: isOurs ? towardsOf(annotations) : undefined,
    uid: isOurs ? (annotations[migrationUidStamp] ?? '') : '',
    // An id and a version come again when a bundle is deleted and made anew; the time of its making does not.
    signature: `${row.createdAt}#${row.version}${applied ? '+' : ''}`,
  };
}

function bundleForm(
  row: ResourceBundle,
  { key, cluster }: { readonly key: string; readonly cluster: string },
  { runId, hubId }: Ours,
): Pick<Side, 'form' | 'why'> {
  const stored = readStoredBundle({ ...row, consumer: row.consumerName });
  if (row.consumerName !== cluster) return { form: 'other', why: `its id is taken by a work on ${row.consumerName}` };
  if (stored.managedBy === 'foreign' || `${stored.hubNamespace}/${stored.hubName}` !== key)
    return { form: 'other', why: 'it was not written for this application' };
  if (stored.hubId !== '' && stored.hubId !== hubId)
    return { form: 'other', why: `it belongs to the hub with id ${stored.hubId}` };
  if (stored.migration === undefined) return { form: 'plain', why: '' };
  if (stored.migration !== runId) return { form: 'other', why: `migration ${stored.migration} works on it` };
  return { form: 'held', why: '' };
}

function towardsOf(annotations: Readonly<Record<string, string>>): Towards | undefined {
  const towards = annotations[migrationTowardsStamp];
  return towards === 'maestro' || towards === 'classic' ? towards : undefined;
}
