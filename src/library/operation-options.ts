import { MaestroError } from '../errors.ts';
import type { CallLimits } from './options.ts';

/** What every event of a long operation has. */
export interface OperationEvent {
  readonly kind: string;
  /** When it happened: wall time, milliseconds since 1970. */
  readonly wallMs: number;
}

/** What every long operation takes beside what it is about. */
export interface OperationOptions<E extends OperationEvent> extends CallLimits {
  /**
   * Told of what happens, in order, while it happens. What it throws ends the operation: nothing more is begun, what is
   * under way is waited for, and the call rejects.
   */
  readonly onEvent?: (event: E) => void;
}

/**
 * Tells a program of an event.
 *
 * @param what what messages call the operation
 * @throws MaestroError interrupted, when the program throws
 */
export function tellProgram<E extends OperationEvent>(onEvent: (event: E) => void, event: E, what: string): void {
  try {
    onEvent(event);
  } catch (caught) {
    const text = caught instanceof Error ? caught.message : String(caught);
    throw new MaestroError('interrupted', `${what} was ended, because onEvent threw: ${text}`, { cause: caught });
  }
}
