import type { Path, PathStep } from './syntax-tree.ts';
import type { Scanner } from './tokens.ts';

/** A path into feedback values: `succeeded`, `status.conditions[0].reason`, `["my.value"].x`. */
export function parsePath(scanner: Scanner): Path {
  const first = scanner.match('pathStep')?.text ?? parseQuotedStep(scanner);
  if (first === undefined)
    throw scanner.error(scanner.position, 'expected a condition or the name of a feedback value');
  const steps: PathStep[] = [];
  for (;;) {
    if (scanner.take('.')) {
      const step = scanner.match('pathStep');
      if (step === undefined) throw scanner.error(scanner.position, 'expected the next step of the path');
      steps.push(step.text);
    } else if (scanner.text.charAt(scanner.position) === '[') {
      steps.push(parseBrackets(scanner));
    } else {
      return [first, ...steps];
    }
  }
}

function parseQuotedStep(scanner: Scanner): string | undefined {
  const start = scanner.position;
  if (scanner.text.charAt(start) !== '[') return undefined;
  const step = parseBrackets(scanner);
  if (typeof step === 'string') return step;
  throw scanner.error(start, 'expected the name of a feedback value, such as ["my.value"]');
}

/** `[0]`, `["member"]` or `[?(@.key=="value")]`. */
function parseBrackets(scanner: Scanner): PathStep {
  scanner.take('[');
  const index = scanner.match('integer');
  const member = index === undefined ? scanner.quoted() : undefined;
  const step = index === undefined ? (member?.value ?? parseFilter(scanner)) : Number(index.text);
  if (!scanner.take(']')) throw scanner.error(scanner.position, 'expected ]');
  return step;
}

function parseFilter(scanner: Scanner): PathStep {
  const problem = 'expected an index, a quoted member or a filter of the form [?(@.type=="Ready")]';
  const expectNext = (text: string): void => {
    scanner.skipSpace();
    if (!scanner.take(text)) throw scanner.error(scanner.position, problem);
    scanner.skipSpace();
  };
  expectNext('?');
  expectNext('(');
  expectNext('@');
  expectNext('.');
  const key = scanner.match('pathStep');
  if (key === undefined) throw scanner.error(scanner.position, problem);
  expectNext('==');
  const value = scanner.quoted();
  if (value === undefined)
    throw scanner.error(scanner.position, 'expected a quoted value; other filters are not supported');
  expectNext(')');
  return { key: key.text, equals: value.value };
}
