import { isJsonObject, parseJson } from '../json.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type {
  Condition,
  ConditionStatus,
  FeedbackData,
  FeedbackValue,
  ResourceMeta,
  ResourceStatus,
  WorkStatus,
} from './work-status.ts';

/**
 * Reads the `status` of a bundle as REST gives it. It never throws: what is missing or odd is
 * read as the weakest evidence, an odd version or generation as 0, an odd
 * condition status as Unknown.
 */
export function decodeStatus(json: JsonObject): WorkStatus {
  const sequence = json['SequenceID'];
  return {
    observedVersion: wholeNumber(json['ObservedVersion']),
    sequenceId: typeof sequence === 'bigint' || typeof sequence === 'number' ? String(sequence) : text(sequence),
    conditions: decodeConditions(json['conditions']),
    resourceStatus: decodeResources(json['resourceStatus']),
  };
}

/**
 * The same from the data of a status event, which lacks the two capitalised
 * members: they are the attributes `ce-resourceversion` and `ce-sequenceid`.
 */
export function decodeStatusEvent(data: JsonObject, version: number, sequenceId: string): WorkStatus {
  return {
    observedVersion: wholeNumber(version),
    sequenceId,
    conditions: decodeConditions(data['conditions']),
    resourceStatus: decodeResources(data['resourceStatus']),
  };
}

function decodeConditions(json: JsonValue | undefined): Condition[] {
  return objects(json).flatMap((item) => {
    const type = text(item['type']);
    if (type === '') return [];
    const generation = item['observedGeneration'];
    const time = text(item['lastTransitionTime']);
    return {
      type,
      status: conditionStatus(item['status']),
      reason: text(item['reason']),
      message: text(item['message']),
      ...(generation === undefined || generation === null ? {} : { observedGeneration: wholeNumber(generation) }),
      ...(time === '' ? {} : { lastTransitionTime: time }),
    };
  });
}

function decodeResources(json: JsonValue | undefined): ResourceStatus[] {
  return objects(json).map((item) => {
    const meta = item['resourceMeta'];
    const feedback = item['statusFeedback'];
    return {
      resourceMeta: decodeMeta(isJsonObject(meta) ? meta : {}),
      conditions: decodeConditions(item['conditions']),
      feedback: isJsonObject(feedback) ? decodeFeedback(feedback['values']) : [],
    };
  });
}

function decodeMeta(meta: JsonObject): ResourceMeta {
  return {
    ordinal: wholeNumber(meta['ordinal']),
    group: text(meta['group']),
    version: text(meta['version']),
    kind: text(meta['kind']),
    resource: text(meta['resource']),
    name: text(meta['name']),
    namespace: text(meta['namespace']),
  };
}

function decodeFeedback(values: JsonValue | undefined): FeedbackValue[] {
  return objects(values).flatMap((item) => {
    const name = text(item['name']);
    const field = item['fieldValue'];
    return name === '' || !isJsonObject(field) ? [] : { name, value: decodeFieldValue(field) };
  });
}

/** `type` only repeats which of the members is there, so the members decide. */
function decodeFieldValue(field: JsonObject): FeedbackData {
  const raw = field['jsonRaw'];
  if (typeof raw === 'string') return parseRaw(raw);
  const value = field['string'] ?? field['integer'] ?? field['boolean'];
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/**
 * The agent cuts nothing, but a value may have been cut on its way; the raw text
 * then still tells something. So it does of a value that nests too deeply: the
 * work stays readable, and a test on a path into that value finds nothing.
 */
function parseRaw(raw: string): FeedbackData {
  try {
    return parseJson(raw) as FeedbackData;
  } catch {
    return raw;
  }
}

function conditionStatus(value: JsonValue | undefined): ConditionStatus {
  return value === 'True' || value === 'False' ? value : 'Unknown';
}

function wholeNumber(value: JsonValue | undefined): number {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number === 'bigint') return number > 0n ? Number(number) : 0;
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? Math.floor(number) : 0;
}

function objects(json: JsonValue | undefined): JsonObject[] {
  return Array.isArray(json) ? (json as readonly JsonValue[]).filter((item) => isJsonObject(item)) : [];
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
