/** Why a cluster cannot be planned, or a new work not be made of the old ones. */
export interface Refusal {
  /** Names of the works that it is about. */
  readonly works: readonly string[];
  /** A sentence. */
  readonly text: string;
}

/** Thrown within planning only: `planCluster` gives refusals back. */
export class RefusedError extends Error {
  readonly refusal: Refusal;

  constructor(works: readonly string[], text: string) {
    super(text);
    this.refusal = { works, text };
  }
}
