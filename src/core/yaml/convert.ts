import type { Document, Node, Pair, ParsedNode, YAMLMap, YAMLSeq } from 'yaml';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { JsonObject, JsonValue } from '../json.ts';
import { deepestNesting } from '../json-nesting.ts';
import { jsonInteger, setMember } from './members.ts';
import { ScalarError, keyText, resolveScalar } from './scalars.ts';
import type { ScalarSource, ScalarValue } from './scalars.ts';

/** Something that makes a document unusable, at an offset of the text. */
export interface Issue {
  readonly offset: number;
  readonly message: string;
}

export interface Conversion {
  readonly value: JsonValue;
  readonly issues: readonly Issue[];
  /** What each alias of the document points at. */
  readonly targets: ReadonlyMap<Node, Node>;
}

/** What a key that comes twice is: an error, or the last of them, as for kubectl. */
export type DuplicateKeys = 'error' | 'last';

/**
 * How much text the aliases of one document may stand for. A Publish request
 * holds 4 MiB, so nothing that expands beyond it could be sent.
 */
const aliasBudget = 4 * 1024 * 1024;

export const tooDeep = `nested more than ${deepestNesting} levels deep`;

interface Anchored {
  readonly node: Node;
  /** Absent while the node is being converted: an alias in it would never end. */
  done?: { readonly value: JsonValue; readonly weight: number; readonly height: number };
}

interface State {
  readonly duplicateKeys: DuplicateKeys;
  readonly anchors: Map<string, Anchored>;
  readonly targets: Map<Node, Node>;
  readonly issues: Issue[];
  /** Characters and nodes so far, aliases counted at full size. */
  weight: number;
  aliasWeight: number;
  depth: number;
  /** The greatest depth since the current anchored node began. */
  deepest: number;
}

/** Ends the conversion of a document that would take too much memory or stack. */
class LimitReached extends Error {}

/** Turns a composed document into the JSON that kubectl's reader makes of it. */
export function convertDocument(document: Document.Parsed, duplicateKeys: DuplicateKeys): Conversion {
  const state: State = {
    duplicateKeys,
    anchors: new Map(),
    targets: new Map(),
    issues: [],
    weight: 0,
    aliasWeight: 0,
    depth: 0,
    deepest: 0,
  };
  const { issues, targets } = state;
  try {
    return { value: convert(document.contents, state), issues, targets };
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error;
    return { value: null, issues, targets };
  }
}

/** `<<` written plain: its value is merged in instead of becoming a member. */
export function isMergeKey(key: unknown): boolean {
  if (!isScalar(key) || key.source !== '<<') return false;
  return key.tag === undefined ? key.type === 'PLAIN' : key.tag === 'tag:yaml.org,2002:merge';
}

export function scalarSource(node: { source?: string; type?: string; tag?: string }): ScalarSource {
  return { text: node.source ?? '', plain: node.type === 'PLAIN', tag: node.tag };
}

/** Every node that was read from a text has its place there. */
export function startOf(node: unknown): number {
  return (node as ParsedNode).range[0];
}

function convert(node: unknown, state: State): JsonValue {
  if (isAlias(node)) return convertAlias(node, state);
  const anchor = (node as { anchor?: string } | null)?.anchor;
  if (anchor === undefined) return convertPlain(node, state);
  const anchored: Anchored = { node: node as Node };
  state.anchors.set(anchor, anchored);
  const { weight, deepest } = state;
  state.deepest = state.depth;
  const value = convertPlain(node, state);
  anchored.done = { value, weight: state.weight - weight, height: state.deepest - state.depth };
  state.deepest = Math.max(deepest, state.deepest);
  return value;
}

function convertPlain(node: unknown, state: State): JsonValue {
  state.weight += 1;
  if (isMap(node) || isSeq(node)) return convertCollection(node, state);
  if (!isScalar(node)) return null;
  state.weight += node.source?.length ?? 0;
  const scalar = resolve(node, state);
  if (scalar === undefined || scalar.type === 'null') return null;
  if (scalar.type === 'int') return jsonInteger(scalar.value);
  if (scalar.type === 'string') return scalar.value.toWellFormed();
  if (scalar.type === 'float' && !Number.isFinite(scalar.value)) {
    report(state, node, `JSON has no number for ${node.source}`);
    return null;
  }
  return scalar.value;
}

function convertCollection(node: YAMLMap | YAMLSeq, state: State): JsonValue {
  enter(node, state, 1);
  state.depth += 1;
  const value = isMap(node) ? convertMap(node.items, state) : node.items.map((item) => convert(item, state));
  state.depth -= 1;
  return value;
}

function enter(node: Node, state: State, levels: number): void {
  state.deepest = Math.max(state.deepest, state.depth + levels);
  if (state.depth + levels > deepestNesting) stop(state, node, tooDeep);
}

function convertAlias(alias: Node & { source: string }, state: State): JsonValue {
  const anchored = state.anchors.get(alias.source);
  if (anchored === undefined) {
    report(state, alias, `unknown anchor ${JSON.stringify(alias.source)}`);
    return null;
  }
  if (anchored.done === undefined) {
    report(state, alias, `the value of anchor ${JSON.stringify(alias.source)} contains itself`);
    return null;
  }
  state.targets.set(alias, anchored.node);
  state.weight += anchored.done.weight;
  state.aliasWeight += anchored.done.weight;
  if (state.aliasWeight > aliasBudget) {
    stop(state, alias, 'the aliases of this document stand for more than 4 MiB of text');
  }
  enter(alias, state, anchored.done.height);
  return anchored.done.value;
}

function convertMap(pairs: readonly Pair<unknown, unknown>[], state: State): JsonObject {
  const members: Record<string, JsonValue> = {};
  const written = new Set<string>();
  for (const pair of pairs) {
    if (isMergeKey(pair.key)) {
      merge(members, pair, state);
      continue;
    }
    const key = convertKey(pair, state);
    const value = convert(pair.value, state);
    if (key === undefined) continue;
    if (written.has(key) && state.duplicateKeys === 'error') {
      report(state, pair.key, `key ${JSON.stringify(key)} already set`);
    }
    written.add(key);
    setMember(members, key, value);
  }
  return members;
}

/** Of a duplicate the last wins, a merge included: kubectl's reader goes strictly from top to bottom. */
function merge(members: Record<string, JsonValue>, pair: Pair<unknown, unknown>, state: State): void {
  const before = state.issues.length;
  const value = convert(pair.value, state);
  const sources = isSeq(pair.value) ? [...(value as readonly JsonValue[])].reverse() : [value];
  for (const source of sources) {
    if (typeof source !== 'object' || source === null || Array.isArray(source)) {
      if (state.issues.length === before) {
        report(state, pair.key, 'a merge (<<) takes a map or a list of maps');
      }
      return;
    }
    for (const [key, member] of Object.entries(source)) setMember(members, key, member as JsonValue);
  }
}

function convertKey(pair: Pair<unknown, unknown>, state: State): string | undefined {
  const node = keyNode(pair.key, state);
  if (isMap(node) || isSeq(node)) {
    report(state, pair.key, 'a key cannot be a map or a list');
    return undefined;
  }
  const scalar: ScalarValue | undefined = isScalar(node) ? resolve(node, state) : undefined;
  if (scalar === undefined) return undefined;
  try {
    return keyText(scalar).toWellFormed();
  } catch (error) {
    if (!(error instanceof ScalarError)) throw error;
    report(state, pair.key, error.message);
    return undefined;
  }
}

/** The node that holds the key itself, its anchor registered or its alias followed. */
function keyNode(key: unknown, state: State): unknown {
  const anchored = (key as { anchor?: string }).anchor !== undefined;
  if (anchored || isAlias(key)) convert(key, state);
  return isAlias(key) ? state.targets.get(key) : key;
}

function resolve(node: Node & { source?: string; type?: string; tag?: string }, state: State): ScalarValue | undefined {
  try {
    return resolveScalar(scalarSource(node));
  } catch (error) {
    if (!(error instanceof ScalarError)) throw error;
    report(state, node, error.message);
    return undefined;
  }
}

function report(state: State, node: unknown, message: string): void {
  state.issues.push({ offset: startOf(node), message });
}

function stop(state: State, node: unknown, message: string): never {
  report(state, node, message);
  throw new LimitReached(message);
}
