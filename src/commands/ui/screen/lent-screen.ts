import type { TerminalScreen } from './terminal-screen.tsx';

/** Gives the screen away for a while: to the shell when the process is stopped, or to an editor. */
export class LentScreen {
  readonly #screen: () => TerminalScreen | undefined;
  readonly #draw: () => void;
  #isLent = false;

  /** @param draw draws the latest picture */
  constructor(screen: () => TerminalScreen | undefined, draw: () => void) {
    this.#screen = screen;
    this.#draw = draw;
  }

  leave(): void {
    if (!this.#isLent) this.#screen()?.suspend();
  }

  comeBack(): void {
    // An editor that was stopped together with us goes on where it was.
    if (this.#isLent) return;
    this.#screen()?.resume();
    this.#draw();
  }

  /** Another program has the terminal until it has ended. */
  async during<T>(use: () => Promise<T>): Promise<T> {
    this.leave();
    this.#isLent = true;
    try {
      return await use();
    } finally {
      this.#isLent = false;
      this.comeBack();
    }
  }
}
