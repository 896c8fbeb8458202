import type { OutputStream } from '../context.ts';
import type { Clock } from '../clock.ts';
import { oneLine } from '../core/shown-text.ts';
import { cutToWidth } from './one-line.ts';
import type { Reporter } from './reporter.ts';

/** One line at the bottom of a terminal that says how far a long run has come. */
export interface ProgressBar {
  /**
   * The part that is done is drawn; call it whenever that may have changed.
   *
   * @param text what stands beside the bar, with the numbers in it
   */
  show(done: number, total: number, text: string): void;
  /** What is going on, in place of the numbers. */
  note(text: string): void;
  /** Prints something else without the line being in its way. */
  above(print: () => void): void;
  end(): void;
}

/** Drawn at most so often; the eye sees no more, and drawing takes time from the work. */
const drawEveryMs = 100;
const cells = 24;

/** @param lively false where there is no terminal: nothing is drawn then */
export function openProgressBar(stream: OutputStream, clock: Pick<Clock, 'monotonicMs'>, lively: boolean): ProgressBar {
  let line = '';
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  let drawn = false;
  const clear = (): void => {
    if (drawn) stream.write('\r\u001B[2K');
    drawn = false;
  };
  const draw = (): void => {
    // The last column stays free, or some terminals begin a new line.
    stream.write(`\r\u001B[2K${cutToWidth(line, (stream.columns ?? 80) - 1)}`);
    drawn = true;
    drawnAtMs = clock.monotonicMs();
  };
  const show = (text: string, now: boolean): void => {
    if (!lively) return;
    line = text;
    if (now || clock.monotonicMs() - drawnAtMs >= drawEveryMs) draw();
  };
  return {
    show: (done, total, text) => show(barText(done, total, text), done === total),
    note: (text) => show(oneLine(text), false),
    above: (print) => {
      const again = drawn;
      clear();
      print();
      if (again) draw();
    },
    end: clear,
  };
}

export function barText(done: number, total: number, text: string): string {
  const filled = total === 0 ? cells : Math.floor((Math.min(done, total) / total) * cells);
  return `[${'█'.repeat(filled)}${'░'.repeat(cells - filled)}] ${oneLine(text)}`;
}

/** Tells around the bar. What one work of many waits for is for -v. */
export function reportingAround(bar: ProgressBar, reporter: Reporter): Reporter {
  return {
    progress: (text) => bar.above(() => reporter.debug(text)),
    info: (text) => bar.above(() => reporter.info(text)),
    warn: (text) => bar.above(() => reporter.warn(text)),
    error: (text) => bar.above(() => reporter.error(text)),
    debug: (text) => bar.above(() => reporter.debug(text)),
    end: () => undefined,
  };
}
