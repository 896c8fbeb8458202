import { counted } from '../../../core/text.ts';
import type { ApplicationSummary } from '../../../gitops/status/application-summary.ts';
import {
  countsOf,
  type ApplicationCounts,
  type ApplicationGroup,
  type GroupChoice,
  type GroupKind,
} from '../data/application-groups.ts';
import type { LiveHub } from '../data/live-hub.ts';
import { timeOf } from '../data/work-facts.ts';
import { isKey, type Key } from '../frame/key.ts';
import { workName } from '../../../core/works/resource-bundle.ts';
import { startOfList, type ListState } from '../frame/list-state.ts';
import { firstSeen, seenAfter } from '../frame/scroll.ts';
import { tableView } from '../frame/table-view.ts';
import type { Column } from '../frame/table.ts';
import type { Answer, GatherDeps, Place, View } from '../frame/view.ts';
import { line, span, type Line, type Span, type Tone } from '../screen/line.ts';
import { applicationLines } from './application-text.ts';
import { toneOfHealth, toneOfSync } from './application-tones.ts';
import { ageOf } from './fleet-view.ts';

/** What the rows are: applications, or groups of them. */
type Rows = 'application' | GroupKind;

export interface GitOpsState {
  readonly shown: Rows;
  /** Applications of one group alone. */
  readonly only?: GroupChoice;
  readonly lists: Readonly<Record<Rows, ListState>>;
  /** First line of the text of the application that is open; undefined while none is. */
  readonly openFrom?: number;
}

/** What the tables look at: the hub, and which of its applications. */
interface Choice {
  readonly hub: LiveHub;
  readonly only: GroupChoice | undefined;
}

const order: readonly Rows[] = ['application', 'set', 'cluster', 'blocked'];
const titles: Readonly<Record<Rows, string>> = {
  application: 'applications',
  set: 'ApplicationSets',
  cluster: 'clusters',
  blocked: 'reasons',
};

/** Applications of Argo CD that the pull model delivers, as the hub and its controllers tell of them. */
export function gitopsView(gather: (deps: GatherDeps) => LiveHub): View<GitOpsState, LiveHub> {
  const applications = applicationTable();
  const groups = { set: groupTable('set'), cluster: groupTable('cluster'), blocked: groupTable('blocked') };
  const tableOf = (shown: Rows): View<ListState, Choice> => (shown === 'application' ? applications : groups[shown]);
  const within = (state: GitOpsState, answer: Answer<ListState>): Answer<GitOpsState> => ({
    ...answer,
    state: { ...state, lists: { ...state.lists, [state.shown]: answer.state } },
  });
  return {
    name: 'gitops',
    title: 'GitOps',
    keys: [
      { key: 'b', about: 'by application, ApplicationSet, cluster, or what stands in the way' },
      { key: 'w', about: 'the work of the application that is open' },
      ...applications.keys,
    ],
    start: {
      shown: 'application',
      lists: { application: startOfList, set: startOfList, cluster: startOfList, blocked: startOfList },
    },
    gather,
    onKey: (state, key, hub, place) => {
      if (state.openFrom !== undefined) return keyOfOpen(state, key, hub, place);
      if (isKey(key, 'b')) return { state: withoutOnly(state, order[(order.indexOf(state.shown) + 1) % order.length]) };
      const table = tableOf(state.shown);
      const choice = { hub, only: state.only };
      const list = state.lists[state.shown];
      if (isKey(key, 'enter')) {
        const name = table.subject?.(list, choice, place)?.name;
        return name === undefined ? { state } : { state: entered(state, name, hub) };
      }
      const answer = table.onKey(list, key, choice, place);
      if (answer !== undefined) return within(state, answer);
      if (isKey(key, 'escape') && state.only !== undefined) return { state: withoutOnly(state, state.only.kind) };
      return undefined;
    },
    onTyped: (state, typed, hub) => {
      const list = state.lists[state.shown];
      const answer = tableOf(state.shown).onTyped?.(list, typed, { hub, only: state.only });
      return within(state, answer ?? { state: list });
    },
    picture: (state, hub, place) => {
      if (state.openFrom !== undefined) return openPicture(state.openFrom, hub, place);
      return tableOf(state.shown).picture(state.lists[state.shown], { hub, only: state.only }, place);
    },
    subject: (state, hub, place) => {
      const { opened } = hub;
      if (state.openFrom !== undefined && opened !== undefined) return { name: opened.key };
      return tableOf(state.shown).subject?.(state.lists[state.shown], { hub, only: state.only }, place);
    },
  };
}

function withoutOnly({ only: _, ...state }: GitOpsState, shown: Rows = 'application'): GitOpsState {
  return { ...state, shown };
}

/** An application opens; of a group its applications are shown. */
function entered(state: GitOpsState, name: string, hub: LiveHub): GitOpsState {
  if (state.shown === 'application') {
    hub.open(name);
    return { ...state, openFrom: 0 };
  }
  const only = { kind: state.shown, name: name === noName ? '' : name };
  return { ...state, shown: 'application', only, lists: { ...state.lists, application: startOfList } };
}

/** Of applications that nothing of the kind owns, names or holds back. */
const noName = '(none)';

function applicationTable(): View<ListState, Choice> {
  return tableView<ApplicationSummary, Choice>({
    name: 'gitops',
    title: 'GitOps',
    gather: neverGathered,
    rows: ({ hub, only }) => hub.rows(only),
    idOf: ({ key }) => key,
    texts:
      () =>
      ({ key, cluster, set, sync, health, phase, blocked }) => [key, cluster, set, sync, health, phase, blocked],
    columns: ({ only }, { wallMs }) => applicationColumns(only, wallMs),
    sorts: [
      { about: 'by name' },
      {
        about: 'by health, the worst first',
        by:
          () =>
          ({ health }) =>
            badness(healths, health),
      },
      {
        about: 'by sync, out of sync first',
        by:
          () =>
          ({ sync }) =>
            badness(syncs, sync),
      },
      {
        about: 'by how long something is in the way, the longest first',
        by:
          () =>
          ({ blockedSince }) =>
            timeOf(blockedSince) ?? Number.POSITIVE_INFINITY,
      },
    ],
    summary: summaryLine,
    detail: ({ key, cluster, set }) => [
      `${key}${cluster === '' ? ', for no cluster' : ` for ${cluster}`}${set === '' ? '' : `, of ApplicationSet ${set}`}`,
    ],
    empty: ({ hub }) => nothingText(hub),
    subject: ({ key, cluster }) => ({ name: key, ...(cluster === '' ? {} : { consumer: cluster }) }),
  });
}

function groupTable(kind: GroupKind): View<ListState, Choice> {
  return tableView<ApplicationGroup, Choice>({
    name: 'gitops',
    title: 'GitOps',
    gather: neverGathered,
    rows: ({ hub }) => hub.groups(kind),
    idOf: ({ name }) => name,
    texts:
      () =>
      ({ name }) => [name],
    columns: ({ hub }) => groupColumns(kind, countsOf(hub.rows())),
    sorts: [
      { about: 'by name' },
      {
        about: 'by applications, most first',
        by:
          () =>
          ({ applications }) =>
            -applications,
      },
      {
        about: 'by what is not healthy, most first',
        by:
          () =>
          ({ applications, health }) =>
            (health['Healthy'] ?? 0) - applications,
      },
      {
        about: 'by trouble in delivery, most first',
        by:
          () =>
          ({ blocked }) =>
            -blocked,
      },
    ],
    summary: ({ hub }, shown, place) => {
      const { spans } = summaryLine({ hub, only: undefined }, hub.rows(), place);
      return line(...spans, ...(hub.live === undefined ? [] : [` · ${shown.length} ${titles[kind]}`]));
    },
    empty: ({ hub }) => nothingText(hub),
    subject: ({ name }) => ({
      name: name === '' ? noName : name,
      ...(kind === 'cluster' && name !== '' ? { consumer: name } : {}),
    }),
  });
}

/** Tables get what is gathered from the view that they are parts of. */
function neverGathered(): never {
  throw new Error('a part of a view gathers nothing');
}

/** The worst first; what is not known here comes before what is well. */
const healths: readonly string[] = ['Degraded', 'Missing', 'Unknown', '', 'Progressing', 'Suspended', 'Healthy'];
const syncs: readonly string[] = ['OutOfSync', 'Unknown', '', 'Synced'];

function badness(rank: readonly string[], word: string): number {
  const at = rank.indexOf(word);
  return at < 0 ? 2.5 : at;
}

function applicationColumns(only: GroupChoice | undefined, wallMs: number): readonly Column<ApplicationSummary>[] {
  const columns: readonly (Column<ApplicationSummary> & { readonly kind?: GroupKind })[] = [
    { header: 'APPLICATION', rank: 0, cell: ({ key }) => span(key) },
    { header: 'CLUSTER', rank: 3, kind: 'cluster', cell: ({ cluster }) => span(cluster, 'place') },
    { header: 'SYNC', rank: 1, cell: ({ sync }) => span(sync === '' ? '-' : sync, toneOfSync(sync)) },
    { header: 'HEALTH', rank: 0, cell: ({ health }) => span(health === '' ? '-' : health, toneOfHealth(health)) },
    { header: 'DELIVERY', rank: 2, kind: 'blocked', cell: ({ blocked }) => span(blocked, toneOfBlocked(blocked)) },
    {
      header: 'FOR',
      rank: 5,
      cell: ({ blockedSince }) => span(blockedSince === '' ? '' : ageOf(timeOf(blockedSince), wallMs)),
    },
    {
      header: 'OPERATION',
      rank: 6,
      cell: ({ phase, deleting }) => span(deleting ? 'deleting' : phase, toneOfPhase(phase)),
    },
    { header: 'APPLICATIONSET', rank: 8, kind: 'set', cell: ({ set }) => span(set, 'dim') },
  ];
  // What is the same in every row says nothing.
  return columns.filter(({ kind }) => kind === undefined || kind !== only?.kind);
}

function toneOfBlocked(blocked: string): Tone {
  return blocked === 'warning' ? 'warn' : 'bad';
}

function toneOfPhase(phase: string): Tone {
  return phase === 'Failed' || phase === 'Error' ? 'bad' : 'plain';
}

function groupColumns(kind: GroupKind, all: ApplicationCounts): readonly Column<ApplicationGroup>[] {
  const numbers = (
    part: 'sync' | 'health',
    words: readonly string[],
    toneOf: (word: string) => Tone,
  ): readonly Column<ApplicationGroup>[] =>
    words.flatMap((word, at) =>
      (all[part][word] ?? 0) === 0
        ? []
        : [
            {
              header: word === '' ? `NO ${part.toUpperCase()}` : word.toUpperCase(),
              rank: part === 'health' ? 3 + at : 10 + at,
              align: 'right' as const,
              cell: (row: ApplicationGroup): Span => numberOf(row[part][word] ?? 0, toneOf(word)),
            },
          ],
    );
  const header = { set: 'APPLICATIONSET', cluster: 'CLUSTER', blocked: 'DELIVERY' }[kind];
  return [
    { header, rank: 0, cell: ({ name }) => span(name === '' ? noName : name, name === '' ? 'dim' : 'plain') },
    { header: 'APPS', rank: 1, align: 'right', cell: ({ applications }) => span(String(applications)) },
    ...(kind === 'blocked' || all.blocked === 0
      ? []
      : [
          {
            header: 'TROUBLE',
            rank: 2,
            align: 'right' as const,
            cell: ({ blocked }: ApplicationGroup) => numberOf(blocked, 'bad'),
          },
        ]),
    ...numbers('health', wordsOf(all.health, healths), toneOfHealth),
    ...numbers('sync', wordsOf(all.sync, syncs), toneOfSync),
  ];
}

/** Those that are known in their order, and any other that somebody uses. */
function wordsOf(counts: Readonly<Record<string, number>>, known: readonly string[]): readonly string[] {
  return [
    ...known,
    ...Object.keys(counts)
      .filter((word) => !known.includes(word))
      .sort(),
  ];
}

function numberOf(count: number, tone: Tone): Span {
  return count === 0 ? span('·', 'dim') : span(String(count), tone);
}

/** Where the line is shorter, the table alone tells how many are in sync. */
const wideLine = 120;

/** `412 applications · 2 with trouble · 3 Degraded 9 Progressing 400 Healthy · 5 OutOfSync 407 Synced` */
function summaryLine({ hub, only }: Choice, shown: readonly ApplicationSummary[], { columns }: Place): Line {
  if (hub.live === undefined) return line(span(hub.absent === undefined ? 'connecting' : 'no hub', 'warn'));
  const counts = countsOf(shown);
  const words = (
    part: 'sync' | 'health',
    known: readonly string[],
    toneOf: (word: string) => Tone,
  ): readonly Span[] => {
    const found = wordsOf(counts[part], known).filter((word) => (counts[part][word] ?? 0) > 0);
    const texts = found.flatMap((word) => [
      span(' '),
      span(`${counts[part][word]} ${word === '' ? `no ${part}` : word}`, toneOf(word)),
    ]);
    return texts.length === 0 ? [] : [span(' ·'), ...texts];
  };
  return line(
    ...sightSpans(hub),
    span(counted(counts.applications, 'application'), 'strong'),
    ...(only === undefined ? [] : [span(` of ${only.name === '' ? noName : only.name}`, 'place')]),
    ...(counts.blocked === 0 ? [] : [span(' · '), span(`${counts.blocked} with trouble`, 'bad')]),
    ...words('health', healths, toneOfHealth),
    ...(columns < wideLine ? [] : words('sync', syncs, toneOfSync)),
  );
}

/** What is shown may be less than there is, or old: then that comes first. */
function sightSpans({ live }: LiveHub): readonly Span[] {
  if (live === undefined) return [];
  const { synced, problem, refused } = live.sight;
  const unread = refused === 0 ? [] : [span(`${refused} unreadable · `, 'warn')];
  if (problem !== undefined) return [span('the hub is not answering · ', 'bad'), ...unread];
  return synced ? unread : [span('still reading · ', 'warn'), ...unread];
}

function nothingText({ absent, live, server }: LiveHub): string {
  if (absent !== undefined)
    return `No hub can be looked at: ${absent.message}. Give one with --kubeconfig FILE, --kube-context NAME or --in-cluster; without them it is KUBECONFIG, then ~/.kube/config.`;
  if (live === undefined) return 'connecting to the hub …';
  const { synced, problem } = live.sight;
  if (problem !== undefined) return `the hub ${server ?? ''} could not be read: ${problem}; trying again`;
  return synced
    ? `the hub ${server ?? ''} has no applications of the pull model`
    : `reading from the hub ${server ?? ''} …`;
}

function openPicture(from: number, hub: LiveHub, place: Place): readonly Line[] {
  const lines = applicationLines(hub, place);
  const first = firstSeen(from, { lines: lines.length, rows: place.rows });
  return lines.slice(first, first + place.rows);
}

function keyOfOpen(state: GitOpsState, key: Key, hub: LiveHub, place: Place): Answer<GitOpsState> | undefined {
  const { openFrom = 0, ...closed } = state;
  if (isKey(key, 'escape', 'backspace', 'enter')) {
    hub.close();
    return { state: closed };
  }
  const [bundle] = hub.opened?.bundles ?? [];
  if (isKey(key, 'w')) {
    if (bundle === undefined) return { state, wish: { wish: 'tell', text: 'Maestro has no work of this application' } };
    const work = { id: bundle.id, name: workName(bundle), consumer: bundle.consumerName };
    return { state, wish: { wish: 'open-work', work } };
  }
  const from = seenAfter(openFrom, key, { lines: applicationLines(hub, place).length, rows: place.rows });
  return from === undefined ? undefined : { state: { ...state, openFrom: from } };
}
