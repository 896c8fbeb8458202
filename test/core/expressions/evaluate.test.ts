import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, explain } from '../../../src/core/expressions/evaluate.ts';
import type { Evidence, Truth } from '../../../src/core/expressions/evaluate.ts';
import { parseExpression } from '../../../src/core/expressions/parse.ts';
import { atomsOf } from '../../../src/core/expressions/syntax-tree.ts';
import type { Expression } from '../../../src/core/expressions/syntax-tree.ts';
import type { WorkView } from '../../../src/core/status/fold.ts';
import type { ConditionStatus, FeedbackData } from '../../../src/core/status/work-status.ts';
import { available, deployment, entry, jobNamed, namespace, status } from '../status/build.ts';
import { recordedBundles, recordedEvents } from '../status/recorded.ts';
import { expressions, expressionsOf } from './arbitrary.ts';

const evidenceOf = (bundle: WorkView, over: Partial<Evidence> = {}): Evidence => ({
  bundle,
  atVersion: bundle.version,
  gone: false,
  feedbackCounts: () => true,
  ...over,
});

const truth = (text: string, evidence: Evidence): Truth => evaluate(parseExpression(text), evidence);
const goneWork = evidenceOf({ version: 0, manifests: [] }, { gone: true });

/** A work that is available at version 2, with these conditions besides. */
const withWork = (...more: readonly string[]): Evidence =>
  evidenceOf({
    version: 2,
    manifests: [namespace],
    status: status(
      2,
      ['Applied/True/2', 'Available/True/2', ...more],
      [entry(namespace, ['Applied/True/2', 'Available/True'])],
    ),
  });

/** A work at version 2 whose only Job has these conditions and feedback. */
const withJob = (conditions: readonly string[], feedback: Readonly<Record<string, FeedbackData>> = {}): Evidence =>
  evidenceOf({
    version: 2,
    manifests: [jobNamed('init')],
    status: status(2, ['Applied/True/2', 'Available/True/2'], [entry(jobNamed('init'), conditions, feedback)]),
  });

const applied = ['Applied/True/2', 'Available/True'];

describe('conditions of the work', () => {
  it.each<[string, Evidence, string, Truth]>([
    ['nothing reported', evidenceOf({ version: 2, manifests: [namespace] }), 'Applied', 'unknown'],
    ['nothing reported, negated', evidenceOf({ version: 2, manifests: [namespace] }), 'NOT Applied', 'unknown'],
    ['all well', withWork(), 'Applied AND Available', 'true'],
    ['all well', withWork(), 'NOT Available', 'false'],
    ['all well', withWork(), 'Available=False', 'false'],
    ['all well', withWork(), 'Available=Unknown', 'false'],
    ['any case', withWork(), 'applied and AVAILABLE', 'true'],
    [
      'failed',
      evidenceOf({ version: 2, manifests: [namespace], status: status(2, ['Applied/False/2'], []) }),
      'Applied',
      'false',
    ],
    [
      'failed',
      evidenceOf({ version: 2, manifests: [namespace], status: status(2, ['Applied/False/2'], []) }),
      'Applied=False',
      'true',
    ],
    [
      'failed at version 1',
      evidenceOf({ version: 2, manifests: [namespace], status: status(2, ['Applied/False/1'], []) }),
      'Applied=False',
      'unknown',
    ],
    [
      'reported Unknown',
      evidenceOf({ version: 2, manifests: [namespace], status: status(2, ['Applied/Unknown/2'], []) }),
      'Applied=Unknown',
      'true',
    ],
    [
      'reported Unknown',
      evidenceOf({ version: 2, manifests: [namespace], status: status(2, ['Applied/Unknown/2'], []) }),
      'Applied',
      'unknown',
    ],
    [
      'reported Unknown',
      evidenceOf({ version: 2, manifests: [namespace], status: status(2, ['Applied/Unknown/2'], []) }),
      'NOT Applied',
      'unknown',
    ],
    [
      'work says True, manifest unreported',
      evidenceOf({ version: 2, manifests: [namespace], status: status(2, ['Applied/True/2', 'Available/True/2'], []) }),
      'Applied OR Available',
      'unknown',
    ],
    [
      'Available False',
      evidenceOf(
        available(2, [namespace], {
          status: status(2, ['Applied/True/2', 'Available/False/2'], [entry(namespace, applied)]),
        }),
      ),
      'Available',
      'false',
    ],
    [
      'Available False before Applied',
      evidenceOf(available(2, [namespace], { status: status(2, ['Applied/False/1', 'Available/False/2'], []) })),
      'Available=False',
      'unknown',
    ],
    ['another condition', withWork('Progressing/False/2'), 'Progressing=False', 'true'],
    ['another condition, any case', withWork('Progressing/False/2'), 'progressing', 'false'],
    ['another condition at version 1', withWork('Progressing/False/1'), 'Progressing=False', 'unknown'],
    ['another condition without a generation', withWork('Degraded/True'), 'Degraded', 'true'],
    [
      'another condition without a generation, not applied yet',
      evidenceOf({ version: 2, manifests: [namespace], status: status(2, ['Degraded/True'], []) }),
      'Degraded',
      'unknown',
    ],
    ['no such condition', withWork(), 'Degraded', 'unknown'],
    ['no such condition', withWork(), 'Degraded=Unknown', 'unknown'],
    ['stale', { ...withWork('Degraded/True'), atVersion: 3 }, 'Applied OR Degraded', 'unknown'],
    ['superseded', { ...withWork(), atVersion: 1 }, 'Applied OR Available', 'unknown'],
    [
      'being deleted',
      evidenceOf(available(2, [namespace], { deletedAt: '2026-11-22T10:59:00Z' })),
      'Applied OR Available',
      'unknown',
    ],
    ['being deleted', withWork('Deleting/True/2'), 'Deleting', 'true'],
    [
      'being deleted, and nothing reported',
      evidenceOf({ version: 2, manifests: [namespace], deletedAt: '2026-11-22T10:59:00Z' }),
      'Deleting',
      'unknown',
    ],
    [
      'being deleted, and failed before',
      evidenceOf({
        version: 2,
        manifests: [namespace],
        deletedAt: '2026-11-22T10:59:00Z',
        status: status(2, ['Applied/False/2'], []),
      }),
      'Applied=False',
      'unknown',
    ],
    ['superseded, not being deleted', { ...withWork('Deleting/False/2'), atVersion: 1 }, 'Deleting=False', 'unknown'],
    ['being deleted, stale', { ...withWork('Deleting/True/1'), atVersion: 5 }, 'Deleting', 'true'],
    ['not deleted', withWork(), 'Deleted', 'unknown'],
    ['not deleted', withWork(), 'NOT Deleted', 'unknown'],
    ['Deleted seen', withWork('Deleted/True'), 'Deleted', 'true'],
    ['Deleted seen, whatever the version', { ...withWork('Deleted/True'), atVersion: 7 }, 'Deleted', 'true'],
    ['Deleted seen', withWork('Deleted/True'), 'Applied OR Available', 'unknown'],
    ['Deleted False', withWork('Deleted/False'), 'Deleted', 'false'],
    ['gone', goneWork, 'Deleted', 'true'],
    ['gone', goneWork, 'Deleted=False', 'false'],
    ['gone', goneWork, 'Deleted=Unknown', 'false'],
    ['gone', goneWork, 'Applied', 'unknown'],
    ['gone', goneWork, 'NOT Applied', 'unknown'],
    ['gone', goneWork, 'Job:Complete OR Deleting', 'unknown'],
    ['gone', goneWork, 'Applied OR Deleted', 'true'],
    ['gone, though last seen available', { ...withWork(), gone: true }, 'Available', 'unknown'],
  ])('%s: %#', (_what, evidence, text, expected) => {
    expect(truth(text, evidence), text).toBe(expected);
  });
});

describe('conditions of a resource', () => {
  const listed = (type: string, value: string): FeedbackData => [{ type, status: value }];
  it.each<[readonly string[], Readonly<Record<string, FeedbackData>>, string, Truth]>([
    [applied, {}, 'Job:Applied AND Job:Available', 'true'],
    [['Applied/True/1', 'Available/True'], {}, 'Job:Applied', 'unknown'],
    [['Applied/True/1', 'Available/True'], {}, 'Job:Available', 'unknown'],
    [['Applied/False/2'], {}, 'Job:Applied', 'false'],
    [['Applied/False/2', 'Available/False'], {}, 'Job:Available=False', 'unknown'],
    [['Applied/True/2', 'Available/False'], {}, 'Job:Available', 'false'],
    [['Applied/True/2', 'Available/True/1'], {}, 'Job:Available', 'unknown'],
    [['Applied/True/2', 'Available/Unknown'], {}, 'Job:Available=Unknown', 'true'],
    [['Applied/True/2', 'Available/Unknown'], {}, 'Job:Available!=True', 'unknown'],
    [['Applied/True/2', 'Available/False'], {}, 'Job:Available!=True', 'true'],
    [['Available/True'], {}, 'Job:Applied', 'unknown'],
    [[...applied, 'StatusFeedbackSynced/True'], {}, 'Job:statusfeedbacksynced', 'true'],
    [[...applied, 'Complete/False'], { JobComplete: 'True' }, 'Job:Complete', 'false'],
    [applied, {}, 'Job:Complete', 'unknown'],
    [applied, { conditions: listed('Complete', 'True') }, 'Job:Complete', 'true'],
    [applied, { conditions: listed('Complete', 'False') }, 'Job:Complete', 'false'],
    [applied, { conditions: listed('Complete', 'Unknown') }, 'Job:Complete=Unknown', 'true'],
    [applied, { conditions: listed('Complete', 'True') }, 'Job:complete', 'true'],
    [applied, { conditions: listed('Complete', 'True') }, 'Job:Failed', 'unknown'],
    [applied, { status: { conditions: listed('Failed', 'True') } }, 'Job:Failed', 'true'],
    [applied, { status: { conditions: 'x' }, conditions: [null, 1, {}] }, 'Job:Failed', 'unknown'],
    [applied, { conditions: [...(listed('A', 'True') as []), ...(listed('A', 'False') as [])] }, 'Job:A', 'false'],
    [applied, { JobComplete: 'True' }, 'Job:JobComplete', 'true'],
    [applied, { JobComplete: 'True' }, 'Job:Complete', 'true'],
    [applied, { JobComplete: 'False' }, 'Job:JobComplete=False', 'true'],
    [applied, { Ready: true }, 'Job:Ready', 'true'],
    [applied, { Ready: false }, 'Job:Ready', 'false'],
    [applied, { Ready: 'soon' }, 'Job:Ready', 'unknown'],
    [['Applied/True/1', 'Available/True'], { JobComplete: 'True' }, 'Job:JobComplete', 'unknown'],
    [[], { JobComplete: 'True' }, 'Job:JobComplete', 'unknown'],
  ])('%j %j: %s is %s', (conditions, feedback, text, expected) => {
    expect(truth(text, withJob(conditions, feedback))).toBe(expected);
  });

  it.each<[string, Evidence]>([
    ['a later version is stored', { ...withJob(applied, { n: 1 }), atVersion: 1 }],
    ['a later version is awaited', { ...withJob(['Applied/True/3', 'Available/True'], { n: 1 }), atVersion: 3 }],
    [
      'the work is being deleted',
      {
        ...withJob(applied, { n: 1 }),
        bundle: { ...withJob(applied, { n: 1 }).bundle, deletedAt: '2026-11-22T10:59:00Z' },
      },
    ],
    ['the work is gone', { ...withJob(applied, { n: 1 }), gone: true }],
  ])('are unknown when %s', (_what, evidence) => {
    expect(truth('Job:n=1', withJob(applied, { n: 1 }))).toBe('true');
    for (const text of ['Job:n=1', 'Job:Applied', 'Job:Available', 'NOT Job:Available=False']) {
      expect(truth(text, evidence), text).toBe('unknown');
    }
  });

  it('believes feedback only when the caller does', () => {
    const asked: string[] = [];
    const doubted: Evidence = {
      ...withJob(applied, { JobComplete: 'True', n: 1 }),
      feedbackCounts: (meta) => {
        asked.push(meta.name);
        return false;
      },
    };
    expect(truth('Job:JobComplete OR Job:n=1', doubted)).toBe('unknown');
    expect(truth('Job:Available', doubted)).toBe('true');
    expect(asked).toEqual(['init', 'init']);
  });

  it('asks the manifests of the bundle, not the entries of the status', () => {
    const done = entry(jobNamed('a'), applied, { JobComplete: 'True' });
    const bundle: WorkView = {
      version: 2,
      manifests: [jobNamed('a'), jobNamed('b')],
      status: status(2, ['Applied/True/2'], [done]),
    };
    expect(truth('Job:JobComplete', evidenceOf(bundle))).toBe('unknown');
    expect(truth('any Job:JobComplete', evidenceOf(bundle))).toBe('true');
    expect(truth('Deployment:Applied', evidenceOf(bundle))).toBe('unknown');
  });

  it('believes neither of two entries that contradict each other', () => {
    const twice = [entry(jobNamed('a'), applied, { n: 1 }), entry(jobNamed('a'), applied, { n: 2 })];
    const bundle: WorkView = { version: 2, manifests: [jobNamed('a')], status: status(2, ['Applied/True/2'], twice) };
    expect(truth('Job:n=1', evidenceOf(bundle))).toBe('unknown');
    expect(truth('Job:n>=1', evidenceOf(bundle))).toBe('true');
  });

  it.each([
    ['job/np/init:Applied', 'true'],
    ['Job.batch/np/init:Applied', 'true'],
    ['Job.BATCH:Applied', 'true'],
    ['Job/np/:Applied', 'true'],
    ['Job//init:Applied', 'unknown'],
    ['Job/other/init:Applied', 'unknown'],
    ['Job.apps/np/init:Applied', 'unknown'],
    ['Job/Init:Applied', 'unknown'],
  ])('%s is %s', (text, expected) => {
    expect(truth(text, withJob(applied))).toBe(expected);
  });
});

describe('comparisons with feedback', () => {
  const feedback: Readonly<Record<string, FeedbackData>> = {
    ReadyReplicas: 2,
    workers: '3',
    phase: 'Running',
    ready: true,
    state: 'True',
    nothing: null,
    list: [1, 'two', { type: 'Ready', status: 'False' }],
    status: { conditions: [{ type: 'Ready', status: 'True', reason: 'Done' }], replicas: { ready: 5 } },
    twins: [
      { type: 'A', n: 1 },
      { type: 'A', n: 2 },
    ],
    'my.value': { 'x y': 7 },
    id: '12345678901234567890',
  };
  it.each<[string, Truth]>([
    ['ReadyReplicas>=2', 'true'],
    ['ReadyReplicas>2', 'false'],
    ['ReadyReplicas<3', 'true'],
    ['ReadyReplicas<=1', 'false'],
    ['ReadyReplicas=2', 'true'],
    ['ReadyReplicas!=2', 'false'],
    ['readyreplicas==2.0', 'true'],
    ['workers=3', 'true'],
    ['workers>=10', 'false'],
    ['workers="3"', 'true'],
    ['workers="03"', 'false'],
    ['workers=03', 'true'],
    ['ReadyReplicas="2"', 'false'],
    ['phase=Running', 'true'],
    ['phase=running', 'false'],
    ['phase!=Pending', 'true'],
    ['phase>Pending', 'unknown'],
    ['phase=3', 'false'],
    ['phase!=3', 'true'],
    ['phase>=3', 'unknown'],
    ['ready=true', 'true'],
    ['ready=False', 'false'],
    ['ready!=false', 'true'],
    ['ready>0', 'unknown'],
    ['ready=1', 'false'],
    ['state=true', 'true'],
    ['state="true"', 'true'],
    ['state=false', 'false'],
    ['ready="True"', 'true'],
    ['nothing=1', 'unknown'],
    ['nothing!=1', 'unknown'],
    ['missing!=1', 'unknown'],
    ['list[0]=1', 'true'],
    ['list[1]=two', 'true'],
    ['list[9]=1', 'unknown'],
    ['list.length=3', 'unknown'],
    ['list=1', 'false'],
    ['list!=1', 'true'],
    ['list[?(@.type=="Ready")].status==False', 'true'],
    ['status.replicas.ready>=5', 'true'],
    ['status.conditions[0].reason=Done', 'true'],
    ['status.conditions[?(@.type=="Ready")].status==True', 'true'],
    ['status.conditions[?(@.type=="Other")].status==True', 'unknown'],
    ['twins[?(@.type=="A")].n=1', 'unknown'],
    ['status.constructor.name=Object', 'unknown'],
    ['status.__proto__=1', 'unknown'],
    ['phase.length=7', 'unknown'],
    ['["my.value"]["x y"]=7', 'true'],
    ['id=12345678901234567890', 'true'],
    ['id=12345678901234567891', 'false'],
  ])('Job:%s is %s', (text, expected) => {
    expect(truth(`Job:${text}`, withJob(applied, feedback))).toBe(expected);
    expect(truth(`Job:${text}`, withJob(['Applied/True/1'], feedback))).toBe('unknown');
  });
});

describe('three-valued logic', () => {
  const reported: Readonly<Record<Truth, readonly string[]>> = { true: ['True'], false: ['False'], unknown: [] };
  const assigned = (values: Readonly<Record<string, Truth>>): Evidence =>
    withWork(...Object.entries(values).flatMap(([type, value]) => reported[value].map((word) => `${type}/${word}/2`)));
  const all: readonly Truth[] = ['true', 'false', 'unknown'];
  const min = (left: Truth, right: Truth): Truth =>
    left === 'false' || right === 'false' ? 'false' : left === 'unknown' ? left : right;
  const flip = (value: Truth): Truth => (value === 'unknown' ? value : value === 'true' ? 'false' : 'true');
  const max = (left: Truth, right: Truth): Truth => flip(min(flip(left), flip(right)));

  it.each<[string, (a: Truth, b: Truth, c: Truth) => Truth]>([
    ['A OR B AND C', (a, b, c) => max(a, min(b, c))],
    ['(A OR B) AND C', (a, b, c) => min(max(a, b), c)],
    ['NOT A OR B AND NOT C', (a, b, c) => max(flip(a), min(b, flip(c)))],
    ['NOT (A OR B) AND C', (a, b, c) => min(flip(max(a, b)), c)],
    ['A=False OR B=False AND C', (a, b, c) => max(flip(a), min(flip(b), c))],
    ['!(!A && !(B || C))', (a, b, c) => max(a, max(b, c))],
  ])('%s for every assignment', (text, expected) => {
    for (const a of all) {
      for (const b of all) {
        for (const c of all) {
          expect(truth(text, assigned({ A: a, B: b, C: c })), `A=${a} B=${b} C=${c}`).toBe(expected(a, b, c));
        }
      }
    }
  });

  it('any and all over every pair of Jobs', () => {
    const shown: Readonly<Record<Truth, Readonly<Record<string, FeedbackData>>>> = {
      true: { n: 1 },
      false: { n: 0 },
      unknown: { m: 1 },
    };
    for (const a of all) {
      for (const b of all) {
        const entries = [entry(jobNamed('a'), applied, shown[a]), entry(jobNamed('b'), applied, shown[b])];
        const evidence = evidenceOf({
          version: 2,
          manifests: [jobNamed('a'), jobNamed('b')],
          status: status(2, ['Applied/True/2'], entries),
        });
        expect(truth('Job:n=1', evidence)).toBe(min(a, b));
        expect(truth('all(Job:n=1)', evidence)).toBe(min(a, b));
        expect(truth('any Job:n=1', evidence)).toBe(max(a, b));
        expect(truth('any Job:n!=1', evidence)).toBe(max(flip(a), flip(b)));
      }
    }
  });

  const statusOrNone = fc.constantFrom<ConditionStatus | 'none'>('True', 'False', 'Unknown', 'none');
  const assignments = fc
    .record({ A: statusOrNone, B: statusOrNone, C: statusOrNone })
    .map((values) =>
      withWork(...Object.entries(values).flatMap(([type, value]) => (value === 'none' ? [] : [`${type}/${value}/2`]))),
    );
  const simple = expressionsOf(
    fc.record({
      kind: fc.constant('work-condition' as const),
      type: fc.constantFrom('A', 'B', 'C'),
      status: fc.constantFrom<ConditionStatus>('True', 'False', 'Unknown'),
    }),
  );

  it('obeys the laws of Kleene', () => {
    const not = (operand: Expression): Expression => ({ kind: 'not', operand });
    const and = (...operands: readonly Expression[]): Expression => ({ kind: 'and', operands });
    const or = (...operands: readonly Expression[]): Expression => ({ kind: 'or', operands });
    fc.assert(
      fc.property(simple, simple, simple, assignments, (a, b, c, evidence) => {
        const of = (expression: Expression): Truth => evaluate(expression, evidence);
        expect(of(not(not(a)))).toBe(of(a));
        expect(of(not(and(a, b)))).toBe(of(or(not(a), not(b))));
        expect(of(not(or(a, b)))).toBe(of(and(not(a), not(b))));
        expect(of(and(a, b))).toBe(of(and(b, a)));
        expect(of(and(a, and(b, c)))).toBe(of(and(a, b, c)));
        expect(of(and(a, or(b, c)))).toBe(of(or(and(a, b), and(a, c))));
        expect(of(or(a, and(a, b)))).toBe(of(a));
        expect(of(or(a, not(a)))).not.toBe('false');
        expect(of(and(a, not(a)))).not.toBe('true');
      }),
    );
  });

  it('never decides more by taking a condition away', () => {
    fc.assert(
      fc.property(simple, assignments, fc.constantFrom('A', 'B', 'C'), (expression, evidence, type) => {
        const before = evaluate(expression, evidence);
        const known = evidence.bundle.status;
        if (known === undefined) return;
        const conditions = known.conditions.filter((condition) => condition.type !== type);
        const after = evaluate(expression, {
          ...evidence,
          bundle: { ...evidence.bundle, status: { ...known, conditions } },
        });
        expect([before, 'unknown']).toContain(after);
      }),
    );
  });

  it('is true if and only if nothing is left to explain', () => {
    fc.assert(
      fc.property(simple, assignments, (expression, evidence) => {
        expect(explain(expression, evidence).length === 0).toBe(evaluate(expression, evidence) === 'true');
      }),
    );
  });

  it('is total, and nothing but Deleted is decided without a report', () => {
    const silent = evidenceOf({ version: 2, manifests: [namespace, deployment, jobNamed('a')] });
    const recorded = recordedBundles('outcomes').map(({ bundle }) => evidenceOf(bundle));
    fc.assert(
      fc.property(expressions, (expression) => {
        expect(evaluate(expression, silent)).toBe('unknown');
        for (const evidence of [goneWork, ...recorded]) {
          expect(['true', 'false', 'unknown']).toContain(evaluate(expression, evidence));
          expect(explain(expression, evidence).join('')).not.toContain('\n');
        }
        if (!atomsOf(expression).some((atom) => atom.kind === 'work-condition' && atom.type === 'Deleted')) {
          expect(evaluate(expression, goneWork)).toBe('unknown');
        }
      }),
    );
  });
});

describe('on the recordings', () => {
  const at = (label: string): Evidence => {
    const found = recordedBundles('outcomes').find((one) => one.label === `${label}[0]`);
    if (found === undefined) throw new Error(label);
    return evidenceOf(found.bundle);
  };

  it.each<[string, Truth, Truth]>([
    ['Available', 'true', 'true'],
    ['Job:Complete OR Job:Failed', 'unknown', 'true'],
    ['Job:JobComplete', 'unknown', 'true'],
    ['Job:JobSucceeded>=1', 'unknown', 'true'],
    ['Job/np3/init:status.succeeded>=1', 'unknown', 'true'],
    ['Job:conditions[0].reason=CompletionsReached', 'unknown', 'true'],
    ['Deployment/np3/web:ReadyReplicas>=2', 'unknown', 'true'],
    ['Deployment.apps:ReadyReplicas>=3', 'unknown', 'false'],
    ['Job:Failed', 'unknown', 'unknown'],
  ])('%s is %s before and %s after the workload ran', (text, before, after) => {
    expect(truth(text, at('get-before-workload-status'))).toBe(before);
    expect(truth(text, at('get-after-workload-status'))).toBe(after);
  });

  it('a fix is never called available, or unavailable, by the report of the broken version', () => {
    const views = recordedEvents('outcomes', 'status-events').map(({ view }) => evidenceOf({ ...view, version: 2 }));
    expect(views.map((evidence) => truth('Available', evidence))).toEqual([
      'unknown',
      'unknown',
      'unknown',
      'false',
      'true',
    ]);
    expect(views.map((evidence) => truth('Applied', evidence))).toEqual([
      'unknown',
      'unknown',
      'unknown',
      'true',
      'true',
    ]);
  });
});

describe('explain', () => {
  it.each<[string, Evidence, readonly string[]]>([
    [
      'Available',
      evidenceOf({ version: 2, manifests: [namespace] }),
      ['Available: the agent has not reported this work yet'],
    ],
    [
      'Available',
      { ...withWork(), atVersion: 3 },
      ['Available: the agent last reported version 2, version 3 is awaited'],
    ],
    ['Available', { ...withWork(), atVersion: 1 }, ['Available: version 2 has replaced version 1']],
    ['Applied AND Degraded', withWork(), ['Degraded: the work has no Degraded condition']],
    ['Applied OR Degraded', withWork(), []],
    ['NOT Available', withWork(), ['Available: work Available=True (AvailableIsTrue): Available is True']],
    ['Deleted', withWork(), ['Deleted: no deletion was requested']],
    ['Applied', goneWork, ['Applied: Maestro no longer has the work']],
    [
      'Job:n=1 AND Job:Available AND Job:Failed',
      withJob(applied, { n: 0 }),
      ['Job:n==1: Job.batch/np/init shows 0 for n==1', 'Job:Failed: Job.batch/np/init shows no Failed yet'],
    ],
    ['Job:n=1', withJob(applied), ['Job:n==1: Job.batch/np/init has no feedback yet']],
    ['Job:n=1', withJob(['Applied/True/1'], { n: 1 }), ['Job:n==1: Job.batch/np/init is not applied at version 2 yet']],
    ['Job:m=1', withJob(applied, { n: 1 }), ['Job:m==1: Job.batch/np/init shows no value for m==1 yet']],
    [
      'Job:Available',
      withJob(['Applied/True/1', 'Available/True']),
      ['Job:Available: Job.batch/np/init Available=True is not proved to be about version 2'],
    ],
    [
      'Job:Available OR Job:Available',
      withJob(['Applied/True/2', 'Available/False']),
      ['Job:Available: Job.batch/np/init Available=False (AvailableIsFalse): Available is False'],
    ],
  ])('%s: %#', (text, evidence, expected) => {
    expect(explain(parseExpression(text), evidence)).toEqual(expected);
  });

  it('names, for Available, the manifest that blocks', () => {
    const broken = status(
      2,
      ['Applied/True/2', 'Available/False/2'],
      [entry(namespace, applied), entry(deployment, ['Applied/True/2', 'Available/False'])],
    );
    expect(
      explain(
        parseExpression('Available'),
        evidenceOf({ version: 2, manifests: [namespace, deployment], status: broken }),
      ),
    ).toEqual(['Available: Deployment.apps/np/web Available=False (AvailableIsFalse): Available is False']);
  });
});
