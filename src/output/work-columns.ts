import { formatAge } from '../core/duration.ts';
import { describeWhy } from '../core/status/describe-state.ts';
import { findCondition, isAt } from '../core/status/find-evidence.ts';
import { foldStatus, type WorkState } from '../core/status/fold.ts';
import { lastReportMs } from '../core/status/last-report.ts';
import { lastReportText, observedText, versionsText } from '../core/status/reported-text.ts';
import { shownState } from '../core/status/shown-state.ts';
import { conditionType, type WorkStatus } from '../core/status/work-status.ts';
import { storedContent } from '../core/works/document.ts';
import { workName, type ResourceBundle } from '../core/works/resource-bundle.ts';
import type { Palette } from './colour.ts';
import type { Cell } from './table.ts';

/** What a row of a work is made of. */
export interface WorkRow {
  readonly bundle: ResourceBundle;
  /** Judged at the stored version. */
  readonly state: WorkState;
  /** What stands under SOURCE. */
  readonly source: string;
  /** Maestro no longer has the work; what it showed last is no news of the cluster. */
  readonly gone: boolean;
  readonly wallMs: number;
  readonly palette: Palette;
}

export interface WorkColumn {
  readonly header: string;
  /** Sentences, which may be cut. */
  readonly text?: true;
  readonly cell: (row: WorkRow) => Cell;
}

/** Every column that a table of works can have, by the name that --columns knows it by. */
const table = {
  name: { header: 'NAME', cell: ({ bundle }) => (workName(bundle) === '' ? bundle.id : workName(bundle)) },
  consumer: { header: 'CONSUMER', cell: ({ bundle }) => bundle.consumerName },
  state: { header: 'STATE', cell: (row) => stateCell(row) },
  version: { header: 'VERSION', cell: ({ bundle }) => versionsText(bundle.status?.observedVersion, bundle.version) },
  age: { header: 'AGE', cell: ({ bundle, wallMs }) => formatAge(wallMs - Date.parse(bundle.createdAt)) },
  reason: { header: 'REASON', text: true, cell: (row) => reasonText(row) },
  resources: { header: 'RESOURCES', cell: ({ bundle }) => String(bundle.manifests.length) },
  'last-report': { header: 'LAST REPORT', cell: (row) => lastReport(row) },
  applied: { header: 'APPLIED', cell: (row) => verdict(row, 'applied') },
  available: { header: 'AVAILABLE', cell: (row) => verdict(row, 'available') },
  source: { header: 'SOURCE', cell: ({ source }) => source },
  id: { header: 'ID', cell: ({ bundle }) => bundle.id },
  stored: { header: 'STORED', cell: ({ bundle }) => String(bundle.version) },
  observed: { header: 'OBSERVED', cell: ({ bundle }) => observedText(bundle.status?.observedVersion) },
  created: { header: 'CREATED', cell: ({ bundle }) => secondsOf(bundle.createdAt) },
  updated: { header: 'UPDATED', cell: ({ bundle }) => secondsOf(bundle.updatedAt) },
  labels: { header: 'LABELS', cell: ({ bundle }) => labelsText(storedContent(bundle).labels) },
} as const satisfies Readonly<Record<string, WorkColumn>>;

export type WorkColumnName = keyof typeof table;

export const workColumns: Readonly<Record<WorkColumnName, WorkColumn>> = table;
export const workColumnNames = Object.keys(table) as readonly WorkColumnName[];

/** What a label or a set of them is where there is none, as kubectl has it. */
export const noLabel = '<none>';

/** `a=1,b=2`, by key. */
export function labelsText(labels: Readonly<Record<string, string>>): string {
  const texts = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return texts.length === 0 ? noLabel : texts.sort().join(',');
}

/** A column for one label, headed by the last part of its key in capitals, as kubectl does. */
export function labelColumn(key: string): WorkColumn {
  return {
    header: (key.split('/').at(-1) ?? key).toUpperCase(),
    cell: ({ bundle }) => storedContent(bundle).labels[key] ?? noLabel,
  };
}

/** What a row is made of, judged once. */
export function workRow(
  bundle: ResourceBundle,
  facts: Pick<WorkRow, 'source' | 'wallMs' | 'palette'> & { readonly gone?: boolean },
): WorkRow {
  return { gone: false, ...facts, bundle, state: foldStatus(bundle, bundle.version) };
}

function stateCell({ bundle, state, gone, wallMs, palette }: WorkRow): Cell {
  if (gone && state.kind !== 'deleted') return { text: 'removed', paint: (text) => palette.state('deleted', text) };
  const word = shownState(bundle, wallMs);
  return { text: word, paint: (text) => palette.state(word, text) };
}

function reasonText({ state, gone, wallMs }: WorkRow): string {
  if (gone && state.kind !== 'deleted') return 'Maestro no longer has the work';
  return describeWhy(state, wallMs);
}

function lastReport({ bundle: { status }, wallMs }: WorkRow): string {
  return lastReportText(status === undefined ? undefined : lastReportMs(status), wallMs);
}

/** RFC 3339 as Maestro gives it, without fractions of a second. */
function secondsOf(time: string): string {
  return time === '' ? '-' : time.replace(/\.\d+/, '');
}

/** True and False stand only for what the status proves at the stored version. */
function verdict({ state, bundle, gone }: WorkRow, of: 'applied' | 'available'): string {
  return gone ? 'Removed' : verdicts(state, bundle.status)[of];
}

function verdicts(
  state: WorkState,
  status: WorkStatus | undefined,
): { readonly applied: string; readonly available: string } {
  switch (state.kind) {
    case 'unknown':
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
