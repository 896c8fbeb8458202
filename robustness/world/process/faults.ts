/** What strikes the command from within its own machine. Times are milliseconds since it began, by a steady clock. */
export interface ProcessFaults {
  /** From then on the disk takes so many bytes more; of one file alone when its name is given. */
  readonly disk?: { readonly afterMs: number; readonly roomBytes: number; readonly file?: string };
  /** The clock of the machine jumps by so much, back when it is negative. */
  readonly clock?: { readonly afterMs: number; readonly byMs: number };
}

/** Which variable of the environment has them, as JSON, for what is loaded before the command. */
export const faultsVariable = 'ROBUSTNESS_FAULTS';

export interface PreloadOrders extends ProcessFaults {
  /** Gets a line, the kind, each time that something struck. */
  readonly struckFile: string;
}
