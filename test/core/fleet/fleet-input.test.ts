import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConsumerList } from '../../../src/core/fleet/consumer-list.ts';
import {
  entryLine,
  factLine,
  headerLine,
  inputHash,
  readJournal,
  workHash,
  type JournalEntry,
  type JournalFact,
} from '../../../src/core/fleet/journal.ts';
import { parseWaveSize, stagesOf } from '../../../src/core/fleet/waves.ts';
import { usageErrorOf } from '../../command-line/support.ts';
import { work } from '../../operations/support/fakes.ts';

describe('a list of consumers', () => {
  it('has names, comments, blanks and duplicates', () => {
    expect(readConsumerList('\uFEFFc1\r\n# all of them\n\n  c2  # the second\nc1\nc3', 'list')).toEqual([
      'c1',
      'c2',
      'c3',
    ]);
  });

  it('is refused with the lines of bad names', () => {
    expect(usageErrorOf(() => readConsumerList('ok\nBad_Name\n#\nc 2\n', 'list')).message).toBe(
      'list:2: "Bad_Name" is no consumer name: it must be a DNS label\n  list:4: "c 2" is no consumer name: it must be a DNS label',
    );
    expect(usageErrorOf(() => readConsumerList(Array.from({ length: 30 }, () => 'A').join('\n'), 'l')).message).toMatch(
      /l:10: .*\n {2}and 20 more$/s,
    );
  });

  it('may begin with a mark of byte order, which is none within', () => {
    expect(usageErrorOf(() => readConsumerList('c1\uFEFFc2', 'l')).message).toContain(
      'l:1: "c1\uFEFFc2" is no consumer',
    );
  });

  it('is told what a file holds that is none, and that nothing was sent', () => {
    expect(usageErrorOf(() => readConsumerList('a_b', 'l')).hint).toBe(
      'Nothing was sent. The file holds one consumer name a line; # begins a comment.',
    );
    expect(usageErrorOf(() => readConsumerList('# c1', 'l'))).toMatchObject({
      message: 'l names no consumer',
      hint: 'Nothing was sent.',
    });
  });

  it.each([10, 11])('shows at most ten bad names, of %i', (bad) => {
    const { message } = usageErrorOf(() => readConsumerList('A\n'.repeat(bad), 'l'));
    expect(message.split('\n')).toHaveLength(bad);
    expect(message.endsWith('and 1 more')).toBe(bad === 11);
  });

  it('must name one', () => {
    expect(usageErrorOf(() => readConsumerList('# none\n', 'list')).message).toBe('list names no consumer');
  });
});

describe('waves', () => {
  it.each([
    ['50', { kind: 'consumers', count: 50 }],
    ['101', { kind: 'consumers', count: 101 }],
    ['1%', { kind: 'percent', percent: 1 }],
    ['100%', { kind: 'percent', percent: 100 }],
  ])('%s', (text, size) => {
    expect(parseWaveSize(text, '--waves')).toEqual(size);
  });

  it.each(['0', '0%', '101%', '-1', '1.5', 'ten', '', '%', '10 %', '1234567890'])('%s is none', (text) => {
    expect(usageErrorOf(() => parseWaveSize(text, '--waves')).message).toContain('--waves takes');
  });

  it('are of the size that was asked for, counted of all consumers, and numbered', () => {
    const members = Array.from({ length: 10 }, (_unused, index) => index);
    expect(stagesOf(members, 1, { kind: 'percent', percent: 35 })).toEqual([
      { name: 'canary', number: 0, members: [0] },
      { name: 'wave', number: 1, members: [1, 2, 3, 4] },
      { name: 'wave', number: 2, members: [5, 6, 7, 8] },
      { name: 'wave', number: 3, members: [9] },
    ]);
    const sizes = stagesOf(members, 0, { kind: 'consumers', count: 5 }).map((stage) => stage.members.length);
    expect(sizes).toEqual([5, 5]);
  });

  it('hold every consumer once and in order, the canary first', () => {
    const size = fc.option(
      fc.oneof(
        fc.integer({ min: 1, max: 9 }).map((count) => ({ kind: 'consumers' as const, count })),
        fc.integer({ min: 1, max: 100 }).map((percent) => ({ kind: 'percent' as const, percent })),
      ),
      { nil: undefined },
    );
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { maxLength: 40 }),
        fc.integer({ min: 0, max: 5 }),
        size,
        (members, canary, wave) => {
          const stages = stagesOf(members, canary, wave);
          expect(stages.flatMap((stage) => stage.members)).toEqual(members);
          expect(stages.filter(({ name }) => name === 'canary').flatMap((stage) => stage.members)).toEqual(
            members.slice(0, canary),
          );
          const waves = stages.filter(({ name }) => name === 'wave');
          if (wave?.kind === 'percent') expect(waves.length).toBeLessThanOrEqual(Math.ceil(100 / wave.percent));
          if (wave?.kind === 'consumers') expect(waves.every((stage) => stage.members.length <= wave.count)).toBe(true);
          if (wave === undefined) expect(waves.length).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

describe('a journal', () => {
  const header = { endpoint: 'm:8090', source: 's', input: 'i' };
  const entry = fc.record({
    consumer: fc.string(),
    name: fc.string(),
    version: fc.integer({ min: 1 }),
    work: fc.string(),
  });

  it('gives back every whole line, wherever it was cut off', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 5 }), fc.nat(), (entries: readonly JournalEntry[], at) => {
        const text = headerLine(header) + entries.map((one) => entryLine(one)).join('');
        const cut = text.slice(0, at % (text.length + 1));
        const read = readJournal(cut, 'j', header);
        const whole = cut.split('\n').length - 1;
        expect(read.entries).toEqual(entries.slice(0, Math.max(0, whole - 1)));
        expect(read.wholeBytes).toBe(Buffer.byteLength(cut.slice(0, cut.lastIndexOf('\n') + 1)));
      }),
    );
  });

  it.each([
    { other: { ...header, source: 'o' }, message: 'the journal j belongs to the source "o", not "s"' },
    { other: { ...header, endpoint: 'x:1' }, message: 'the journal j belongs to the endpoint "x:1", not "m:8090"' },
    {
      other: { ...header, input: 'x' },
      message: 'the journal j belongs to other works, or the same to be written another way',
    },
  ])('of another run is refused: $message', ({ other, message }) => {
    expect(usageErrorOf(() => readJournal(headerLine(other), 'j', header)).message).toBe(message);
  });

  it('gives back what is known of each work, and nothing that is none of it', () => {
    const stored = { consumer: 'c', name: 'w', version: 3, work: 'h' };
    const told: JournalEntry = { ...stored, wallMs: 1700000000123.6, how: 'created' };
    const lines = [stored, { ...stored, wallMs: 'then', how: 'odd' }, { ...stored, how: 1 }].map((one) =>
      JSON.stringify(one),
    );
    const { entries } = readJournal(`${headerLine(header)}${entryLine(told)}${lines.join('\n')}\n`, 'j', header);
    expect(entries).toEqual([{ ...told, wallMs: 1700000000124 }, stored, stored, stored]);
  });

  it('passes over what is for people, and keeps its texts short', () => {
    const message = 'x'.repeat(5000);
    const ended: JournalFact = {
      kind: 'ended',
      cluster: 'c',
      work: 'w',
      end: { phase: 'Failed', reason: 'Timeout', message, exitCode: 8 },
      wallMs: 1.4,
    };
    const lines = [
      factLine(ended),
      factLine({ kind: 'stands', cluster: 'c', work: 'w', as: 'pending', text: message, wallMs: 2 }),
    ];
    for (const line of lines) expect(line.length).toBeLessThan(1200);
    expect(lines[0]).toContain('"wallMs":1}');
    expect(factLine({ kind: 'over', wallMs: 2.6 })).toBe('{"kind":"over","wallMs":3}\n');
    const { entries } = readJournal(headerLine(header) + lines.join(''), 'j', header);
    expect(entries).toEqual([]);
  });

  it('that holds nothing yet, or the beginning of its first line, is a new one', () => {
    for (const text of ['', headerLine(header).slice(0, 20)])
      expect(readJournal(text, 'j', header)).toEqual({ entries: [], wholeBytes: 0 });
  });

  it.each([
    ['apiVersion: v1\n', 'j:1: this is no line of a journal of maestro-cli'],
    ['apiVersion: v1', 'j:1: this is no line of a journal of maestro-cli'],
    ['{"journal":"maestro-cli/2"}\n', 'j:1: this is no line of a journal of maestro-cli'],
    [`${headerLine(header)}{"consumer":1}\n`, 'j:2: this is no line of a journal of maestro-cli'],
    [`${headerLine(header)}{}\n{"x":`, 'j:2: this is no line of a journal of maestro-cli'],
  ])('is never a file of something else: %j', (text, message) => {
    expect(usageErrorOf(() => readJournal(text, 'j', header)).message).toBe(message);
  });

  it('tells works and how they are written apart', () => {
    const other = work({ labels: { a: 'b' } });
    expect(workHash(work())).toBe(workHash(work()));
    expect(workHash(other)).not.toBe(workHash(work()));
    expect(inputHash([work()], { merge: true })).not.toBe(inputHash([work()], { merge: false }));
    expect(inputHash([work(), other], {})).not.toBe(inputHash([work()], {}));
  });
});
