/**
 * A word of a command line that is there to be copied: names come from objects
 * that others write, and must not become a command of their own in a shell.
 */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** How hints name a work on a command line: `np -c cluster-west-1`. */
export function workWords({ name, consumer }: { readonly name: string; readonly consumer: string }): string {
  return `${shellWord(name)} -c ${shellWord(consumer)}`;
}
