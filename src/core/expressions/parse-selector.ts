import { MaestroError } from '../../errors.ts';
import { parseExpression } from './parse.ts';
import type { Selector } from './syntax-tree.ts';

/**
 * Reads a selector that stands by itself, `Kind[.group]/[namespace/]name`, by
 * the same grammar as in expressions.
 *
 * @throws MaestroError usage
 */
export function parseSelector(text: string, flag: string): Selector {
  const usage = (cause?: unknown): MaestroError =>
    new MaestroError('usage', `${flag} takes Kind[.group]/[namespace/]name, not "${text}"`, {
      hint: 'For example ConfigMap/default/settings, Deployment.apps/web or Namespace/demo.',
      cause,
    });
  let expression;
  try {
    expression = parseExpression(`${text}:Applied`);
  } catch (error) {
    throw usage(error);
  }
  if (expression.kind !== 'resource' || expression.test.kind !== 'condition' || /^\s*(all|any)\b/i.test(text))
    throw usage();
  return expression.selector;
}
