/** Milliseconds since the epoch of an RFC 3339 time; undefined when it is none, "" included. */
export function parseTime(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** True when both are times and the first is not before the second. */
export function notBefore(time: string, other: string): boolean {
  const [left, right] = [parseTime(time), parseTime(other)];
  return left !== undefined && right !== undefined && left >= right;
}

/** True when the first is a time and the second is none or an earlier one. */
export function isAfter(time: string, other: string): boolean {
  const [left, right] = [parseTime(time), parseTime(other)];
  return left !== undefined && (right === undefined || left > right);
}

/** The time to the second in UTC, as Kubernetes writes times; undefined when it is none. */
export function kubernetesTime(text: string): string | undefined {
  const time = parseTime(text);
  return time === undefined ? undefined : new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}
