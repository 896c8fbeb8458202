import { describe, expect, it } from 'vitest';
import { ReadingRoom } from '../../../src/core/yaml/reading-room.ts';
import { readDocuments } from '../../../src/core/yaml/read-documents.ts';

const mebibyte = 1024 * 1024;
/** As many keys and values as are said, in a text of so many characters. */
const text = (pieces: number, characters = mebibyte): string => ','.repeat(pieces).padEnd(characters, 'x');

describe('the memory that inputs may take', () => {
  it('is asked for by the first long text, and by no short one', () => {
    let asked = 0;
    const room = new ReadingRoom(() => {
      asked += 1;
      return 0;
    });
    room.take(text(9, 128 * 1024), 'a.yaml', 'yaml');
    expect(asked).toBe(0);
    expect(() => room.take(text(9, 128 * 1024 + 1), 'a.yaml', 'yaml')).toThrow('a.yaml is too large');
    expect(asked).toBe(1);
  });

  it.each([
    ['yaml', ',', 600],
    ['json', ',', 110],
    ['json', ':', 110],
    ['json', '[', 110],
    ['json', '{', 110],
    ['yaml', '\n', 600],
    ['yaml', ']', 0],
  ] as const)('is counted by the pieces of %s that %j begins, and by the text itself', (form, mark, each) => {
    const long = text(0).replace(/^x{1000}/, mark.repeat(1000));
    const needed = 2 * mebibyte + 1000 * each;
    expect(() => new ReadingRoom(() => needed).take(long, 'a', form)).not.toThrow();
    expect(() => new ReadingRoom(() => needed - 1).take(long, 'a', form)).toThrow('too large');
  });

  it('is for all inputs of a run together', () => {
    const room = new ReadingRoom(() => 5 * mebibyte);
    room.take(text(0), 'a', 'yaml');
    room.take(text(0), 'b', 'yaml');
    expect(() => room.take(text(0), 'c', 'yaml')).toThrow('c is too large');
    room.take(text(0, mebibyte / 2), 'd', 'yaml');
  });

  it('is told when it is too little, with what would be needed and what is there', () => {
    const room = new ReadingRoom(() => 2.9 * mebibyte);
    expect(() => room.take(text(10_000), 'a.yaml', 'yaml')).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        reason: 'TooLarge',
        message: 'a.yaml is too large for the memory of this run: reading it would take some 7 MiB, and 2 are there',
        hint: 'Split it into several files and runs, or give the run more memory.',
      }),
    );
    expect(() => new ReadingRoom(() => -mebibyte).take(text(0), 'a', 'json')).toThrow('and 0 are there');
  });

  it('is less for what is JSON than for the same as YAML', () => {
    const json = JSON.stringify(Array.from({ length: 60_000 }, () => 10));
    const room = (bytes: number): ReadingRoom => new ReadingRoom(() => bytes);
    expect(readDocuments(json, 'a', { room: room(10 * mebibyte) })).toHaveLength(1);
    expect(() => readDocuments(`# YAML\n${json}`, 'a', { room: room(10 * mebibyte) })).toThrow('too large');
  });
});
