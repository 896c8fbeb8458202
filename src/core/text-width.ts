import stringWidth from 'string-width';

/**
 * How many columns a text takes in a terminal. Plain ASCII, which is nearly
 * everything, is not handed to string-width: the character classes that it
 * builds when first used cost as much as half a start of Node.
 */
export function textWidth(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}
