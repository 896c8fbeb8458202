import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { checkLimits, deepestNesting, endOfContainer, itemsIn, JsonLimitError, readablePart } from './json-nesting.ts';

/** What stands before the items. */
const itemsStart = '"items":[';
/** A list whose items have not begun by then is read in one piece. */
const longestHead = 4_096;
/** As much of an item as its opening may take. */
const longestOpening = 512;
/** So often something inside an item may look like the beginning of the next one. */
const mostMistakes = 16;
/** A list wraps its items into an object and a list. */
const levelsOfList = 2;
/** No page that anybody asks for has so many. */
const mostItems = 10_000;

export interface ListTextOptions {
  /** Matches what every item begins with, from `^`. */
  readonly opening: RegExp;
  /** `parseJson` or `parseWireJson`. */
  readonly parse: (text: string, levels: number) => JsonValue;
  /** How deep one item may nest, 500 levels when absent. */
  readonly levels?: number;
  /**
   * Told of an item that nests deeper, in its place in the list: the others are
   * given all the same. Gets what is left of the item without its deep parts.
   * When absent such an item throws a JsonLimitError.
   */
  readonly setAside?: (shallow: JsonObject, error: JsonLimitError) => void;
}

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
  readonly #options: ListTextOptions;
  readonly #levels: number;
  #head: string | undefined;
  /** What has not been handed out; once there is a head, without it. */
  #text = '';
  /** The end of an item, and what the next one begins with. */
  #seam = '';
  #searchedTo = 0;
  #mistakes = 0;
  #inOnePiece = false;

  constructor(options: ListTextOptions) {
    this.#options = options;
    this.#levels = options.levels ?? deepestNesting;
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
        if (item !== 'set-aside') yield item;
      }
    }
  }

  /**
   * The list with the items that have not been handed out, when all of its text is there.
   *
   * @throws SyntaxError, JsonLimitError
   */
  end(): JsonValue {
    const text = (this.#head ?? '') + this.#text;
    const levels = this.#levels + levelsOfList;
    try {
      return this.#options.parse(text, levels);
    } catch (error) {
      if (!(error instanceof JsonLimitError) || this.#options.setAside === undefined) throw error;
      return this.#options.parse(this.#withoutDeepItems(text, error), levels);
    }
  }

  #withoutDeepItems(text: string, whole: JsonLimitError): string {
    const kept: string[] = [];
    let [first, last] = [0, 0];
    for (const { start, end } of itemsIn(text)) {
      const item = text.slice(start, end);
      if (kept.length > mostItems) throw whole;
      const error = limitOf(item, this.#levels);
      if (error === undefined) kept.push(item);
      else this.#setAside(item, error);
      first = last === 0 ? start : first;
      last = end;
    }
    return text.slice(0, first) + kept.join(',') + text.slice(last);
  }

  #setAside(item: string, error: JsonLimitError): void {
    const shallow = this.#options.parse(readablePart(item, this.#levels), this.#levels);
    this.#options.setAside?.(isJsonObject(shallow) ? shallow : {}, error);
  }

  /** False while it cannot be told. */
  #findItems(): boolean {
    const at = this.#text.indexOf(itemsStart);
    const from = at + itemsStart.length;
    if (at === -1 ? this.#text.length < longestHead : this.#text.length < from + longestOpening) return false;
    const opening = this.#options.opening.exec(this.#text.slice(from, from + longestOpening))?.[0];
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

  /** undefined when the item does not end there. */
  #itemUpTo(end: number): JsonObject | 'set-aside' | undefined {
    const text = this.#text.slice(0, end);
    try {
      return this.#options.parse(text, this.#levels) as JsonObject;
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      if (!(error instanceof JsonLimitError)) throw error;
      if (endOfContainer(text, 0) !== end) return undefined;
      if (this.#options.setAside === undefined) throw error;
      this.#setAside(text, error);
      return 'set-aside';
    }
  }

  #isJson(text: string): boolean {
    try {
      this.#options.parse(text, this.#levels);
      return true;
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof JsonLimitError) return false;
      throw error;
    }
  }
}

function limitOf(item: string, levels: number): JsonLimitError | undefined {
  try {
    checkLimits(item, levels);
    return undefined;
  } catch (error) {
    if (error instanceof JsonLimitError) return error;
    throw error;
  }
}
