import type { Server } from './server.ts';
import type { Side } from './troubles.ts';

/** As the control API takes and tells it. */
export interface StandInFault {
  readonly kind: string;
  readonly channel: Side;
  readonly status?: number;
  readonly count: number;
}

/** Faults that the stand-in was told, by kind, of which it is not known yet whether anything met them. */
export class ArmedFaults {
  readonly #server: Pick<Server, 'control'>;
  #armed: Readonly<Record<string, number>> = {};

  constructor(server: Pick<Server, 'control'>) {
    this.#server = server;
  }

  async arm(fault: StandInFault): Promise<void> {
    await this.#server.control?.('PUT', 'faults', fault);
    this.#armed = { ...this.#armed, [fault.kind]: (this.#armed[fault.kind] ?? 0) + fault.count };
  }

  /** The kinds of those that something met, each as often; the others are gone with the server, or are taken back. */
  async met(): Promise<readonly string[]> {
    const armed = this.#armed;
    this.#armed = {};
    if (Object.keys(armed).length === 0) return [];
    const left = (await this.#server.control?.('GET', 'faults')) as readonly StandInFault[] | undefined;
    return Object.entries(armed).flatMap(([kind, count]) => {
      const waiting = left?.filter((fault) => fault.kind === kind).reduce((sum, fault) => sum + fault.count, 0) ?? 0;
      return Array.from({ length: Math.max(0, count - waiting) }, () => kind);
    });
  }
}
