/**
 * Text that somebody else wrote (a server, an agent, another team, the name of
 * a file), made fit to be shown: it can neither steer a terminal, nor look like
 * another line or another word than it is, nor be read by a CI system as a
 * command.
 */

/** C0, DEL and C1: escape sequences begin with one of them. With the two separators of lines that are none of them. */
const controls = String.raw`\u0000-\u001f\u007f-\u009f\u2028\u2029`;
/** Marks, embeddings, overrides and isolates of direction: what follows is shown in another order than it is in. */
const directions = String.raw`\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069`;
/** Halves of a surrogate pair, which are no characters; V8 looks through all of Unicode for the class \p{Cs}. */
const halves = String.raw`\ud800-\udfff`;

const blanks = new RegExp(String.raw`[\s${controls}]+`, 'gu');
const blank = new RegExp(String.raw`[\s${controls}]`, 'gu');
const blanksInLine = new RegExp(String.raw`(?!\n)[${controls}]`, 'gu');
const reordering = new RegExp(`[${directions}${halves}]`, 'gu');
const notInWord = new RegExp(String.raw`[\s${controls}${directions}${halves}"'\x60\\$]`, 'gu');
/** What JSON.stringify leaves as it is. */
const hiddenInJson = new RegExp(String.raw`[\u007f-\u009f\u2028\u2029${directions}${halves}]`, 'gu');

/**
 * Commands of CI systems that may stand anywhere in a line; those that have to begin it are broken where lines are
 * written.
 */
const innerCommands = /#(?=#(?:vso)?\[)/g;

/** Shown in place of what is no character that can be shown. */
const replacement = '\uFFFD';

/** For one line: breaks, tabs and control characters become a space, marks of direction a replacement character. */
export function oneLine(text: string): string {
  return text.replace(blanks, ' ').trim().replace(reordering, replacement).replace(innerCommands, '# ');
}

/** The same, character for character, so that a caret on the next line stays under its place. */
export function oneLineInPlace(text: string): string {
  return text.replace(blank, ' ').replace(reordering, replacement);
}

/** For several lines: breaks stay, all else is as in `oneLine`. */
export function shownText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replaceAll('\t', ' ')
    .replace(blanksInLine, ' ')
    .replace(reordering, replacement)
    .replace(innerCommands, '# ');
}

/**
 * For several lines behind a word of ours, such as `error: `: the further lines are set in, so that none of them can
 * begin with such a word.
 */
export function paragraph(text: string): string {
  return shownText(text).replace(/\n(?! )/g, '\n  ');
}

/**
 * For a name: one word for a shell, xargs among them, whatever it holds. The names that Kubernetes allows stay as they
 * are.
 */
export function oneWord(name: string): string {
  return name.replace(notInWord, replacement);
}

/** JSON text of the same value, with escapes for what a terminal or a CI system may take for more than text. */
export function shownJson(json: string): string {
  return json
    .replace(hiddenInJson, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(innerCommands, '\\u0023');
}
