import { describe, expect, it } from 'vitest';
import { confirm } from '../../src/command-line/confirm.ts';
import type { Context } from '../../src/context.ts';
import { MaestroError } from '../../src/errors.ts';

/** Asks, and lets `answer` speak once the question is shown. */
async function ask(
  answer: () => AsyncIterable<Uint8Array>,
  onQuestion: () => void,
  signal: AbortSignal,
): Promise<string> {
  let shown = '';
  const stderr: Context['stderr'] = {
    isTTY: true,
    columns: 80,
    write: (text) => {
      shown += text;
      if (text.includes('?')) onQuestion();
    },
  };
  const context = { interactive: true, stderr, stdin: answer, signal } as unknown as Context;
  return confirm('Sure?', context).then(
    () => 'confirmed',
    (error: unknown) =>
      `${shown.endsWith('\n') ? 'own line' : 'same line'}: ${MaestroError.from(error).code}: ${MaestroError.from(error).message}`,
  );
}

describe('a question', () => {
  it('that a signal ends is interrupted, and no bug', async () => {
    const stop = new AbortController();
    // eslint-disable-next-line require-yield -- nobody answers
    const silent = async function* (): AsyncGenerator<Uint8Array> {
      await new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
    };
    const end = ask(
      silent,
      () => queueMicrotask(() => stop.abort(new MaestroError('interrupted', 'interrupted by SIGINT'))),
      stop.signal,
    );
    expect(await end).toBe('own line: interrupted: interrupted by SIGINT');
  });

  it('that the end of the input answers is not confirmed', async () => {
    const nothing = async function* (): AsyncGenerator<Uint8Array> {};
    expect(await ask(nothing, () => undefined, new AbortController().signal)).toBe(
      'own line: usage: not confirmed, nothing was done',
    );
  });
});
