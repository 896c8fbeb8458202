import { formatAge } from '../../../core/duration.ts';
import type { ClusterPicture, RollOutPicture } from '../../../core/roll-out/record.ts';
import { troubledStates } from '../../../core/roll-out/work-state.ts';
import { awaitedWord, tookText, wordOf } from '../../../core/roll-out/words.ts';
import { counted } from '../../../core/text.ts';
import type { FollowedRollOut, RollOutData } from '../data/roll-out-source.ts';
import { isKey, type Key } from '../frame/key.ts';
import { indexOfName } from '../frame/list-state.ts';
import { firstSeen, seenAfter } from '../frame/scroll.ts';
import type { Answer, GatherDeps, KeyHelp, Place, View } from '../frame/view.ts';
import { fitText, line, span, widthOf, wrapText, type Line } from '../screen/line.ts';
import { countSpans, gridRows, rowLine, rowOf, stateTones, verticalNeighbour } from './roll-out-cells.ts';

/** Where somebody is in a roll-out. */
export interface RollOutPosition {
  /** The cluster that the keys are about, in the order of the roll-out. */
  readonly index: number;
  /** What fills the screen: a cell for each cluster, or what is in the way. */
  readonly shows: 'cells' | 'reasons';
  /** The first line of what is in the way. */
  readonly from: number;
}

const keys: readonly KeyHelp[] = [
  { key: 'n', about: 'next trouble' },
  { key: 'r', about: 'reasons' },
  { key: 'enter', about: 'works of the cluster' },
  { key: 'o', about: 'open a journal' },
  { key: ':', about: 'jump' },
  { key: 'arrows, h/j/k/l', about: 'from cluster to cluster; g and G to the ends' },
];

/** Lines that tell the selected cluster. */
const detailLines = 3;
/** On lower screens the cells have what there is. */
const leastForMore = 14;
/** Causes that stand above the cells, and lines of each; `r` shows all, whole. */
const headReasons = 2;
const headReasonLines = 2;

/** A roll-out with its waves, a cell for each cluster, and what is in the way, as its journal tells it. */
export function rollOutView(gather: (deps: GatherDeps) => RollOutData): View<RollOutPosition, RollOutData> {
  return {
    name: 'roll-out',
    title: 'Roll-out',
    keys,
    start: { index: 0, shows: 'cells', from: 0 },
    gather,
    onKey: (state, key, { followed }, place) => {
      if (isKey(key, 'o'))
        return {
          state,
          wish: { wish: 'type', kind: 'path', label: 'journal: ', text: followed?.path ?? '' },
        };
      if (followed === undefined) return undefined;
      if (isKey(key, 'r'))
        return { state: { ...state, shows: state.shows === 'cells' ? 'reasons' : 'cells', from: 0 } };
      return state.shows === 'cells'
        ? keyOfCells(state, key, followed.picture, place)
        : keyOfReasons(state, key, followed.picture, place);
    },
    onTyped: (state, { kind, text, done }, source) => {
      if (!done || text.trim() === '') return { state };
      if (kind === 'jump') return jump(state, text, source);
      source.open(text.trim());
      return { state: { index: 0, shows: 'cells', from: 0 } };
    },
    picture: (state, { followed }, place) => {
      if (followed === undefined) return told(nothingNamed, place);
      const { picture, problem } = followed;
      if (picture.clusters === 0) return told(problem ?? `${followed.path} tells of no work yet`, place);
      if (state.shows === 'reasons') {
        const lines = reasonLines(picture, place);
        const from = firstSeen(state.from, { lines: lines.length, rows: place.rows });
        return lines.slice(from, from + place.rows);
      }
      return cellLines(state, followed, place);
    },
    subject: (state, { followed }) => {
      const cluster = followed === undefined ? undefined : selectedOf(state, followed.picture);
      return cluster === undefined ? undefined : { name: cluster.name, consumer: cluster.name };
    },
  };
}

const nothingNamed =
  'No roll-out is followed. apply --journal FILE keeps one; press o and name the file, or start with maestro-cli ui --journal FILE. It may still be running.';

function told(text: string, { columns }: Place): readonly Line[] {
  return wrapText(text, columns).map((each) => line(each));
}

function allClusters({ stages }: RollOutPicture): readonly ClusterPicture[] {
  return stages.flatMap(({ clusters }) => clusters);
}

function indexOf({ index }: RollOutPosition, { clusters }: RollOutPicture): number {
  return Math.max(0, Math.min(index, clusters - 1));
}

function selectedOf(state: RollOutPosition, picture: RollOutPicture): ClusterPicture | undefined {
  return allClusters(picture)[indexOf(state, picture)];
}

function keyOfCells(
  state: RollOutPosition,
  key: Key,
  picture: RollOutPicture,
  place: Place,
): Answer<RollOutPosition> | undefined {
  const index = indexOf(state, picture);
  const to = (next: number): Answer<RollOutPosition> => ({
    state: { ...state, index: Math.max(0, Math.min(next, picture.clusters - 1)) },
  });
  const vertically = (by: number): Answer<RollOutPosition> =>
    to(verticalNeighbour(gridRows(picture, place.columns), index, by));
  if (isKey(key, 'right', 'l')) return to(index + 1);
  if (isKey(key, 'left', 'h')) return to(index - 1);
  if (isKey(key, 'down', 'j')) return vertically(1);
  if (isKey(key, 'up', 'k')) return vertically(-1);
  if (isKey(key, 'page-down', ' ')) return vertically(pageOf(place));
  if (isKey(key, 'page-up')) return vertically(-pageOf(place));
  if (isKey(key, 'home', 'g')) return to(0);
  if (isKey(key, 'end', 'G')) return to(picture.clusters - 1);
  if (isKey(key, 'n')) {
    const next = nextTrouble(picture, index);
    return next === undefined ? { state, wish: { wish: 'tell', text: 'no cluster is in trouble' } } : to(next);
  }
  if (isKey(key, ':', 'J')) return { state, wish: { wish: 'type', kind: 'jump', label: 'jump to: ', text: '' } };
  if (!isKey(key, 'enter')) return undefined;
  const cluster = selectedOf(state, picture);
  return cluster === undefined ? undefined : { state, wish: { wish: 'works-of', consumer: cluster.name } };
}

function pageOf({ rows }: Place): number {
  return Math.max(1, rows - detailLines - headReasons - 3);
}

/** The next one behind, and from the beginning when there is none. */
function nextTrouble(picture: RollOutPicture, index: number): number | undefined {
  const clusters = allClusters(picture);
  for (let step = 1; step <= clusters.length; step += 1) {
    const at = (index + step) % clusters.length;
    const state = clusters[at]?.state;
    if (state !== undefined && troubledStates.has(state)) return at;
  }
  return undefined;
}

function jump(state: RollOutPosition, text: string, { followed }: RollOutData): Answer<RollOutPosition> {
  const names = followed === undefined ? [] : allClusters(followed.picture).map(({ name }) => name);
  const index = indexOfName(names, text);
  return index === undefined
    ? { state, wish: { wish: 'tell', text: `no cluster is called ${text.trim()}, nor holds it` } }
    : { state: { ...state, index } };
}

function keyOfReasons(
  state: RollOutPosition,
  key: Key,
  picture: RollOutPicture,
  place: Place,
): Answer<RollOutPosition> | undefined {
  const from = seenAfter(state.from, key, { lines: reasonLines(picture, place).length, rows: place.rows });
  if (from !== undefined) return { state: { ...state, from } };
  return isKey(key, 'escape') ? { state: { ...state, shows: 'cells' } } : undefined;
}

function cellLines(state: RollOutPosition, followed: FollowedRollOut, place: Place): readonly Line[] {
  const { picture } = followed;
  const isLow = place.rows < leastForMore;
  const head = headLines(followed, place).slice(0, isLow ? 2 : place.rows);
  const details = isLow ? 1 : detailLines;
  const height = Math.max(1, place.rows - head.length - details - 1);
  const rows = gridRows(picture, place.columns);
  const index = indexOf(state, picture);
  const row = Math.max(0, rowOf(rows, index));
  const top = Math.max(0, Math.min(row - Math.floor(height / 2), rows.length - height));
  const shown = rows.slice(top, top + height).map((each) => rowLine(each, index, place.wallMs));
  const below = rows.length - top - shown.length;
  const filled = Array.from({ length: height }, (_, at) => shown[at] ?? line(''));
  const more = line(
    span(below > 0 || top > 0 ? `lines ${top + 1}–${top + shown.length} of ${rows.length}` : '', 'dim'),
  );
  return [...head, ...filled, more, ...detailOf(selectedOf(state, picture), picture, place).slice(0, details)];
}

/** What all of it amounts to, how far it is, and the largest causes of trouble. */
function headLines({ path, picture, use, problem, unknownLines }: FollowedRollOut, place: Place): readonly Line[] {
  const { counts, total, clusters, plan, reasons } = picture;
  const awaits = awaitedWord(picture);
  // What was asked for is measured against all; the others stand beside it.
  const first = awaits === undefined ? counted(total, 'work') : `${counts.met}/${total} ${wordOf('met', awaits)}`;
  const others = awaits === undefined ? counts : { ...counts, met: 0 };
  const where = [span(path, 'place'), span(` · ${counted(clusters, 'cluster')}`)];
  const progress = progressText(picture, use, place.wallMs);
  const fits = widthOf(line(...where)) + progress.length + 3 <= place.columns;
  const lines = [
    line(span(`${first}  `, 'strong'), ...countSpans(others, awaits)),
    ...(fits ? [line(...where, span(` · ${progress}`))] : [line(...where), ...told(progress, place)]),
  ];
  if (plan === undefined)
    lines.push(
      line(span('An earlier version wrote this journal: what is to come and what came of it is not in it.', 'warn')),
    );
  if (problem !== undefined) lines.push(line(span(problem, 'bad')));
  if (unknownLines > 0)
    lines.push(line(span(`${counted(unknownLines, 'line')} of it could not be understood`, 'warn')));
  for (const { works, message } of reasons.slice(0, headReasons)) {
    const text = wrapped(`${counted(works.length, 'work')}: ${message}`, place.columns, headReasonLines);
    lines.push(...text.map((each) => line(span(each, 'bad'))));
  }
  return lines;
}

/** Whether it goes on, as far as can be known: a run that was killed says nothing. */
function progressText(
  { begunWallMs, over, lastWallMs }: RollOutPicture,
  use: FollowedRollOut['use'],
  wallMs: number,
): string {
  const begun = begunWallMs === undefined ? '' : `begun ${formatAge(wallMs - begunWallMs)} ago, `;
  if (over !== undefined) {
    const took = begunWallMs === undefined ? '' : ` after ${tookText(over.wallMs - begunWallMs)}`;
    const why = over.stoppedBy === undefined ? '' : `, stopped early: ${over.stoppedBy}`;
    return `${begun}ended${took}${why}`;
  }
  const last = lastWallMs === undefined ? '' : `, last news ${formatAge(wallMs - lastWallMs)} ago`;
  if (use === 'held') return `${begun}running${last}`;
  if (use === 'free') return `${begun}no run uses it any more, and none said how it ended${last}`;
  return `${begun}whether it runs cannot be seen from here${last}`;
}

function detailOf(cluster: ClusterPicture | undefined, picture: RollOutPicture, place: Place): readonly Line[] {
  if (cluster === undefined) return [];
  const { name, state, works, planned = works.length, durationMs } = cluster;
  const word = wordOf(state, awaitedWord(picture));
  const inState = state === 'toCome' ? planned - works.length : works.filter((work) => work.state === state).length;
  const of = planned > 1 ? ` (${inState} of ${planned} works)` : '';
  const took = durationMs === undefined ? '' : ` after ${tookText(durationMs)}`;
  const work = works.find((one) => one.state === state);
  const version = work?.version === undefined ? '' : ` · version ${work.version}`;
  const since = work?.changedWallMs === undefined ? '' : ` · since ${formatAge(place.wallMs - work.changedWallMs)}`;
  const text = work?.text === undefined || state === 'met' ? '' : work.text;
  return [
    line(span(name, 'strong'), '  ', span(`${word}${of}${took}`, stateTones[state]), span(`${version}${since}`, 'dim')),
    ...wrapped(text, place.columns, detailLines - 1).map((each) => line(span(each, 'dim'))),
  ];
}

/** In at most so many lines; a mark at the end says that there is more. */
function wrapped(text: string, columns: number, most: number): readonly string[] {
  const lines = wrapText(text, columns);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), fitText(lines.slice(most - 1).join(' '), columns)];
}

function reasonLines(picture: RollOutPicture, { columns }: Place): readonly Line[] {
  if (picture.reasons.length === 0)
    return [line(span('Nothing is in the way, as far as the journal tells.')), line(span('r goes back', 'dim'))];
  return picture.reasons.flatMap(({ message, works }) => [
    ...wrapText(`${counted(works.length, 'work')}: ${message}`, columns).map((each) => line(span(each, 'strong'))),
    ...wrapText(works.map(({ consumer, name }) => `${consumer}/${name}`).join('  '), columns - 2).map((each) =>
      line('  ', span(each, 'place')),
    ),
    line(''),
  ]);
}
