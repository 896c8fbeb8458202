import type { ConditionStatus } from '../status/work-status.ts';

/** A wait expression. AND and OR have two operands or more. */
export type Expression =
  | { readonly kind: 'or' | 'and'; readonly operands: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | Atom;

/** One test, of the work or of its resources. */
export type Atom = WorkConditionAtom | ResourceAtom;

/** `Applied`, `Available=False`: a condition of the work itself. */
export interface WorkConditionAtom {
  readonly kind: 'work-condition';
  /** Applied, Available and Deleted are spelt so here, however they were typed. */
  readonly type: string;
  readonly status: ConditionStatus;
  /** Written in quotes: it is asked for although no agent is known to report it. */
  readonly quoted?: true;
}

/** `Job/np/x:Complete`: a test of every, or any, manifest that the selector means. */
export interface ResourceAtom {
  readonly kind: 'resource';
  readonly quantifier: 'all' | 'any';
  readonly selector: Selector;
  readonly test: Test;
}

/** Which manifests of the work; what is absent matches anything. */
export interface Selector {
  /** Compared without regard to case, as is `group`. */
  readonly resourceKind: string;
  readonly group?: string;
  /** "" for objects without a namespace. */
  readonly namespace?: string;
  readonly name?: string;
}

/** What is asked of one manifest. */
export type Test = ConditionTest | Comparison;

/** A condition with a status; feedback is asked when the agent reports no such condition. */
export interface ConditionTest {
  readonly kind: 'condition';
  readonly type: string;
  readonly status: ConditionStatus;
  /** `Type!=Status`. */
  readonly negated: boolean;
}

/** `status.replicas >= 3`: a feedback value against one that is written out. */
export interface Comparison {
  readonly kind: 'comparison';
  /** The first step is the name of a feedback value, the rest leads into it. */
  readonly path: Path;
  readonly operator: ComparisonOperator;
  readonly value: string | number | boolean;
}

/** Where a value stands in the feedback. */
export type Path = readonly [string, ...PathStep[]];

/** A member, an index of a list, or `[?(@.key=="value")]`: the one member of a list with that value. */
export type PathStep = string | number | { readonly key: string; readonly equals: string };

/** The last four take numbers only. */
export type ComparisonOperator = '==' | '!=' | '>=' | '<=' | '>' | '<';

/** Every atom, from left to right. */
export function atomsOf(expression: Expression): readonly Atom[] {
  switch (expression.kind) {
    case 'or':
    case 'and':
      return expression.operands.flatMap((operand) => atomsOf(operand));
    case 'not':
      return atomsOf(expression.operand);
    case 'work-condition':
    case 'resource':
      return [expression];
  }
}

/** Whether the expression asks about a condition of the work, such as `Deleted`, anywhere. */
export function mentionsCondition(expression: Expression, type: string): boolean {
  return atomsOf(expression).some((atom) => atom.kind === 'work-condition' && atom.type === type);
}
