import { everyMs } from '../clock.ts';
import type { BottomLine, Context } from '../context.ts';
import { formatDuration } from '../core/duration.ts';
import { placesText, type ReasonGroup } from '../core/outcome/grouped-reasons.ts';
import { oneLine } from '../core/shown-text.ts';
import { textWidth } from '../core/text-width.ts';
import { cutToWidth } from './one-line.ts';
import { wrapToWidth } from './wrap.ts';
import { bottomOf, type LogOptions, type Reporter } from './reporter.ts';
import { spinnerMark } from './spinner-mark.ts';
import { wantsColour } from './colour.ts';

/** How far a long run has come. */
export interface Progress {
  /** What was asked for and is there, and how much that will be at last. */
  readonly done: number;
  readonly total: number;
  /** Says it, with the numbers in it. */
  readonly text: string;
  /** What is in the way; asked for when it is shown. */
  readonly reasons?: () => readonly ReasonGroup[];
}

/** How much time there is, and when it ends on `Clock.monotonicMs`. */
export interface TimeBudget {
  readonly totalMs: number;
  readonly deadlineMs: number;
}

/** One line that says how far a run has come, and below it what is in the way. */
export interface ProgressLine {
  /** Call it whenever something may have changed. */
  show(progress: Progress): void;
  /** Nothing is told any more; to be called whatever happens. */
  end(): void;
}

export interface ProgressLineOptions {
  readonly log: LogOptions;
  /** The time of the run, for how much of it has passed; without it none is told. */
  readonly budget?: TimeBudget;
  /** A bar stands before the text where there is room for it. */
  readonly bar: boolean;
  /** `show` is called every two seconds or sooner, as a wait that polls does; it need not be ended then. */
  readonly steady?: boolean;
}

/** What changed is drawn at once, but not more often. */
const drawEveryMs = 100;
/** Where there is no terminal, a line comes within ten seconds. */
const quietLineMs = 8_000;
/** What is in the way may change with each of many works. */
const soonestLineMs = 1_000;
/** More causes hide the one that matters; the end of the run has them all. */
const shownReasons = 4;
/** The end of a message often says more than its beginning. */
const linesOfReason = 3;
const barCells = 24;
/** A shorter bar says nothing. */
const fewestCells = 8;

/**
 * On a terminal it is drawn several times a second. Elsewhere it is a line every ten seconds, and what is in the way
 * is told when it changes.
 */
export function openProgressLine(
  { log, budget, bar, steady = false }: ProgressLineOptions,
  { stderr, env, clock }: Pick<Context, 'stderr' | 'env' | 'clock'>,
  reporter: Pick<Reporter, 'progress'>,
): ProgressLine {
  const bottom = bottomOf(stderr, log, env);
  const lineOf = (text: string): string =>
    budget === undefined ? text : `${text} · ${timeText(budget, clock.monotonicMs())}`;
  if (bottom !== undefined) {
    const colour = wantsColour(stderr, env);
    let drawnAtMs = clock.monotonicMs();
    return {
      show: ({ done, total, text, reasons }) => {
        const isDue = done === total || clock.monotonicMs() - drawnAtMs >= drawEveryMs;
        if (isDue) drawnAtMs = clock.monotonicMs();
        bottom.show((columns) => {
          const line = lineOf(text);
          const before = bar ? barOf(done, total, columns - textWidth(line)) : spinnerMark(clock.wallMs(), colour);
          return [
            { text: line, ...(before === undefined ? {} : { before }) },
            ...reasonLines(reasons?.() ?? [], columns),
          ];
        }, isDue);
      },
      end: () => bottom.end(),
    };
  }
  let toldAtMs = clock.monotonicMs();
  let toldCauses = '';
  let shown: Progress | undefined;
  const tell = (): void => {
    const sinceMs = clock.monotonicMs() - toldAtMs;
    if (shown === undefined || sinceMs < soonestLineMs) return;
    const groups = shown.reasons?.() ?? [];
    const causes = causesOf(groups);
    if (sinceMs < quietLineMs && (causes === toldCauses || groups.length === 0)) return;
    toldAtMs += sinceMs;
    reporter.progress(lineOf(shown.text));
    if (causes !== toldCauses) for (const { text: reason } of reasonLines(groups)) reporter.progress(reason);
    toldCauses = causes;
  };
  let stop: (() => void) | undefined;
  return {
    show: (progress) => {
      shown = progress;
      // While nothing happens nobody calls.
      if (!steady) stop ??= everyMs(soonestLineMs, tell);
      tell();
    },
    end: () => {
      stop?.();
      shown = undefined;
    },
  };
}

/** `12s of 4m30s`: how much of its time a run has taken. */
export function timeText({ totalMs, deadlineMs }: TimeBudget, monotonicMs: number): string {
  const passedMs = Math.min(totalMs, Math.max(0, totalMs - (deadlineMs - monotonicMs)));
  return `${formatDuration(Math.floor(passedMs / 1000) * 1000)} of ${formatDuration(totalMs)}`;
}

/** What is told anew when it changes: the causes, and not on how many works each is. */
function causesOf(groups: readonly ReasonGroup[]): string {
  return JSON.stringify(groups.map(({ message }) => message).sort());
}

/** @param columns of the terminal; elsewhere nothing is cut */
function reasonLines(groups: readonly ReasonGroup[], columns?: number): readonly BottomLine[] {
  const shown = groups.slice(0, shownReasons).flatMap(({ message, works }) => {
    const places = placesText(works);
    if (columns === undefined) return [`${oneLine(message)}${places}`];
    const room = columns - indent.columns;
    // What is broken at blanks does not fill its lines. How many it is on and where to look is never cut off.
    const text = cutToWidth(oneLine(message), (room * linesOfReason * 4) / 5 - textWidth(places));
    return wrapToWidth(`${text}${places}`, room, linesOfReason);
  });
  const more = groups.length - shownReasons;
  if (more > 0) shown.push(`and ${more} more causes`);
  return shown.map((text) => ({ before: indent, text }));
}

interface Indent {
  readonly text: string;
  readonly columns: number;
}
const indent: Indent = { text: '  ', columns: 2 };

/** `[███░░░] `, or nothing where it would leave no room for the text. */
function barOf(done: number, total: number, room: number): Indent | undefined {
  const cells = Math.min(barCells, room - 3);
  if (cells < fewestCells) return undefined;
  const filled = total === 0 ? cells : Math.floor((Math.min(done, total) / total) * cells);
  return { text: `[${'█'.repeat(filled)}${'░'.repeat(cells - filled)}] `, columns: cells + 3 };
}

/** What one work of many waits for is for -v. */
export function ofMany(reporter: Reporter): Reporter {
  return { ...reporter, progress: (text) => reporter.debug(text), end: () => undefined };
}
