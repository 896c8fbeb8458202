/**
 * SHA-1 (FIPS 180-4) as 40 digits, for ids that others make by it. Written out
 * here because ids are all that a short run needs of `node:crypto`, whose
 * loading costs it two milliseconds. Nothing is protected by it.
 */
export function sha1(bytes: Uint8Array): string {
  const padded = padding(bytes);
  const words = new Int32Array(80);
  let state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let at = 0; at < padded.length; at += blockBytes) {
    spread(words, padded, at);
    state = afterBlock(state, words);
  }
  return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

type State = readonly [a: number, b: number, c: number, d: number, e: number];

const blockBytes = 64;
/** Of the length in bits, which ends the last block. */
const lengthBytes = 8;

function padding(bytes: Uint8Array): Buffer {
  const blocks = Math.ceil((bytes.length + 1 + lengthBytes) / blockBytes);
  const padded = Buffer.alloc(blocks * blockBytes);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  padded.writeBigUInt64BE(BigInt(bytes.length) * 8n, padded.length - lengthBytes);
  return padded;
}

/** The 16 words of a block, and 64 more of them. */
function spread(words: Int32Array, padded: Buffer, at: number): void {
  for (let index = 0; index < 16; index += 1) words[index] = padded.readInt32BE(at + 4 * index);
  for (let index = 16; index < 80; index += 1) {
    const mix = (words[index - 3] ?? 0) ^ (words[index - 8] ?? 0) ^ (words[index - 14] ?? 0) ^ (words[index - 16] ?? 0);
    words[index] = (mix << 1) | (mix >>> 31);
  }
}

/**
 * The rounds, in plain variables: with calls and lists they would be hot
 * enough after a few ids for V8 to compile them, which costs a short run five
 * megabytes.
 */
function afterBlock(state: State, words: Int32Array): State {
  let [a, b, c, d, e] = state;
  for (let index = 0; index < 80; index += 1) {
    const mixed =
      index < 20
        ? ((b & c) | (~b & d)) + 0x5a827999
        : index < 40
          ? (b ^ c ^ d) + 0x6ed9eba1
          : index < 60
            ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
            : (b ^ c ^ d) + 0xca62c1d6;
    const next = (((a << 5) | (a >>> 27)) + mixed + e + (words[index] ?? 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  return [(state[0] + a) | 0, (state[1] + b) | 0, (state[2] + c) | 0, (state[3] + d) | 0, (state[4] + e) | 0];
}
