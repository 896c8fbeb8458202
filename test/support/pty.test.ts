import { describe, expect, it, vi } from 'vitest';
import { Pty, startCliOnPty, whyNoPty } from './pty.ts';

const reason = whyNoPty();
if (reason !== undefined) console.log(`test/support: no pseudo-terminals: ${reason}`);

describe.skipIf(reason !== undefined)('a program on a pseudo-terminal (skipped without script of util-linux)', () => {
  it('has the size that was asked for, and another one when the window is dragged', async () => {
    await using pty = new Pty(
      ['sh', '-c', `trap 'echo now $(stty size)' WINCH; stty size; while :; do read line; done`],
      {
        columns: 160,
        rows: 50,
      },
    );
    await pty.until('50 160');
    pty.resize({ columns: 91, rows: 23 });
    // Rows and columns are set one after the other, each with a signal: a read that the first one ends is not the last.
    await vi.waitFor(() => pty.press('\r', 'now 23 91', 1_000), { timeout: 20_000, interval: 1 });
  });

  it('gets the keys, and shows colours and the place where it draws', async () => {
    await using pty = new Pty([
      'sh',
      '-c',
      `printf '\\033[31mred\\033[0m \\033[3;5Hthere '; read line; printf "%s!" "$line"; exit 7`,
    ]);
    await pty.until('there');
    expect(pty.screen.lines()[2]).toBe('    there');
    expect(pty.screen.stretches()[0]?.[0]).toMatchObject({ text: 'red', colour: 1, bold: false });
    await pty.press('hello\r', 'hello!');
    expect(await pty.done).toBe(7);
  });

  it('gets the answers of a terminal to its questions', async () => {
    await using pty = new Pty(['sh', '-c', `stty raw -echo; printf '\\033[6n'; head -c 6 | tr '\\033' E; stty sane`]);
    await pty.until('E[1;1R');
  });

  it('is told with the whole screen when the wanted never shows', async () => {
    await using pty = new Pty(['sh', '-c', 'echo other; read line']);
    await pty.until('other');
    await expect(pty.until('wanted', 50)).rejects.toThrow(/not within 50 ms: wanted\nThe screen:\nother/);
  });

  it('may be the real command', async () => {
    await using pty = await startCliOnPty(['version']);
    await pty.until(/^maestro-cli \d/);
    expect(await pty.done).toBe(0);
  });
});
