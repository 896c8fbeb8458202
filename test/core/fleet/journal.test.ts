import { describe, expect, it } from 'vitest';
import {
  entryLine,
  entryOf,
  factLine,
  headerLine,
  inputHash,
  readJournal,
  workHash,
} from '../../../src/core/fleet/journal.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';

const header = { endpoint: 'maestro:8090', source: 's', input: 'i' };
const entry = { consumer: 'c1', name: 'w', version: 3, work: 'abc' };
const work: ManifestWork = {
  name: 'w',
  labels: {},
  annotations: {},
  manifests: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } }],
  manifestConfigs: [],
};

describe('an entry of a journal', () => {
  it('has its members, and time and manner only when they were told', () => {
    expect(entryLine(entry)).toBe('{"consumer":"c1","name":"w","version":3,"work":"abc"}\n');
    expect(entryLine({ ...entry, wallMs: 12.6, how: 'updated' })).toBe(
      '{"consumer":"c1","name":"w","version":3,"work":"abc","wallMs":13,"how":"updated"}\n',
    );
    expect(entryOf({ ...entry, wallMs: 13, how: 'updated' })).toEqual({ ...entry, wallMs: 13, how: 'updated' });
    expect(entryOf({ ...entry, wallMs: '13', how: 'guessed' })).toEqual(entry);
    expect(entryOf({ ...entry, how: 7 })).toEqual(entry);
  });

  it.each<[string, JsonObject]>([
    ['a number for its consumer', { ...entry, consumer: 1 }],
    ['a number for its name', { ...entry, name: 1 }],
    ['a text for its version', { ...entry, version: '3' }],
    ['a number for its work', { ...entry, work: 1 }],
  ])('with %s is none, and no line of a journal', (_what, line) => {
    expect(entryOf(line)).toBeUndefined();
    expect(() => readJournal(`${headerLine(header)}${JSON.stringify(line)}\n`, 'j', header)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: 'j:2: this is no line of a journal of maestro-cli',
        hint: 'Nothing was sent, and the file was left alone. Give --journal a file of its own.',
      }),
    );
  });
});

describe('a journal', () => {
  it('says what it is in its first line', () => {
    expect(headerLine(header)).toBe('{"journal":"maestro-cli/1","endpoint":"maestro:8090","source":"s","input":"i"}\n');
  });

  it.each([
    ['nothing', '', 0],
    ['the begin of its first line', headerLine(header).slice(0, 20), 0],
    ['its first line', headerLine(header), headerLine(header).length],
    ['half a line more', `${headerLine(header)}{"consu`, headerLine(header).length],
  ])('that has %s holds no entry', (_what, text, wholeBytes) => {
    expect(readJournal(text, 'j', header)).toEqual({ entries: [], wholeBytes });
  });

  it.each(['x', 'null\n', '{}\n', '{"journal":"other/1"}\n'])('of something else is refused: %j', (text) => {
    expect(() => readJournal(text, 'j', header)).toThrow('j:1: this is no line of a journal of maestro-cli');
  });

  it.each([
    [{ ...header, endpoint: 'o:1' }, 'the journal j belongs to the endpoint "o:1", not "maestro:8090"'],
    [{ ...header, source: 'o' }, 'the journal j belongs to the source "o", not "s"'],
    [{ ...header, input: 'o' }, 'the journal j belongs to other works, or the same to be written another way'],
  ])('of another roll-out is refused', (other, message) => {
    expect(() => readJournal(headerLine(other), 'j', header)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message,
        hint: 'Nothing was sent. Give the same input as the run that wrote it, or another --journal file for a new roll-out.',
      }),
    );
  });

  it('keeps what stands without a text as it is, and shortens a text that has no end', () => {
    const stands = { kind: 'stands', cluster: 'c1', work: 'w', as: 'silent', wallMs: 1.4 } as const;
    expect(factLine(stands)).toBe('{"kind":"stands","cluster":"c1","work":"w","as":"silent","wallMs":1}\n');
    expect(factLine({ ...stands, text: 'x'.repeat(5_000) }).length).toBeLessThan(1_200);
  });
});

describe('what a roll-out is known by', () => {
  it('is 32 characters of a digest, of the works and of how they are written', () => {
    expect(workHash(work)).toMatch(/^[0-9a-f]{32}$/);
    expect(workHash({ ...work, labels: { a: 'b' } })).not.toBe(workHash(work));
    expect(inputHash([work], 'merge')).not.toBe(inputHash([work], 'plain'));
    expect(inputHash([work], 'merge')).not.toBe(inputHash([{ ...work, name: 'v' }], 'merge'));
  });
});
