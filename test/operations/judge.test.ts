import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/core/expressions/evaluate.ts';
import { parseExpression } from '../../src/core/expressions/parse.ts';
import { foldStatus } from '../../src/core/status/fold.ts';
import type { WorkStatus } from '../../src/core/status/work-status.ts';
import type { ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import { WaitJudge, type Verdict, type WaitCondition, type WaitTarget } from '../../src/operations/wait/judge.ts';
import { condition, entry, status } from '../core/status/build.ts';
import { bundle, configMap, ownId } from './support/fakes.ts';

const wallMs = Date.parse('2026-11-22T11:00:00Z');
const ours = [configMap('one')];
const others = [configMap('two')];

const target = (overrides: Partial<WaitTarget> = {}): WaitTarget => ({
  id: ownId,
  name: 'w',
  consumer: 'c1',
  known: true,
  mustExist: false,
  ...overrides,
});
/** A wait after a write of `ours` at the version. */
const written = (version: number, overrides: Partial<WaitTarget> = {}): WaitTarget =>
  target({ writtenVersion: version, written: { manifests: ours, manifestConfigs: [] }, ...overrides });
const awaiting = (
  text: string,
  overrides: Partial<WaitCondition> & { readonly failOnText?: string } = {},
): WaitCondition => {
  const { failOnText, ...rest } = overrides;
  return {
    expression: parseExpression(text),
    ...(failOnText === undefined ? {} : { failOn: parseExpression(failOnText) }),
    failureGraceMs: 30_000,
    feedbackSettleMs: 20_000,
    ...rest,
  };
};

type Feedback = Readonly<Record<string, string | number>>;
function reported(
  version: number,
  applied: 'True' | 'False',
  available: 'True' | 'False',
  options: {
    readonly feedback?: Feedback;
    readonly sequence?: string;
    readonly manifests?: ResourceBundle['manifests'];
  } = {},
): WorkStatus {
  const { manifests = ours } = options;
  const made = status(
    version,
    [`Applied/${applied}/${version}`, `Available/${available}/${version}`],
    manifests.map((manifest) =>
      entry(manifest, [`Applied/${applied}/${version}`, `Available/${available}`], options.feedback),
    ),
  );
  return { ...made, sequenceId: options.sequence ?? '1' };
}

/** Judges reads at their times, in milliseconds, and gives every verdict. */
function verdicts(
  judge: WaitJudge,
  reads: readonly (readonly [atMs: number, read: ResourceBundle | undefined])[],
): readonly Verdict[] {
  return reads.map(([atMs, read]) => judge.judge(read, wallMs + atMs, atMs));
}

function last(judge: WaitJudge, ...reads: readonly (readonly [number, ResourceBundle | undefined])[]): Verdict {
  const verdict = verdicts(judge, reads).at(-1);
  if (verdict === undefined) throw new Error('nothing was judged');
  return verdict;
}

describe('the version that is judged', () => {
  it.each([
    { title: 'no report', stored: bundle({ version: 2 }), kind: 'waiting' },
    {
      title: 'the old report, which stays after an update',
      stored: bundle({ version: 2, status: reported(1, 'True', 'True') }),
      kind: 'waiting',
    },
    {
      title: 'a report of the version that proves nothing of it',
      stored: bundle({ version: 2, status: { ...reported(1, 'True', 'True'), observedVersion: 2 } }),
      kind: 'waiting',
    },
    { title: 'applied', stored: bundle({ version: 2, status: reported(2, 'True', 'False') }), kind: 'met' },
    {
      title: 'a manifest that no report speaks of',
      stored: bundle({ version: 2, status: { ...reported(2, 'True', 'True'), resourceStatus: [] } }),
      kind: 'waiting',
    },
    {
      title: 'a read from before the write',
      stored: bundle({ version: 1, status: reported(1, 'True', 'True') }),
      kind: 'waiting',
    },
  ])('written at 2, $title: $kind', ({ stored, kind }) => {
    expect(last(new WaitJudge(written(2), awaiting('Applied')), [0, stored])).toMatchObject({ kind });
  });

  it('is the one current at the start for a bare wait', () => {
    const judge = new WaitJudge(target(), awaiting('Applied'));
    expect(judge.version).toBeUndefined();
    expect(last(judge, [0, bundle({ version: 5, status: reported(4, 'True', 'True') })])).toMatchObject({
      kind: 'waiting',
    });
    expect(judge.version).toBe(5);
    expect(last(judge, [250, bundle({ version: 5, status: reported(5, 'True', 'True') })])).toMatchObject({
      kind: 'met',
      version: 5,
    });
  });
});

describe('another work under the id, which joins consumer and name', () => {
  const reads = [0, bundle({ version: 2, consumerName: 'c1-w', status: reported(2, 'True', 'True') })] as const;

  it.each([
    { title: 'proves nothing', target: target({ known: false }), kind: 'waiting' },
    {
      title: 'is not the one that must exist',
      target: target({ known: false, mustExist: true }),
      kind: 'failed',
      error: { code: 'not-found' },
    },
    { title: 'is what was asked about by its id', target: target({ name: ownId, consumer: '' }), kind: 'met' },
  ])('$title', ({ target: one, kind, error }) => {
    expect(last(new WaitJudge(one, awaiting('Applied')), reads)).toMatchObject({
      kind,
      ...(error === undefined ? {} : { error }),
    });
  });

  it('is as good as none for a wait for the end', () => {
    expect(last(new WaitJudge(target({ known: false }), awaiting('Deleted')), reads)).toMatchObject({ kind: 'met' });
  });
});

describe('a later version meanwhile', () => {
  it.each([
    {
      title: 'the same content',
      later: bundle({ version: 3, manifests: ours, status: reported(3, 'True', 'True') }),
      expected: { kind: 'met', version: 3 },
    },
    {
      title: 'the same content, not reported yet',
      later: bundle({ version: 3, manifests: ours, status: reported(2, 'True', 'True') }),
      expected: { kind: 'waiting' },
    },
    {
      title: 'ours and more',
      later: bundle({
        version: 3,
        manifests: [configMap('x', 'more'), ...ours],
        status: reported(3, 'True', 'True', { manifests: [configMap('x', 'more'), ...ours] }),
      }),
      expected: { kind: 'met', version: 3 },
    },
    {
      title: 'other content',
      later: bundle({ version: 3, manifests: others, status: reported(3, 'True', 'True') }),
      expected: { kind: 'failed', error: { code: 'conflict', reason: 'Superseded', exitCode: 5, latestVersion: 3 } },
    },
    {
      title: 'ours removed',
      later: bundle({ version: 3, manifests: [] }),
      expected: { kind: 'failed', error: { reason: 'Superseded' } },
    },
    {
      title: 'another option',
      later: bundle({ version: 3, manifests: ours, deleteOption: { propagationPolicy: 'Orphan' } }),
      expected: { kind: 'failed', error: { reason: 'Superseded' } },
    },
    {
      title: 'the work made anew',
      later: bundle({ version: 2, createdAt: '2026-11-22T11:00:01Z', manifests: ours }),
      expected: { kind: 'failed', error: { reason: 'Superseded' } },
    },
    {
      title: 'the work made anew, at version 1',
      later: bundle({ version: 1, createdAt: '2026-11-22T11:00:01Z', manifests: others }),
      expected: { kind: 'failed', error: { reason: 'Superseded' } },
    },
  ])('$title: $expected.kind', ({ later, expected }) => {
    const judge = new WaitJudge(written(2), awaiting('Applied'));
    expect(last(judge, [0, bundle({ version: 2, manifests: ours })], [250, later])).toMatchObject(expected);
  });

  it('holds for a bare wait too, against what it saw first', () => {
    const first = bundle({ version: 5, manifests: ours });
    expect(
      last(
        new WaitJudge(target(), awaiting('Applied')),
        [0, first],
        [1, bundle({ version: 6, manifests: ours, status: reported(6, 'True', 'True') })],
      ),
    ).toMatchObject({ kind: 'met', version: 6 });
    expect(
      last(
        new WaitJudge(target(), awaiting('Applied')),
        [0, first],
        [1, bundle({ version: 6, manifests: others, status: reported(6, 'True', 'True') })],
      ),
    ).toMatchObject({ kind: 'failed', error: { reason: 'Superseded' } });
  });

  it('of a written work counts even on the first read', () => {
    expect(
      last(new WaitJudge(written(2), awaiting('Applied')), [
        0,
        bundle({ version: 3, manifests: others, status: reported(3, 'True', 'True') }),
      ]),
    ).toMatchObject({ kind: 'failed', error: { reason: 'Superseded' } });
  });
});

describe('deletion', () => {
  const deleting = bundle({ version: 2, deletedAt: '2026-11-22T11:00:00Z', status: reported(2, 'True', 'True') });

  it.each([
    { title: 'a 404 after it was seen', reads: [bundle({ version: 2 }), undefined], for: 'Applied' },
    { title: 'a 404 of a work just written', reads: [undefined], for: 'Applied' },
    { title: 'a delete that was accepted, although everything is applied', reads: [deleting], for: 'Applied' },
  ])('$title fails the wait for $for', ({ reads, for: text }) => {
    const judge = new WaitJudge(written(2), awaiting(text));
    expect(last(judge, ...reads.map((read, index) => [index * 250, read] as const))).toMatchObject({
      kind: 'failed',
      error: { code: 'outcome-failed', reason: 'DeletedWhileWaiting', exitCode: 7 },
    });
  });

  it.each([
    { title: 'a 404 at the start', reads: [undefined], kind: 'met' },
    { title: 'a 404 after the work was going', reads: [deleting, undefined], kind: 'met' },
    {
      title: 'a work that stands',
      reads: [bundle({ version: 2, status: reported(2, 'True', 'True') })],
      kind: 'waiting',
    },
    { title: 'a work that is going', reads: [deleting], kind: 'waiting' },
    {
      title: 'a later version with other content',
      reads: [bundle({ version: 2 }), bundle({ version: 3, manifests: others })],
      kind: 'waiting',
    },
  ])('Deleted, $title: $kind', ({ reads, kind }) => {
    const judge = new WaitJudge(target({ known: false }), awaiting('Deleted'));
    expect(last(judge, ...reads.map((read, index) => [index * 250, read] as const))).toMatchObject({ kind });
  });

  it('Applied OR Deleted is met by either', () => {
    expect(
      last(new WaitJudge(written(2), awaiting('Applied OR Deleted')), [0, deleting], [1, undefined]),
    ).toMatchObject({ kind: 'met' });
    expect(
      last(new WaitJudge(written(2), awaiting('Applied OR Deleted')), [
        0,
        bundle({ version: 2, status: reported(2, 'True', 'True') }),
      ]),
    ).toMatchObject({ kind: 'met' });
  });
});

describe('a work that is not there yet', () => {
  it('is waited for, and judged once it comes', () => {
    const judge = new WaitJudge(target({ known: false }), awaiting('Applied'));
    const [first, second, third] = verdicts(judge, [
      [0, undefined],
      [250, bundle()],
      [500, bundle({ status: reported(1, 'True', 'True') })],
    ]);
    expect(first).toEqual({ kind: 'waiting', text: 'there is no work named w on c1 yet' });
    expect(second).toMatchObject({ kind: 'waiting' });
    expect(third).toMatchObject({ kind: 'met', version: 1 });
  });

  it('is an error when it must exist', () => {
    expect(
      last(new WaitJudge(target({ known: false, mustExist: true }), awaiting('Applied')), [0, undefined]),
    ).toMatchObject({ kind: 'failed', error: { code: 'not-found', exitCode: 3 } });
  });

  it('that goes again once it was seen has been deleted', () => {
    expect(
      last(new WaitJudge(target({ known: false }), awaiting('Applied')), [0, undefined], [1, bundle()], [2, undefined]),
    ).toMatchObject({ kind: 'failed', error: { reason: 'DeletedWhileWaiting' } });
  });

  it('does not meet NOT Applied: nothing is known', () => {
    expect(last(new WaitJudge(target({ known: false }), awaiting('NOT Applied')), [0, undefined])).toMatchObject({
      kind: 'waiting',
    });
    expect(last(new WaitJudge(target(), awaiting('NOT Available')), [0, bundle()])).toMatchObject({ kind: 'waiting' });
  });
});

describe('failure', () => {
  const bad = bundle({ version: 2, status: reported(2, 'False', 'False') });
  const good = bundle({ version: 2, status: reported(2, 'True', 'False') });
  const oldBad = bundle({ version: 2, status: reported(1, 'False', 'False') });

  it('counts only when it lasts the whole grace period', () => {
    const judge = new WaitJudge(written(2), awaiting('Available'));
    expect(
      verdicts(judge, [
        [0, bad],
        [29_999, bad],
        [30_000, bad],
      ]),
    ).toMatchObject([
      { kind: 'waiting' },
      { kind: 'waiting' },
      {
        kind: 'failed',
        error: {
          code: 'outcome-failed',
          reason: 'ApplyFailed',
          exitCode: 7,
          message: expect.stringContaining('ConfigMap/np/settings Applied=False') as string,
        },
      },
    ]);
  });

  it('starts anew when it healed in between', () => {
    const judge = new WaitJudge(written(2), awaiting('Available'));
    const kinds = verdicts(judge, [
      [0, bad],
      [20_000, good],
      [25_000, bad],
      [54_999, bad],
      [55_000, bad],
    ]).map(({ kind }) => kind);
    expect(kinds).toEqual(['waiting', 'waiting', 'waiting', 'waiting', 'failed']);
  });

  it('of an earlier version is none', () => {
    const judge = new WaitJudge(written(2), awaiting('Available', { failureGraceMs: 0 }));
    expect(last(judge, [0, oldBad], [60_000, oldBad])).toMatchObject({ kind: 'waiting' });
  });

  it('without grace is one at once', () => {
    expect(last(new WaitJudge(written(2), awaiting('Available', { failureGraceMs: 0 })), [0, bad])).toMatchObject({
      kind: 'failed',
    });
  });

  it('does not fail a wait for failure', () => {
    expect(last(new WaitJudge(written(2), awaiting('Applied=False', { failureGraceMs: 0 })), [0, bad])).toMatchObject({
      kind: 'met',
    });
  });

  it('starts its grace anew at a later version that holds the same', () => {
    const judge = new WaitJudge(written(2), awaiting('Available'));
    const later = bundle({ version: 3, status: reported(3, 'False', 'False') });
    const kinds = verdicts(judge, [
      [0, bad],
      [20_000, bundle({ version: 3, status: reported(2, 'False', 'False') })],
      [21_000, later],
      [50_999, later],
      [51_000, later],
    ]).map(({ kind }) => kind);
    expect(kinds).toEqual(['waiting', 'waiting', 'waiting', 'waiting', 'failed']);
  });

  it('--fail-on ends the wait at once, but only by evidence at the version', () => {
    const fail = awaiting('Available', { failOnText: 'Applied=False' });
    expect(last(new WaitJudge(written(2), fail), [0, bad])).toMatchObject({
      kind: 'failed',
      error: { reason: 'FailOnMatched', exitCode: 7 },
    });
    expect(last(new WaitJudge(written(2), fail), [0, oldBad])).toMatchObject({ kind: 'waiting' });
  });

  it('what was awaited wins over --fail-on when both hold', () => {
    const both = bundle({ version: 2, status: reported(2, 'True', 'True') });
    expect(last(new WaitJudge(written(2), awaiting('Available', { failOnText: 'Applied' })), [0, both])).toMatchObject({
      kind: 'met',
    });
  });
});

describe('feedback after an update', () => {
  const test = awaiting('ConfigMap:ready=1');
  const before = bundle({ version: 1, manifests: others });
  const at = (sequence: string, feedback: Feedback = { ready: 1 }): ResourceBundle =>
    bundle({ version: 2, manifests: ours, status: reported(2, 'True', 'True', { feedback, sequence }) });

  it('of the report that first shows Applied may still be old', () => {
    const judge = new WaitJudge(written(2, { before }), test);
    expect(
      verdicts(judge, [
        [0, at('10')],
        [19_999, at('10')],
      ]),
    ).toMatchObject([{ kind: 'waiting' }, { kind: 'waiting' }]);
  });

  it('counts from a later report', () => {
    const judge = new WaitJudge(written(2, { before }), test);
    expect(
      verdicts(judge, [
        [0, at('10')],
        [250, at('11')],
      ]).map(({ kind }) => kind),
    ).toEqual(['waiting', 'met']);
  });

  it('counts from the same report once it has settled, and not a millisecond before', () => {
    const judge = new WaitJudge(written(2, { before }), test);
    expect(
      verdicts(judge, [
        [1000, at('10')],
        [20_999, at('10')],
        [21_000, at('10')],
      ]).map(({ kind }) => kind),
    ).toEqual(['waiting', 'waiting', 'met']);
  });

  it('counts at once for a manifest that the update did not change, and after a create', () => {
    const other = configMap('x', 'other');
    const unchanged = bundle({ version: 1, manifests: [...ours, other] });
    const stored = bundle({
      version: 2,
      manifests: ours,
      status: reported(2, 'True', 'True', { feedback: { ready: 1 } }),
    });
    expect(last(new WaitJudge(written(2, { before: unchanged }), test), [0, stored])).toMatchObject({ kind: 'met' });
    expect(
      last(new WaitJudge(written(1), test), [
        0,
        bundle({ status: reported(1, 'True', 'True', { feedback: { ready: 1 } }) }),
      ]),
    ).toMatchObject({ kind: 'met' });
  });

  it('of a bare wait settles by the age of the row', () => {
    const fresh = (updatedAt: string): ResourceBundle => ({ ...at('10'), updatedAt });
    expect(last(new WaitJudge(target(), test), [0, fresh('2026-11-22T10:59:50Z')])).toMatchObject({ kind: 'waiting' });
    expect(last(new WaitJudge(target(), test), [0, fresh('2026-11-22T10:59:40Z')])).toMatchObject({ kind: 'met' });
  });

  it('settles too when an apply found its work unchanged, because an earlier try may have just sent it', () => {
    const fresh = { ...at('10'), updatedAt: '2026-11-22T10:59:59Z' };
    expect(
      verdicts(new WaitJudge(written(2), test), [
        [0, fresh],
        [250, fresh],
        [500, { ...fresh, ...at('11') }],
      ]).map(({ kind }) => kind),
    ).toEqual(['waiting', 'waiting', 'met']);
  });

  it.each([
    { title: 'a bare wait', of: target() },
    { title: 'an unchanged apply', of: written(2) },
  ])('settles in $title that began before the agent came back, however old the row is', ({ of }) => {
    const stale = {
      ...bundle({
        version: 2,
        manifests: ours,
        status: reported(1, 'True', 'True', { feedback: { ready: 1 }, sequence: '9' }),
      }),
      updatedAt: '2026-11-22T10:00:00Z',
    };
    expect(
      verdicts(new WaitJudge(of, test), [
        [0, stale],
        [5000, at('10')],
        [5250, at('11')],
      ]).map(({ kind }) => kind),
    ).toEqual(['waiting', 'waiting', 'met']);
  });

  it('is never proof while the version is not applied', () => {
    const judge = new WaitJudge(written(2, { before }), test);
    const stale = bundle({
      version: 2,
      manifests: ours,
      status: reported(1, 'True', 'True', { feedback: { ready: 1 } }),
    });
    expect(last(judge, [0, stale], [60_000, stale])).toMatchObject({ kind: 'waiting' });
  });
});

describe('what is waited for, in words', () => {
  it.each([
    {
      title: 'never reported',
      stored: bundle({ version: 2 }),
      text: 'the agent has not reported this work yet (written 60m ago)',
    },
    {
      title: 'reported an earlier version',
      stored: bundle({ version: 2, status: reported(1, 'True', 'True') }),
      text: /^the agent last reported version 1, version 2 is awaited/,
    },
    {
      title: 'not available',
      stored: bundle({ version: 2, status: reported(2, 'True', 'False') }),
      text: /^applied at version 2, waiting for Available/,
    },
    {
      title: 'failing',
      stored: bundle({ version: 2, status: reported(2, 'False', 'False') }),
      text: /^version 2 could not be applied: ConfigMap\/np\/settings Applied=False/,
    },
  ])('$title', ({ stored, text }) => {
    const verdict = last(new WaitJudge(written(2), awaiting('Available')), [0, stored]);
    expect(verdict).toMatchObject({
      kind: 'waiting',
      text: typeof text === 'string' ? text : (expect.stringMatching(text) as string),
    });
  });
});

describe('any order of reads', () => {
  const version = fc.integer({ min: 1, max: 4 });
  const truth = fc.constantFrom('True' as const, 'False' as const);
  const anyStatus = fc
    .record({ version, observed: version, applied: truth, available: truth, resources: fc.boolean() })
    .map(({ version: at, observed, applied, available, resources }) => {
      const made = reported(at, applied, available);
      return {
        ...made,
        observedVersion: observed,
        resourceStatus: resources ? made.resourceStatus : [],
        conditions: made.conditions.length === 0 ? [condition('Applied/True/1')] : made.conditions,
      };
    });
  const anyRead = fc.option(
    fc
      .record({
        version,
        same: fc.boolean(),
        status: fc.option(anyStatus, { nil: undefined }),
        deleting: fc.boolean(),
        row: fc.constantFrom('2026-11-22T10:00:00Z', '2026-11-22T11:00:00Z'),
      })
      .map(({ version: at, same, status: made, deleting, row }) =>
        bundle({
          version: at,
          createdAt: row,
          manifests: same ? ours : others,
          ...(made === undefined ? {} : { status: made }),
          ...(deleting ? { deletedAt: '2026-11-22T11:00:00Z' } : {}),
        }),
      ),
    { nil: undefined, freq: 6 },
  );
  const states = { Applied: ['applied', 'available'], Available: ['available'] } as const;

  /** One version of one row has one content, whenever it is read. */
  function withOneContent(reads: readonly (ResourceBundle | undefined)[]): readonly (ResourceBundle | undefined)[] {
    const contents = new Map<string, ResourceBundle['manifests']>();
    return reads.map((read) => {
      if (read === undefined) return undefined;
      const key = `${read.createdAt} ${read.version}`;
      const manifests = contents.get(key) ?? read.manifests;
      contents.set(key, manifests);
      return { ...read, manifests };
    });
  }

  it('never says met unless the fold of that read proves it at the version that is judged, with the content that was written', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Applied' as const, 'Available' as const),
        version,
        fc.array(anyRead, { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 8, maxLength: 8 }),
        (text, at, reads, pauses) => {
          const judge = new WaitJudge(written(at), awaiting(text));
          let monotonicMs = 0;
          for (const [index, read] of withOneContent(reads).entries()) {
            monotonicMs += pauses[index] ?? 0;
            const verdict = judge.judge(read, wallMs + monotonicMs, monotonicMs);
            if (verdict.kind === 'waiting') continue;
            if (verdict.kind === 'met') {
              if (read === undefined || verdict.version === undefined)
                throw new Error('met by a work that is not there');
              expect(verdict.version).toBeGreaterThanOrEqual(at);
              expect(states[text]).toContain(foldStatus(read, verdict.version).kind);
              expect(read.deletedAt).toBeUndefined();
              // A later version counts only with the content that was asked about.
              if (read.version !== at) expect(read.manifests).toEqual(ours);
            }
            break;
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('says met only for what the expression makes true of that read', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'Applied',
          'NOT Available',
          'Applied=False',
          'Available OR Deleted',
          'NOT Applied OR Available',
        ),
        fc.array(anyRead, { minLength: 1, maxLength: 6 }),
        (text, reads) => {
          const awaited = awaiting(text);
          const judge = new WaitJudge(target({ known: false }), awaited);
          for (const [index, read] of reads.entries()) {
            const verdict = judge.judge(read, wallMs + index, index);
            if (verdict.kind === 'waiting') continue;
            if (verdict.kind === 'met') {
              const atVersion = verdict.version ?? 0;
              const seen = {
                bundle: read ?? { version: atVersion, manifests: [] },
                atVersion,
                gone: read === undefined,
                feedbackCounts: () => true,
              };
              // A row made anew means that the one asked about is gone.
              const anew =
                read !== undefined &&
                reads.slice(0, index).some((earlier) => earlier !== undefined && earlier.createdAt !== read.createdAt);
              expect([
                evaluate(awaited.expression, seen),
                anew ? evaluate(awaited.expression, { ...seen, gone: true }) : 'unknown',
              ]).toContain('true');
            }
            break;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
