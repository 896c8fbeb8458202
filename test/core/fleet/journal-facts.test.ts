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

  const cluster = { name: 'c1', works: 2 };
  const stage = { name: 'wave', number: 1, awaits: 'Applied', clusters: [cluster] };
  const plan = { command: 'apply', server: 'm:8090', source: 's', noun: 'work', stages: [stage] };
  const end = { phase: 'Failed', reason: 'Timeout', message: 'm', exitCode: 8, standing: 'silent', version: 3 };
  const ofWork = { cluster: 'c1', work: 'w', wallMs: 5 };
  const without = (from: object, member: string): object =>
    Object.fromEntries(Object.entries(from).filter(([key]) => key !== member));

  it.each<[string, object]>([
    ['a plan', { kind: 'begun', plan, wallMs: 5 }],
    ['a plan without what was typed', { kind: 'begun', plan: without(plan, 'command'), wallMs: 5 }],
    [
      'a stage without anything to wait for',
      { kind: 'begun', plan: { ...plan, stages: [without(stage, 'awaits')] }, wallMs: 5 },
    ],
    ['a canary', { kind: 'begun', plan: { ...plan, stages: [{ ...stage, name: 'canary', number: 0 }] }, wallMs: 5 }],
    ['a stage that begins', { kind: 'stageBegun', stage: 0, wallMs: 5 }],
    ['a stage that has ended', { kind: 'stageEnded', stage: 1, wallMs: 5 }],
    ['where a work stands', { kind: 'stands', as: 'pending', text: 't', ...ofWork }],
    ['where a work stands, without a text', { kind: 'stands', as: 'met', ...ofWork }],
    ['how a work ended', { kind: 'ended', end, ...ofWork }],
    [
      'how a work ended of which less is known',
      { kind: 'ended', end: without(without(end, 'standing'), 'version'), ...ofWork },
    ],
    ['a work in progress', { kind: 'ended', end: { ...end, phase: 'InProgress', standing: 'pending' }, ...ofWork }],
    ['a work that failed on its cluster', { kind: 'ended', end: { ...end, standing: 'failing' }, ...ofWork }],
    ['a work that is applied', { kind: 'ended', end: { ...end, phase: 'Applied', exitCode: 0 }, ...ofWork }],
    ['the end', { kind: 'over', wallMs: 5 }],
    ['the end of a run that was stopped', { kind: 'over', stoppedBy: 'too many failed', wallMs: 5 }],
  ])('reads back %s', (_what, fact) => {
    const reading = new JournalReading();
    expect(reading.take(`${headerLine(header)}${JSON.stringify(fact)}\n`)).toEqual([fact]);
    expect(reading.unknownLines).toBe(0);
  });

  it.each<[string, object]>([
    ['a time', { kind: 'stageBegun', stage: 0 }],
    ['the stage', { kind: 'stageBegun', wallMs: 5 }],
    ['a plan', { kind: 'begun', wallMs: 5 }],
    ...['server', 'source', 'stages'].map((member): [string, object] => [
      `the ${member} of a plan`,
      { kind: 'begun', plan: without(plan, member), wallMs: 5 },
    ]),
    ...['name', 'number', 'clusters'].map((member): [string, object] => [
      `the ${member} of a stage`,
      { kind: 'begun', plan: { ...plan, stages: [stage, without(stage, member)] }, wallMs: 5 },
    ]),
    ...['name', 'works'].map((member): [string, object] => [
      `the ${member} of a cluster`,
      {
        kind: 'begun',
        plan: { ...plan, stages: [{ ...stage, clusters: [cluster, without(cluster, member)] }] },
        wallMs: 5,
      },
    ]),
    ['a stage that is one', { kind: 'begun', plan: { ...plan, stages: ['wave'] }, wallMs: 5 }],
    [
      'a name of a stage that is known',
      { kind: 'begun', plan: { ...plan, stages: [{ ...stage, name: 'rest' }] }, wallMs: 5 },
    ],
    ...['cluster', 'work', 'as'].map((member): [string, object] => [
      `the ${member} of what stands`,
      without({ kind: 'stands', as: 'pending', ...ofWork }, member),
    ]),
    ...['phase', 'reason', 'message', 'exitCode'].map((member): [string, object] => [
      `the ${member} of an end`,
      { kind: 'ended', end: without(end, member), ...ofWork },
    ]),
    ['an exit code that there is', { kind: 'ended', end: { ...end, exitCode: 99 }, ...ofWork }],
    ['an exit code that is a number', { kind: 'ended', end: { ...end, exitCode: '8' }, ...ofWork }],
    ['an end', { kind: 'ended', ...ofWork }],
  ])('takes no line for a fact without %s', (_what, fact) => {
    const reading = new JournalReading();
    expect(reading.take(`${headerLine(header)}${JSON.stringify(fact)}\n`)).toEqual([]);
    expect(reading.unknownLines).toBe(1);
  });

  it('leaves out of a fact what is of another kind than it should be', () => {
    const odd = [
      { kind: 'begun', plan: { ...plan, command: 1, stages: [{ ...stage, awaits: 1 }] }, wallMs: 5 },
      { kind: 'stands', as: 'met', text: 1, ...ofWork },
      { kind: 'ended', end: { ...end, standing: 'odd', version: '3' }, ...ofWork },
      { kind: 'over', stoppedBy: 1, wallMs: 5 },
    ];
    const text = odd.map((fact) => `${JSON.stringify(fact)}\n`).join('');
    expect(new JournalReading().take(headerLine(header) + text)).toEqual([
      { kind: 'begun', plan: { ...without(plan, 'command'), stages: [without(stage, 'awaits')] }, wallMs: 5 },
      { kind: 'stands', as: 'met', ...ofWork },
      { kind: 'ended', end: without(without(end, 'standing'), 'version'), ...ofWork },
      { kind: 'over', wallMs: 5 },
    ]);
  });

  it.each([
    ['no endpoint', '{"journal":"maestro-cli/1","source":"me"}'],
    ['no source', '{"journal":"maestro-cli/1","endpoint":"m"}'],
    ['another form', '{"journal":"maestro-cli/2","endpoint":"m","source":"me"}'],
  ])('is none with a first line that has %s', (_what, line) => {
    const reading = new JournalReading();
    expect(reading.take(`${line}\n{"kind":"over","wallMs":1}\n`)).toEqual([]);
    expect([reading.isOther, reading.about]).toEqual([true, undefined]);
  });

  it('is none when a line has no end, so that no memory holds it', () => {
    const reading = new JournalReading();
    const most = 16 * 1024 * 1024;
    reading.take(headerLine(header) + ' '.repeat(most));
    expect(reading.isOther).toBe(false);
    reading.take(' ');
    expect(reading.isOther).toBe(true);
    expect(reading.take('\n{"kind":"over","wallMs":1}\n')).toEqual([]);
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
