/**
 * SHA-1 (FIPS 180-4) as 40 digits, for ids that others make by it. Written out
 * here because ids are all that a short run needs of `node:crypto`, whose
 * loading costs it two milliseconds. Nothing is protected by it.
 */
export function sha1(bytes: Uint8Array): string {
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const padded = padding(bytes);
  const words = new Uint32Array(80);
  for (let at = 0; at < padded.length; at += blockBytes) addBlock(state, padded, at, words);
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('');
}

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

function addBlock(state: Uint32Array, padded: Buffer, at: number, words: Uint32Array): void {
  for (let index = 0; index < 16; index += 1) words[index] = padded.readUInt32BE(at + 4 * index);
  for (let index = 16; index < 80; index += 1) {
    words[index] = rotated(
      word(words, index - 3) ^ word(words, index - 8) ^ word(words, index - 14) ^ word(words, index - 16),
      1,
    );
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let index = 0; index < 80; index += 1) {
    const next = (rotated(a, 5) + mixed(index, b, c, d) + e + word(words, index)) >>> 0;
    [a, b, c, d, e] = [next, a, rotated(b, 30), c, d];
  }
  [a, b, c, d, e].forEach((value, index) => {
    state[index] = word(state, index) + value;
  });
}

/** The function and the constant of a round. */
function mixed(index: number, b: number, c: number, d: number): number {
  if (index < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (index < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (index < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function rotated(value: number, bits: number): number {
  return ((value << bits) | (value >>> (32 - bits))) >>> 0;
}

function word(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}
