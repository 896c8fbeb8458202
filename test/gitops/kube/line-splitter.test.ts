import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../../src/gitops/kube/line-splitter.ts';
import { thrownBy } from '../../clients/support/failure.ts';

/** The bytes in pieces of the lengths given, over and over. */
function pieces(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (let start = 0, index = 0; start < bytes.length; index += 1) {
    const length = lengths[index % lengths.length] ?? 1;
    cut.push(bytes.subarray(start, start + length));
    start += length;
  }
  return cut;
}

describe('LineSplitter', () => {
  it('gives the same lines however the bytes are cut', () => {
    const lineText = fc
      .string({ unit: 'binary', maxLength: 40 })
      .map((text) => text.toWellFormed().replaceAll('\n', ' '));
    fc.assert(
      fc.property(
        fc.array(lineText),
        lineText,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (lines, rest, lengths) => {
          const splitter = new LineSplitter();
          const bytes = Buffer.from(`${lines.map((text) => `${text}\n`).join('')}${rest}`, 'utf8');
          const found = pieces(bytes, lengths).flatMap((chunk) => splitter.push(chunk));
          expect(found).toEqual(lines.filter((text) => text !== ''));
          expect(splitter.pending).toBe(Buffer.byteLength(rest, 'utf8'));
        },
      ),
    );
  });

  it('takes a line of 8 MiB in small chunks in time that grows with its length', () => {
    const splitter = new LineSplitter();
    const chunk = Buffer.alloc(1024, 'x');
    const startMs = performance.now();
    let lines = 0;
    for (let count = 0; count < 8 * 1024; count += 1) lines += splitter.push(chunk).length;
    expect(lines).toBe(0);
    expect(splitter.push(Buffer.from('\n'))[0]?.length).toBe(8 * 1024 * 1024);
    // Copying what there is with every chunk would move 32 GiB.
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });

  it('refuses a line that never ends', () => {
    const splitter = new LineSplitter(100);
    splitter.push(Buffer.alloc(99));
    expect(thrownBy(() => splitter.push(Buffer.alloc(2)))).toMatchObject({ code: 'unavailable', transient: true });
  });
});
