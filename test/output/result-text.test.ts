import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MaestroError, reasonsOf } from '../../src/errors.ts';
import {
  exitCodeOfOutcome,
  failedWork,
  type Outcome,
  type ResourceOutcome,
  type WorkOutcome,
} from '../../src/core/outcome/outcome.ts';
import { cutToBytes, resultFormats } from '../../src/output/result-file/shape.ts';
import { maxResultBytes, resultText } from '../../src/output/result-file/text.ts';
import { caseCollisions, readAsReporter } from '../support/reporter.ts';

const atMs = Date.parse('2026-11-22T11:00:00.000Z');

const job: ResourceOutcome = {
  kind: 'Job',
  group: 'batch',
  version: 'v1',
  namespace: 'np',
  name: 'init',
  status: 'Available',
  feedback: [{ name: 'JobComplete', value: 'True' }],
};
const secret: ResourceOutcome = {
  kind: 'Secret',
  version: 'v1',
  namespace: 'np',
  name: 'key',
  status: 'Failed',
  message: 'forbidden',
};

const done: WorkOutcome = {
  manifestWorkName: 'hyperfleet-c1-job',
  consumer: 'c1',
  phase: 'Applied',
  reason: 'Applied',
  message: 'ManifestWork hyperfleet-c1-job on c1: Applied (version 3)',
  exitCode: 0,
  operation: 'updated',
  id: '88970ef2-5090-52c2-a2ad-d83fabe28ed0',
  version: 3,
  observedVersion: 3,
  conditions: [
    { type: 'Applied', status: 'True', reason: 'AppliedManifestWorkComplete', message: 'done', observedGeneration: 3 },
  ],
  resources: [job, secret],
};
const timedOut = failedWork(
  { ...done, manifestWorkName: 'second' },
  new MaestroError('timeout', 'timed out after 10s'),
  true,
);
const refused = failedWork(
  { manifestWorkName: 'third', consumer: 'c2' },
  new MaestroError('not-found', 'there is no consumer named c2', { reason: 'ConsumerNotFound' }),
  false,
);

const read = (outcome: Outcome, format: (typeof resultFormats)[number]): Record<string, unknown> =>
  JSON.parse(resultText(outcome, format, atMs)) as Record<string, unknown>;

describe('status-result', () => {
  it('is the shape of the origin for one work', () => {
    expect(read({ works: [done] }, 'status-result')).toEqual({
      manifestWorkName: 'hyperfleet-c1-job',
      consumer: 'c1',
      status: 'Applied',
      message: 'ManifestWork hyperfleet-c1-job on c1: Applied (version 3)',
      resources: [
        {
          kind: 'Job',
          group: 'batch',
          version: 'v1',
          namespace: 'np',
          name: 'init',
          status: 'Available',
          feedback: { JobComplete: 'True' },
        },
        { kind: 'Secret', version: 'v1', namespace: 'np', name: 'key', status: 'Failed', message: 'forbidden' },
      ],
      timestamp: '2026-11-22T11:00:00.000Z',
    });
  });

  it.each([
    { title: 'a timeout after acceptance', work: timedOut, status: 'InProgress' },
    { title: 'a refusal', work: refused, status: 'Failed' },
  ])('$title is $status', ({ work, status }) => {
    expect(read({ works: [work] }, 'status-result')).toMatchObject({
      status,
      manifestWorkName: work.manifestWorkName,
      message: `ManifestWork ${work.manifestWorkName}: ${work.message}`,
    });
  });

  it('tells of a run that failed before it knew a work', () => {
    expect(read({ works: [], error: new MaestroError('usage', 'nothing to apply') }, 'status-result')).toEqual({
      manifestWorkName: '',
      consumer: '',
      status: 'Failed',
      message: 'nothing to apply',
      timestamp: '2026-11-22T11:00:00.000Z',
    });
  });

  it('has an entry for each of several works, and the top level sums up', () => {
    const value = read({ works: [done, timedOut, refused] }, 'status-result');
    expect(value).toMatchObject({
      manifestWorkName: 'hyperfleet-c1-job, second, third',
      consumer: 'c1, c2',
      status: 'Failed',
      works: [{ status: 'Applied' }, { status: 'InProgress' }, { status: 'Failed' }],
    });
    expect(value['message']).toBe(
      '1 of 3 works failed, 1 not finished: ManifestWork second: timed out after 10s; ManifestWork third: there is no consumer named c2',
    );
    expect(read({ works: [done, timedOut] }, 'status-result')).toMatchObject({ status: 'InProgress' });
    expect(read({ works: [done, { ...done, manifestWorkName: 'b' }] }, 'status-result')).toMatchObject({
      status: 'Applied',
    });
    expect(
      read(
        { works: [done, { ...done, manifestWorkName: 'b', phase: 'InProgress', reason: 'Accepted' }] },
        'status-result',
      ),
    ).toMatchObject({ status: 'InProgress' });
  });
});

describe('adapter-result', () => {
  it('is what the reporter takes, with the rest beside it', () => {
    expect(read({ works: [done] }, 'adapter-result')).toMatchObject({
      status: 'success',
      reason: 'Applied',
      message: 'ManifestWork hyperfleet-c1-job on c1: Applied (version 3)',
      manifestWorkName: 'hyperfleet-c1-job',
      consumer: 'c1',
      phase: 'Applied',
      details: {
        operation: 'updated',
        id: done.id,
        version: 3,
        observedVersion: 3,
        conditions: [{ type: 'Applied', status: 'True' }],
        exitCode: 0,
      },
    });
  });

  it('puts the name into a message that lacks it', () => {
    expect(read({ works: [timedOut] }, 'adapter-result')).toMatchObject({
      status: 'failure',
      reason: 'Timeout',
      message: 'ManifestWork second: timed out after 10s',
      phase: 'InProgress',
      details: { exitCode: 6 },
    });
  });

  it('sums several works up, by the one kind of failure or as several', () => {
    expect(read({ works: [done, timedOut] }, 'adapter-result')).toMatchObject({
      status: 'failure',
      reason: 'Timeout',
      phase: 'InProgress',
    });
    expect(read({ works: [timedOut, refused] }, 'adapter-result')).toMatchObject({
      status: 'failure',
      reason: 'SeveralFailures',
      details: { exitCode: 7 },
    });
  });

  it('is never a success without anything done', () => {
    expect(read({ works: [] }, 'adapter-result')).toMatchObject({ status: 'failure', details: { exitCode: 70 } });
  });
});

const allReasons = Object.values(reasonsOf).flat();

describe('limits', () => {
  it('every reason of an error is a short CamelCase word', () => {
    expect(allReasons.filter((reason) => !/^[A-Z][A-Za-z]{0,127}$/.test(reason))).toEqual([]);
  });

  it('cuts to whole characters', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 700 }),
      fc.constantFrom('é'.repeat(700), '😀'.repeat(300), 'a'.repeat(2000)),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 8, max: 1024 }), (value, limit) => {
        const cut = cutToBytes(value, limit);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(limit);
        expect(cut).not.toContain('\ufffd');
        if (Buffer.byteLength(value) <= limit) expect(cut).toBe(value);
        else expect(value.startsWith(cut.slice(0, -1))).toBe(true);
      }),
    );
  });

  it('gives the reporter messages and reasons that it need not cut', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 900 }),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }),
        (message, name) => {
          const work = failedWork(
            { manifestWorkName: name, consumer: 'c' },
            new MaestroError('conflict', message),
            false,
          );
          const text = resultText({ works: [work] }, 'adapter-result', atMs);
          const value = JSON.parse(text) as { message: string; reason: string };
          expect(Buffer.byteLength(value.message)).toBeLessThanOrEqual(1024);
          expect(readAsReporter(Buffer.from(text))).toMatchObject({
            status: 'False',
            reason: 'Conflict',
            message: value.message.trim(),
          });
        },
      ),
    );
  });
});

const bigFeedback = (count: number, bytes: number): readonly ResourceOutcome[] =>
  Array.from({ length: count }, (_, index) => ({
    ...job,
    name: `job-${index}`,
    feedback: [{ name: 'log', value: 'x'.repeat(bytes) }],
  }));

describe.each(resultFormats)('the 1 MiB rule for %s', (format) => {
  const sized = (outcome: Outcome): Record<string, unknown> => {
    const text = resultText(outcome, format, atMs);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxResultBytes);
    const value = JSON.parse(text) as Record<string, unknown>;
    expect(caseCollisions(value)).toEqual([]);
    if (format === 'adapter-result') {
      const { status } = readAsReporter(Buffer.from(text));
      expect(status).toBe(exitCodeOfOutcome(outcome) === 0 ? 'True' : 'False');
    }
    return value;
  };

  it('leaves a small file whole', () => {
    expect(sized({ works: [done] })).not.toHaveProperty('truncated');
  });

  it('drops feedback first', () => {
    const value = sized({ works: [{ ...done, resources: bigFeedback(20, 60_000) }] });
    expect(value['truncated']).toEqual(['feedback']);
    expect(value['resources']).toHaveLength(20);
    expect(JSON.stringify(value['resources'])).not.toContain('feedback');
  });

  it('then resources', () => {
    const resources = Array.from({ length: 20 }, (_, index) => ({
      ...secret,
      name: `s-${index}`,
      message: 'm'.repeat(60_000),
    }));
    const value = sized({ works: [{ ...done, resources }] });
    expect(value['truncated']).toEqual(['feedback', 'resources']);
    expect(value).not.toHaveProperty('resources');
    expect('details' in value).toBe(format === 'adapter-result');
  });

  it('then details', () => {
    const conditions = Array.from({ length: 20 }, (_, index) => ({
      type: `T${index}`,
      status: 'True' as const,
      reason: 'R',
      message: 'm'.repeat(60_000),
    }));
    const value = sized({ works: [{ ...done, conditions }] });
    if (format === 'adapter-result') expect(value['truncated']).toEqual(['feedback', 'resources', 'details']);
    expect(value).not.toHaveProperty('details.conditions');
    expect(value).toMatchObject({ manifestWorkName: 'hyperfleet-c1-job' });
  });

  it('at last cuts messages and the list of works, and still tells the outcome of all of them', () => {
    const works = Array.from({ length: 3000 }, (_, index) => ({
      ...done,
      manifestWorkName: `work-${index}`,
      message: `work-${index} ${'m'.repeat(2000)}`,
    }));
    const value = sized({ works: [...works, refused] });
    expect(value).toMatchObject(
      format === 'adapter-result'
        ? { status: 'failure', reason: 'ConsumerNotFound', phase: 'Failed' }
        : { status: 'Failed' },
    );
    expect(value['truncated']).toContain('works');
    expect(value['message']).toContain('1 of 3001 works failed');
  });

  it('lists of very many works those that failed', () => {
    const value = sized({
      works: [
        ...Array.from({ length: 11_000 }, () => ({
          manifestWorkName: 'w',
          consumer: 'c',
          phase: 'Applied' as const,
          reason: 'R',
          message: 'w',
          exitCode: 0 as const,
        })),
        refused,
      ],
    });
    expect(value).toMatchObject({
      truncated: ['feedback', 'resources', 'details', 'works'],
      works: [{ consumer: 'c2' }],
    });
  });

  it('says what was left out before', () => {
    const works = Object.assign(
      [done, done].map(({ resources: _resources, conditions: _conditions, ...rest }) => rest),
      { shortened: true },
    );
    expect(sized({ works })).toMatchObject({
      truncated: ['feedback', 'resources', 'details'],
      works: [{ consumer: 'c1' }, {}],
    });
  });

  it('cuts the message of a run that failed before it knew a work', () => {
    const value = sized({ works: [], error: new MaestroError('invalid-input', `problems: ${'p'.repeat(2_000_000)}`) });
    expect(value['message']).toMatch(/^problems: p+…$/);
  });
});

describe('values', () => {
  it('writes integers beyond 2^53 digit by digit, and keeps feedback named __proto__', () => {
    const feedback = [{ name: '__proto__', value: 'kept' }];
    const text = resultText({ works: [{ ...done, resources: [{ ...job, feedback }] }] }, 'status-result', atMs);
    expect(text).toContain('"__proto__": "kept"');
  });
});

describe('what a write removed, took from others and shares', () => {
  const removed = [{ kind: 'ConfigMap', version: 'v1', namespace: 'np', name: 'gone', manager: 'nodepool' }];
  const losses = [{ what: 'ConfigMap/np/gone', manager: 'nodepool', how: 'removed' as const }];
  const sharedWith = [{ kind: 'ConfigMap', namespace: 'np', name: 'both', work: 'other', id: 'i' }];
  const told = { removed, losses, sharedWith };
  const large = 'x'.repeat(maxResultBytes);

  it.each(resultFormats)('stands in %s, and outlasts feedback, resources, details and the other works', (format) => {
    expect(read({ works: [{ ...done, ...told }] }, format)).toMatchObject(told);
    const long: ResourceOutcome = { ...job, feedback: [{ name: 'log', value: large }] };
    expect(read({ works: [{ ...done, ...told, resources: [long] }] }, format)).toMatchObject({
      ...told,
      truncated: ['feedback'],
    });
    expect(read({ works: [{ ...done, ...told, resources: [{ ...job, message: large }] }] }, format)).toMatchObject({
      ...told,
      truncated: ['feedback', 'resources'],
    });
    const many = Array.from({ length: 20_000 }, (_, index): WorkOutcome => ({
      ...done,
      manifestWorkName: `w${index}`,
      ...(index === 9 ? told : {}),
    }));
    const value = read({ works: many }, format);
    expect(value['works']).toMatchObject([{ manifestWorkName: 'w9', ...told }]);
    expect(value['truncated']).toEqual(['feedback', 'resources', 'details', 'works']);
  });

  it('goes when nothing else is left to go, and the file says so', () => {
    const all = Array.from({ length: 20_000 }, (_, index) => ({
      kind: 'ConfigMap',
      version: 'v1',
      namespace: 'np',
      name: `gone-${index}`,
    }));
    const value = read({ works: [{ ...done, removed: all }] }, 'status-result');
    expect(value).toMatchObject({
      status: 'Applied',
      truncated: expect.arrayContaining(['removed', 'losses', 'sharedWith']) as unknown,
    });
    expect(value).not.toHaveProperty('removed');
  });
});
