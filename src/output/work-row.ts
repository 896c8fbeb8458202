import { formatAge } from '../core/duration.ts';
import { foldStatus, type WorkState } from '../core/status/fold.ts';
import { findCondition, isAt } from '../core/status/find-evidence.ts';
import { lastReportMs } from '../core/status/last-report.ts';
import { conditionType, type WorkStatus } from '../core/status/work-status.ts';
import { workName, type ResourceBundle } from '../core/works/resource-bundle.ts';

export const workHeaders = [
  'NAME',
  'CONSUMER',
  'VERSION',
  'OBSERVED',
  'APPLIED',
  'AVAILABLE',
  'RESOURCES',
  'AGE',
] as const;
export const wideWorkHeaders = [...workHeaders, 'STATE', 'ID', 'SOURCE', 'LAST REPORT'] as const;

/** A work as one row; True and False stand only for what the status proves at the stored version. */
export function workRow(bundle: ResourceBundle, wallMs: number): readonly string[] {
  const state = foldStatus(bundle, bundle.version);
  const { applied, available } = verdicts(state, bundle.status);
  return [
    workName(bundle) === '' ? bundle.id : workName(bundle),
    bundle.consumerName,
    String(bundle.version),
    bundle.status === undefined ? '-' : String(bundle.status.observedVersion),
    applied,
    available,
    String(bundle.manifests.length),
    formatAge(wallMs - Date.parse(bundle.createdAt)),
  ];
}

export function wideWorkRow(bundle: ResourceBundle, source: string, wallMs: number): readonly string[] {
  const report = bundle.status === undefined ? undefined : lastReportMs(bundle.status);
  return [
    ...workRow(bundle, wallMs),
    foldStatus(bundle, bundle.version).kind,
    bundle.id,
    source,
    report === undefined ? 'never' : `${formatAge(wallMs - report)} ago`,
  ];
}

function verdicts(
  state: WorkState,
  status: WorkStatus | undefined,
): { readonly applied: string; readonly available: string } {
  switch (state.kind) {
    case 'unknown':
      return { applied: 'Unknown', available: 'Unknown' };
    case 'progressing':
      return { applied: 'Unknown', available: 'Unknown' };
    case 'applied':
      // What was not reported is not known to be missing.
      return {
        applied: 'True',
        available: state.blockers.some((blocker) => blocker.status === 'False' && !blocker.outdated)
          ? 'False'
          : 'Unknown',
      };
    case 'available':
      return { applied: 'True', available: 'True' };
    case 'failed': {
      // Objects of an earlier version may well be there.
      const available = findCondition(status?.conditions ?? [], conditionType.available, state.version);
      return { applied: 'False', available: isAt(available, state.version) ? available.status : 'Unknown' };
    }
    case 'deleting':
      return { applied: 'Deleting', available: 'Deleting' };
    case 'deleted':
      return { applied: 'Deleted', available: 'Deleted' };
  }
}
