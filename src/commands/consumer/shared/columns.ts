import { formatAge } from '../../../core/duration.ts';
import { lastReportText } from '../../../core/status/reported-text.ts';
import { stateIn, statesText, type ConsumerWorks } from '../../../core/status/works-tally.ts';
import { shownStates, type ShownState } from '../../../core/status/shown-state.ts';
import type { Consumer } from '../../../core/works/resource-bundle.ts';
import type { Palette } from '../../../output/colour.ts';
import type { Cell, Column } from '../../../output/table.ts';
import { labelsText, noLabel } from '../../../output/work-columns.ts';

/** What a row of a consumer is made of. */
export interface ConsumerRow {
  readonly consumer: Consumer;
  /** Absent where works were not read. */
  readonly works?: ConsumerWorks;
}

export interface ConsumerColumn extends Column {
  /** Works have to be read for it. */
  readonly ofWorks?: true;
  readonly cell: (row: ConsumerRow, wallMs: number, palette: Palette) => Cell;
}

const table = {
  name: { header: 'NAME', cell: ({ consumer }) => consumer.name },
  works: {
    header: 'WORKS',
    ofWorks: true,
    cell: ({ works }) => (works === undefined ? '-' : `${works.byState.total}`),
  },
  states: {
    header: 'STATES',
    ofWorks: true,
    text: true,
    cell: ({ works }, _wallMs, palette) => statesCell(works, palette),
  },
  'last-report': { header: 'LAST REPORT', ofWorks: true, cell: ({ works }, wallMs) => lastReport(works, wallMs) },
  labels: { header: 'LABELS', text: true, cell: ({ consumer }) => labelsText(consumer.labels) },
  age: { header: 'AGE', cell: ({ consumer }, wallMs) => formatAge(wallMs - Date.parse(consumer.createdAt)) },
  id: { header: 'ID', cell: ({ consumer }) => consumer.id },
  created: { header: 'CREATED', cell: ({ consumer }) => secondsOf(consumer.createdAt) },
  updated: { header: 'UPDATED', cell: ({ consumer }) => secondsOf(consumer.updatedAt) },
} as const satisfies Readonly<Record<string, ConsumerColumn>>;

export type ConsumerColumnName = keyof typeof table | ShownState;

/** Every column that a table of consumers can have, by the name that --columns knows it by. */
export const consumerColumns: Readonly<Record<ConsumerColumnName, ConsumerColumn>> = {
  ...table,
  ...(Object.fromEntries(shownStates.map((state) => [state, countOf(state)])) as Record<ShownState, ConsumerColumn>),
};
export const consumerColumnNames = Object.keys(consumerColumns) as readonly ConsumerColumnName[];

/** A column for one label, headed by the last part of its key in capitals, as kubectl does. */
export function consumerLabelColumn(key: string): ConsumerColumn {
  return {
    header: (key.split('/').at(-1) ?? key).toUpperCase(),
    cell: ({ consumer }) => consumer.labels[key] ?? noLabel,
  };
}

/** How many works are in one state, for whoever names the state as a column. */
function countOf(state: ShownState): ConsumerColumn {
  return {
    header: state.toUpperCase(),
    ofWorks: true,
    cell: ({ works }) => (works === undefined ? '-' : `${works.byState[state]}`),
  };
}

/** Each count in the colour of its state, as far as the cell is not cut. */
function statesCell(works: ConsumerWorks | undefined, palette: Palette): Cell {
  const painted = (part: string): string => {
    const state = stateIn(part);
    return state === undefined ? part : palette.state(state, part);
  };
  const text = works === undefined ? '' : statesText(works.byState);
  return { text: text === '' ? '-' : text, paint: (shown) => shown.split(', ').map(painted).join(', ') };
}

function lastReport(works: ConsumerWorks | undefined, wallMs: number): string {
  return works === undefined ? '-' : lastReportText(works.reportedMs, wallMs);
}

function secondsOf(time: string): string {
  return time === '' ? '-' : time.replace(/\.\d+/, '');
}
