import { jsonPathFault } from '../../core/works/json-path-syntax.ts';
import type { Operand, Operator, Selection, Step } from './path.ts';

/** What is wrong with a path, and at which of its characters (from 1). */
export class PathFault extends Error {
  readonly column: number;

  constructor(message: string, column: number) {
    super(message);
    this.column = column;
  }
}

const field = /^\.(\.?)((?:[^.,[\]$@{}\s\\]|\\.)+)/;
const comparison = /^(==|!=|<=|>=|<|>)/;

/**
 * Reads a path of Kubernetes' JSONPath, without its braces: `.a.b`, `$.a`, `@`,
 * `['k']`, `[0]`, `[-1:]`, `[*]`, `..a`, `[?(@.type=="X")]`. A dot within a
 * name is escaped: `.metadata.labels.app\.kubernetes\.io/name`.
 *
 * @throws PathFault
 */
export function parsePath(text: string): readonly Step[] {
  const path = text === '$' || text === '@' ? '.' : /^[$@]?\[/.test(text) ? `.${text.replace(/^[$@]/, '')}` : text;
  const fault = jsonPathFault(path);
  if (fault !== undefined) throw new PathFault(fault.message, fault.column);
  return stepsOf(path.replace(/^[$@]/, ''));
}

function stepsOf(path: string): readonly Step[] {
  const steps: Step[] = [];
  let rest = path;
  while (rest !== '') {
    const named = field.exec(rest);
    if (named !== null) {
      steps.push({ kind: 'select', recursive: named[1] === '.', selections: [fieldSelection(named[2] ?? '')] });
      rest = rest.slice(named[0].length);
    } else if (rest.startsWith('[')) {
      const end = closing(rest);
      steps.push(bracketStep(rest.slice(1, end)));
      rest = rest.slice(end + 1);
    } else rest = rest.slice(1);
  }
  return steps;
}

function fieldSelection(name: string): Selection {
  return name === '*' ? { kind: 'every' } : { kind: 'member', name: name.replace(/\\(.)/g, '$1') };
}

function bracketStep(inside: string): Step {
  const filter = /^\?\(\s*(.+?)\s*\)$/.exec(inside);
  if (filter === null) {
    return { kind: 'select', recursive: false, selections: split(inside, /^,/).parts.map((part) => selectionOf(part)) };
  }
  const { parts, separators } = split(filter[1] ?? '', comparison);
  const left = operandOf((parts[0] ?? '').trim());
  const [operator] = separators;
  if (operator === undefined) return { kind: 'filter', left };
  return { kind: 'filter', left, operator: operator as Operator, right: operandOf((parts[1] ?? '').trim()) };
}

function selectionOf(text: string): Selection {
  if (text === '*') return { kind: 'every' };
  if (/^-?\d+$/.test(text)) return { kind: 'index', at: Number(text) };
  const slice = /^(-?\d+)?:(-?\d+)?(?::(-?\d+))?$/.exec(text);
  if (slice === null) return { kind: 'member', name: text.slice(1, -1) };
  const [, from, to, by] = slice;
  if (by !== undefined && Number(by) <= 0) throw new PathFault(`[${text}] steps backwards`, 1);
  return {
    kind: 'slice',
    ...(from === undefined ? {} : { from: Number(from) }),
    ...(to === undefined ? {} : { to: Number(to) }),
    ...(by === undefined ? {} : { by: Number(by) }),
  };
}

function operandOf(text: string): Operand {
  if (text.startsWith('@') || text.startsWith('$'))
    return { kind: 'path', fromRoot: text.startsWith('$'), steps: parsePath(text) };
  if (/^['"]/.test(text)) return { kind: 'value', value: text.slice(1, -1) };
  if (text === 'true' || text === 'false') return { kind: 'value', value: text === 'true' };
  return { kind: 'value', value: Number(text) };
}

/** Cuts at each separator that stands outside quotes and brackets. */
function split(
  text: string,
  separator: RegExp,
): { readonly parts: readonly string[]; readonly separators: readonly string[] } {
  const parts: string[] = [];
  const separators: string[] = [];
  let current = '';
  let at = 0;
  while (at < text.length) {
    const quoted = quotedEnd(text, at);
    const found = quoted === undefined ? separator.exec(text.slice(at))?.[0] : undefined;
    if (found === undefined) {
      const end = (quoted ?? at) + 1;
      current += text.slice(at, end);
      at = end;
    } else {
      parts.push(current);
      separators.push(found);
      current = '';
      at += found.length;
    }
  }
  return { parts: [...parts, current], separators };
}

/** The bracket that closes the one at the start; the path was checked, so there is one. */
function closing(path: string): number {
  let depth = 0;
  for (let at = 0; at < path.length; at += 1) {
    const quoted = quotedEnd(path, at);
    if (quoted !== undefined) at = quoted;
    else if (path[at] === '[') depth += 1;
    else if (path[at] === ']') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return path.length;
}

function quotedEnd(text: string, at: number): number | undefined {
  const quote = text[at];
  if (quote !== "'" && quote !== '"') return undefined;
  const end = text.indexOf(quote, at + 1);
  return end < 0 ? text.length : end;
}
