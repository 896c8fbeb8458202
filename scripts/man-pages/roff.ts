/*
 * Writes the few macros of man(7) that our pages need. Everything that a text holds is set as it is: a flag that is
 * copied from a page has to work, so no hyphen and no quote becomes another sign.
 */

const signs: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
};

/** As it may stand anywhere but at the beginning of a line. */
function escapedText(text: string): string {
  return text
    .replace(/[\\\-'`^~"]/g, (sign) => signs[sign] ?? sign)
    .replace(
      /[^\0-\x7f]/gu,
      (sign) => `\\[u${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}

/** What one types. */
export function bold(text: string): string {
  return text === '' ? '' : `\\fB${escapedText(text)}\\fR`;
}

/** What one puts something in the place of. */
export function italic(text: string): string {
  return `\\fI${escapedText(text)}\\fR`;
}

/** A name and its section, as pages refer to each other. */
export function reference(name: string, section: number): string {
  return `${bold(name)}(${section})`;
}

/** A text with what it sets as code, and its flags, in bold. */
export function prose(text: string): string {
  return text
    .split(/(`[^`]+`|(?<![\w-])--?[a-zA-Z][\w-]*)/)
    .map((part, index) => (index % 2 === 1 ? bold(part.replaceAll('`', '')) : escapedText(part)))
    .join('');
}

const longestLine = 79;

/** Lines of a paragraph that is written already: each sentence begins one, and none looks like a request. */
export function filled(roff: string): readonly string[] {
  return roff.split(/(?<=[.!?]) (?=(?:\\f[BI])?[A-Z\\])/).flatMap((sentence) => {
    const lines: string[] = [];
    for (const word of sentence.split(' ')) {
      const last = lines.at(-1);
      if (last !== undefined && last.length + 1 + word.length <= longestLine)
        lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
    }
    return lines.map((line) => guarded(line));
  });
}

/** A line that begins as a request does is text all the same. */
function guarded(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

export function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`.SH ${title}`, ...lines];
}

/** Paragraphs of one section; the first needs nothing before it. */
export function paragraphs(all: readonly (readonly string[])[]): readonly string[] {
  return all.flatMap((lines, index) => (index === 0 ? lines : ['.PP', ...lines]));
}

/** A term, and what is said of it. */
export function term(roff: string, text: readonly string[]): readonly string[] {
  return ['.TP', guarded(roff), ...text];
}

/** Lines that stay as they are, indented. */
export function literal(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => guarded(bold(line)));
  return ['.PP', '.RS 4', '.nf', ...lines, '.fi', '.RE'];
}

/** A whole page; without a date it says none. */
export function page(
  { name, section: number, date, version }: PageHead,
  sections: readonly (readonly string[])[],
): string {
  const title = escapedText(name.toUpperCase());
  const lines = [
    `.TH ${title} ${number} ${date === '' ? '""' : date} "maestro\\-cli ${escapedText(version)}" Maestro`,
    // Nothing is stretched or hyphenated, so that words stay as they are typed.
    '.nh',
    '.ad l',
    ...sections.flat(),
  ];
  return `${lines.join('\n')}\n`;
}

export interface PageHead {
  readonly name: string;
  /** 1 for commands, 7 for all else. */
  readonly section: 1 | 7;
  /** `2026-11-22`; empty when it is not known. */
  readonly date: string;
  readonly version: string;
}
