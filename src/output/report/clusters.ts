import type { ClusterPicture, RollOutPicture, StagePicture } from '../../core/roll-out/record.ts';
import { rollOutStates, type RollOutCounts, type RollOutState } from '../../core/roll-out/work-state.ts';
import { counted, listed } from '../../core/text.ts';
import { stageName, stateSigns, wordOf, tookText } from '../../core/roll-out/words.ts';
import { html, type Html } from './html.ts';
import { bounded, sign, stateMeanings } from './words.ts';

/** Cells and rows of a page; a browser shows so many without a wait. */
const mostClusters = 5_000;
/** With more waves than this the cells stand in one grid. */
const mostGrids = 60;

/** The best first, as people read a bar from the left. */
const bestFirst = rollOutStates.toReversed();

/** How many are in which state, as a bar and as a list of all states that occur. */
export function countsOf(counts: RollOutCounts, awaits: string | undefined): Html {
  const present = bestFirst.filter((state) => counts[state] > 0);
  return html`<div class="bar" aria-hidden="true">
      ${present.map((state) => html`<i class="s-${state}" style="flex:${counts[state]}"></i>`)}
    </div>
    <ul class="key">
      ${present.map((state) => html`<li>${sign(state)} <b>${counts[state]}</b> ${wordOf(state, awaits)}</li>`)}
    </ul>`;
}

/** A cell for each cluster, by waves. */
export function clustersSection(picture: RollOutPicture, awaits: string | undefined): Html {
  const { stages, clusters, clusterCounts } = picture;
  const present = bestFirst.filter((state) => clusterCounts[state] > 0);
  const inOne = stages.length === 1 || stages.length > mostGrids;
  const grids = inOne
    ? [
        grid(
          first(
            stages.flatMap((stage) => stage.clusters.map((cluster) => ({ stage, cluster }))),
            mostClusters,
          ),
        ),
      ]
    : gridsOf(stages);
  return html`<h2>Clusters by state</h2>
    <p class="quiet">
      ${counted(clusters, 'cluster')}, each as its worst work. The name stands under the pointer, and in the list of
      clusters below.
    </p>
    <ul class="key">
      ${present.map(
        (state) =>
          html`<li title="${stateMeanings[state]}">
            ${sign(state)} <b>${clusterCounts[state]}</b> ${wordOf(state, awaits)}
          </li>`,
      )}
    </ul>
    ${grids} ${left(clusters, 'cells')}`;
}

interface Placed {
  readonly stage: StagePicture;
  readonly cluster: ClusterPicture;
}

function gridsOf(stages: readonly StagePicture[]): readonly Html[] {
  let room = mostClusters;
  return stages.map((stage) => {
    const cells = first(
      stage.clusters.map((cluster) => ({ stage, cluster })),
      room,
    );
    room -= cells.length;
    return html`<h3>${stageName(stage)}</h3>
      ${grid(cells)}`;
  });
}

function grid(cells: readonly Placed[]): Html {
  return html`<div class="grid">${cells.map(({ stage, cluster }) => cell(cluster, stage.awaits))}</div>`;
}

function cell(cluster: ClusterPicture, awaits: string | undefined): Html {
  const { state } = cluster;
  const title = `${cluster.name}: ${clusterText(cluster, awaits)}`;
  return html`<i class="sign s-${state}" title="${title}">${stateSigns[state]}</i>`;
}

/** `Applied after 12s`; of several works how many are in the state. */
function clusterText(cluster: ClusterPicture, awaits: string | undefined): string {
  const { state, durationMs } = cluster;
  const after = durationMs === undefined ? '' : ` after ${tookText(durationMs)}`;
  return `${wordOf(state, awaits)}${ofWorks(cluster)}${after}`;
}

function ofWorks({ state, works, planned = works.length }: ClusterPicture): string {
  if (planned <= 1) return '';
  const inState: RollOutState[] = works.flatMap((work) => (work.state === state ? [state] : []));
  const count = state === 'toCome' ? planned - works.length : inState.length;
  return ` (${count} of ${planned})`;
}

/** All clusters, one a row; closed at first, because it is long. */
export function clusterTable({ stages, clusters }: RollOutPicture): Html {
  const rows = first(
    stages.flatMap((stage) => stage.clusters.map((cluster) => ({ stage, cluster }))),
    mostClusters,
  );
  return html`<h2>All clusters</h2>
    <details>
      <summary>${counted(rows.length, 'cluster')}, in the order of the roll-out</summary>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th>Cluster</th>
              <th>Wave</th>
              <th>State</th>
              <th class="n">Took</th>
              <th>What was told</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(({ stage, cluster }) => row(cluster, stage))}
          </tbody>
        </table>
      </div>
    </details>
    ${left(clusters, 'rows')}`;
}

function row(cluster: ClusterPicture, stage: StagePicture): Html {
  const { name, state, durationMs, works } = cluster;
  const texts = works.flatMap((work) =>
    work.state === state && state !== 'met' && work.text !== undefined ? [bounded(work.text)] : [],
  );
  return html`<tr>
    <td class="name">${name}</td>
    <td class="name">${stageName(stage)}</td>
    <td class="name">${sign(state)} ${wordOf(state, stage.awaits)}${ofWorks(cluster)}</td>
    <td class="n">${durationMs === undefined ? '' : tookText(durationMs)}</td>
    <td class="told">${listed(texts, 3, '; ')}</td>
  </tr>`;
}

function left(clusters: number, what: string): Html {
  return clusters <= mostClusters
    ? html``
    : html`<p class="quiet">
        The first ${mostClusters} clusters have ${what} here; all ${clusters} are in the counts.
      </p>`;
}

function first<T>(items: readonly T[], most: number): readonly T[] {
  return items.slice(0, Math.max(0, most));
}
