import { MaestroError } from '../errors.ts';

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const yearMs = 365 * dayMs;

/** Go's units in milliseconds; both spellings of the micro sign, as Go takes them. */
const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  '\u00b5s': 1e-3,
  '\u03bcs': 1e-3,
  ms: 1,
  s: secondMs,
  m: minuteMs,
  h: hourMs,
};

/** Go keeps a duration in 63 bits of nanoseconds; what it refuses, we refuse. */
const largestMs = Number(2n ** 63n - 1n) / 1e6;

const part = /(\d*)(?:\.(\d*))?([a-z\u00b5\u03bc]+)/y;

/**
 * Reads a Go duration (`90s`, `1h30m`, `1.5h`, `300ms`, `0`) and gives
 * milliseconds. Signs are refused, because a negative budget has no meaning
 * here; so is a bare number, because nobody can tell its unit.
 * @throws MaestroError `usage` with a hint
 */
export function parseDuration(text: string): number {
  if (text === '0') return 0;
  if (/^\d+(\.\d+)?$/.test(text))
    throw invalid(text, `Add a unit: ${text}s is ${text} seconds, ${text}m is ${text} minutes.`);
  if (text.startsWith('-')) throw invalid(text, 'A duration cannot be negative.');
  if (text.length > 100) throw invalid(`${text.slice(0, 20)}…`, 'It is too long.');
  let totalMs = 0;
  let at = 0;
  while (at < text.length || at === 0) {
    part.lastIndex = at;
    const match = part.exec(text);
    if (match === null) throw invalid(text);
    const [all, whole = '', fraction = '', unit = ''] = match;
    const factor = Object.hasOwn(unitMs, unit) ? unitMs[unit] : undefined;
    if (factor === undefined)
      throw invalid(text, `Unknown unit ${JSON.stringify(unit)}; units are h, m, s, ms, us and ns.`);
    if (whole === '' && fraction === '') throw invalid(text);
    // Digits beyond the fifteenth are below what a double can tell apart.
    const digits = fraction.slice(0, 15);
    totalMs += Number(whole) * factor + (Number(digits) * factor) / 10 ** digits.length;
    at += all.length;
  }
  if (totalMs > largestMs) throw invalid(text, 'It is longer than 292 years.');
  return totalMs;
}

/**
 * Milliseconds as a Go duration without empty parts: `4m30s`, `1h`, `1.5s`,
 * `300ms`, `0s`. Fractions of a millisecond are rounded. `parseDuration` reads
 * it back. Negative and not-a-number give `0s`.
 */
export function formatDuration(ms: number): string {
  const rounded = Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : 0;
  if (rounded === 0) return '0s';
  if (rounded < secondMs) return `${rounded}ms`;
  const hours = Math.floor(rounded / hourMs);
  const minutes = Math.floor((rounded % hourMs) / minuteMs);
  const rest = rounded % minuteMs;
  const thousandths = String(rest % secondMs)
    .padStart(3, '0')
    .replace(/0+$/, '');
  const seconds = `${Math.floor(rest / secondMs)}${thousandths === '' ? '' : `.${thousandths}`}`;
  return `${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes}m` : ''}${rest > 0 ? `${seconds}s` : ''}`;
}

/**
 * Milliseconds as kubectl prints an age: `5s`, `3m10s`, `4h`, `12d`, `2y30d`.
 * The older, the coarser. A time in the future is `0s`, because the clocks of
 * server, agent and client differ; not-a-number is `unknown`.
 */
export function formatAge(ms: number): string {
  if (Number.isNaN(ms)) return 'unknown';
  const age = Math.max(0, ms);
  if (age < 2 * minuteMs) return `${Math.floor(age / secondMs)}s`;
  if (age < 10 * minuteMs) return twoUnits(age, [minuteMs, 'm'], [secondMs, 's']);
  if (age < 3 * hourMs) return `${Math.floor(age / minuteMs)}m`;
  if (age < 8 * hourMs) return twoUnits(age, [hourMs, 'h'], [minuteMs, 'm']);
  if (age < 2 * dayMs) return `${Math.floor(age / hourMs)}h`;
  if (age < 8 * dayMs) return twoUnits(age, [dayMs, 'd'], [hourMs, 'h']);
  if (age < 2 * yearMs) return `${Math.floor(age / dayMs)}d`;
  if (age < 8 * yearMs) return twoUnits(age, [yearMs, 'y'], [dayMs, 'd']);
  return `${Math.floor(age / yearMs)}y`;
}

/** For telling news apart: "3m10s ago" changes with every look, and is none. */
export function withoutAges(text: string): string {
  return text.replace(/\b(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+\b/g, '');
}

type Unit = readonly [ms: number, name: string];

function twoUnits(ageMs: number, [largeMs, large]: Unit, [smallMs, small]: Unit): string {
  const rest = Math.floor((ageMs % largeMs) / smallMs);
  return `${Math.floor(ageMs / largeMs)}${large}${rest === 0 ? '' : `${rest}${small}`}`;
}

function invalid(text: string, hint = 'Write it like 90s, 4m30s, 1h30m or 300ms.'): MaestroError {
  return new MaestroError('usage', `${JSON.stringify(text)} is not a duration`, { hint });
}
