import type { Comparison, Expression, Path, PathStep, Selector, Test } from './syntax-tree.ts';
import { isKeyword, looksLikeCondition, numberIn, statusWord } from './words.ts';

/**
 * An expression as text, with the parentheses it needs and no others.
 * `parseExpression` makes the same expression of it again.
 */
export function formatExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'or':
      return expression.operands.map((operand) => wrapped(operand, ['or'])).join(' OR ');
    case 'and':
      return expression.operands.map((operand) => wrapped(operand, ['or', 'and'])).join(' AND ');
    case 'not':
      return `NOT ${wrapped(expression.operand, ['or', 'and'])}`;
    case 'work-condition':
      return withStatus(
        expression.quoted ? JSON.stringify(expression.type) : expression.type,
        expression.status,
        false,
      );
    case 'resource': {
      const quantifier = expression.quantifier === 'any' ? 'any ' : '';
      return `${quantifier}${formatSelector(expression.selector)}:${formatTest(expression.test)}`;
    }
  }
}

/** `Kind.group/namespace/name`, as a user would write it. */
export function formatSelector(selector: Selector): string {
  const { resourceKind, group, namespace, name } = selector;
  const kind = group === undefined ? resourceKind : `${resourceKind}.${group}`;
  if (namespace === undefined) return name === undefined ? kind : `${kind}/${formatName(name)}`;
  return `${kind}/${formatName(namespace)}/${name === undefined ? '' : formatName(name)}`;
}

export function formatTest(test: Test): string {
  if (test.kind === 'condition') return withStatus(test.type, test.status, test.negated);
  return `${formatPath(test.path, readsAsCondition(test))}${test.operator}${formatValue(test.value)}`;
}

/** `Complete==true` would be read as a condition; `["Complete"]==true` is a feedback value. */
function readsAsCondition({ path, value }: Comparison): boolean {
  return path.length === 1 && typeof value === 'boolean' && looksLikeCondition(path[0]);
}

function wrapped(operand: Expression, parenthesised: readonly string[]): string {
  const text = formatExpression(operand);
  return parenthesised.includes(operand.kind) ? `(${text})` : text;
}

function withStatus(type: string, status: string, negated: boolean): string {
  if (negated) return `${type}!=${status}`;
  return status === 'True' ? type : `${type}=${status}`;
}

function formatName(name: string): string {
  return name === '' || /^[A-Za-z0-9][A-Za-z0-9_.~-]*$/.test(name) ? name : JSON.stringify(name);
}

function formatPath([first, ...rest]: Path, quoteFirst: boolean): string {
  return `${!quoteFirst && isPlainStep(first) ? first : `[${JSON.stringify(first)}]`}${rest.map((step) => formatStep(step)).join('')}`;
}

function formatStep(step: PathStep): string {
  if (typeof step === 'number') return `[${step}]`;
  if (typeof step === 'string') return isPlainStep(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  return `[?(@.${step.key}==${JSON.stringify(step.equals)})]`;
}

function isPlainStep(step: string): boolean {
  return /^[A-Za-z_$][A-Za-z0-9_$-]*$/.test(step);
}

/** Text that could be read as anything else is quoted. */
function formatValue(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const bare = /^[A-Za-z0-9_][A-Za-z0-9_.:/-]*$/.test(value);
  const word = isKeyword(value) || statusWord(value) !== undefined;
  return bare && !word && numberIn(value) === undefined ? value : JSON.stringify(value);
}
