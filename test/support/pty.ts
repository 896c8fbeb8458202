import { tmpdir } from 'node:os';
import { Pty, whyNoPty, type PtyOptions } from '../../scripts/terminal/pseudo-terminal.ts';
import { commandWords } from './process.ts';

export { Pty, whyNoPty, type PtyOptions } from '../../scripts/terminal/pseudo-terminal.ts';

/** The real program on a pseudo-terminal; its environment holds PATH, HOME and what is given, nothing else. */
export async function startCliOnPty(argv: readonly string[], options: PtyOptions = {}): Promise<Pty> {
  const reason = whyNoPty();
  if (reason !== undefined) throw new Error(reason);
  return new Pty([...(await commandWords()), ...argv], {
    ...options,
    env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...options.env },
  });
}
