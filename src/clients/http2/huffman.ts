/*
 * The Huffman code of HPACK (RFC 7541, appendix B). It is canonical: the codes
 * of one length follow each other in the order of their bytes, so that the
 * lengths tell all of it.
 */

/** Of the longest code. */
const mostBits = 30;
/** How many bits the code of each byte has, in base 36. The end of a text, which never comes, has 30. */
const lengths =
  'dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca' +
  'd67777777777777777777777878djde6f56565666577666567655677777fbeds' +
  'kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn' +
  'qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq';

/** The bytes in the order of their codes, and for each length where its codes begin. */
interface Codes {
  readonly bytes: readonly number[];
  /** First code of this length, index of its byte, and how many there are. */
  readonly of: readonly { readonly first: number; readonly index: number; readonly count: number }[];
}

let codes: Codes | undefined;

/** In as few rounds as it takes: a short run does this once, and what is hot V8 compiles at once, for megabytes. */
function makeCodes(): Codes {
  const bytesOf: number[][] = Array.from({ length: mostBits + 1 }, () => []);
  for (let byte = 0; byte < 256; byte += 1) bytesOf[Number.parseInt(lengths.charAt(byte), 36)]?.push(byte);
  let first = 0;
  let index = 0;
  const of = bytesOf.map(({ length: count }) => {
    const codesOfLength = { first, index, count };
    first = (first + count) * 2;
    index += count;
    return codesOfLength;
  });
  return { bytes: bytesOf.flat(), of };
}

/**
 * The text that was coded.
 *
 * @throws Error for what is no Huffman code of HPACK
 */
export function decodeHuffman(coded: Uint8Array): Buffer {
  const { bytes, of } = (codes ??= makeCodes());
  const text: number[] = [];
  let code = 0;
  let length = 0;
  for (const byte of coded) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      code = code * 2 + ((byte >> bit) & 1);
      length += 1;
      const known = of[length];
      if (known === undefined) throw new Error('a header is no Huffman code');
      const place = code - known.first;
      if (place < 0 || place >= known.count) continue;
      text.push(bytes[known.index + place] ?? 0);
      code = 0;
      length = 0;
    }
  }
  // What is left of the last byte is filled with the beginning of the longest code, which is ones.
  if (length > 7 || code !== 2 ** length - 1) throw new Error('a header ends within a Huffman code');
  return Buffer.from(text);
}
