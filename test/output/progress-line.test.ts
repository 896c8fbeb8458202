import xterm from '@xterm/headless';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Context } from '../../src/context.ts';
import type { ReasonGroup } from '../../src/core/outcome/grouped-reasons.ts';
import { openProgressLine, type ProgressLine } from '../../src/output/progress-line.ts';
import { safeOutput } from '../../src/output/safe-output.ts';
import { ManualClock } from '../support/fake-clock.ts';

const log = { verbose: false, quiet: false, format: 'text' } as const;
const causes = (...messages: readonly string[]): readonly ReasonGroup[] =>
  messages.map((message) => ({
    message,
    works: [
      { consumer: 'c1', name: 'np' },
      { consumer: 'c2', name: 'np' },
      { consumer: 'c3', name: 'np' },
    ],
  }));

/** A terminal of 80x24 cells, and what a run writes to it. */
function terminal(): {
  readonly stderr: Context['stderr'];
  readonly stdout: Context['stdout'];
  readonly rows: () => Promise<readonly string[]>;
} {
  const screen = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true, convertEol: true });
  const stream = { write: (text: string) => screen.write(text), isTTY: true, columns: 80 };
  const stderr = safeOutput(stream);
  return {
    stderr,
    stdout: safeOutput(stream, stderr),
    rows: async () => {
      await new Promise<void>((resolve) => screen.write('', resolve));
      const { active } = screen.buffer;
      const rows = Array.from({ length: 24 }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
      return rows.slice(0, rows.findLastIndex((row) => row !== '') + 1);
    },
  };
}

function opened(
  stderr: Context['stderr'],
  { bar = false, clock = new ManualClock() }: { readonly bar?: boolean; readonly clock?: ManualClock } = {},
): { readonly line: ProgressLine; readonly clock: ManualClock; readonly told: readonly string[] } {
  const told: string[] = [];
  const budget = { totalMs: 270_000, deadlineMs: clock.monotonicMs() + 270_000 };
  const context = { stderr, env: { TERM: 'xterm', NO_COLOR: '1' }, clock };
  const line = openProgressLine({ log, budget, bar }, context, { progress: (text) => void told.push(text) });
  return { line, clock, told };
}

afterEach(() => vi.useRealTimers());

describe('the line on a terminal', () => {
  it('says where all stand and how much of the time has passed, and below it what is in the way', async () => {
    const { stderr, rows } = terminal();
    const { line, clock } = opened(stderr);
    await clock.advance(12_400);
    const text = 'Applied 41/60 · 17 pending · 1 failing · 1 silent';
    line.show({ done: 41, total: 60, text, reasons: () => causes('admission webhook "quota" denied the request') });
    expect(await rows()).toEqual([
      expect.stringMatching(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Applied 41\/60 · 17 pending · 1 failing · 1 silent · 12s of 4m30s$/),
      '  admission webhook "quota" denied the request on 3: c1, c2 …',
    ]);
    line.end();
    expect(await rows()).toEqual([]);
  });

  it('stands below all that is written to either output, and leaves nothing of itself', async () => {
    const { stderr, stdout, rows } = terminal();
    const { line } = opened(stderr, { bar: true });
    line.show({ done: 1, total: 2, text: 'Applied 1/2', reasons: () => causes('no room') });
    stdout.write('np created (version 1)\n');
    stderr.write('warning: slow\n');
    expect(await rows()).toEqual([
      'np created (version 1)',
      'warning: slow',
      '[████████████░░░░░░░░░░░░] Applied 1/2 · 0s of 4m30s',
      '  no room on 3: c1, c2 …',
    ]);
    line.end();
    stderr.write('2 works on 2 consumers: 2 Applied\n');
    expect(await rows()).toEqual(['np created (version 1)', 'warning: slow', '2 works on 2 consumers: 2 Applied']);
  });

  it('never wraps: a bar gives way, and a long cause keeps how many it is on and where', async () => {
    const { stderr, rows } = terminal();
    const { line } = opened(stderr, { bar: true });
    const text = 'Applied 1000/3000 · 1000 pending · 900 failing · 50 failed · 50 silent';
    line.show({ done: 1, total: 3, text, reasons: () => causes(`${'denied '.repeat(60)}at last`) });
    const shown = await rows();
    expect(shown[0]).toMatch(/^Applied 1000\/3000 · 1000 pending · 900 failing · 50 failed · 50 silent · /);
    expect(shown).toHaveLength(4);
    expect(shown.at(-1)).toMatch(/… on 3: c1, c2 …$/);
    line.end();
  });

  it('is drawn only when it says something else', async () => {
    vi.useFakeTimers();
    const written: string[] = [];
    const stderr = safeOutput({ write: (text) => void written.push(text), isTTY: true, columns: 80 });
    const { line, clock } = opened(stderr, { bar: true });
    const show = (done: number): void => line.show({ done, total: 3, text: `Applied ${done}/3` });
    show(0);
    for (let tenth = 0; tenth < 9; tenth += 1) {
      vi.advanceTimersByTime(100);
      show(0);
    }
    expect(written).toHaveLength(1);
    const moved = clock.advance(1_000);
    vi.advanceTimersByTime(1_000);
    await moved;
    show(0);
    expect(written).toHaveLength(2);
    expect(written[1]).toContain('Applied 0/3 · 1s of 4m30s');
    stderr.write('warning: slow\n');
    expect(written.join('').split('1s of 4m30s')).toHaveLength(3);
    line.end();
  });

  it('cannot be steered by what an agent wrote', async () => {
    const { stderr, rows } = terminal();
    const { line } = opened(stderr);
    line.show({ done: 0, total: 1, text: 'Applied 0/1', reasons: () => causes('no\u001B[2J\nroom') });
    expect((await rows())[1]).toBe('  no [2J room on 3: c1, c2 …');
    line.end();
  });

  it('leaves the line of a question alone until that is answered', async () => {
    const { stderr, rows } = terminal();
    const { line } = opened(stderr);
    line.show({ done: 0, total: 1, text: 'Applied 0/1' });
    stderr.write('Go on? [y/N] ');
    line.show({ done: 1, total: 1, text: 'Applied 1/1' });
    expect(await rows()).toEqual(['Go on? [y/N] ']);
    line.end();
  });
});

describe('the line where there is no terminal', () => {
  const pipe = { write: () => undefined, isTTY: false, columns: undefined };

  it('comes within ten seconds though nothing happens', async () => {
    vi.useFakeTimers();
    const { line, clock, told } = opened(pipe);
    line.show({ done: 0, total: 2, text: 'Applied 0/2 · 2 pending' });
    for (let second = 0; second < 20; second += 1) {
      const moved = clock.advance(1_000);
      await vi.advanceTimersByTimeAsync(1_000);
      await moved;
    }
    expect(told).toEqual(['Applied 0/2 · 2 pending · 8s of 4m30s', 'Applied 0/2 · 2 pending · 16s of 4m30s']);
    line.end();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(told).toHaveLength(2);
  });

  it('tells what is in the way when that changes, and not when it is on one work more', async () => {
    const { line, clock, told } = opened(pipe);
    await clock.advance(2_000);
    line.show({ done: 0, total: 3, text: 'Applied 0/3', reasons: () => causes('no room') });
    await clock.advance(2_000);
    line.show({ done: 1, total: 3, text: 'Applied 1/3', reasons: () => causes('no room') });
    await clock.advance(2_000);
    line.show({ done: 1, total: 3, text: 'Applied 1/3', reasons: () => causes('no room', 'denied') });
    expect(told).toEqual([
      'Applied 0/3 · 2s of 4m30s',
      'no room on 3: c1, c2 …',
      'Applied 1/3 · 6s of 4m30s',
      'no room on 3: c1, c2 …',
      'denied on 3: c1, c2 …',
    ]);
    line.end();
  });
});
