import { describeState } from '../../core/status/describe-state.ts';
import { foldStatus } from '../../core/status/fold.ts';
import { listed } from '../../core/text.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { withinMs, type Budget } from '../../operations/budget.ts';
import { longestDeletionMs, publishSafely } from '../../operations/publish.ts';
import type { Backup } from '../handover/backup.ts';
import { isOwner } from '../handover/probe-bundle.ts';
import { unendedText } from '../handover/unended.ts';
import { isLeaving, leavingForm, migrationOf, stampOf, stampPrefixes, withoutConfig } from './forms.ts';
import { isOwnRow, type OwnBundle } from './own-bundles.ts';
import type { OwnershipProbes } from './ownership-probes.ts';
import { updateOf, type Decide, type Next } from './rounds.ts';

/** What becomes of what runs on the clusters. */
export type UninstallGoal = 'keep-workloads' | 'delete-workloads';

export interface UninstallOptions {
  readonly goal: UninstallGoal;
  readonly source: string;
  readonly hubId: string;
  readonly runId: string;
}

export interface UninstallParts {
  readonly probes: Pick<OwnershipProbes, 'answer'>;
  readonly backup: Backup;
  readonly budget: Budget;
}

interface Ground {
  readonly options: UninstallOptions;
  readonly parts: UninstallParts;
  /** Ids of bundles whose deletion was asked for, by whomever. */
  readonly deleted: Set<string>;
  /** Ids of bundles whose Application was not on its cluster any more when its agent was asked. */
  readonly missing: Set<string>;
}

/**
 * Takes bundles out of Maestro. To keep what runs on the clusters, a bundle is
 * first told to let go; when its agent has done so, a probe asks who owns the
 * Application, and only when the bundle does not any more is it deleted: the
 * deletion of an owner would take the Application along, whatever Applied says.
 */
export function uninstalling(options: UninstallOptions, parts: UninstallParts): Decide {
  const { goal, hubId } = options;
  const deleted = new Set<string>();
  const ground: Ground = { options, parts, deleted, missing: new Set() };
  return (row, bundle) => {
    if (row === undefined) return gone(bundle, ground);
    if (!isOwnRow(row, bundle, hubId)) return refuse('ownership', 'the bundle is not of this hub any more');
    if (row.deletedAt !== undefined) return awaitEnd(row, row.deletedAt, ground);
    const migration = migrationOf(row);
    const isFree = migration === '' || Object.values(stampPrefixes).some((prefix) => migration.startsWith(prefix));
    if (!isFree) return refuse('conflict', `migration ${migration} works on it`);
    if (goal === 'delete-workloads') {
      if (isLeaving(row))
        return refuse(
          'conflict',
          'it was told to let go by --keep-workloads, so its deletion would leave the Application on the cluster',
          'End it with --keep-workloads; then delete the Application on its cluster.',
        );
      return deletion(row, bundle, ground);
    }
    return keep(row, bundle, ground);
  };
}

function keep(row: ResourceBundle, bundle: OwnBundle, ground: Ground): Next {
  const { options, parts } = ground;
  if (!isLeaving(row)) {
    const bare = withoutConfig(row);
    if (bare.length > 0)
      return refuse('ownership', `no config of its own says how ${listed(bare)} is applied: somebody else wrote it`);
    return {
      kind: 'act',
      act: async (publishing) => {
        await parts.backup.keep(recordOf(row, bundle, options, ''));
        const work = leavingForm(row, stampOf('uninstall', options.runId));
        await publishSafely(updateOf(row, work, options.source), row.version, publishing, parts.budget);
        return 'done';
      },
      said: `told to let go (version ${row.version + 1})`,
    };
  }
  const state = foldStatus(row, row.version);
  if (state.kind !== 'applied' && state.kind !== 'available')
    return { kind: 'wait', text: describeState(state, parts.budget.clock.wallMs()), sent: { row, state } };
  const reading = parts.probes.answer(bundle, row.version);
  if (reading === undefined) return { kind: 'wait', text: 'its agent is asked who owns the Application' };
  if (reading.untold !== '')
    return refuse(
      'outcome-failed',
      `told to let go, and ${reading.untold}; so it is not deleted`,
      'Take owners off the Application on its cluster that are none any more, and do the same again.',
    );
  if (!reading.found) ground.missing.add(bundle.id);
  else ground.missing.delete(bundle.id);
  if (reading.owners.some((owner) => isOwner(owner, bundle.id)))
    return { kind: 'wait', text: 'its agent has not let go of the Application yet' };
  if (reading.deleting) return refuse('conflict', 'the Application is being deleted on its cluster');
  return deletion(row, bundle, ground, reading.uid);
}

function deletion(row: ResourceBundle, bundle: OwnBundle, ground: Ground, spokeUid = ''): Next {
  const { options, parts, deleted } = ground;
  const { backup, budget } = parts;
  const bounded = withinMs(budget, longestDeletionMs);
  return {
    kind: 'act',
    act: async (publishing) => {
      // Its turn came too late: it is looked at anew.
      if (budget.clock.monotonicMs() >= bounded.deadlineMs) return 'late';
      await backup.keep(recordOf(row, bundle, options, spokeUid));
      const target = { id: row.id, consumer: row.consumerName, source: options.source };
      await publishSafely(
        { kind: 'delete', target, workName: bundle.name, version: row.version },
        row.version,
        publishing,
        bounded,
      );
      deleted.add(bundle.id);
      return 'done';
    },
    said: `deletion requested (version ${row.version})`,
  };
}

function recordOf(
  row: ResourceBundle,
  bundle: OwnBundle,
  { runId }: UninstallOptions,
  spokeUid: string,
): Parameters<Backup['keep']>[0] {
  return {
    runId: stampOf('uninstall', runId),
    cluster: bundle.consumer,
    application: bundle.application,
    kind: 'Bundle',
    name: bundle.name,
    spokeUid,
    object: row.raw,
  };
}

function awaitEnd(row: ResourceBundle, since: string, { options, parts, deleted }: Ground): Next {
  const { goal } = options;
  if (goal === 'keep-workloads' && !isLeaving(row))
    return refuse('conflict', `it is being deleted with its Application since ${since}`);
  if (goal === 'delete-workloads' && isLeaving(row))
    return refuse('conflict', `it is being deleted since ${since}, and leaves its Application on the cluster`);
  deleted.add(row.id);
  const text = `its agent has not confirmed the deletion${unendedText(since, parts.budget.clock.wallMs())}`;
  return { kind: 'wait', text };
}

function gone(bundle: OwnBundle, { options, deleted, missing }: Ground): Next {
  const { version } = bundle;
  if (!deleted.has(bundle.id) && !bundle.deleting)
    return { kind: 'done', reason: 'NotFound', text: 'its bundle is gone already', version };
  if (options.goal === 'delete-workloads')
    return {
      kind: 'done',
      reason: 'Deleted',
      text: 'gone from Maestro, which removes it when its agent has reported it deleted',
      version,
    };
  const text = missing.has(bundle.id)
    ? 'let go and gone from Maestro; its Application was not on the cluster'
    : 'let go, and left on the cluster';
  return { kind: 'done', reason: 'Deleted', text, version };
}

function refuse(code: 'ownership' | 'conflict' | 'outcome-failed', text: string, hint?: string): Next {
  return { kind: 'refused', error: new MaestroError(code, text, hint === undefined ? {} : { hint }) };
}
