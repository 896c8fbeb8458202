import type { RollOutPicture, StagePicture } from '../../core/roll-out/record.ts';
import { worstState } from '../../core/roll-out/work-state.ts';
import { counted } from '../../core/text.ts';
import { stageName, wordOf, tookText } from '../../core/roll-out/words.ts';
import { html, type Html } from './html.ts';

/** More rows than this nobody compares. */
const mostWaves = 60;

/** From when to when the chart goes. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A row for each wave, on one axis of time: when it was under way, and how many of its works had their end by when. */
export function wavesSection({ stages }: RollOutPicture, span: Span): Html {
  const shown = stages.slice(0, stages.length > mostWaves ? mostWaves - 1 : mostWaves);
  const rest = stages.slice(shown.length);
  const more = html`<p class="quiet">And ${counted(rest.length, 'more wave')}, which are in the counts above.</p>`;
  return html`<h2>Waves over time</h2>
    <p class="quiet">
      Left is the beginning, right the end, ${tookText(span.toMs - span.fromMs)} later. The grey block is the time from
      the first write of a wave to its end, the curve in it how many of its works had come out as asked by when, red
      from above those that had failed; the mark at its end has the colour of its worst cluster. Times are those at
      which this run saw it.
    </p>
    ${shown.map((stage) => waveRow(stage, span))} ${rest.length > 0 ? more : ''}`;
}

function waveRow(stage: StagePicture, span: Span): Html {
  const { clusters, begunWallMs, endedWallMs, counts, awaits } = stage;
  const took =
    begunWallMs === undefined
      ? 'not begun'
      : endedWallMs === undefined
        ? 'not ended'
        : tookText(endedWallMs - begunWallMs);
  const works = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const label = `${stageName(stage)}: ${counts.met} of ${works} ${wordOf('met', awaits)}, ${took}`;
  return html`<div class="wave">
    <span>${stageName(stage)} <span class="quiet">${counted(clusters.length, 'cluster')}</span></span>
    <svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="${label}">
      <title>${label}</title>
      ${begunWallMs === undefined ? '' : shapes(stage, { begunMs: begunWallMs, works }, span)}
    </svg>
    <span>${took}</span>
  </div>`;
}

function shapes(
  { clusters, endedWallMs }: StagePicture,
  { begunMs, works }: { readonly begunMs: number; readonly works: number },
  span: Span,
): Html {
  const x = (wallMs: number): number => round((1000 * (wallMs - span.fromMs)) / Math.max(1, span.toMs - span.fromMs));
  const from = x(begunMs);
  const to = Math.max(from + 2, x(endedWallMs ?? span.toMs));
  const times = (state: 'met' | 'failed'): readonly number[] =>
    clusters
      .flatMap((cluster) => cluster.works)
      .flatMap((work) => (work.state === state && work.decidedWallMs !== undefined ? [work.decidedWallMs] : []))
      .sort((a, b) => a - b);
  // How it ended stands at its end, also where all came at the last moment.
  const end = endedWallMs === undefined ? 'pending' : worstState(clusters.map(({ state }) => state));
  return html`<path class="span" d="M${from} 0H${to}V100H${from}Z" />
    <path class="got" d="${steps(times('met').map(x), works, { to, base: 100, up: -100 })}" />
    <path class="lost" d="${steps(times('failed').map(x), works, { to, base: 0, up: 100 })}" />
    <path class="mark s-${end}" d="M${round(Math.max(0, to - 6))} 0h6V100h-6Z" />`;
}

/** The area beneath a line that goes up a step at each time; several at one place are one step. */
function steps(
  times: readonly number[],
  total: number,
  { to, base, up }: { readonly to: number; readonly base: number; readonly up: number },
): string {
  const [first] = times;
  if (first === undefined) return '';
  let path = `M${first} ${base}`;
  for (const [index, time] of times.entries())
    if (times[index + 1] !== time) path += `H${time}V${round(base + (up * (index + 1)) / total)}`;
  return `${path}H${Math.max(to, times.at(-1) ?? to)}V${base}Z`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
