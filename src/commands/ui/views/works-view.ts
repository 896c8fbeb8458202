import { versionsText } from '../../../core/status/reported-text.ts';
import { shownStates } from '../../../core/status/shown-state.ts';
import type { FleetWork, LiveFleet } from '../data/live-fleet.ts';
import { stateNow } from '../data/work-facts.ts';
import type { ListState } from '../frame/list-state.ts';
import { tableView } from '../frame/table-view.ts';
import type { Column } from '../frame/table.ts';
import type { GatherDeps, View } from '../frame/view.ts';
import { span } from '../screen/line.ts';
import { ageOf, fleetSummary, nothingYet } from './fleet-view.ts';

/** The works of all clusters, with what blocks them. */
export function worksView(gather: (deps: GatherDeps) => LiveFleet): View<ListState, LiveFleet> {
  return tableView<FleetWork, LiveFleet>({
    name: 'works',
    title: 'Works',
    gather,
    rows: (fleet) => fleet.picture().works,
    idOf: ({ id }) => id,
    of: ({ consumer }) => consumer,
    texts: (fleet) => {
      const { wallMs } = fleet.picture();
      return ({ kept, consumer }) => [kept.name, consumer, stateNow(kept, wallMs), kept.blocker];
    },
    columns: (_fleet, { wallMs }) => columns(wallMs),
    sorts: [
      { about: 'by cluster and name' },
      {
        about: 'by state, the worst first',
        by: (fleet) => {
          const { wallMs } = fleet.picture();
          return ({ kept }) => -shownStates.indexOf(stateNow(kept, wallMs));
        },
      },
      {
        about: 'by age, the youngest first',
        by:
          () =>
          ({ kept }) =>
            -(kept.createdAtMs ?? 0),
      },
      {
        about: 'by how long it is blocked, the longest first',
        by:
          () =>
          ({ kept }) =>
            kept.blockedSinceMs ?? Number.POSITIVE_INFINITY,
      },
    ],
    summary: (fleet, shown) => fleetSummary(fleet, `${shown.length} shown`),
    detail: ({ kept, consumer }) => [`${kept.name} on ${consumer}`, ...(kept.blocker === '' ? [] : [kept.blocker])],
    empty: (fleet) => nothingYet(fleet, 'there are no works'),
    onEnter: ({ id, consumer, kept }) => ({ wish: 'open-work', work: { id, name: kept.name, consumer } }),
    subject: ({ id, consumer, kept }) => ({ name: kept.name, consumer, work: { id, name: kept.name, consumer } }),
  });
}

function columns(wallMs: number): readonly Column<FleetWork>[] {
  return [
    { header: 'NAME', rank: 0, cell: ({ kept }) => span(kept.name) },
    { header: 'CLUSTER', rank: 2, cell: ({ consumer }) => span(consumer, 'place') },
    {
      header: 'STATE',
      rank: 0,
      cell: ({ kept }) => {
        const state = stateNow(kept, wallMs);
        return span(state, { state });
      },
    },
    { header: 'VERSION', rank: 3, cell: ({ kept }) => span(versionsText(kept.observedVersion, kept.version)) },
    { header: 'AGE', rank: 5, cell: ({ kept }) => span(ageOf(kept.createdAtMs, wallMs)) },
    { header: 'FOR', rank: 4, cell: ({ kept }) => span(kept.blocker === '' ? '' : ageOf(kept.blockedSinceMs, wallMs)) },
    { header: 'BLOCKED BY', rank: 10, text: true, cell: ({ kept }) => span(kept.blocker) },
  ];
}
