/**
 * A time as `Date.prototype.toISOString` writes it. V8 asks ICU for the local time zone there, of which that text has
 * nothing, and ICU takes a process 1 MiB for it, which every run would pay.
 */
export function isoTime(ms: number): string {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  // Years of other lengths are written in another way, and a time that is none throws.
  if (!(year >= 1000 && year <= 9999)) return date.toISOString();
  const day = `${year}-${digits(date.getUTCMonth() + 1, 2)}-${digits(date.getUTCDate(), 2)}`;
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map((part) => digits(part, 2));
  return `${day}T${time.join(':')}.${digits(date.getUTCMilliseconds(), 3)}Z`;
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0');
}
