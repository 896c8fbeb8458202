import { buildInfo } from '../../build-info.ts';
import type { Durations } from '../../core/roll-out/durations.ts';
import type { RollOutPicture } from '../../core/roll-out/record.ts';
import { rollOutStates, unfinishedStates, type RollOutState } from '../../core/roll-out/work-state.ts';
import { counted } from '../../core/text.ts';
import { ExitCode, exitCodes } from '../../exit-code.ts';
import { awaitedWord, stageName, wordOf, tookText } from '../../core/roll-out/words.ts';
import { clustersSection, clusterTable, countsOf } from './clusters.ts';
import { html, type Html } from './html.ts';
import { reasonsSection } from './reasons.ts';
import { styles } from './styles.ts';
import { wavesSection } from './waves.ts';
import { bounded, stateMeanings, timeText } from './words.ts';

/** How the run ended that the page is of. Times are wall time in milliseconds. */
export interface ReportFacts {
  readonly exitCode: ExitCode;
  /** What was typed, without its secrets. */
  readonly command: string;
  readonly startedWallMs: number;
  readonly endedWallMs: number;
  /** What ended the whole run. */
  readonly error?: string;
}

/**
 * One page that tells of a roll-out, whole in itself: it asks for nothing, runs nothing, and says the same printed.
 *
 * @returns HTML, in UTF-8
 */
export function reportPage(picture: RollOutPicture, facts: ReportFacts): string {
  const awaits = awaitedWord(picture);
  const title = headline(picture, awaits);
  const body = picture.plan === undefined ? nothingBegan : sections(picture, facts, awaits);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="generator" content="maestro-cli ${buildInfo.version}" />
        <title>${title}</title>
        ${styles}
      </head>
      <body>
        <h1>${title}</h1>
        ${endOf(picture, facts, awaits)} ${about(picture, facts)} ${body}
      </body>
    </html> `.text;
}

const nothingBegan = html`<p>
  The run ended before its first write to a cluster, so there is no roll-out to tell of.
</p>`;

/** `58 of 60 works Applied on 60 clusters`. */
function headline({ plan, counts, stored, total, clusters }: RollOutPicture, awaits: string | undefined): string {
  if (plan === undefined) return 'A roll-out that did not begin';
  const on = `on ${counted(clusters, 'cluster')}`;
  if (awaits !== undefined) return `${counts.met} of ${counted(total, plan.noun)} ${awaits} ${on}`;
  const there = stored.created + stored.updated + stored.unchanged + stored.doneBefore;
  return `${there} of ${counted(total, plan.noun)} stored ${on}`;
}

const mostNotes = 50;

/** Whether it ended well, and what is left, in plain words. */
function endOf(
  { plan, counts, over, notes }: RollOutPicture,
  { exitCode, error }: ReportFacts,
  awaits: string | undefined,
): Html {
  const noun = plan?.noun ?? 'work';
  const missing = rollOutStates.filter(
    (state) => counts[state] > 0 && (unfinishedStates.has(state) || state === 'failed'),
  );
  const kind = exitCode === ExitCode.Done ? 'done' : counts.failed > 0 ? '' : 'open';
  return html`<div class="end ${kind}">
    <p>
      <b>${exitCode === ExitCode.Done ? 'Done' : 'Not done'}</b>: exit code ${exitCode}, ${exitCodes[exitCode].meaning}.
    </p>
    ${error === undefined ? '' : html`<p>${bounded(error)}</p>`}
    ${over?.stoppedBy === undefined ? '' : html`<p>It stopped early, because ${over.stoppedBy}.</p>`}
    <ul>
      ${missing.map((state) => html`<li>${leftText(state, counts[state], noun, awaits)}</li>`)}
      ${notes.slice(0, mostNotes).map(({ cluster, text }) => html`<li>${cluster}: ${bounded(text)}</li>`)}
      ${notes.length > mostNotes ? html`<li>and ${notes.length - mostNotes} more of such</li>` : ''}
    </ul>
  </div>`;
}

function leftText(state: RollOutState, count: number, noun: string, awaits: string | undefined): string {
  return `${counted(count, noun)} ${wordOf(state, awaits)}: ${stateMeanings[state]}`;
}

function about({ plan }: RollOutPicture, { command, startedWallMs, endedWallMs }: ReportFacts): Html {
  const { version, commit } = buildInfo;
  const items: readonly (readonly [string, string | undefined])[] = [
    ['Server', plan?.server],
    ['Hub', plan?.hub],
    ['Source', plan?.source],
    ['Started', timeText(startedWallMs)],
    ['Ended', `${timeText(endedWallMs)}, after ${tookText(endedWallMs - startedWallMs)}`],
    ['Written by', `maestro-cli ${version}${commit === 'unknown' ? '' : ` (${commit.slice(0, 12)})`}`],
  ];
  return html`<dl>
    <dt>Command</dt>
    <dd><pre>${commandParts(command)}</pre></dd>
    ${items.map(([name, text]) =>
      text === undefined
        ? ''
        : html`<dt>${name}</dt>
            <dd>${text}</dd>`,
    )}
  </dl>`;
}

/** A flag and its value are one thing, which no line should break. */
function commandParts(command: string): readonly Html[] {
  return command.split(/ (?=-)/).map((part) => html`<span>${part}</span> `);
}

function sections(picture: RollOutPicture, facts: ReportFacts, awaits: string | undefined): Html {
  const { begunWallMs = facts.startedWallMs, counts, plan } = picture;
  const noun = plan?.noun === 'application' ? 'Applications' : 'Works';
  return html`<h2>${noun} by state</h2>
    ${countsOf(counts, awaits)} ${storedText(picture)} ${reasonsSection(picture)}
    ${wavesSection(picture, { fromMs: begunWallMs, toMs: facts.endedWallMs })} ${clustersSection(picture, awaits)}
    ${durationsSection(picture, awaits)} ${clusterTable(picture)}`;
}

/** Of Applications nothing is stored by us alone. */
function storedText({ stored, plan }: RollOutPicture): Html {
  if (plan?.noun === 'application') return html``;
  const words = {
    created: 'created',
    updated: 'updated',
    unchanged: 'unchanged',
    doneBefore: 'done by an earlier run',
  } as const;
  const parts = (Object.keys(words) as (keyof typeof words)[]).flatMap((how) =>
    stored[how] > 0 ? [`${stored[how]} ${words[how]}`] : [],
  );
  return html`<p>Stored in Maestro: ${parts.length === 0 ? 'none' : parts.join(', ')}.</p>`;
}

/** How long clusters took, of each wave and of all. */
function durationsSection({ stages, durations, clusters }: RollOutPicture, awaits: string | undefined): Html {
  const heading = html`<h2>How long clusters took</h2>`;
  if (awaits === undefined)
    return html`${heading}
      <p>Nothing was waited for, so it is not known.</p>`;
  if (durations === undefined)
    return html`${heading}
      <p>No cluster that was written to is known to have got there.</p>`;
  const waves = stages.flatMap((stage) =>
    stage.durations === undefined ? [] : [durationRow(stageName(stage), stage.durations, stage.clusters.length)],
  );
  return html`${heading}
    <p class="quiet">
      From the write of a cluster's first work until this run saw ${awaits} of all its works; it looks now and then, so
      the cluster itself may have been quicker. Clusters that did not get there, or had nothing to be written, have no
      time.
    </p>
    <div class="wide">
      <table class="few">
        <thead>
          <tr>
            <th></th>
            <th class="n">Clusters</th>
            <th class="n">Median</th>
            <th class="n">95th percentile</th>
            <th class="n">Worst</th>
            <th>Slowest cluster</th>
          </tr>
        </thead>
        <tbody>
          ${stages.length > 1 ? waves.slice(0, 100) : ''} ${durationRow('all', durations, clusters)}
        </tbody>
      </table>
    </div>`;
}

function durationRow(name: string, { count, medianMs, p95Ms, worstMs, worst }: Durations, of: number): Html {
  return html`<tr>
    <td class="name">${name}</td>
    <td class="n">${count} of ${of}</td>
    <td class="n">${tookText(medianMs)}</td>
    <td class="n">${tookText(p95Ms)}</td>
    <td class="n">${tookText(worstMs)}</td>
    <td class="name">${worst}</td>
  </tr>`;
}
