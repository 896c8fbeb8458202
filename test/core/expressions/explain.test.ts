import { describe, expect, it } from 'vitest';
import { explain, type Evidence } from '../../../src/core/expressions/evaluate.ts';
import { parseExpression } from '../../../src/core/expressions/parse.ts';
import type { WorkView } from '../../../src/core/status/fold.ts';
import type { FeedbackData } from '../../../src/core/status/work-status.ts';
import { available, deployment, entry, jobNamed, namespace, status } from '../status/build.ts';

const deletedAt = '2026-11-22T10:59:00Z';
const applied = ['Applied/True/2', 'Available/True'];
const [init, migrate] = [jobNamed('init'), jobNamed('migrate')];
const summed = ['Applied/True/2', 'Available/True/2'];

const at2 = (bundle: WorkView, over: Partial<Evidence> = {}): Evidence => ({
  bundle,
  atVersion: 2,
  gone: false,
  feedbackCounts: () => true,
  ...over,
});
/** A work of one Namespace, available at version 2, with these conditions besides. */
const withWork = (...more: readonly string[]): Evidence =>
  at2({ version: 2, manifests: [namespace], status: status(2, [...summed, ...more], [entry(namespace, applied)]) });
/** A work of two Jobs, the first with these conditions and feedback, the second complete. */
const withJobs = (conditions: readonly string[], feedback: Readonly<Record<string, FeedbackData>> = {}): WorkView => ({
  version: 2,
  manifests: [init, migrate],
  status: status(2, summed, [entry(init, conditions, feedback), entry(migrate, [...applied, 'Complete/True'])]),
});
const notReady = at2({
  version: 2,
  manifests: [deployment],
  status: status(
    2,
    ['Applied/True/2', 'Available/False/2', 'Degraded/True/2'],
    [entry(deployment, ['Applied/True/2', 'Available/False'])],
  ),
});
const gone = at2({ version: 0, manifests: [] }, { gone: true });

describe('why a condition of a work is not as it is awaited', () => {
  it.each<[string, string, Evidence, readonly string[]]>([
    ['is gone', 'NOT Deleted', gone, ['Deleted: Maestro no longer has the work']],
    [
      'was not deleted, by its agent',
      'Deleted',
      withWork('Deleted/False'),
      ['Deleted: work Deleted=False (DeletedIsFalse): Deleted is False'],
    ],
    [
      'is to be deleted',
      'Deleted',
      at2(available(2, [namespace], { deletedAt })),
      ['Deleted: deletion requested at 2026-11-22T10:59:00Z'],
    ],
    [
      'is being deleted',
      'Available',
      at2(available(2, [namespace], { deletedAt })),
      ['Available: the work is being deleted'],
    ],
    ['was deleted', 'Available', withWork('Deleted/True'), ['Available: the work was deleted from the cluster']],
    [
      'was replaced, as is stored',
      'Available',
      at2({ version: 5, manifests: [], status: status(4, [], []) }),
      ['Available: version 5 has replaced version 2'],
    ],
    [
      'was replaced, as was reported',
      'Available',
      at2({ version: 2, manifests: [], status: status(4, [], []) }),
      ['Available: version 4 has replaced version 2'],
    ],
    [
      'is reported, and not stored as it seems',
      'Available',
      at2({ version: 1, manifests: [], status: status(2, ['Applied/True/2'], []) }),
      ['Available: Maestro still shows version 1, version 2 is awaited'],
    ],
    [
      'has a manifest that nobody reported',
      'Applied',
      at2({ version: 2, manifests: [namespace], status: status(2, ['Applied/True/2'], []) }),
      ['Applied: Namespace/np has no Applied condition yet'],
    ],
    ['is not ready', 'NOT Applied', notReady, ['Applied: work Applied=True (AppliedIsTrue): Applied is True']],
    [
      'has a condition that sums nothing up',
      'Degraded=False',
      notReady,
      ['Degraded=False: work Degraded=True (DegradedIsTrue): Degraded is True'],
    ],
    [
      'has one of the version before',
      'Progressing',
      withWork('Progressing/True/1'),
      ['Progressing: work Progressing=True is not about this version'],
    ],
  ])('it %s: %s', (_what, text, evidence, expected) => {
    expect(explain(parseExpression(text), evidence)).toEqual(expected);
  });
});

describe('why a test of a resource is not as it is awaited', () => {
  const long = 'x'.repeat(199);
  const complete = [...applied, 'Complete/True'];

  it.each<[string, string, Evidence, readonly string[]]>([
    ['the work is gone', 'Job:Complete', gone, ['Job:Complete: Maestro no longer has the work']],
    [
      'nobody reported it',
      'Job:Complete',
      at2({ version: 2, manifests: [init] }),
      ['Job:Complete: the agent has not reported this work yet'],
    ],
    ['it has none', 'Secret:Applied', at2(withJobs(applied)), ['Secret:Applied: no manifest of the work matches']],
    [
      'one of them is not, and it alone is told of',
      'Job:Complete',
      at2(withJobs([...applied, 'Complete/False'])),
      ['Job:Complete: Job.batch/np/init Complete=False (CompleteIsFalse): Complete is False'],
    ],
    [
      'two of them are not',
      'Job:n=1',
      at2(withJobs(applied, { n: 0 })),
      ['Job:n==1: Job.batch/np/init shows 0 for n==1; Job.batch/np/migrate has no feedback yet'],
    ],
    ['they all are, and ought not to be', 'NOT Job:Complete', at2(withJobs(complete)), ['Job:Complete is true']],
    [
      'one was not reported',
      'Job/init:Complete',
      at2({ version: 2, manifests: [init], status: status(2, summed, []) }),
      ['Job/init:Complete: Job.batch/np/init has not been reported yet'],
    ],
    [
      'one has no condition of its application',
      'Job/init:Applied',
      at2(withJobs(['Available/True'])),
      ['Job/init:Applied: Job.batch/np/init has no Applied condition'],
    ],
    [
      'its feedback says otherwise',
      'Job/init:Ready',
      at2(withJobs(applied, { Ready: 'False' })),
      ['Job/init:Ready: Job.batch/np/init Ready=False in its feedback'],
    ],
    [
      'its feedback may be old',
      'Job/init:n=1',
      at2(withJobs(applied, { n: 1 }), { feedbackCounts: () => false }),
      ['Job/init:n==1: the feedback of Job.batch/np/init may still be that of the version before'],
    ],
    [
      'a value is shown whole up to 200 characters',
      'Job/init:s=y',
      at2(withJobs(applied, { s: long.slice(1) })),
      [`Job/init:s==y: Job.batch/np/init shows "${long.slice(1)}" for s==y`],
    ],
    [
      'a longer one is cut',
      'Job/init:s=y',
      at2(withJobs(applied, { s: long })),
      [`Job/init:s==y: Job.batch/np/init shows "${long.slice(1)}… for s==y`],
    ],
  ])('%s: %s', (_what, text, evidence, expected) => {
    expect(explain(parseExpression(text), evidence)).toEqual(expected);
  });
});
