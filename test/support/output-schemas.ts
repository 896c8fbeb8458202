import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { outputDocuments } from '../../scripts/output-schemas/documents.ts';
import { requestedResult } from '../../src/command-line/result-request.ts';
import { lastText, scanArgv, valuesOf, type ScannedLine } from '../../src/command-line/scan-argv.ts';
import type { AnyCommandSpec } from '../../src/command-line/command-spec.ts';
import { grammar } from '../../src/commands/index.ts';

/** What the program wrote, and the schema that it was held to. */
export interface SeenDocument {
  readonly schema: string;
  readonly value: unknown;
}

const folder = join(import.meta.dirname, '../../schemas');

/** Every schema that ships, by its name. */
export const publishedSchemas: ReadonlyMap<string, AnySchemaObject> = new Map(
  readdirSync(folder).map((file) => [
    basename(file, '.json'),
    JSON.parse(readFileSync(join(folder, file), 'utf8')) as AnySchemaObject,
  ]),
);

/** Readers have to bear members that a schema does not name; here each of them is a fault. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map((item) => closed(item));
  if (typeof schema !== 'object' || schema === null) return schema;
  const parts = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in parts && !('additionalProperties' in parts)
    ? { ...parts, additionalProperties: false }
    : parts;
}

const checks = new Map<string, ValidateFunction>();

/** Compiled when first asked for, because most tests need few of them. */
function checkOf(name: string): ValidateFunction {
  const known = checks.get(name);
  if (known !== undefined) return known;
  const schema = publishedSchemas.get(name);
  if (schema === undefined) throw new Error(`there is no schema ${name}`);
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
  const check = ajv.compile(closed(schema) as AnySchemaObject);
  checks.set(name, check);
  return check;
}

/** What is wrong with a value by the strict form of a schema; empty when nothing is. */
export function schemaFaults(name: string, value: unknown): readonly string[] {
  const check = checkOf(name);
  if (check(value)) return [];
  return (check.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || '(all)'} ${message} ${JSON.stringify(params)}`,
  );
}

/** What a run left. */
export interface RunEnd {
  /** Null when the process was killed: then what it wrote may end anywhere. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Line = ScannedLine<AnyCommandSpec>;

/**
 * Called before a run. What it returns holds everything that the run wrote for programs to its schema: standard output
 * of `-o json`, the result file, logs in JSON and the journal. It throws an error that names the document and what is
 * wrong with it.
 */
export function watchOutput(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): (end: RunEnd) => readonly SeenDocument[] {
  const line = scanArgv(argv, grammar);
  const result = requestOf(line, env, cwd);
  const journal = lastText(line, 'journal');
  const newResult = newText(result?.path);
  const newJournal = newText(journal === undefined ? undefined : resolve(cwd, journal));
  return ({ exitCode, stdout, stderr }) => {
    if (exitCode === null || line.asksHelp) return [];
    const documents = [
      ...printed(line, argv, stdout),
      ...written(result?.format ?? 'status-result', newResult()),
      ...logged(stderr),
      ...(newJournal() ?? '')
        .split('\n')
        .slice(0, -1)
        .flatMap((entry) => written('journal-line', entry)),
    ];
    for (const { schema, value } of documents) {
      const faults = schemaFaults(schema, value);
      if (faults.length > 0)
        throw new Error(
          `not as schemas/${schema}.json has it: ${faults.slice(0, 5).join('; ')}\n  ${argv.join(' ')}\n${JSON.stringify(value, undefined, 1).slice(0, 2000)}`,
        );
    }
    return documents;
  };
}

function requestOf(...request: Parameters<typeof requestedResult>): ReturnType<typeof requestedResult> {
  try {
    return requestedResult(...request);
  } catch {
    return undefined;
  }
}

/** Gives the text of a file when it is another than now. */
function newText(path: string | undefined): () => string | undefined {
  if (path === undefined) return () => undefined;
  const read = (): string | undefined =>
    statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path, 'utf8') : undefined;
  const before = read();
  return () => {
    const text = read();
    return text === before ? undefined : text;
  };
}

function written(schema: string, text: string | undefined): readonly SeenDocument[] {
  return text === undefined ? [] : [{ schema, value: JSON.parse(text) }];
}

function printed(line: Line, argv: readonly string[], stdout: string): readonly SeenDocument[] {
  if (lastText(line, 'output') !== 'json' || stdout === '') return [];
  const document = outputDocuments.find(
    ({ commands = [], flag }) =>
      commands.includes(line.command?.name ?? line.path.join(' ')) &&
      (flag === undefined || valuesOf(line, flag).some((value) => value !== false)),
  );
  const values = document?.lines === true ? jsonValues(stdout) : [parsed(stdout, argv)];
  return values.map((value) => {
    if (isError(value)) return { schema: 'error', value };
    if (document === undefined) throw new Error(`no schema is named for: ${argv.join(' ')}`);
    return { schema: document.name, value };
  });
}

function isError(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).join(',') === 'error';
}

function parsed(text: string, argv: readonly string[]): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`standard output is not one value of JSON: ${argv.join(' ')}\n${text.slice(0, 2000)}`);
  }
}

/** A value a line; the error at the end, which stands on several, too. */
function jsonValues(text: string): readonly unknown[] {
  const values: unknown[] = [];
  const lines = text.split('\n').slice(0, -1);
  while (lines.length > 0) {
    const whole = lines[0] === '{' ? lines.splice(0) : lines.splice(0, 1);
    values.push(JSON.parse(whole.join('\n')));
  }
  return values;
}

function logged(stderr: string): readonly SeenDocument[] {
  return stderr.split('\n').flatMap((text) => {
    if (!/^\{"(time|level)":.*\}$/.test(text)) return [];
    return written(text.startsWith('{"time"') ? 'log-line' : 'controller-log-line', text);
  });
}
