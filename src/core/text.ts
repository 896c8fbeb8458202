/** Names in one message. */
const shownNames = 10;

/** Some texts, and how many more there are: `a, b and 12 more`. */
export function listed(texts: readonly string[], shown = shownNames, separator = ', '): string {
  const more = texts.length - shown;
  return more > 0 ? `${texts.slice(0, shown).join(separator)} and ${more} more` : texts.join(separator);
}

/** Parsers show the place below their message; where ours names it, the message is enough. */
export function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}

/** `1 work`, `2 works`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** At most so many UTF-16 units of a text that somebody else wrote; `…` says that there was more. */
export function shortened(text: string, mostUnits: number): string {
  if (text.length <= mostUnits) return text;
  // The first half of a character is not kept without the second.
  const end = /[\uD800-\uDBFF]/.test(text.charAt(mostUnits - 1)) ? mostUnits - 1 : mostUnits;
  return `${text.slice(0, end)}…`;
}

/** Passes on each text once, however often it comes. */
export function tellingOnce(tell: (text: string) => void): (text: string) => void {
  const told = new Set<string>();
  return (text) => {
    if (told.has(text)) return;
    told.add(text);
    tell(text);
  };
}
