import fc from 'fast-check';

/** What a terminal or a CI system takes for more than text, and what could forge a line or a word of ours. */
export const attacks: Readonly<Record<string, string>> = {
  colour: '\u001b[31m',
  clear: '\u001b[2J\u001b[H',
  title: '\u001b]0;owned\u0007',
  clipboard: '\u001b]52;c;b3duZWQ=\u0007',
  c1: '\u009b31m',
  c1String: '\u009d0;owned\u009c',
  del: '\u007f',
  nul: '\u0000',
  backspace: '\b\b\b\b',
  carriageReturn: '\rerror: FORGED',
  line: '\nerror: FORGED',
  command: '\n::error::FORGED',
  setIn: '\n   ::stop-commands::FORGED',
  olderCommand: ' ##[error]FORGED',
  azure: ' ##vso[task.setvariable]FORGED',
  nextLine: '\u0085::error::FORGED',
  separators: '\u2028::error::FORGED\u2029error: FORGED',
  override: '\u202etxt.exe',
  isolate: '\u2066\u2069',
  marks: '\u200e\u200f\u061c',
  half: '\ud83d',
  otherHalf: '\ude00',
  word: ' other-work',
  quotes: '"\'`$\\',
};

/** The same, several in one text, so that each command has to be run only a few times. */
export const combined: Readonly<Record<string, string>> = {
  controls: ['colour', 'clear', 'title', 'clipboard', 'c1', 'c1String', 'del', 'nul', 'backspace']
    .map((name) => attacks[name])
    .join('x'),
  lines: ['carriageReturn', 'line', 'command', 'nextLine'].map((name) => attacks[name]).join('x'),
  setIn: attacks['setIn'] ?? '',
  commands: ['olderCommand', 'azure', 'separators'].map((name) => attacks[name]).join('x'),
  order: ['override', 'isolate', 'marks', 'half', 'otherHalf', 'word', 'quotes'].map((name) => attacks[name]).join('x'),
};

/** Texts made of attacks and letters. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...Object.values(attacks)), fc.constantFrom('a', 'work', '-', 'é', '東', '😀')), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(''));

/** Of the host a colour, or what a spinner and a bar do to their own line. */
// eslint-disable-next-line no-control-regex -- escape sequences are what is looked for
const ours = /\u001b\[(?:\d{0,2}(?:;\d{1,2})*m|2K|\d+G|\d+A|\?(?:25|2026)[lh])/g;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Cs}/u;

/** Why a text that was written to a terminal, or that a CI system reads, is not harmless; undefined when it is. */
export function harmIn(written: string, lively: boolean): string | undefined {
  const text = lively ? written.replace(ours, '').replaceAll('\r', '') : written;
  const found = steering.exec(text);
  if (found !== null)
    return `${JSON.stringify(found[0])} in ${JSON.stringify(text.slice(Math.max(0, found.index - 60), found.index + 20))}`;
  // A terminal is no CI system.
  if (lively) return undefined;
  const line = text.split('\n').find((one) => /^(?:error|warning|hint): FORGED|^\s*::|##(?:vso)?\[/.test(one));
  return line === undefined ? undefined : `the line ${JSON.stringify(line)}`;
}
