import type { WorkPlace } from './work-place.ts';

/** What a part of a message is that may differ between works which have one cause. */
export type SlotKind = 'name' | 'consumer' | 'uuid' | 'time' | 'address' | 'hash' | 'count';

/** A message in pieces: what says the cause, and what is of this one work only. */
export interface ReasonPattern {
  /** The same for two messages exactly when they tell of the same cause. */
  readonly key: string;
  readonly pieces: readonly Piece[];
}

type Piece = string | { readonly kind: SlotKind; readonly value: string };

/** The letters and digits of the suffixes that Kubernetes makes up. */
const made = '[bcdfghjklmnpqrstvwxz2456789]';
const duration = String.raw`(?:\d+(?:\.\d+)?(?:ns|us|\u00b5s|ms|[dhmsy]))+`;
const octet = String.raw`\d{1,3}`;

/**
 * What is of one work only, the first that fits. All else belongs to the cause, short numbers too: two codes of HTTP,
 * two ports, two exit codes are two causes.
 */
const slots: readonly (readonly [SlotKind, string])[] = [
  ['uuid', String.raw`\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`],
  ['time', String.raw`\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?`],
  // The port that a connection comes from is made up each time; the one that it goes to says which server that is.
  ['address', String.raw`\b(?:${octet}\.){3}${octet}:\d+(?=->)`],
  ['address', String.raw`\b(?:${octet}\.){3}${octet}\b`],
  ['hash', String.raw`(?<=-)(?:[0-9a-f]{8,10}-)${made}{5}\b`],
  ['hash', String.raw`(?<=-)(?=[a-z]*\d)${made}{5}\b`],
  ['hash', String.raw`\b0x[0-9a-f]+\b`],
  ['hash', String.raw`\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}\b`],
  // What an agent counts, and what Maestro does.
  ['count', String.raw`\b\d+(?:/| of )\d+\b(?![./:])`],
  ['count', String.raw`(?<=\b(?:version|generation|revision|attempt|retry|resourceVersion:?) )\d+\b`],
  ['count', String.raw`\b\d+(?= (?:errors?|replicas?|pods?|nodes?|times|retries|attempts|works?|bytes|items|more)\b)`],
  ['count', String.raw`\b\d{6,}\b`],
  ['time', String.raw`\b${duration}(?![\w.-])`],
];

const anySlot = new RegExp(slots.map(([, source]) => `(${source})`).join('|'), 'g');

/** An age is the one thing that is left out altogether: it changes with each look. */
const age = new RegExp(String.raw`(?: \[| \(written |, last report | )?\b${duration}(?:\]| ago\)?)`, 'g');

/** Takes a message of one work apart. */
export function reasonPattern(message: string, place: WorkPlace): ReasonPattern {
  let pieces: readonly Piece[] = [message.replace(age, '')];
  // The longer first: a work is often called after its consumer.
  const names = [[place.name, 'name'] as const, [place.consumer, 'consumer'] as const];
  for (const [name, kind] of names.sort(([a], [b]) => b.length - a.length))
    pieces = pieces.flatMap((piece) => (typeof piece === 'string' ? splitAtName(piece, name, kind) : [piece]));
  pieces = pieces.flatMap((piece) => (typeof piece === 'string' ? splitAtSlots(piece) : [piece]));
  return { key: JSON.stringify(pieces.map((piece) => (typeof piece === 'string' ? piece : [piece.kind]))), pieces };
}

function splitAtSlots(text: string): readonly Piece[] {
  // Each of them has a digit in it.
  if (!/\d/.test(text)) return [text];
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(anySlot)) {
    const kind = slots[match.slice(1).findIndex((group) => group !== undefined)]?.[0];
    if (kind === undefined) continue;
    pieces.push(text.slice(end, match.index), { kind, value: match[0] });
    end = match.index + match[0].length;
  }
  return [...pieces, text.slice(end)];
}

function splitAtName(text: string, name: string, kind: SlotKind): readonly Piece[] {
  if (name === '') return [text];
  const pieces: Piece[] = [];
  let end = 0;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    if (!isName(name, text.slice(0, at), text.slice(at + name.length))) continue;
    pieces.push(text.slice(end, at), { kind, value: name });
    end = at + name.length;
  }
  return [...pieces, text.slice(end)];
}

/**
 * Whether a name stands for this work or this cluster. One that is an ordinary word, such as `timeout`, does so only
 * where something says that it is a name; and only one that is no such word does so inside longer ones.
 */
function isName(name: string, before: string, after: string): boolean {
  if (/[\d-]/.test(name)) return !/[\w.]$/.test(before) && !/^(?:\w|\.\w)/.test(after);
  return (
    /(?:["'`/]|^|\b(?:on|of|named|consumer|cluster|namespace|ManifestWork) )$/.test(before) &&
    /^(?:["'`/:,;]| on | \(|$)/.test(after)
  );
}

/** The messages of one cause as one: what they share, and marks where they differ. */
export class CommonMessage {
  readonly #pieces: (string | { readonly kind: SlotKind; value: string | undefined })[];

  constructor({ pieces }: ReasonPattern) {
    this.#pieces = pieces.map((piece) => (typeof piece === 'string' ? piece : { ...piece }));
  }

  /** Takes in another one of the same key. */
  add({ pieces }: ReasonPattern): void {
    for (const [index, piece] of pieces.entries()) {
      const own = this.#pieces[index];
      if (typeof piece !== 'string' && typeof own === 'object' && own.value !== piece.value) own.value = undefined;
    }
  }

  /**
   * `NAME` and `CONSUMER` where the own names of the works stand, `…` where anything else differs.
   *
   * @param names `always`: with those words also where all works have one name
   */
  text(names: 'always' | 'where they differ'): string {
    return this.#pieces
      .map((piece) => {
        if (typeof piece === 'string') return piece;
        const { kind, value } = piece;
        if (kind !== 'name' && kind !== 'consumer') return value ?? '…';
        return value === undefined || names === 'always' ? kind.toUpperCase() : value;
      })
      .join('');
  }
}
