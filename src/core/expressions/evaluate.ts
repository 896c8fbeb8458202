import { allOf, anyOf, not } from './evidence.ts';
import type { Evidence, Judgement, Truth } from './evidence.ts';
import { formatExpression } from './format.ts';
import { judgeResource } from './judge-resource.ts';
import { judgeWorkCondition } from './judge-work.ts';
import type { Atom, Expression } from './syntax-tree.ts';

export type { Evidence, Truth } from './evidence.ts';

/**
 * Judges an expression by what is known of a work at one version, in Kleene's
 * logic: an atom without evidence at the version is unknown, and so is its
 * negation. Pure and total.
 */
export function evaluate(expression: Expression, evidence: Evidence): Truth {
  switch (expression.kind) {
    case 'or':
      return anyOf(expression.operands.map((operand) => evaluate(operand, evidence)));
    case 'and':
      return allOf(expression.operands.map((operand) => evaluate(operand, evidence)));
    case 'not':
      return not(evaluate(expression.operand, evidence));
    case 'work-condition':
    case 'resource':
      return judgeAtom(expression, evidence).truth;
  }
}

/**
 * Why the expression is not true: one text `atom: what was seen` for each atom
 * that stands in the way, and none for a true expression. Below a NOT it is
 * the atoms that are not false which stand in the way.
 */
export function explain(expression: Expression, evidence: Evidence): string[] {
  return [...new Set(blockingAtoms(expression, evidence, 'true'))];
}

function blockingAtoms(expression: Expression, evidence: Evidence, wanted: Truth): string[] {
  if (evaluate(expression, evidence) === wanted) return [];
  switch (expression.kind) {
    case 'or':
    case 'and':
      return expression.operands.flatMap((operand) => blockingAtoms(operand, evidence, wanted));
    case 'not':
      return blockingAtoms(expression.operand, evidence, not(wanted));
    case 'work-condition':
    case 'resource':
      return [blockingText(expression, judgeAtom(expression, evidence))];
  }
}

function blockingText(atom: Atom, { truth, seen }: Judgement): string {
  const text = formatExpression(atom);
  return seen.length === 0 ? `${text} is ${truth}` : `${text}: ${seen.join('; ')}`;
}

function judgeAtom(atom: Atom, evidence: Evidence): Judgement {
  return atom.kind === 'resource' ? judgeResource(atom, evidence) : judgeWorkCondition(atom, evidence);
}
