import { isJsonObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import { MaestroError } from '../../errors.ts';
import { parseHubText } from '../model/shallow.ts';
import type { WholeAnswer } from './exchange.ts';
import type { ListPage, WatchEvent } from './kube-api.ts';
import type { OpenAnswer } from './open-answer.ts';
import { translateAnswer, translateErrorEvent } from './translate-status.ts';
import type { KubeCall } from './translate-status.ts';

/* What an answer of the Kubernetes API says: an object, a page, an event of a watch, or an error. */

export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

export async function failedAnswer({ body, ...answer }: OpenAnswer, call: KubeCall): Promise<MaestroError> {
  const parts: Buffer[] = [];
  for await (const chunk of body) parts.push(chunk);
  return translateAnswer({ ...answer, body: Buffer.concat(parts).toString('utf8') }, call);
}

/** A kind that is not served is a 404 as well, but not one of an object. */
export function isMissingObject({ status, body }: WholeAnswer): boolean {
  return status === 404 && /"reason":\s*"NotFound"/.test(body) && /"name":/.test(body);
}

export function objectIn(answer: WholeAnswer, call: KubeCall): JsonObject {
  if (!isSuccess(answer.status)) throw translateAnswer(answer, call);
  return objectOf(parsed(answer.body, call), call);
}

export function objectOf(value: JsonValue, call: KubeCall): JsonObject {
  if (!isJsonObject(value)) throw noKubernetes(call, undefined);
  return value;
}

/** Read, with what nests too deeply left out; an event wraps its object once. */
function parsed(text: string, call: KubeCall, wrapping?: 'object'): JsonValue {
  try {
    return parseHubText(text, wrapping);
  } catch (error) {
    throw noKubernetes(call, error);
  }
}

export function noKubernetes(call: KubeCall, cause: unknown): MaestroError {
  return new MaestroError('unavailable', `${call.verb} ${call.url}: the answer is not what the Kubernetes API sends`, {
    reason: 'ServerError',
    transient: true,
    delivery: 'unknown',
    cause,
  });
}

export function pageOf(list: JsonObject): ListPage {
  const metadata = objectAt(list, 'metadata');
  const { items } = list;
  const next = textAt(metadata, 'continue');
  return {
    // A server without any object of the kind may say null.
    items: Array.isArray(items) ? items.filter((item: JsonValue): item is JsonObject => isJsonObject(item)) : [],
    resourceVersion: textAt(metadata, 'resourceVersion'),
    ...(next === '' ? {} : { continue: next }),
  };
}

export function watchEvent(line: string, call: KubeCall): WatchEvent {
  const event = parsed(line, call, 'object');
  const object = isJsonObject(event) ? event['object'] : undefined;
  if (!isJsonObject(event) || !isJsonObject(object)) throw noKubernetes(call, undefined);
  switch (event['type']) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type: event['type'], object };
    case 'BOOKMARK':
      return { type: 'BOOKMARK', resourceVersion: textAt(objectAt(object, 'metadata'), 'resourceVersion') };
    case 'ERROR':
      throw translateErrorEvent(object, call);
    default:
      throw noKubernetes(call, undefined);
  }
}
