import type { Node, Pair } from 'yaml';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import { isMergeKey, scalarSource, startOf } from './convert.ts';
import type { JsonPath } from './json-path.ts';
import { keyText, resolveScalar } from './scalars.ts';

/**
 * The offset of a place in a converted document: of the key for a member, of
 * the item for an entry of a list. Follows aliases and merges; stops at the
 * nearest ancestor that the text has.
 */
export function offsetOf(root: Node, targets: ReadonlyMap<Node, Node>, path: JsonPath): number {
  let offset = startOf(root);
  let node: unknown = root;
  for (const step of path) {
    const next = descend(follow(node, targets), step, targets);
    if (next === undefined) break;
    offset = startOf(next.place);
    node = next.node;
  }
  return offset;
}

interface Step {
  readonly place: unknown;
  readonly node: unknown;
}

function follow(node: unknown, targets: ReadonlyMap<Node, Node>): unknown {
  return isAlias(node) ? targets.get(node) : node;
}

function descend(node: unknown, step: string | number, targets: ReadonlyMap<Node, Node>): Step | undefined {
  if (isSeq(node)) {
    const item: unknown = typeof step === 'number' ? node.items[step] : undefined;
    return item === undefined ? undefined : { place: item, node: item };
  }
  if (!isMap(node)) return undefined;
  return findMember(node.items, String(step), targets);
}

/** From the last pair to the first, because of several the last one counts. */
function findMember(
  pairs: readonly Pair<unknown, unknown>[],
  key: string,
  targets: ReadonlyMap<Node, Node>,
): Step | undefined {
  for (const pair of pairs.toReversed()) {
    if (isMergeKey(pair.key)) {
      const found = findMerged(follow(pair.value, targets), key, targets);
      if (found !== undefined) return found;
    } else if (hasText(follow(pair.key, targets), key)) {
      return { place: pair.key, node: pair.value };
    }
  }
  return undefined;
}

function findMerged(value: unknown, key: string, targets: ReadonlyMap<Node, Node>): Step | undefined {
  const sources = isSeq(value) ? value.items : [value];
  for (const source of sources) {
    const map = follow(source, targets);
    const found = isMap(map) ? findMember(map.items, key, targets) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The document was converted before, so its keys resolve. */
function hasText(node: unknown, key: string): boolean {
  return isScalar(node) && keyText(resolveScalar(scalarSource(node))).toWellFormed() === key;
}
