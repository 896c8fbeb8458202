import { formatAge } from '../../../core/duration.ts';
import { lastReportText } from '../../../core/status/reported-text.ts';
import { shownStates, type ShownState } from '../../../core/status/shown-state.ts';
import type { Cluster, LiveFleet } from '../data/live-fleet.ts';
import { tableView } from '../frame/table-view.ts';
import type { Column } from '../frame/table.ts';
import type { ListState } from '../frame/list-state.ts';
import type { GatherDeps, View } from '../frame/view.ts';
import { line, span, type Line, type Span } from '../screen/line.ts';

/** The clusters, each with its works by state. */
export function fleetView(gather: (deps: GatherDeps) => LiveFleet): View<ListState, LiveFleet> {
  return tableView<Cluster, LiveFleet>({
    name: 'fleet',
    title: 'Fleet',
    gather,
    rows: (fleet) => fleet.picture().clusters,
    idOf: ({ name }) => name,
    texts:
      () =>
      ({ name, labels, states }) => [
        name,
        labelsText(labels),
        // By a state those clusters are found that have works in it.
        shownStates.filter((state) => states[state] > 0).join(' '),
      ],
    columns: (fleet, { wallMs }) => columns(fleet.picture().states, wallMs),
    sorts: [
      { about: 'by name' },
      {
        about: 'by trouble',
        by:
          () =>
          ({ states }) =>
            -(states.failing * 1_000_000 + states.silent),
      },
      {
        about: 'by last report, the oldest first',
        by:
          () =>
          ({ reportedAtMs }) =>
            reportedAtMs ?? 0,
      },
      {
        about: 'by works, most first',
        by:
          () =>
          ({ works }) =>
            -works,
      },
    ],
    summary: (fleet, shown) => fleetSummary(fleet, `${shown.length} clusters`),
    detail: ({ name, labels }) => [name, labelsText(labels)],
    empty: (fleet) => nothingYet(fleet, 'there are no clusters'),
    subject: ({ name }) => ({ name, consumer: name }),
    onEnter: ({ name }) => ({ wish: 'works-of', consumer: name }),
  });
}

function columns(states: Readonly<Record<ShownState, number>>, wallMs: number): readonly Column<Cluster>[] {
  return [
    { header: 'CLUSTER', rank: 0, cell: ({ name }) => span(name, 'place') },
    { header: 'WORKS', rank: 3, align: 'right', cell: ({ works }) => span(String(works)) },
    // A state that no work is in would be a column of zeros.
    ...shownStates.flatMap((state, place): readonly Column<Cluster>[] =>
      states[state] === 0
        ? []
        : [{ header: state.toUpperCase(), rank: rankOf(state, place), align: 'right', cell: counted(state) }],
    ),
    { header: 'LAST REPORT', rank: 4, cell: ({ reportedAtMs }) => span(lastReportText(reportedAtMs, wallMs)) },
    { header: 'LABELS', rank: 20, text: true, cell: ({ labels }) => span(labelsText(labels), 'dim') },
  ];
}

/** Trouble is the last to go. */
function rankOf(state: ShownState, place: number): number {
  return state === 'failing' ? 1 : state === 'silent' ? 2 : 15 - place;
}

function counted(state: ShownState): (cluster: Cluster) => Span {
  return ({ states }) => (states[state] === 0 ? span('·', 'dim') : span(String(states[state]), { state }));
}

function labelsText(labels: Cluster['labels']): string {
  if (labels === undefined) return '';
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** How long ago a wall time was; `-` when it never was. */
export function ageOf(timeMs: number | undefined, wallMs: number): string {
  return timeMs === undefined ? '-' : formatAge(wallMs - timeMs);
}

/** What all works amount to. */
export function fleetSummary(fleet: LiveFleet, counted: string): Line {
  const { states, works } = fleet.picture();
  const parts = shownStates.flatMap((state): readonly Span[] =>
    states[state] === 0 ? [] : [span(`${states[state]} ${state}`, { state }), span(', ')],
  );
  return line(
    span(counted, 'strong'),
    ` · ${works.length} works${parts.length === 0 ? '' : ': '}`,
    ...parts.slice(0, -1),
  );
}

/** Why there is nothing, as long as that is not because there is nothing. */
export function nothingYet(fleet: LiveFleet, nothing: string): string {
  const { readAtMs, readError } = fleet.sight;
  if (readAtMs !== undefined) return nothing;
  return readError === undefined ? 'reading …' : `nothing could be read yet: ${readError.message}; trying again`;
}
