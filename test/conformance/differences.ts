import { expect } from 'vitest';

import declared from './differences.json' with { type: 'json' };

export type TargetKind = 'stand-in' | 'real';

interface Difference {
  /** `<scenario>/<step>` or `<topic>/<check>`. */
  readonly check: string;
  /** The side that answers otherwise than expected. */
  readonly target: string;
  readonly reason: string;
}

const differences: readonly Difference[] = declared;

/**
 * Compares what a target answers with what a real Maestro was seen to answer.
 * A difference that differences.json declares for this target must be there;
 * any other must not.
 */
export class Judge {
  readonly #target: TargetKind;
  readonly #judged = new Set<string>();

  constructor(target: TargetKind) {
    this.#target = target;
  }

  judge(check: string, actual: unknown, expected: unknown): void {
    this.#judged.add(check);
    const difference = differences.find((entry) => entry.check === check && entry.target === this.#target);
    if (difference === undefined) {
      expect(actual, check).toEqual(expected);
      return;
    }
    expect(actual, `${check} is declared in differences.json (${difference.reason}) but is no difference`).not.toEqual(
      expected,
    );
  }

  /** Declared for this target under one of the topics, and never compared: a misspelt or outlived entry. */
  unjudged(topics: readonly string[]): readonly string[] {
    return differences
      .filter((entry) => entry.target === this.#target && topics.includes(entry.check.split('/')[0] ?? ''))
      .map((entry) => entry.check)
      .filter((check) => !this.#judged.has(check));
  }
}
