/** What is wrong with a JSONPath, and at which character (from 1). */
export interface JsonPathFault {
  readonly message: string;
  readonly column: number;
}

/** What ends the name of a field in Kubernetes' JSONPath. */
const fieldEnd = /[.,[\]$@{}\s]/;

/**
 * Checks a path of a feedback rule against Kubernetes' JSONPath: fields,
 * `..field`, `.*`, indexes, slices, unions, quoted keys and filters. The agent
 * puts the braces round it. undefined when it is well-formed.
 */
export function jsonPathFault(path: string): JsonPathFault | undefined {
  if (path === '') return { message: 'the path is empty', column: 1 };
  if (!/^[$@]?\./.test(path)) return { message: 'a path begins with "."', column: 1 };
  let position = path.startsWith('.') ? 0 : 1;
  while (position < path.length) {
    const next = path[position] === '[' ? afterBracket(path, position) : afterField(path, position);
    if (typeof next !== 'number') return next;
    position = next;
  }
  return undefined;
}

/** The position behind `.field`, `.*`, `..field` or a lone dot before a bracket. */
function afterField(path: string, start: number): number | JsonPathFault {
  if (path[start] !== '.') return { message: `unexpected ${JSON.stringify(path[start])}`, column: start + 1 };
  let position = start + 1;
  const recursive = path[position] === '.';
  if (recursive) position += 1;
  const name = position;
  while (position < path.length && !fieldEnd.test(path[position] ?? '')) position += path[position] === '\\' ? 2 : 1;
  const end = Math.min(position, path.length);
  if (recursive && path[name] === '*') return { message: 'unexpected "*"', column: name + 1 };
  if (end > name) return end;
  const bare = end === path.length ? path.length === 1 : path[end] === '[';
  if (bare && !recursive) return end;
  if (end < path.length && path[end] !== '.' && path[end] !== '[') {
    return { message: `unexpected ${JSON.stringify(path[end])}`, column: end + 1 };
  }
  return { message: 'a field name is missing', column: end + 1 };
}

function afterBracket(path: string, start: number): number | JsonPathFault {
  const end = closing(path, start);
  if (end === undefined) return { message: 'the bracket is not closed', column: start + 1 };
  const inside = path.slice(start + 1, end);
  const column = start + 2;
  if (inside === '') return { message: 'the brackets are empty', column };
  if (inside.startsWith('?')) return filterFault(inside, column) ?? end + 1;
  const parts = splitUnion(inside);
  const bad = parts.find((part) => !isSelector(part));
  if (bad === undefined) return end + 1;
  return { message: `[${bad}] is no index, slice, * or key in single quotes`, column };
}

function isSelector(text: string): boolean {
  return text === '*' || /^-?\d+$/.test(text) || /^(-?\d+)?:(-?\d+)?(:-?\d+)?$/.test(text) || /^'[^']*'$/.test(text);
}

/** A filter is `?(left operator right)`, or `?(@.field)` for "exists"; both sides are paths or values. */
function filterFault(inside: string, column: number): JsonPathFault | undefined {
  const match = /^\?\(\s*(.+?)\s*\)$/.exec(inside);
  if (match === null) return { message: 'a filter is written ?(@.field == "value")', column };
  const sides = splitOutsideQuotes(match[1] ?? '', /^(==|!=|<=|>=|<|>)/);
  const bad = sides.length > 2 ? match[1] : sides.find((side) => !isOperand(side.trim()));
  if (bad === undefined) return undefined;
  return { message: `${bad.trim()} is no condition of a filter`, column };
}

function isOperand(text: string): boolean {
  if (/^[@$]/.test(text))
    return text.length === 1 || jsonPathFault(text[1] === '[' ? `.${text.slice(1)}` : text.slice(1)) === undefined;
  return /^('[^']*'|"[^"]*"|-?\d+(\.\d+)?|true|false)$/.test(text);
}

function splitUnion(text: string): readonly string[] {
  return splitOutsideQuotes(text, /^,/);
}

function splitOutsideQuotes(text: string, separator: RegExp): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (let position = 0; position < text.length; position += 1) {
    const skipped = afterQuote(text, position);
    if (skipped !== undefined) {
      position = skipped;
      continue;
    }
    const found = separator.exec(text.slice(position))?.[0];
    if (found === undefined) continue;
    parts.push(text.slice(from, position));
    from = position + found.length;
    position = from - 1;
  }
  return [...parts, text.slice(from)];
}

function closing(path: string, start: number): number | undefined {
  let depth = 0;
  for (let position = start; position < path.length; position += 1) {
    const skipped = afterQuote(path, position);
    if (skipped !== undefined) position = skipped;
    else if (path[position] === '[') depth += 1;
    else if (path[position] === ']') {
      depth -= 1;
      if (depth === 0) return position;
    }
  }
  return undefined;
}

/** The position of the quote that ends the one here; undefined when none begins here. */
function afterQuote(text: string, position: number): number | undefined {
  const quote = text[position];
  if (quote !== "'" && quote !== '"') return undefined;
  const end = text.indexOf(quote, position + 1);
  return end < 0 ? text.length : end;
}
