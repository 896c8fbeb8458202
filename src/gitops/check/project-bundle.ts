import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { lastReportMs } from '../../core/status/last-report.ts';
import { statusFeedbackName } from '../constants.ts';
import { readStoredBundle, type StoredBundle } from '../bundle/stored-bundle.ts';
import { readReport, reportIsCurrent, type AppReport } from '../status/report.ts';
import { noEvidence, type BundleFacts, type ClusterEvidence } from './facts.ts';
import { short } from './project-application.ts';

/** What the API server of a cluster says to an agent that may not write. */
const forbiddenWords = /\bforbidden\b/i;

/**
 * What the checks need of a work in Maestro; nothing of its content is kept.
 *
 * @param hubId who this hub is; undefined when that could not be told, so that every stamped work may be ours
 */
export function projectBundle(row: ResourceBundle, hubId: string | undefined): BundleFacts {
  const stored = readStoredBundle(withoutConfigs(row));
  const { hubNamespace, hubName, migration } = stored;
  const report = readReport(row.status, { namespace: stored.spokeNamespace, name: stored.spokeName });
  const { stand, problem } = standOf(report, row.version);
  return {
    id: row.id,
    cluster: row.consumerName,
    appKey: hubNamespace === '' || hubName === '' ? '' : `${hubNamespace}/${hubName}`,
    deleting: stored.deleting,
    manager: managerOf(stored, hubId),
    ...(migration === undefined ? {} : { migration }),
    stand,
    ...(problem === '' ? {} : { problem: short(problem) }),
    changedMs: Date.parse(row.updatedAt),
  };
}

/** Adds what a work of ours tells of its cluster. */
export function addEvidence(row: ResourceBundle, facts: BundleFacts, evidence: Map<string, ClusterEvidence>): void {
  const of = evidenceOf(evidence, facts.cluster);
  of.bundles += 1;
  const { status } = row;
  if (status === undefined) return;
  const reportedMs = lastReportMs(status);
  if (reportedMs !== undefined) of.reportedMs = Math.max(of.reportedMs ?? reportedMs, reportedMs);
  if (facts.stand === 'failed' && forbiddenWords.test(facts.problem ?? '')) of.forbidden = facts.problem ?? '';
  // Another work of the source tells that the agent lives, and nothing of the Argo CD there.
  if (facts.appKey === '' || facts.stand !== 'current') return;
  of.applied += 1;
  const hasStatus = status.resourceStatus.some(({ feedback }) =>
    feedback.some(
      ({ name, value }) =>
        name === statusFeedbackName && value !== null && typeof value === 'object' && Object.keys(value).length > 0,
    ),
  );
  if (hasStatus) of.withStatus += 1;
}

export function evidenceOf(evidence: Map<string, ClusterEvidence>, cluster: string): ClusterEvidence {
  const known = evidence.get(cluster);
  if (known !== undefined) return known;
  const made = noEvidence();
  evidence.set(cluster, made);
  return made;
}

/** Without them its stamps are believed, and its content is not summed up: another check looks for differences. */
function withoutConfigs(row: ResourceBundle): Omit<ResourceBundle, 'manifestConfigs'> & { readonly consumer: string } {
  const { manifestConfigs: _configs, ...rest } = row;
  return { ...rest, consumer: row.consumerName };
}

function managerOf({ managedBy, hubId }: StoredBundle, own: string | undefined): BundleFacts['manager'] {
  return managedBy === 'us' && own !== undefined && hubId !== own ? 'other-hub' : managedBy;
}

function standOf(
  report: AppReport | undefined,
  version: number,
): { readonly stand: BundleFacts['stand']; readonly problem: string } {
  if (report === undefined) return { stand: 'none', problem: '' };
  const { applied, othersFailed } = report;
  if (applied.status === 'False')
    return { stand: 'failed', problem: applied.message === '' ? applied.reason : applied.message };
  if (othersFailed !== '') return { stand: 'failed', problem: othersFailed };
  return { stand: reportIsCurrent(report, version) ? 'current' : 'behind', problem: '' };
}
