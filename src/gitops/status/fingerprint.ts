import type { JsonObject, JsonValue } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import { ContentSum } from './content-sum.ts';
import { isDeliveryType } from './delivery-condition.ts';

/**
 * What a status says, in three short texts, each another when that part is
 * another. Members without a value (null, false, 0, "", empty lists and maps)
 * are as good as absent, because Argo CD's types leave them out and put them in
 * as they please; the order of members and of conditions says nothing.
 */
export interface Fingerprint {
  /**
   * Sync status, revisions, what was compared; health; the operation's phase, times and revisions; conditions; source
   * types.
   */
  readonly transition: string;
  /** Everything else but times that move by themselves: resources, history, summary, messages. */
  readonly detail: string;
  /** Everything, `reconciledAt`, `observedAt` and transition times too. */
  readonly full: string;
  readonly reconciledAt: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly phase: string;
}

type Split = (name: string) => 'transition' | 'detail' | 'times';

const ofSync = splitBy(['status', 'revision', 'revisions', 'comparedTo']);
const ofHealth = splitBy(['status']);
const ofOperation = splitBy(['phase', 'startedAt', 'finishedAt']);
const ofSyncResult = splitBy(['revision', 'revisions']);

/**
 * The fingerprint of an Application's status. Our own delivery conditions
 * count nothing, so a hub's status has the fingerprint of the cluster's that
 * was written to it.
 */
export function fingerprintOf(status: JsonObject): Fingerprint {
  const times = new ContentSum();
  const sums = { transition: new ContentSum(times), detail: new ContentSum(times), times };
  for (const name in status) (members.get(name) ?? addDetail)(sums, name, status[name]);
  const operationState = objectAt(status, 'operationState');
  const transition = sums.transition.text();
  const detail = sums.detail.text();
  return {
    transition,
    detail,
    full: fullText(transition, detail, times),
    reconciledAt: textAt(status, 'reconciledAt'),
    startedAt: textAt(operationState, 'startedAt'),
    finishedAt: textAt(operationState, 'finishedAt'),
    phase: textAt(operationState, 'phase'),
  };
}

interface Sums {
  readonly transition: ContentSum;
  readonly detail: ContentSum;
  readonly times: ContentSum;
}

type Add = (sums: Sums, name: string, value: JsonValue | undefined) => void;

const addTime: Add = (sums, name, value) => sums.times.add(name, value);
const addTransition: Add = (sums, name, value) => sums.transition.add(name, value);
const addDetail: Add = (sums, name, value) => sums.detail.add(name, value);

/** Members that are more than detail. */
const members: ReadonlyMap<string, Add> = new Map<string, Add>([
  ['reconciledAt', addTime],
  ['observedAt', addTime],
  ['sync', (sums, name, value) => addParts(sums, name, value, ofSync)],
  ['health', (sums, name, value) => addParts(sums, name, value, ofHealth)],
  ['operationState', (sums, _name, value) => addOperation(sums, value)],
  ['conditions', (sums, _name, value) => addConditions(sums, value)],
  ['sourceType', addTransition],
  ['sourceTypes', addTransition],
]);

function addParts(sums: Sums, name: string, value: JsonValue | undefined, split: Split): void {
  if (!isJsonObject(value)) {
    sums.detail.add(name, value);
    return;
  }
  for (const part in value) sums[split(part)].add(`${name}.${part}`, value[part]);
}

function addOperation(sums: Sums, value: JsonValue | undefined): void {
  if (!isJsonObject(value) || !isJsonObject(value['syncResult'])) {
    addParts(sums, 'operationState', value, ofOperation);
    return;
  }
  const { syncResult, ...rest } = value;
  addParts(sums, 'operationState', rest, ofOperation);
  addParts(sums, 'syncResult', syncResult, ofSyncResult);
}

/** Argo CD orders conditions by their times, so each is added by itself. */
function addConditions(sums: Sums, value: JsonValue | undefined): void {
  if (!Array.isArray(value)) {
    sums.detail.add('conditions', value);
    return;
  }
  for (const condition of value as readonly JsonValue[]) {
    if (!isJsonObject(condition)) continue;
    const type = textAt(condition, 'type');
    if (isDeliveryType(type)) continue;
    sums.transition.add('condition', [type, textAt(condition, 'message')]);
    sums.times.add(type, condition['lastTransitionTime']);
  }
}

function splitBy(transitions: readonly string[]): Split {
  return (name) => (name === 'lastTransitionTime' ? 'times' : transitions.includes(name) ? 'transition' : 'detail');
}

function fullText(transition: string, detail: string, times: ContentSum): string {
  const full = new ContentSum();
  full.add('transition', transition);
  full.add('detail', detail);
  full.add('times', times.text());
  return full.text();
}
