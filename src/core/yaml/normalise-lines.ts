const otherBreak = /\r(?!\n)|\u0085/;

/**
 * The text with the line breaks and separators that kubectl's reader takes
 * beside the usual ones written in the usual way, character for character, so
 * that places in messages stay: old line breaks of Macs, the NEL character,
 * and `---#` with a comment or carriage returns behind it.
 */
export function normaliseLines(text: string): string {
  const broken = otherBreak.test(text)
    ? text
        .replaceAll(/^---\r+(?=\r?\n)/gm, (line) => line.replaceAll('\r', ' '))
        .replaceAll(new RegExp(otherBreak, 'g'), '\n')
    : text;
  return broken.includes('---#')
    ? broken.replaceAll(/^---#[^\r\n]*/gm, (line) => `---${' '.repeat(line.length - 3)}`)
    : broken;
}
