import fc from 'fast-check';

/** Words, numbers, dates and signs that some YAML reader takes for something else than text. */
const readOtherwise = [
  'yes', 'no', 'on', 'off', 'y', 'n', 'Y', 'N', 'On', 'OFF', 'true', 'True', 'TRUE', 'false', 'null', 'Null', 'NULL', '~', '', 'none', '=', '<<', '<', '<=', '~/x', '=x',
  '-', '--', '---', '----', '--- a', '---a', '...', '... a', '..', '?', '? a', '?a', ':', ': a', ':a', 'a:', 'a: b', 'a:b', '#', '# c', '#c', 'a #b', 'a#b', '- a', '-a', '- a\n- b\n',
  '&a', '*a', '!t', '!!str', '!!binary x', '%y', '%YAML 1.2', '@', '`', '|', '>', '|-', '>+', '{a}', '[a]', '{', '}', ']', ',', 'a, b', "it's", "'", '"', '"quoted"', "''", '\\', '\\n', 'a\\b', 'a\\', '{{ .Values.x }}', '${x}',
  '0', '00', '0644', '0o644', '0O7', '0x1F', '0X1f', '0b11', '0b', '08', '0777', '-0', '+1', '-1', '+', '1.0', '1.', '.5', '.', '-.5', '1e3', '1E3', '1.5e+7', '1e', 'e3', '.e3', '0x', '0o', '0o8', '1_000', '_1', '1_', '0x_1F', '1__0.5', '1,000',
  '.inf', '-.INF', '+.Inf', '.nan', '.NaN', 'inf', 'infinity', '-inf', 'NaN', 'nan', '12:30:45', '190:20:30', '1:2', '1:60', '12:30', '-1:2.5', '685.230_15e+03', '190:20:30.15',
  '9007199254740993', '18446744073709551615', '18446744073709551616', '99999999999999999999999', '-9223372036854775808', '1e400', '0x1FFFFFFFFFFFFFFFF',
  '2026-11-22', '2026-1-2', '2026-01', '2026-11-22T11:00:00Z', '2001-12-14t21:59:43.10-05:00', '2001-12-14 21:59:43.10 -5', '2026-11-22 x', '10.0.0.1', '1.2.3', 'v1', '1a', '1-2', '12e', '1e3x', '0xg',
] as const;

/** Texts of several lines, and blanks where they are easily lost. */
const layouts = [
  ' ', '  ', ' a', 'a ', '\ta', 'a\t', '\t', 'a\tb', '\n', '\n\n', 'a\n', 'a\n\n', 'a\n\n\n', '\na', '\n\na', ' \na', 'a\n ', 'a\n \nb', 'a\n\t\nb', 'a\n\nb', 'a\n\n\nb\n', 'a \nb', 'a\t\nb', 'a\n b', 'a\n\tb', 'a\n\t\tb\n',
  '\tfirst\nsecond\n', ' first\nsecond', '  first\n second\nthird', '\n first\n', 'a\n--- b\n', 'x\n---\ny', '---\nx\n', 'x\n...\ny', '%YAML 1.2\n---\na', '# a\nb', 'a\n# b\n', 'a: 1\nb: 2\n', 'a\n: b', '"a\nb"', "'a\nb'", 'a\\\nb', 'a"\nb\n', '|\n  a\n', '- \n- a',
  'a\r\nb\r\n', 'a\rb', '\r', '\r\n', 'a\n\r\nb', '#!/bin/sh\nset -e\nexec "$@"\n', 'all:\n\tgo build\n\n\tgo test\n', '{\n  "a": [\n\t1\n  ]\n}\n', 'BEGIN\n  indented\n\n  more\nEND',
] as const;

/** Single characters that readers refuse, fold, strip or hide. */
const characters = [
  ...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)),
  '\u007F', ...Array.from({ length: 32 }, (_, code) => String.fromCharCode(0x80 + code)),
  '\u00A0', '\u00AD', '\u0300', '\u061C', '\u1680', '\u180E', '\u2000', '\u200B', '\u200D', '\u200E', '\u2028', '\u2029', '\u202E', '\u202F', '\u2060', '\u2066', '\u3000', '\uD7FF', '\uE000', '\uF8FF', '\uFDD0', '\uFE0F', '\uFEFF', '\uFFF9', '\uFFFD', '\uFFFE', '\uFFFF',
  'é', 'ß', '東', 'ا', '😀', '👩‍💻', '\u{10000}', '\u{E0001}', '\u{F0000}', '\u{1FFFE}', '\u{10FFFF}',
] as const;

const long = ['a'.repeat(499), 'a'.repeat(501), 'a'.repeat(1030), `${'word '.repeat(300)}end`, `${'é'.repeat(600)}`, `${'"'.repeat(300)}`, `${'\u0001'.repeat(300)}`, `${'line of a long text\n'.repeat(80)}`, `\t${'line of a long text\n'.repeat(80)}`];

/**
 * The texts with which the writer of YAML is tried: always the same ones, in
 * the same order. Of the made-up ones the seed is part of the list.
 */
export function hostileTexts(): readonly string[] {
  const around = characters.flatMap((it) => [it, `a${it}`, `${it}a`, `a${it}b`, `a ${it} b`, `a\n${it}b`, `${it}\nb`, `a${it}\nb\n`]);
  const made = fc.sample(hostileText, { numRuns: 800, seed: 20261129 });
  return [...new Set([...readOtherwise, ...layouts, ...long, ...around, ...made])];
}

/** Any text made of the pieces above. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.constantFrom<string>(...readOtherwise, ...layouts, ...characters, 'a', 'b c', '\n', '\n', ' ', '\t', ': ', ' #', '- '), { maxLength: 6 })
  .map((parts) => parts.join(''));

/** The numbers with which it is tried; none is beyond what both sides hold. */
export const hostileNumbers: readonly (number | bigint)[] = [
  0, 1, -1, 0.5, -0.25, 1e21, 1e-7, 1.5e300, -2.5e-10, 123456789.125, 1e15, 1e16, 9007199254740993n, 9223372036854775807n, -9223372036854775808n, Number.MAX_SAFE_INTEGER, 5e-324, 1.7976931348623157e308,
];
