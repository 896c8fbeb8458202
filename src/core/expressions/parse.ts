import type { MaestroError } from '../../errors.ts';
import type { ConditionStatus } from '../status/work-status.ts';
import { createdHint, deletedHint, isKubectlWord, jsonPathHint } from './kubectl-words.ts';
import { parsePath } from './parse-path.ts';
import type {
  ComparisonOperator,
  Comparison,
  ConditionTest,
  Expression,
  Path,
  ResourceAtom,
  Selector,
  Test,
} from './syntax-tree.ts';
import { longestExpression, Scanner, syntaxError } from './tokens.ts';
import type { QuotedToken, Token } from './tokens.ts';
import { isKeyword, looksLikeCondition, numberIn, statusWord, wellKnownSpelling } from './words.ts';

/** Parentheses and NOTs within each other; deeper ones are refused. */
const deepestNesting = 64;

/**
 * Parses a wait expression. NOT binds tighter than AND, AND tighter than OR;
 * `!`, `&&` and `||` are the same; keywords are read in any case.
 * @throws MaestroError `usage`/`InvalidExpression`, with a caret under the place and what was expected there
 */
export function parseExpression(text: string): Expression {
  if (text.length > longestExpression) {
    const problem = `it has ${text.length} characters, ${longestExpression} are allowed`;
    throw syntaxError(`${text.slice(0, 60)}…`, 0, problem);
  }
  const scanner = new Scanner(text);
  if (scanner.atEnd()) throw scanner.error(0, 'it is empty; expected a condition such as Available');
  const expression = parseOr(scanner, 0);
  if (!scanner.atEnd()) throw unexpectedRest(scanner);
  return expression;
}

function parseOr(scanner: Scanner, depth: number): Expression {
  return parseChain(scanner, 'or', 'disjunction', () => parseAnd(scanner, depth));
}

function parseAnd(scanner: Scanner, depth: number): Expression {
  return parseChain(scanner, 'and', 'conjunction', () => parseNot(scanner, depth));
}

function parseChain(
  scanner: Scanner,
  kind: 'or' | 'and',
  operator: 'disjunction' | 'conjunction',
  parseOperand: () => Expression,
): Expression {
  const first = parseOperand();
  const operands = [first];
  for (scanner.skipSpace(); scanner.match(operator) !== undefined; scanner.skipSpace()) operands.push(parseOperand());
  return operands.length === 1 ? first : { kind, operands };
}

function parseNot(scanner: Scanner, depth: number): Expression {
  scanner.skipSpace();
  const start = scanner.position;
  if (depth > deepestNesting) throw scanner.error(start, `more than ${deepestNesting} levels of nesting`);
  if (scanner.match('negation') !== undefined) return { kind: 'not', operand: parseNot(scanner, depth + 1) };
  if (!scanner.take('(')) return parseAtom(scanner);
  const inner = parseOr(scanner, depth + 1);
  expectClosing(scanner, start);
  return inner;
}

function expectClosing(scanner: Scanner, opened: number): void {
  if (scanner.take(')')) return;
  if (scanner.atEnd()) throw scanner.error(opened, 'this parenthesis is not closed');
  throw unexpectedRest(scanner, 'AND, OR or )');
}

function parseAtom(scanner: Scanner): Expression {
  const start = scanner.position;
  const quoted = scanner.quoted();
  if (quoted !== undefined) return parseQuotedCondition(scanner, quoted);
  const word = scanner.peek('word');
  if (word === undefined || isKeyword(word.text)) {
    throw scanner.error(start, 'expected a condition such as Available, or a resource such as Job/name:Complete');
  }
  if (/^(any|all)$/i.test(word.text)) return parseQuantified(scanner);
  scanner.match('word');
  const next = scanner.text.charAt(scanner.position);
  if (next === '/') return parseResource(scanner, word, 'all');
  scanner.skipSpace();
  if (scanner.text.charAt(scanner.position) === ':') return parseResource(scanner, word, 'all');
  return parseKubectlWord(scanner, word) ?? parseWorkCondition(scanner, word);
}

/**
 * What `kubectl wait --for` takes: `condition=NAME[=STATUS]` means what NAME
 * means here; the others are refused with what to write.
 */
function parseKubectlWord(scanner: Scanner, word: Token): Expression | undefined {
  const equals = scanner.peek('comparison')?.text === '=';
  switch (word.text.toLowerCase()) {
    case 'delete':
      throw scanner.error(word.start, 'delete is no condition of a work', deletedHint);
    case 'create':
      throw scanner.error(word.start, 'there is no condition for the existence of a work', createdHint);
    case 'jsonpath':
      throw scanner.error(
        word.start,
        'a jsonpath cannot be awaited: Maestro does not show the objects of a cluster',
        jsonPathHint(scanner.text.slice(scanner.position)),
      );
    case 'condition': {
      if (!equals) return undefined;
      scanner.match('comparison');
      scanner.skipSpace();
      const type = scanner.match('word');
      if (type === undefined || isKubectlWord(type.text)) {
        throw scanner.error(type?.start ?? scanner.position, 'expected a condition such as Available');
      }
      scanner.skipSpace();
      return parseWorkCondition(scanner, type);
    }
    default:
      return undefined;
  }
}

function parseQuantified(scanner: Scanner): ResourceAtom {
  const quantifier = scanner.match('word')?.text.toLowerCase() === 'any' ? 'any' : 'all';
  scanner.skipSpace();
  const opened = scanner.position;
  const inParentheses = scanner.take('(');
  scanner.skipSpace();
  const kind = scanner.match('word');
  if (kind === undefined || isKeyword(kind.text)) {
    throw scanner.error(scanner.position, `expected a resource after ${quantifier}, such as Job:Complete`);
  }
  const atom = parseResource(scanner, kind, quantifier);
  if (inParentheses) {
    scanner.skipSpace();
    if (scanner.peek('conjunction') !== undefined || scanner.peek('disjunction') !== undefined) {
      throw scanner.error(scanner.position, `${quantifier} takes one resource test; expected )`);
    }
    expectClosing(scanner, opened);
  }
  return atom;
}

function parseResource(scanner: Scanner, kind: Token, quantifier: 'all' | 'any'): ResourceAtom {
  const selector = parseSelector(scanner, kind);
  scanner.skipSpace();
  if (!scanner.take(':')) {
    throw scanner.error(
      scanner.position,
      'expected : and a test, as in Job/name:Complete or Deployment/web:ReadyReplicas>=2',
    );
  }
  scanner.skipSpace();
  return { kind: 'resource', quantifier, selector, test: parseTest(scanner) };
}

/** `Kind[.group]` is taken already; `/name`, `/namespace/name`, `/namespace/`, `//name` may follow. */
function parseSelector(scanner: Scanner, word: Token): Selector {
  const dot = word.text.indexOf('.');
  const group = dot < 0 ? undefined : word.text.slice(dot + 1);
  if (group === '') throw scanner.error(word.start + dot + 1, 'expected an API group after the dot');
  const base = {
    resourceKind: dot < 0 ? word.text : word.text.slice(0, dot),
    ...(group === undefined ? {} : { group }),
  };
  if (!scanner.take('/')) return base;
  const first = parseName(scanner);
  if (!scanner.take('/')) return first === undefined ? base : { ...base, name: first };
  const name = parseName(scanner);
  if (scanner.text.charAt(scanner.position) === '/') {
    throw scanner.error(scanner.position, 'a selector is Kind.group/namespace/name at most; expected :');
  }
  if (name === undefined) return first === undefined ? base : { ...base, namespace: first };
  return { ...base, namespace: first ?? '', name };
}

function parseName(scanner: Scanner): string | undefined {
  return scanner.quoted()?.value ?? scanner.match('name')?.text;
}

function parseWorkCondition(scanner: Scanner, word: Token): Expression {
  const odd = /[^A-Za-z0-9]/.exec(word.text);
  if (odd !== null) {
    throw scanner.error(
      word.start + odd.index,
      'a condition of the work has letters and digits only; a resource needs : and a test',
    );
  }
  return { kind: 'work-condition', type: wellKnownSpelling(word.text), status: parseStatus(scanner, word.text) };
}

/** A condition in quotes is asked for as it stands, whether or not anything is known to report it. */
function parseQuotedCondition(scanner: Scanner, { value, text, start }: QuotedToken): Expression {
  if (!/^[A-Za-z][A-Za-z0-9._/-]*$/.test(value))
    throw scanner.error(start, 'expected the name of a condition in the quotes');
  scanner.skipSpace();
  return { kind: 'work-condition', type: value, status: parseStatus(scanner, text), quoted: true };
}

function parseStatus(scanner: Scanner, written: string): ConditionStatus {
  const operator = scanner.match('comparison');
  if (operator === undefined) return 'True';
  if (operator.text === '!=') {
    throw scanner.error(operator.start, `expected = here; write NOT ${written}=… for the opposite`);
  }
  if (operator.text !== '=' && operator.text !== '==') {
    throw scanner.error(
      operator.start,
      'a comparison needs a resource, as in Deployment/web:ReadyReplicas>=2; expected =',
    );
  }
  scanner.skipSpace();
  const status = statusWord(scanner.peek('value')?.text);
  if (status === undefined) throw scanner.error(scanner.position, 'expected True, False or Unknown');
  scanner.match('value');
  return status;
}

function parseTest(scanner: Scanner): Test {
  const start = scanner.position;
  const withDomain = scanner.match('conditionType');
  const path = withDomain === undefined ? parsePath(scanner) : undefined;
  const spelling = scanner.text.slice(start, scanner.position);
  scanner.skipSpace();
  const operator = scanner.match('comparison');
  if (operator === undefined) {
    if (path !== undefined && (path.length > 1 || spelling.startsWith('['))) {
      throw scanner.error(scanner.position, 'expected a comparison after the path, such as >= 1');
    }
    return conditionTest(withDomain?.text ?? path?.[0] ?? '', 'True', false);
  }
  scanner.skipSpace();
  const ordering = operator.text.startsWith('<') || operator.text.startsWith('>');
  const status = statusWord(scanner.peek('value')?.text);
  const isCondition = withDomain !== undefined || looksLikeCondition(spelling);
  if (!ordering && isCondition && status !== undefined) {
    scanner.match('value');
    return conditionTest(spelling, status, operator.text === '!=');
  }
  if (path === undefined) {
    const problem = ordering ? 'expected = or != after a condition' : 'expected True, False or Unknown';
    throw scanner.error(ordering ? operator.start : scanner.position, problem);
  }
  return parseComparison(scanner, path, operator.text);
}

function conditionTest(type: string, status: ConditionStatus, negated: boolean): ConditionTest {
  return { kind: 'condition', type: wellKnownSpelling(type), status, negated };
}

function parseComparison(scanner: Scanner, path: Path, operator: string): Comparison {
  const value = parseValue(scanner);
  return { kind: 'comparison', path, operator: (operator === '=' ? '==' : operator) as ComparisonOperator, value };
}

function parseValue(scanner: Scanner): string | number | boolean {
  const quoted = scanner.quoted();
  if (quoted !== undefined) return quoted.value;
  const bare = scanner.peek('value');
  if (bare === undefined)
    throw scanner.error(scanner.position, 'expected a value; quote it when it has spaces or signs');
  if (isKeyword(bare.text)) throw scanner.error(bare.start, `expected a value; quote "${bare.text}" if it is one`);
  scanner.match('value');
  if (/^true$/i.test(bare.text)) return true;
  if (/^false$/i.test(bare.text)) return false;
  return numberIn(bare.text) ?? bare.text;
}

function unexpectedRest(scanner: Scanner, expected = 'AND, OR or the end'): MaestroError {
  const at = scanner.position;
  const character = scanner.text.charAt(at);
  if (character === ')') return scanner.error(at, 'this parenthesis closes nothing');
  if (character === '&' || character === '|') return scanner.error(at, `expected ${character}${character}`);
  return scanner.error(at, `expected ${expected}; a value with spaces or signs needs quotes`);
}
