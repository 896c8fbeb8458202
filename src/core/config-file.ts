import { isMap, isScalar, LineCounter, parseDocument, Scalar, YAMLMap } from 'yaml';
import type { Document, Node, Pair } from 'yaml';
import { MaestroError } from '../errors.ts';
import { firstLine } from './text.ts';
import { excerptAt } from './yaml/excerpt.ts';
import { nearest } from './works/did-you-mean.ts';
import { needsQuotes } from './yaml/write-scalar.ts';

/** What one context sets, by key; a key is the long flag without its dashes. */
export type ContextValues = Readonly<Record<string, string | boolean>>;

/** The configuration file: named contexts, and the one that holds when none is asked for. */
export interface ConfigFile {
  readonly currentContext?: string;
  readonly contexts: ReadonlyMap<string, ContextValues>;
}

/** A change of the file. Everything it does not name stays, comments included. */
export type ConfigEdit =
  | { readonly kind: 'use'; readonly name: string }
  | { readonly kind: 'set'; readonly name: string; readonly values: ContextValues; readonly unset: readonly string[] }
  | { readonly kind: 'delete'; readonly name: string };

type KeyKind = 'text' | 'file' | 'switch';

/** Keys of a context. Tokens have none: only files that hold them can be named. */
export const contextKeys: Readonly<Record<string, KeyKind>> = {
  'grpc-endpoint': 'text',
  'http-endpoint': 'text',
  'grpc-plaintext': 'switch',
  'insecure-skip-verify': 'switch',
  'grpc-server-ca-file': 'file',
  'grpc-broker-ca-file': 'file',
  'grpc-client-cert-file': 'file',
  'grpc-client-key-file': 'file',
  'grpc-client-token-file': 'file',
  'allow-plaintext-token': 'switch',
  'http-ca-file': 'file',
  'http-client-cert-file': 'file',
  'http-client-key-file': 'file',
  'http-token-file': 'file',
  'source-id': 'text',
  consumer: 'text',
  manager: 'text',
  'keep-history': 'switch',
};

/** Keys that would hold a secret, and the key to use instead. */
export const tokenKeys: Readonly<Record<string, string>> = {
  'grpc-client-token': 'grpc-client-token-file',
  'http-token': 'http-token-file',
};

const topKeys = ['current-context', 'contexts'];

/**
 * Reads the configuration file. Whatever is not known is an error, because a
 * misspelt key would leave a connection less safe than its author thinks.
 *
 * @param file how messages name it
 * @throws MaestroError usage as `file:line:column: message`; values are not repeated
 */
export function readConfig(text: string, file: string): ConfigFile {
  const lines = new LineCounter();
  const document = parsed(text, file, lines);
  return configOf(document, (node, message, hint) =>
    problemAt({ file, text, ...lines.linePos(offsetOf(node)) }, message, hint),
  );
}

/**
 * Applies one change to the text of the file and gives the new text; comments,
 * order and spelling of all else are kept.
 *
 * @throws MaestroError usage for a broken file, and for a context that is to be used or deleted and is not there
 */
export function editConfig(text: string, file: string, edit: ConfigEdit): string {
  const { contexts, currentContext } = readConfig(text, file);
  const document = parsed(text, file, new LineCounter());
  if (!isMap(document.contents)) {
    const empty = document.contents as Node | null;
    const comments = [document.commentBefore, empty?.commentBefore, empty?.comment, document.comment];
    document.contents = new YAMLMap() as never;
    document.commentBefore = joined(comments);
    document.comment = null;
  }
  if (edit.kind !== 'set' && !contexts.has(edit.name)) throw unknownContext(edit.name, file, [...contexts.keys()]);
  switch (edit.kind) {
    case 'use':
      setValue(document, ['current-context'], edit.name);
      break;
    case 'delete':
      document.deleteIn(['contexts', edit.name]);
      if (currentContext === edit.name) removeCurrent(document);
      break;
    case 'set':
      if (!isMap(document.get('contexts'))) document.set('contexts', new YAMLMap());
      if (!isMap(document.getIn(['contexts', edit.name])))
        (document.get('contexts') as YAMLMap).set(textNode(edit.name), new YAMLMap());
      for (const key of edit.unset) document.deleteIn(['contexts', edit.name, key]);
      for (const [key, value] of Object.entries(edit.values)) setValue(document, ['contexts', edit.name, key], value);
      break;
  }
  return document.toString({ lineWidth: 0 });
}

function setValue(document: Document.Parsed, path: readonly string[], value: string | boolean): void {
  document.setIn(path, value);
  // A value that was there has been changed in its node, with the comments that it has; of a new one there is none yet.
  const changed = document.getIn(path, true);
  const node = isScalar(changed) ? changed : new Scalar(value);
  if (typeof value === 'string') quoteWhereNeeded(node, value);
  if (node !== changed) document.setIn(path, node);
}

function textNode(text: string): Scalar {
  const node = new Scalar(text);
  quoteWhereNeeded(node, text);
  return node;
}

/** Quoted wherever some reader could take the text for something else, as in all YAML that is written. */
function quoteWhereNeeded(node: Scalar, text: string): void {
  if (needsQuotes(text)) node.type = 'QUOTE_DOUBLE';
}

function joined(comments: readonly (string | null | undefined)[]): string | null {
  const there = comments.filter((text) => text !== null && text !== undefined);
  return there.length === 0 ? null : there.join('\n');
}

/** The comment above the line is most often the file's heading, so it stays. */
function removeCurrent(document: Document.Parsed): void {
  if (!isMap(document.contents)) return;
  const { items } = document.contents;
  const at = items.findIndex(({ key }) => isScalar(key) && key.value === 'current-context');
  const above = (items[at]?.key as Node | undefined)?.commentBefore;
  const next = (items[at + 1] ?? items[at - 1])?.key as Node | undefined;
  if (above !== null && above !== undefined && next !== undefined) {
    next.commentBefore = joined([above, next.commentBefore]);
  }
  items.splice(at, 1);
}

/** For a context that is named and not there. */
export function unknownContext(name: string, file: string, known: readonly string[]): MaestroError {
  const meant = nearest(name, known);
  const hint =
    known.length === 0
      ? 'Make one with: maestro-cli config set-context NAME --grpc-endpoint=…'
      : meant === undefined
        ? `There are: ${known.slice(0, 10).join(', ')}.`
        : `Did you mean "${meant}"?`;
  return new MaestroError('usage', `${file} has no context named "${name}"`, { hint });
}

/** @throws MaestroError usage for a name that the file cannot hold in one plain line */
export function checkContextName(name: string): void {
  if (/^[^\s\p{Cc}]{1,253}$/u.test(name)) return;
  throw new MaestroError('usage', `${JSON.stringify(name)} cannot name a context`, {
    hint: 'A name has 1 to 253 characters and no blanks.',
  });
}

function parsed(text: string, file: string, lines: LineCounter): Document.Parsed {
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) throw problemAt({ file, text, ...lines.linePos(error.pos[0]) }, firstLine(error.message));
  return document;
}

type Fail = (node: unknown, message: string, hint?: string) => MaestroError;

function configOf(document: Document.Parsed, fail: Fail): ConfigFile {
  const root = document.contents as Node | null;
  if (root === null || isEmpty(root)) return { contexts: new Map() };
  if (!isMap(root)) throw fail(root, 'the file must hold the keys current-context and contexts');
  let currentContext: string | undefined;
  const contexts = new Map<string, ContextValues>();
  for (const pair of root.items) {
    const key = keyOf(pair, fail);
    if (key === 'current-context') {
      if (isEmpty(pair.value)) continue;
      currentContext = textOf(pair.value, key, fail);
    } else if (key === 'contexts') readContexts(pair.value, contexts, fail);
    else throw unknownKey(key, pair, topKeys, fail);
  }
  return { ...(currentContext === undefined ? {} : { currentContext }), contexts };
}

function readContexts(node: unknown, contexts: Map<string, ContextValues>, fail: Fail): void {
  if (isEmpty(node)) return;
  if (!isMap(node)) throw fail(node, 'contexts must map names to settings');
  for (const pair of node.items) {
    const name = keyOf(pair, fail);
    if (isEmpty(pair.value)) contexts.set(name, {});
    else if (isMap(pair.value)) contexts.set(name, valuesOf(pair.value, fail));
    else throw fail(pair.value, `the context "${name}" must map keys to values`);
  }
}

function valuesOf(map: YAMLMap, fail: Fail): ContextValues {
  const values: Record<string, string | boolean> = {};
  for (const pair of map.items) {
    const key = keyOf(pair, fail);
    const kind = Object.hasOwn(contextKeys, key) ? contextKeys[key] : undefined;
    if (kind === undefined) throw unknownKey(key, pair, Object.keys(contextKeys), fail);
    if (kind === 'switch') {
      const value: unknown = isScalar(pair.value) ? pair.value.value : undefined;
      if (typeof value !== 'boolean') throw fail(pair.value ?? pair.key, `${key} must be true or false`);
      values[key] = value;
    } else values[key] = textOf(pair.value, key, fail, pair.key);
  }
  return values;
}

function unknownKey(key: string, pair: Pair, known: readonly string[], fail: Fail): MaestroError {
  const instead = Object.hasOwn(tokenKeys, key) ? tokenKeys[key] : undefined;
  if (instead !== undefined)
    return fail(
      pair.key,
      `${key} is not allowed: a token does not belong into this file`,
      `Put it into a file of its own and name that with ${instead}.`,
    );
  const meant = nearest(key, known);
  return fail(
    pair.key,
    `there is no key "${key}"`,
    meant === undefined ? `Known keys: ${known.join(', ')}.` : `Did you mean "${meant}"?`,
  );
}

function keyOf(pair: Pair, fail: Fail): string {
  const key: unknown = isScalar(pair.key) ? pair.key.value : undefined;
  if (typeof key === 'string') return key;
  if (typeof key === 'number' || typeof key === 'boolean') return String(key);
  throw fail(pair.key, 'keys must be plain text');
}

function textOf(node: unknown, key: string, fail: Fail, place?: unknown): string {
  const value: unknown = isScalar(node) ? node.value : undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw fail(isEmpty(node) ? (place ?? node) : node, `${key} must be a text`, 'Quote it if it looks like a number.');
}

function isEmpty(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}

function offsetOf(node: unknown): number {
  const range = (node as { readonly range?: readonly number[] } | null | undefined)?.range;
  return range?.[0] ?? 0;
}

/** @param place counted from 1; 0 where nothing tells it, such as in an empty file */
function problemAt(
  where: { readonly file: string; readonly text: string; readonly line: number; readonly col: number },
  message: string,
  hint?: string,
): MaestroError {
  const { file, text } = where;
  const place = { line: Math.max(1, where.line), column: Math.max(1, where.col) };
  return new MaestroError('usage', `${file}:${place.line}:${place.column}: ${message}`, {
    // A token may stand where a path was meant.
    excerpts: [excerptAt(text, place, true)],
    hint: hint ?? 'Correct the file, or name another one with --config.',
  });
}
