import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatExpression } from '../../../src/core/expressions/format.ts';
import { parseExpression } from '../../../src/core/expressions/parse.ts';
import { MaestroError } from '../../../src/errors.ts';
import { expressions } from './arbitrary.ts';

describe('parsing as a property', () => {
  it('reads back what formatExpression writes', () => {
    fc.assert(
      fc.property(expressions, (expression) => {
        expect(parseExpression(formatExpression(expression))).toEqual(expression);
      }),
      { numRuns: 2000 },
    );
  });

  it('throws nothing but a MaestroError with a caret on its last line', () => {
    const pieces = fc.constantFrom(
      'A',
      'Job',
      ':',
      '/',
      'AND',
      'or',
      '!',
      '(',
      ')',
      '"',
      ' ',
      '=',
      '>=',
      '[',
      ']',
      '0',
      '.',
      'any',
      '&&',
      '\\',
      '\n',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const expression = parseExpression(text);
          expect(parseExpression(formatExpression(expression))).toEqual(expression);
        } catch (error) {
          expect(error).toBeInstanceOf(MaestroError);
          const lines = (error as MaestroError).message.split('\n');
          expect(lines).toHaveLength(3);
          expect(lines[2]).toMatch(/^ *\^$/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('does not care for the case of keywords or the space around them', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('and', 'And', 'AND', '&&'),
        fc.constantFrom('or', 'OR', '||'),
        fc.constantFrom(' ', '\n', '   '),
        (and, or, space) => {
          const text = ['A', and, '(B', or, 'C)'].join(space);
          expect(parseExpression(text)).toEqual(parseExpression('A AND (B OR C)'));
        },
      ),
    );
  });
});
