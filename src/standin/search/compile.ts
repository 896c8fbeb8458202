import { isJsonObject } from '../../core/json.ts';
import type { JsonValue } from '../../core/json.ts';
import { badRequest, general } from '../service/service-error.ts';
import type { Comparison, Expression, Field, Literal } from './expression.ts';
import { jsonbAt, jsonbContains, jsonbText } from './jsonb.ts';
import type { ColumnKind, Table } from './tables.ts';

/** SQL's truth: null is "unknown", and only true selects a row. */
type Truth = boolean | null;
export type Predicate<Row> = (row: Row) => Truth;

type Scalar = string | number;

/**
 * Turns a search into a test of rows. Unknown columns and values that do not
 * fit the column's type are the errors PostgreSQL gives, as `maestro-9`.
 */
export function compile<Row>(expression: Expression, table: Table<Row>): Predicate<Row> {
  switch (expression.kind) {
    case 'and': {
      const [left, right] = [compile(expression.left, table), compile(expression.right, table)];
      return (row) => {
        const first = left(row);
        if (first === false) return false;
        const second = right(row);
        return second === false ? false : first === null || second === null ? null : true;
      };
    }
    case 'or': {
      const [left, right] = [compile(expression.left, table), compile(expression.right, table)];
      return (row) => {
        const first = left(row);
        if (first === true) return true;
        const second = right(row);
        return second === true ? true : first === null || second === null ? null : false;
      };
    }
    case 'not': {
      const inner = compile(expression.of, table);
      return (row) => negate(inner(row));
    }
    default:
      return leaf(expression, table);
  }
}

type Leaf = Exclude<Expression, { kind: 'and' | 'or' | 'not' }>;

function leaf<Row>(expression: Leaf, table: Table<Row>): Predicate<Row> {
  const { read, kind, readJson } = access(expression.field, table);
  switch (expression.kind) {
    case 'compare': {
      const wanted = literal(expression.value, kind);
      const holds = comparison(expression.operator);
      return (row) => {
        const value = read(row);
        return value === null ? null : holds(value, wanted);
      };
    }
    case 'in': {
      const wanted = new Set(expression.values.map((value) => literal(value, kind)));
      return (row) => {
        const value = read(row);
        return value === null ? null : wanted.has(value) !== expression.negated;
      };
    }
    case 'between': {
      const [low, high] = [literal(expression.low, kind), literal(expression.high, kind)];
      return (row) => {
        const value = read(row);
        return value === null ? null : (value >= low && value <= high) !== expression.negated;
      };
    }
    case 'like': {
      if (kind !== 'text') {
        throw general(
          `Unable to list resources: ERROR: operator does not exist: ${typeName(kind)} ~~ unknown (SQLSTATE 42883)`,
        );
      }
      const pattern = likePattern(String(expression.pattern), expression.foldCase);
      return (row) => {
        const value = read(row);
        return value === null ? null : pattern.test(String(value)) !== expression.negated;
      };
    }
    case 'null':
      return (row) =>
        ((kind === 'json' ? readJson(row) : (read(row) ?? undefined)) === undefined) !== expression.negated;
    case 'contains': {
      const wanted = jsonLiteral(expression.json);
      return (row) => {
        const value = readJson(row);
        return value === undefined ? null : jsonbContains(value, wanted);
      };
    }
  }
}

interface Access<Row> {
  readonly kind: ColumnKind;
  readonly read: (row: Row) => Scalar | null;
  readonly readJson: (row: Row) => JsonValue | undefined;
}

function access<Row>(field: Field, table: Table<Row>): Access<Row> {
  const column = columnOf(field.column, table, field.path.length > 0);
  const kind = table.columns[column] ?? 'text';
  const readJson = (row: Row): JsonValue | undefined => jsonbAt(table.json(row, column), field.path);
  if (field.asText) return { kind: 'text', read: (row) => jsonbText(readJson(row)), readJson };
  return { kind, read: (row) => table.scalar(row, column), readJson };
}

/** Checks a column name, with or without its table, and gives the bare name. */
export function columnOf<Row>(name: string, table: Table<Row>, bare = false): string {
  const parts = name.split('.');
  if (parts.length > 2) throw badRequest(`${name} is not a valid field name`);
  const column = parts.at(-1) ?? '';
  if (parts.length === 2 && parts[0] !== table.name) {
    throw badRequest(`${parts[0] ?? ''} is not a related resource of ${table.model}`);
  }
  if (Object.hasOwn(table.columns, column)) return column;
  const shown = bare ? `"${column}"` : `${table.name}.${column}`;
  throw general(`Unable to list resources: ERROR: column ${shown} does not exist (SQLSTATE 42703)`);
}

function literal(value: Literal, kind: ColumnKind): Scalar {
  switch (kind) {
    case 'text':
      return String(value);
    case 'integer': {
      const number = typeof value === 'number' ? value : /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : NaN;
      if (Number.isNaN(number)) throw general(inputError('integer', String(value), '22P02'));
      return number;
    }
    case 'time': {
      const micros = parseTime(String(value));
      if (micros === undefined) throw general(inputError('timestamp with time zone', String(value), '22007'));
      return micros;
    }
    case 'json':
      throw general('Unable to list resources: ERROR: invalid input syntax for type json (SQLSTATE 22P02)');
  }
}

function inputError(type: string, value: string, state: string): string {
  return `Unable to list resources: ERROR: invalid input syntax for type ${type}: ${JSON.stringify(value)} (SQLSTATE ${state})`;
}

const timePattern =
  /^\s*(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?\s*(Z|[-+]\d\d(?::?\d\d)?)?\s*$/i;

/**
 * Microseconds since the epoch of an RFC 3339 time or the shorter forms PostgreSQL takes; UTC when no zone is given.
 */
export function parseTime(text: string): number | undefined {
  const match = timePattern.exec(text);
  if (match === null) return undefined;
  const [, day = '', minutes = '00:00', seconds = '00', fraction = '', zone = 'Z'] = match;
  const offset = /^z$/i.test(zone)
    ? 'Z'
    : zone.length === 3
      ? `${zone}:00`
      : zone.includes(':')
        ? zone
        : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const ms = Date.parse(`${day}T${minutes}:${seconds}${offset}`);
  if (Number.isNaN(ms)) return undefined;
  return ms * 1000 + Math.round(Number(`0.${fraction === '' ? '0' : fraction}`) * 1_000_000);
}

function comparison(operator: Comparison): (left: Scalar, right: Scalar) => boolean {
  switch (operator) {
    case '=':
      return (left, right) => left === right;
    case '<>':
      return (left, right) => left !== right;
    case '<':
      return (left, right) => left < right;
    case '<=':
      return (left, right) => left <= right;
    case '>':
      return (left, right) => left > right;
    case '>=':
      return (left, right) => left >= right;
  }
}

/** `%` any text, `_` one character, `\` takes the next one literally. */
export function likePattern(pattern: string, foldCase: boolean): RegExp {
  let source = '';
  let escaped = false;
  for (const character of pattern) {
    if (!escaped && character === '\\') {
      escaped = true;
      continue;
    }
    if (!escaped && character === '%') source += '.*';
    else if (!escaped && character === '_') source += '.';
    else source += character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    escaped = false;
  }
  return new RegExp(`^${source}$`, foldCase ? 'isu' : 'su');
}

function jsonLiteral(text: string): JsonValue {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isJsonObject(value) ? { ...value } : value;
  } catch {
    throw general('Unable to list resources: ERROR: invalid input syntax for type json (SQLSTATE 22P02)');
  }
}

function typeName(kind: ColumnKind): string {
  return kind === 'integer' ? 'integer' : kind === 'time' ? 'timestamp with time zone' : 'jsonb';
}

function negate(truth: Truth): Truth {
  return truth === null ? null : !truth;
}
