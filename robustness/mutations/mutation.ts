/** A text that stands exactly once in a source file, and what stands there instead. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Which of the programs of its family a mutation is looked for with. */
export interface Aim {
  /** At the most; 3 unless told. */
  readonly clients?: number;
  /** Of each client, at the most; 5 unless told. */
  readonly steps?: number;
  /** Words that stand as values in a program, all of them: kinds of steps, of troubles, or what else it is made of. */
  readonly with?: readonly string[];
  /** Makes of a random program of the family one that can show the fault. */
  readonly shape?: (program: never) => unknown;
  /** What else has to be so of such a program. */
  readonly where?: (program: never) => boolean;
}

/** Who had the fault: tools of this kind that went before, or maestro-cli itself. */
export type Whose =
  'Go maestro-cli' | 'Go controllers' | 'Go adapter' | 'maestro CLI' | 'Argo CD' | 'ours' | 'thought of';

/** A fault that is brought back on purpose. */
export interface Mutation extends Edit {
  readonly name: string;
  readonly whose: Whose;
  /** What goes wrong with it, in one sentence. */
  readonly story: string;
  /** The family whose programs find it. */
  readonly family: string;
  readonly aim?: Aim;
  /** The properties of which at least one has to find it. */
  readonly properties: readonly string[];
  /** How long the search may take, on two cores that do little else. */
  readonly withinSeconds: number;
  /** What has to be edited beside it for the fault to come back. */
  readonly also?: readonly Edit[];
}

export function editsOf({ file, find, replace, also = [] }: Mutation): readonly Edit[] {
  return [{ file, find, replace }, ...also];
}

export function shapedFor({ aim }: Mutation, program: unknown): unknown {
  return aim?.shape?.(program as never) ?? program;
}

/** Whether a program is one that the mutation is looked for with. */
export function isAimedAt({ aim }: Mutation, program: unknown): boolean {
  const text = JSON.stringify(program);
  const hasWords = (aim?.with ?? []).every((word) => text.includes(`:${JSON.stringify(word)}`));
  return hasWords && (aim?.where?.(program as never) ?? true);
}
