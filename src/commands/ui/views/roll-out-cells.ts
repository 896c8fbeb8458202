import type { ClusterPicture, RollOutPicture, StagePicture } from '../../../core/roll-out/record.ts';
import { stageName, stateSigns, tookText, wordOf } from '../../../core/roll-out/words.ts';
import { rollOutStates, type RollOutCounts, type RollOutState } from '../../../core/roll-out/work-state.ts';
import { counted } from '../../../core/text.ts';
import { line, span, type Line, type Span, type Tone } from '../screen/line.ts';

/** A mark before each sign: where the selected one is, without colours too. */
const cellWidth = 2;
const indent = 2;

/** Works are coloured as everywhere; what only a roll-out knows has the colour of what it means. */
export const stateTones: Readonly<Record<RollOutState, Tone>> = {
  met: { state: 'applied' },
  unchanged: 'good',
  written: 'place',
  pending: { state: 'progressing' },
  toCome: 'dim',
  notBegun: 'dim',
  parked: 'warn',
  silent: { state: 'silent' },
  failing: { state: 'failing' },
  failed: 'bad',
};

/** The best first, as people read a line from the left. */
const bestFirst = rollOutStates.toReversed();

/** `✓ 41 Applied · … 17 pending`: all states that occur, each with its sign. */
export function countSpans(counts: RollOutCounts, awaits: string | undefined): readonly Span[] {
  return bestFirst
    .filter((state) => counts[state] > 0)
    .flatMap((state, index): readonly Span[] => [
      ...(index === 0 ? [] : [span('  ')]),
      span(`${stateSigns[state]} ${counts[state]} ${wordOf(state, awaits)}`, stateTones[state]),
    ]);
}

/** A line of the grid: the name of a wave, or some of its cells. `from` counts the clusters of the whole roll-out. */
export type GridRow =
  | { readonly kind: 'stage'; readonly stage: StagePicture }
  | { readonly kind: 'cells'; readonly from: number; readonly clusters: readonly ClusterPicture[] };

/** The grid in lines of so many columns: a wave begins a line of its own. */
export function gridRows({ stages }: Pick<RollOutPicture, 'stages'>, columns: number): readonly GridRow[] {
  const perRow = Math.max(1, Math.floor((columns - indent) / cellWidth));
  const rows: GridRow[] = [];
  let from = 0;
  for (const stage of stages) {
    rows.push({ kind: 'stage', stage });
    for (let start = 0; start < stage.clusters.length; start += perRow)
      rows.push({ kind: 'cells', from: from + start, clusters: stage.clusters.slice(start, start + perRow) });
    from += stage.clusters.length;
  }
  return rows;
}

/** Index of the row in which a cluster is. */
export function rowOf(rows: readonly GridRow[], cluster: number): number {
  return rows.findIndex((row) => row.kind === 'cells' && cluster < row.from + row.clusters.length);
}

/** The cluster above or below another one: at the same place of the next row of cells, or at its end. */
export function verticalNeighbour(rows: readonly GridRow[], cluster: number, by: number): number {
  const cells = rows.filter((row) => row.kind === 'cells');
  const at = cells.findIndex(({ from, clusters }) => cluster < from + clusters.length);
  const here = cells[at];
  const there = cells[Math.max(0, Math.min(at + by, cells.length - 1))];
  if (here === undefined || there === undefined) return cluster;
  return there.from + Math.min(cluster - here.from, there.clusters.length - 1);
}

export function rowLine(row: GridRow, selected: number, wallMs: number): Line {
  if (row.kind === 'stage') return stageLine(row.stage, wallMs);
  // Neighbours in one state are one span: a row is painted in a few steps, and not in forty.
  const spans: Span[] = [];
  for (const [at, { state }] of row.clusters.entries()) {
    const isSelected = row.from + at === selected;
    const text = `${isSelected ? '>' : ' '}${stateSigns[state]}`;
    const last = spans.at(-1);
    const tone = stateTones[state];
    if (last !== undefined && last.tone === tone) spans[spans.length - 1] = { text: last.text + text, tone };
    else spans.push(span(text, tone));
  }
  return line(' '.repeat(indent), ...spans);
}

function stageLine(stage: StagePicture, wallMs: number): Line {
  const { clusters, begunWallMs, endedWallMs, counts, awaits } = stage;
  const when =
    begunWallMs === undefined
      ? ''
      : endedWallMs === undefined
        ? `for ${tookText(wallMs - begunWallMs)}`
        : `took ${tookText(endedWallMs - begunWallMs)}`;
  return line(
    span(stageName(stage), 'strong'),
    span(`  ${counted(clusters.length, 'cluster')}  `, 'dim'),
    ...countSpans(counts, awaits),
    span(when === '' ? '' : `  ${when}`, 'dim'),
  );
}
