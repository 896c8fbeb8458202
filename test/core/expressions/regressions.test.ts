import { describe, expect, it } from 'vitest';
import { evaluate, explain } from '../../../src/core/expressions/evaluate.ts';
import type { Truth } from '../../../src/core/expressions/evaluate.ts';
import { parseExpression } from '../../../src/core/expressions/parse.ts';
import { unmatchedSelectors } from '../../../src/core/expressions/selectors.ts';
import type { WorkView } from '../../../src/core/status/fold.ts';
import { MaestroError } from '../../../src/errors.ts';
import { available, deployment, entry, jobNamed, namespace, status } from '../status/build.ts';

/** What the Go tool got wrong, by the numbers of test/go-tool/faults.test.ts. */
const judge = (text: string, bundle: WorkView, atVersion = bundle.version): Truth =>
  evaluate(parseExpression(text), { bundle, atVersion, gone: false, feedbackCounts: () => true });

const applied = ['Applied/True/1', 'Available/True'];
/** A work with these true conditions, and the others of A, B and C false. */
const holding = (held: string): WorkView => ({
  version: 1,
  manifests: [namespace],
  status: status(
    1,
    ['Applied/True/1', ...['A', 'B', 'C'].map((type) => `${type}/${held.includes(type) ? 'True' : 'False'}/1`)],
    [entry(namespace, applied)],
  ),
});
const twoJobs = (first: number, second: number): WorkView => ({
  version: 1,
  manifests: [jobNamed('a'), jobNamed('b')],
  status: status(
    1,
    ['Applied/True/1'],
    [
      entry(jobNamed('a'), applied, { succeeded: first, JobComplete: first > 0 ? 'True' : 'False' }),
      entry(jobNamed('b'), applied, { succeeded: second, JobComplete: second > 0 ? 'True' : 'False' }),
    ],
  ),
});

it('what feedback shows of a Secret is judged, and not said', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'n' } };
  const bundle: WorkView = {
    version: 1,
    manifests: [secret],
    status: status(1, ['Applied/True/1'], [entry(secret, applied, { token: 'aHVudGVyMg==' })]),
  };
  const evidence = { bundle, atVersion: 1, gone: false, feedbackCounts: () => true };
  expect(judge('Secret:token=="aHVudGVyMg=="', bundle)).toBe('true');
  expect(explain(parseExpression('Secret:token=="other"'), evidence)).toEqual([
    'Secret:token==other: Secret/n/s shows (masked by maestro-cli) for token==other',
  ]);
});

describe('findings', () => {
  it('B5: an old status does not satisfy a wait after an update', () => {
    const updated = { ...available(1, [namespace]), version: 2 };
    expect(judge('Applied', updated)).toBe('unknown');
    expect(judge('Available', updated)).toBe('unknown');
    expect(judge('Namespace:Available', updated)).toBe('unknown');
  });

  it('B6 and B7: the times of conditions decide nothing', () => {
    const recovered = available(1, [namespace]);
    const known = recovered.status;
    if (known === undefined) throw new Error('the work has no status');
    const conditions = known.conditions.map((one) => ({
      ...one,
      lastTransitionTime: one.type === 'Applied' ? '2026-11-22T12:00:00Z' : '2026-11-22T09:00:00Z',
    }));
    expect(judge('Available', { ...recovered, status: { ...known, conditions } })).toBe('true');
  });

  it('B8: AND binds tighter than OR', () => {
    expect(judge('A OR B AND C', holding('A'))).toBe('true');
    expect(judge('A OR B AND C', holding('B'))).toBe('false');
  });

  it('B9: a leading parenthesis ends where it closes, and ANDX is no AND', () => {
    expect(judge('(B) AND C OR A', holding('A'))).toBe('true');
    expect(judge('(B) AND C OR A', holding('B'))).toBe('false');
    expect(() => parseExpression('(A) ANDX B')).toThrow(MaestroError);
    expect(() => parseExpression('(A) ORx B')).toThrow(MaestroError);
  });

  it('B10: lower-case keywords and NOT work, typing errors are errors', () => {
    expect(judge('a and b', holding('AB'))).toBe('true');
    expect(judge('NOT C', holding('AB'))).toBe('true');
    for (const text of ['(A', 'A)', 'A AND', 'A B', 'Job/x', 'Job:', '']) {
      expect(() => parseExpression(text), text).toThrow(MaestroError);
    }
  });

  it('B11: a comparison looks at every match', () => {
    expect(judge('Job:succeeded>=1', twoJobs(1, 0))).toBe('false');
    expect(judge('any Job:succeeded>=1', twoJobs(0, 1))).toBe('true');
    expect(judge('Job:succeeded>=1', twoJobs(1, 1))).toBe('true');
  });

  it('B12: one of two Jobs is not enough for a condition', () => {
    expect(judge('Job:JobComplete', twoJobs(1, 0))).toBe('false');
    expect(judge('any(Job:JobComplete)', twoJobs(1, 0))).toBe('true');
  });

  it('B13: == and != are operators, and a value may contain one', () => {
    expect(judge('Job:succeeded==1', twoJobs(1, 1))).toBe('true');
    expect(judge('Job:succeeded!=1', twoJobs(1, 1))).toBe('false');
    const bundle: WorkView = {
      version: 1,
      manifests: [jobNamed('a')],
      status: status(1, ['Applied/True/1'], [entry(jobNamed('a'), applied, { url: 'a>=b' })]),
    };
    expect(judge('Job:url="a>=b"', bundle)).toBe('true');
    expect(judge('Job:url!="a>=b"', bundle)).toBe('false');
  });

  it('B14: a selector knows the API group and has no parts that count for nothing', () => {
    const work = available(1, [deployment]);
    expect(judge('Deployment.apps/np/web:Available', work)).toBe('true');
    expect(unmatchedSelectors(parseExpression('Deployment.extensions/np/web:Available'), work.manifests)).toEqual([
      'Deployment.extensions/np/web',
    ]);
    expect(() => parseExpression('Deployment/np/web/extra:Available')).toThrow(MaestroError);
  });

  it('B15: a failure is false, so that it can be told from "not yet"', () => {
    const failed: WorkView = { version: 1, manifests: [namespace], status: status(1, ['Applied/False/1'], []) };
    expect(judge('Applied', failed)).toBe('false');
    expect(judge('Applied=False', failed)).toBe('true');
  });
});
