/**
 * What the status-reporter makes of a result file. Written from the observed
 * behaviour of its parser (Go's encoding/json into a struct): keys match
 * whatever their case and the last one wins, null counts as missing, another
 * type than text is an error, and so are a byte order mark, anything after the
 * object, an empty file and one above 1 MiB.
 */
export interface ReportedCondition {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

const maxBytes = 1_048_576;

/** @throws Error where the reporter would set the condition to InvalidResultFormat */
export function readAsReporter(bytes: Uint8Array): ReportedCondition {
  if (bytes.length === 0) throw new Error('empty file');
  if (bytes.length > maxBytes) throw new Error(`file of ${bytes.length} bytes`);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) throw new Error('byte order mark');
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object');
  const fields = { status: '', reason: '', message: '' };
  for (const [key, member] of Object.entries(value)) {
    const field = (['status', 'reason', 'message'] as const).find((name) => name === key.toLowerCase());
    if (field === undefined || member === null) continue;
    if (typeof member !== 'string') throw new Error(`${key} is no text`);
    fields[field] = member;
  }
  if (fields.status !== 'success' && fields.status !== 'failure') throw new Error(`status is "${fields.status}"`);
  return {
    status: fields.status === 'success' ? 'True' : 'False',
    reason: cut(fields.reason.trim() || 'NoReasonProvided', 128),
    message: cut(fields.message.trim() || 'No message provided', 1024),
  };
}

/** Cut by bytes, without splitting a character. */
function cut(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  let end = limit;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString();
}

/** Paths of keys that differ from a neighbour only in case, at any depth, without what users name themselves. */
export function caseCollisions(value: unknown, path = '$'): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => caseCollisions(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  const seen = new Set<string>();
  return Object.entries(value).flatMap(([key, member]) => {
    const folded = key.toLowerCase();
    const clash = seen.has(folded) ? [`${path}.${key}`] : [];
    seen.add(folded);
    return key === 'feedback' ? clash : [...clash, ...caseCollisions(member, `${path}.${key}`)];
  });
}
