import { nearest } from '../core/works/did-you-mean.ts';
import { MaestroError } from '../errors.ts';

/** What an option of a call may be. */
export type Kind = 'text' | 'flag' | 'number' | 'function' | 'signal' | 'object' | 'any';

/** The kind of every option of a call; whoever adds an option has to add it here. */
export type KindsOf<T> = Readonly<Record<keyof T, Kind>>;

const words: Readonly<Record<Kind, string>> = {
  text: 'a text',
  flag: 'true or false',
  number: 'a number that is not negative',
  function: 'a function',
  signal: 'an AbortSignal',
  object: 'an object',
  any: 'anything',
};

/**
 * Programs without types hand in anything: what has the wrong type is told before anything is done, and by its name.
 *
 * @param what what messages call that which was given
 * @throws MaestroError invalid-input
 */
export function checkGiven<T extends object>(what: string, given: unknown, kinds: KindsOf<T>): void {
  if (typeof given !== 'object' || given === null) throw wrong(`${what} is ${words.object}`, given);
  refuseMisspelt(what, Object.keys(given), Object.keys(kinds));
  for (const [name, kind] of Object.entries<Kind>(kinds)) {
    const value: unknown = (given as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined && !isOf(kind, value)) throw wrong(`${name} of ${what} is ${words[kind]}`, value);
  }
}

/**
 * @param what what messages call it
 * @throws MaestroError invalid-input for what is no text
 */
export function checkText(what: string, given: unknown): void {
  if (typeof given !== 'string') throw wrong(`${what} is ${words.text}`, given);
}

/**
 * A number that counts something.
 *
 * @throws MaestroError usage
 */
export function wholeNumber(name: string, value: number | undefined, least: number): number | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= least)) return value;
  throw new MaestroError('usage', `${name} is a whole number of at least ${least}, not ${String(value)}`);
}

/** `wiat` would be no wait at all, and nobody would see it. A member that is like none of ours is the program's own. */
function refuseMisspelt(what: string, given: readonly string[], known: readonly string[]): void {
  for (const name of given.filter((one) => !known.includes(one))) {
    const meant = nearest(name, known);
    if (meant === undefined) continue;
    throw new MaestroError('invalid-input', `${what} takes no ${name}; did you mean ${meant}?`, { hint: nothingSent });
  }
}

const nothingSent = 'Nothing was sent.';

function isOf(kind: Kind, value: unknown): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'flag':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number' && value >= 0;
    case 'function':
      return typeof value === 'function';
    case 'signal':
      return value instanceof AbortSignal;
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'any':
      return true;
  }
}

function wrong(text: string, given: unknown): MaestroError {
  return new MaestroError('invalid-input', `${text}, not ${shown(given)}`, { hint: nothingSent });
}

/** Without a text's contents, which may be secret. */
function shown(given: unknown): string {
  if (given === undefined || given === null || typeof given === 'number') return String(given);
  if (Array.isArray(given)) return 'a list';
  return `${typeof given === 'object' ? 'an' : 'a'} ${typeof given}`;
}
