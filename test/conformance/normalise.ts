/**
 * Answers differ from run to run in ids that the server chose, times, hashes
 * and operation ids. These become placeholders, on both sides of a comparison.
 */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const timeKeys = new Set([
  'created_at',
  'updated_at',
  'deleted_at',
  'creationTimestamp',
  'deletionTimestamp',
  'lastTransitionTime',
]);
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export function normalise(value: Json): Json {
  if (Array.isArray(value)) return value.map(normalise);
  if (value === null || typeof value !== 'object') return typeof value === 'string' ? maskText(value) : value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]): [string, Json] => {
      if (typeof member === 'string') {
        if (timeKeys.has(key) && timePattern.test(member)) return [key, '<time>'];
        if (key === 'operation_id' && /^\w{27}$/.test(member)) return [key, '<operation>'];
        if (key === 'SequenceID' && /^\d+$/.test(member)) return [key, '<sequence>'];
      }
      return [key, key === 'conditions' ? sortByType(normalise(member)) : normalise(member)];
    }),
  );
}

/** Two loops of the agent append to one list of conditions, so their order says nothing. */
function sortByType(conditions: Json): Json {
  if (!Array.isArray(conditions)) return conditions;
  const typeOf = (condition: Json): string => (condition as { type?: string } | null)?.type ?? '';
  return [...conditions].sort((a, b) => (typeOf(a) < typeOf(b) ? -1 : 1));
}

/** Items of a list without `orderBy` come in no order: sorted, so that only the set is compared. */
export function sortItems(body: Json): Json {
  if (body === null || typeof body !== 'object' || Array.isArray(body) || !Array.isArray(body['items'])) return body;
  const items = [...body['items']].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return { ...body, items };
}

export function withoutStatus(body: Json): Json {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return body;
  const { status: _status, updated_at: _updatedAt, ...rest } = body;
  return rest;
}

function maskText(text: string): string {
  return text.replace(/received message larger than max \(\d+ vs\. /, 'received message larger than max (<bytes> vs. ');
}
