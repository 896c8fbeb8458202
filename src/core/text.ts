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
