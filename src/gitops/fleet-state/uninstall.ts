import { describeState } from '../../core/status/describe-state.ts';
import { foldStatus } from '../../core/status/fold.ts';
import { listed } from '../../core/text.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { remainingMs, type Budget } from '../../operations/budget.ts';
import { publishSafely, type PublishDeps } from '../../operations/publish.ts';
import type { Backup } from '../handover/backup.ts';
import { isOwner } from '../handover/probe-bundle.ts';
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
  readonly publishing: PublishDeps;
  readonly budget: Budget;
}

interface Ground {
  readonly options: UninstallOptions;
  readonly parts: UninstallParts;
  /** Ids of bundles whose deletion was asked for, by whomever. */
  readonly deleted: Set<string>;
}

/**
 * Maestro deletes whatever version it is asked for, so a deletion that could not be sent soon after the look that it
 * rests on is given up, and decided on anew.
 */
const longestDeletionMs = 5_000;

/**
 * Takes bundles out of Maestro. To keep what runs on the clusters, a bundle is
 * first told to let go; when its agent has done so, a probe asks who owns the
 * Application, and only when the bundle does not any more is it deleted: the
 * deletion of an owner would take the Application along, whatever Applied says.
 */
export function uninstalling(options: UninstallOptions, parts: UninstallParts): Decide {
  const { goal, hubId } = options;
  const deleted = new Set<string>();
  const ground: Ground = { options, parts, deleted };
  return (row, bundle) => {
    if (row === undefined) return goneText(bundle, deleted.has(bundle.id) || bundle.deleting, goal);
    if (!isOwnRow(row, bundle, hubId)) return refuse('ownership', 'the bundle is not of this hub any more');
    if (row.deletedAt !== undefined) return awaitEnd(row, goal, deleted);
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
      act: async () => {
        await parts.backup.keep(recordOf(row, bundle, options, ''));
        const work = leavingForm(row, stampOf('uninstall', options.runId));
        await publishSafely(updateOf(row, work, options.source), row.version, parts.publishing, parts.budget);
      },
      said: `told to let go (version ${row.version + 1})`,
    };
  }
  const state = foldStatus(row, row.version);
  if (state.kind !== 'applied' && state.kind !== 'available')
    return { kind: 'wait', text: describeState(state, parts.budget.clock.wallMs()), sent: { row, state } };
  const reading = parts.probes.answer(bundle, row.version);
  if (reading === undefined) return { kind: 'wait', text: 'its agent is asked who owns the Application' };
  if (reading.owners.some((owner) => isOwner(owner, bundle.id)))
    return { kind: 'wait', text: 'its agent has not let go of the Application yet' };
  if (reading.deleting) return refuse('conflict', 'the Application is being deleted on its cluster');
  return deletion(row, bundle, ground, reading.uid);
}

function deletion(row: ResourceBundle, bundle: OwnBundle, ground: Ground, spokeUid = ''): Next {
  const { options, parts, deleted } = ground;
  const { backup, publishing, budget } = parts;
  return {
    kind: 'act',
    act: async () => {
      await backup.keep(recordOf(row, bundle, options, spokeUid));
      const target = { id: row.id, consumer: row.consumerName, source: options.source };
      const bounded = {
        ...budget,
        deadlineMs: budget.clock.monotonicMs() + Math.min(longestDeletionMs, remainingMs(budget)),
      };
      await publishSafely(
        { kind: 'delete', target, workName: bundle.name, version: row.version },
        row.version,
        publishing,
        bounded,
      );
      deleted.add(bundle.id);
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

function awaitEnd(row: ResourceBundle, goal: UninstallGoal, deleted: Set<string>): Next {
  if (goal === 'keep-workloads' && !isLeaving(row))
    return refuse('conflict', `it is being deleted with its Application since ${row.deletedAt}`);
  if (goal === 'delete-workloads' && isLeaving(row))
    return refuse('conflict', `it is being deleted since ${row.deletedAt}, and leaves its Application on the cluster`);
  deleted.add(row.id);
  return { kind: 'wait', text: 'its agent has not confirmed the deletion yet' };
}

function goneText(bundle: OwnBundle, byUs: boolean, goal: UninstallGoal): Next {
  if (!byUs) return { kind: 'done', reason: 'NotFound', text: 'its bundle is gone already', version: bundle.version };
  return {
    kind: 'done',
    reason: 'Deleted',
    text:
      goal === 'keep-workloads'
        ? 'let go, and left on the cluster'
        : 'gone from Maestro, which removes it when its agent has reported it deleted',
    version: bundle.version,
  };
}

function refuse(code: 'ownership' | 'conflict', text: string, hint?: string): Next {
  return { kind: 'refused', error: new MaestroError(code, text, hint === undefined ? {} : { hint }) };
}
