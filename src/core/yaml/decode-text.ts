/** How far into a file its kind is looked for. */
const looked = 1024;

/** What else people name as a manifest file, by its first bytes. */
const otherKinds: readonly (readonly [readonly number[], string])[] = [
  [[0x1f, 0x8b], 'it is packed with gzip; unpack it first'],
  [[0x50, 0x4b, 0x03, 0x04], 'it is a zip archive, not YAML or JSON'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'it is packed with zstd; unpack it first'],
];

/**
 * The text of a file in an encoding that kubectl's reader takes: UTF-8, with or
 * without a byte order mark, or UTF-16 with one, as PowerShell writes it.
 *
 * @throws Error that says what it is instead
 */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decode(bytes, 'utf-16le', 'UTF-16');
  if (first === 0xfe && second === 0xff) return decode(bytes, 'utf-16be', 'UTF-16');
  const other = otherKinds.find(([magic]) => magic.every((byte, at) => bytes[at] === byte));
  if (other !== undefined) throw new Error(other[1]);
  const start = bytes.subarray(0, looked);
  if (start.includes(0)) {
    const zeros = start.filter((byte) => byte === 0).length;
    const wide = zeros > start.length / 3 && zeros <= start.length / 2 + 1;
    throw new Error(
      wide ? 'it seems to be UTF-16 without a byte order mark; save it as UTF-8' : 'it is binary, not YAML or JSON',
    );
  }
  return decode(bytes, 'utf-8', 'UTF-8');
}

function decode(bytes: Uint8Array, encoding: string, name: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`it is not ${name} text`);
  }
}
