import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JournalReading } from '../../../src/core/fleet/journal-facts.ts';
import { entryLine, factLine, headerLine, readJournal } from '../../../src/core/fleet/journal.ts';
import { RollOutRecord } from '../../../src/core/roll-out/record.ts';
import { fleetRollOut } from '../../output/report/support.ts';

const header = { endpoint: 'maestro:8090', source: 'me', input: 'abc' };

/** What a run writes of a roll-out: entries for what was stored, and facts for the rest. */
function journalOf(): string {
  const lines = fleetRollOut(12, 4).flatMap((fact) => {
    if (fact.kind === 'stored')
      return [
        entryLine({
          consumer: fact.cluster,
          name: fact.work,
          version: 1,
          work: 'hash',
          how: fact.how,
          wallMs: fact.wallMs,
        }),
      ];
    if (fact.kind === 'noted' || (fact.kind === 'ended' && fact.end.exitCode === 0)) return [];
    return [factLine(fact as Parameters<typeof factLine>[0])];
  });
  return [headerLine(header), ...lines].join('');
}

describe('a journal that is looked at', () => {
  it('tells the roll-out that the run went through', () => {
    const record = new RollOutRecord();
    const reading = new JournalReading();
    for (const fact of reading.take(journalOf())) record.take(fact);
    const live = new RollOutRecord();
    for (const fact of fleetRollOut(12, 4)) live.take(fact);
    const { counts, stored, clusterCounts, durations, reasons, over, stages } = live.picture();
    expect(record.picture()).toMatchObject({ counts, stored, clusterCounts, durations, reasons, over });
    expect(record.picture().stages.map((stage) => stage.endedWallMs)).toEqual(stages.map((stage) => stage.endedWallMs));
    expect(reading.about).toEqual({ endpoint: 'maestro:8090', source: 'me' });
    expect(reading.unknownLines).toBe(0);
  });

  it('says the same however it comes in parts', () => {
    const text = journalOf();
    const whole = new JournalReading().take(text);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: text.length }), { maxLength: 8 }), (cuts) => {
        const reading = new JournalReading();
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const facts = at.slice(1).flatMap((end, index) => reading.take(text.slice(at[index], end)));
        expect(facts).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('waits for the end of a line that is being written', () => {
    const reading = new JournalReading();
    const text = journalOf();
    expect(reading.take(text.slice(0, -1))).toHaveLength(new JournalReading().take(text).length - 1);
    expect(reading.take('\n')).toHaveLength(1);
  });

  it('is still taken up by the next run, which passes over what is for people', () => {
    const { entries } = readJournal(journalOf(), 'j', header);
    expect(entries).toHaveLength(8);
    expect(new Set(entries.map(({ how }) => how))).toEqual(new Set(['created']));
  });

  it('of an earlier version tells what was stored, and nothing of when, what is to come or what came of it', () => {
    const record = new RollOutRecord();
    const entry = { consumer: 'c1', name: 'w', version: 2, work: 'hash' };
    for (const fact of new JournalReading().take(headerLine(header) + entryLine(entry))) record.take(fact);
    const picture = record.picture();
    expect(picture).toMatchObject({ total: 1, counts: { written: 1, met: 0 } });
    expect(picture.plan).toBeUndefined();
    expect(picture.lastWallMs).toBeUndefined();
    expect(picture.stages[0]?.clusters[0]?.works[0]).not.toHaveProperty('changedWallMs');
  });

  it('is nothing when its first line is another, and lines that it does not know are counted', () => {
    const other = new JournalReading();
    expect(other.take('{"kind":"over","wallMs":1}\n{"kind":"over","wallMs":1}\n')).toEqual([]);
    expect(other.isOther).toBe(true);
    const reading = new JournalReading();
    const lines = [
      '{"kind":"later","wallMs":1}',
      'no json',
      '{"kind":"stands","wallMs":1,"cluster":"c","work":"w","as":"odd"}',
    ];
    expect(reading.take(`${headerLine(header)}${lines.join('\n')}\n`)).toEqual([]);
    expect(reading.unknownLines).toBe(3);
  });

  it('takes no line for a fact that is not whole, whatever it holds', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const line = fc.record(
      {
        kind: fc.constantFrom('begun', 'stageBegun', 'stands', 'ended', 'over'),
        wallMs: fc.oneof(fc.nat(), value),
        plan: value,
        end: value,
        cluster: value,
        work: value,
        as: value,
        stage: value,
        text: value,
      },
      { requiredKeys: ['kind'] },
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const record = new RollOutRecord();
        const text = lines.map((one) => `${JSON.stringify(one)}\n`).join('');
        for (const fact of new JournalReading().take(headerLine(header) + text)) record.take(fact);
        expect(() => record.picture()).not.toThrow();
      }),
    );
  });
});
