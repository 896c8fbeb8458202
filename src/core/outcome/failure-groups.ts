import type { ExitCode } from '../../exit-code.ts';
import { exitCodes } from '../../exit-code.ts';
import type { WorkOutcome } from './outcome.ts';

/** The address of a work, as people and programs name it. */
export interface WorkPlace {
  readonly consumer: string;
  readonly name: string;
}

/** Works that did not come out as they were asked to, for one reason. */
export interface FailureGroup {
  /** A reason of an error, or `NotBegun`. */
  readonly reason: string;
  /** What is told of each of them, with `CONSUMER` and `NAME` in the places of its own; ages are left out. */
  readonly message: string;
  readonly exitCode: ExitCode;
  /** Whether the same call may end otherwise, by the table of exit codes. */
  readonly retryable: boolean;
  /** `InProgress` when Maestro has the works and only their end was not seen; else `Failed`. */
  readonly phase: 'Failed' | 'InProgress';
  /** In the order in which they failed. */
  readonly works: readonly WorkPlace[];
}

type Grouped = Omit<FailureGroup, 'works'> & { readonly works: WorkPlace[] };

/** Groups failures by what is told of them, as they come. */
export class FailureGroups {
  readonly #groups = new Map<string, Grouped>();

  /** Takes in an outcome; one that is done is left out. */
  add(outcome: WorkOutcome): void {
    const { exitCode, reason, consumer, manifestWorkName: name } = outcome;
    if (exitCode === 0) return;
    const phase = outcome.phase === 'InProgress' ? 'InProgress' : 'Failed';
    const message = commonMessage(outcome);
    const key = JSON.stringify([exitCode, reason, phase, message]);
    const group = this.#groups.get(key) ?? {
      reason,
      message,
      exitCode,
      retryable: exitCodes[exitCode].tryAgain,
      phase,
      works: [],
    };
    group.works.push({ consumer, name });
    this.#groups.set(key, group);
  }

  /** The largest first. */
  end(): readonly FailureGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.works.length - a.works.length);
  }
}

const age = /(?: \[|, last report )?\b(?:\d+(?:\.\d+)?(?:ms|[dhms]))+(?:\]| ago)/g;

function commonMessage({ message, consumer, manifestWorkName }: WorkOutcome): string {
  const text = message.replace(age, '');
  return replaceWord(replaceWord(text, manifestWorkName, 'NAME'), consumer, 'CONSUMER');
}

/** Names are DNS labels: a letter, a digit or a hyphen beside one makes it part of another. */
function replaceWord(text: string, word: string, by: string): string {
  if (word === '') return text;
  const escaped = word.replaceAll(/[^a-z0-9]/gi, '\\$&');
  return text.replaceAll(new RegExp(`(?<![\\w.-])${escaped}(?![\\w-]|\\.\\w)`, 'g'), by);
}
