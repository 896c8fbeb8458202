import type { JsonObject, JsonValue } from './json.ts';

/** What stands before the items. */
const itemsStart = '"items":[';
/** A list whose items have not begun by then is read in one piece. */
const longestHead = 4_096;
/** As much of an item as its opening may take. */
const longestOpening = 512;
/** So often something inside an item may look like the beginning of the next one. */
const mostMistakes = 16;

/**
 * Reads the text of a list, `{…,"items":[{…},{…}],…}`, item by item as it
 * comes, so that neither the whole text nor all of its objects have to be in
 * memory at once. A list that is laid out in another way, or that is short, is
 * read in one piece at the end.
 *
 * Where an item ends is not guessed: behind the beginning of an object only
 * its very end makes that text JSON. The opening tells where to try.
 */
export class ListText {
  readonly #opening: RegExp;
  readonly #parse: (text: string) => JsonValue;
  #head: string | undefined;
  /** What has not been handed out; once there is a head, without it. */
  #text = '';
  /** The end of an item, and what the next one begins with. */
  #seam = '';
  #searchedTo = 0;
  #mistakes = 0;
  #inOnePiece = false;

  /**
   * @param opening matches what every item begins with, from `^`
   * @param parse throws a SyntaxError for what is no JSON
   */
  constructor(opening: RegExp, parse: (text: string) => JsonValue) {
    this.#opening = opening;
    this.#parse = parse;
  }

  /** Takes more of the text; gives the items that it completes, but never the last one of the list. */
  *push(text: string): Generator<JsonObject, void, void> {
    this.#text += text;
    if (this.#inOnePiece || (this.#head === undefined && !this.#findItems())) return;
    for (;;) {
      const at = this.#text.indexOf(this.#seam, this.#searchedTo);
      if (at === -1) {
        this.#searchedTo = Math.max(0, this.#text.length - this.#seam.length + 1);
        return;
      }
      const item = this.#itemUpTo(at + 1);
      if (item === undefined) {
        this.#searchedTo = at + 1;
        this.#mistakes += 1;
        this.#inOnePiece = this.#mistakes >= mostMistakes;
        if (this.#inOnePiece) return;
      } else {
        this.#text = this.#text.slice(at + 2);
        this.#searchedTo = 0;
        yield item;
      }
    }
  }

  /**
   * The list with the items that have not been handed out, when all of its text is there.
   *
   * @throws SyntaxError
   */
  end(): JsonValue {
    return this.#parse((this.#head ?? '') + this.#text);
  }

  /** False while it can not be told. */
  #findItems(): boolean {
    const at = this.#text.indexOf(itemsStart);
    const from = at + itemsStart.length;
    if (at === -1 ? this.#text.length < longestHead : this.#text.length < from + longestOpening) return false;
    const opening = this.#opening.exec(this.#text.slice(from, from + longestOpening))?.[0];
    const head = this.#text.slice(0, from);
    // With the list ended here it is JSON: these are the items of the list, and not of something in it.
    if (at === -1 || opening === undefined || !this.#isJson(`${head}]}`)) {
      this.#inOnePiece = true;
      return false;
    }
    this.#head = head;
    this.#text = this.#text.slice(from);
    this.#seam = `},${opening}`;
    return true;
  }

  #itemUpTo(end: number): JsonObject | undefined {
    try {
      return this.#parse(this.#text.slice(0, end)) as JsonObject;
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  #isJson(text: string): boolean {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  }
}
