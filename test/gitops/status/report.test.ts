import { describe, expect, it } from 'vitest';
import type { FeedbackValue } from '../../../src/core/status/work-status.ts';
import { decodeStatusEvent } from '../../../src/core/status/decode-status.ts';
import { readReport, reportIsCurrent } from '../../../src/gitops/status/report.ts';
import type { AppReport } from '../../../src/gitops/status/report.ts';
import { entry, report, spoke, workStatus } from './samples.ts';

describe('readReport', () => {
  it('is undefined while no agent has reported', () => {
    expect(readReport(undefined, spoke)).toBeUndefined();
  });

  it('reads our application among other manifests and values', () => {
    const feedback: FeedbackValue[] = [
      { name: 'uid', value: 'x' },
      { name: 'status', value: { sync: { status: 'OutOfSync' } } },
    ];
    const status = workStatus(
      entry(
        { group: '', kind: 'Namespace', resource: 'namespaces', namespace: '', name: spoke.namespace },
        { feedback: [] },
      ),
      entry(
        { kind: 'AppProject', resource: 'appprojects' },
        { feedback: [{ name: 'status', value: { wrong: true } }] },
      ),
      entry({ ordinal: 2 }, { feedback }),
    );
    expect(readReport(status, spoke)).toEqual({
      observedVersion: 3,
      sequenceId: '1',
      applied: {
        status: 'True',
        generation: 3,
        reason: 'AppliedManifestComplete',
        message: 'Apply manifest complete',
        since: '2026-01-01T00:00:00Z',
      },
      feedbackSynced: 'True',
      feedbackMessage: '',
      status: { sync: { status: 'OutOfSync' } },
      mismatch: 0,
      strangers: '',
      othersFailed: '',
    } satisfies AppReport);
  });

  it.each([
    ['another name', { name: 'stranger' }],
    ['another namespace', { namespace: 'stranger' }],
    ['another name on an unresolved kind', { resource: '', name: 'stranger' }],
  ])('ignores and counts an application of %s', (_what, meta) => {
    const forged = readReport(workStatus(entry(meta)), spoke);
    expect(forged).toMatchObject({ mismatch: 1, applied: { status: 'False', generation: 3 } });
    expect(forged).not.toHaveProperty('status');
    expect(readReport(workStatus(entry(meta), entry()), spoke)).toMatchObject({
      mismatch: 1,
      status: { sync: { status: 'Synced' } },
    });
  });

  it('names the first three of those that are not ours', () => {
    const strangers = ['a', 'b', 'c', 'd'].map((name) => entry({ name }));
    const named = (count: number): string | undefined =>
      readReport(workStatus(...strangers.slice(0, count), entry()), spoke)?.strangers;
    expect([1, 3, 4].map(named)).toEqual([
      'openshift-gitops/a',
      'openshift-gitops/a, openshift-gitops/b, openshift-gitops/c',
      'openshift-gitops/a, openshift-gitops/b, openshift-gitops/c, …',
    ]);
  });

  it('takes another resource of the same address for something else', () => {
    const read = readReport(
      workStatus(entry({ group: 'example.com' }), entry({ resource: 'appprojects', kind: 'Application' })),
      spoke,
    );
    expect(read).toMatchObject({ mismatch: 0, feedbackSynced: 'Unknown', feedbackMessage: '' });
    expect(read).not.toHaveProperty('status');
  });

  it('reads an application whose kind the agent could not resolve', () => {
    const message = 'the server doesn\'t have a resource type "Application"';
    const conditions = [
      { type: 'Applied', status: 'False', reason: 'AppliedManifestFailed', message, observedGeneration: 3 } as const,
    ];
    const read = readReport(workStatus(entry({ resource: '' }, { conditions, feedback: [] })), spoke);
    expect(read?.applied).toEqual({ status: 'False', generation: 3, reason: 'AppliedManifestFailed', message });
  });

  it.each<[FeedbackValue['value'], string | undefined]>([
    ['{"sync": {"sta', "the agent's report of the status is not a JSON object but text of 14 characters"],
    [[], "the agent's report of the status is not a JSON object but a list"],
    [null, "the agent's report of the status is not a JSON object but null"],
    [{}, undefined],
  ])('says why the value %j cannot be read', (value, unreadable) => {
    const read = readReport(workStatus(entry({}, { feedback: [{ name: 'status', value }] })), spoke);
    expect(read?.unreadable).toBe(unreadable);
  });

  it('tells of a value over the cap', () => {
    const conditions = [
      {
        type: 'StatusFeedbackSynced',
        status: 'False',
        reason: 'StatusFeedbackSyncFailed',
        message: 'too large',
      } as const,
    ];
    const read = readReport(workStatus(entry({}, { conditions, feedback: [] })), spoke);
    expect(read).toMatchObject({
      feedbackSynced: 'False',
      feedbackMessage: 'too large',
      applied: { status: 'Unknown', generation: 0, reason: '', message: '' },
    });
  });

  it('tells of several other manifests why each is not applied, and nothing of those that are', () => {
    const failed = (message: string): Parameters<typeof entry>[1] => ({
      conditions: [{ type: 'Applied', status: 'False', reason: 'x', message }],
    });
    const project = { kind: 'AppProject', resource: 'appprojects' };
    const read = readReport(
      workStatus(
        entry({ ...project, name: 'p' }, failed('forbidden')),
        entry({ ...project, name: 'q' }),
        entry({ ...project, name: 'r' }, failed('no room')),
        entry(),
      ),
      spoke,
    );
    expect(read?.othersFailed).toBe('AppProject p: forbidden; AppProject r: no room');
  });

  it('tells why other manifests are not applied', () => {
    const conditions = [{ type: 'Applied', status: 'False', reason: 'x', message: 'forbidden' } as const];
    const read = readReport(
      workStatus(entry({ kind: 'AppProject', resource: 'appprojects', name: 'p' }, { conditions }), entry()),
      spoke,
    );
    expect(read).toMatchObject({ othersFailed: 'AppProject p: forbidden', applied: { status: 'True' } });
  });

  it('takes no other kind that the agent could not resolve for an application', () => {
    const conditions = [{ type: 'Applied', status: 'False', reason: 'x', message: 'no such kind' } as const];
    const unresolved = entry({ kind: 'AppProject', resource: '', name: 'p' }, { conditions });
    const silent = entry({ kind: 'AppProject', resource: 'appprojects', name: 'q' }, { conditions: [] });
    expect(readReport(workStatus(unresolved, silent, entry()), spoke)).toMatchObject({
      mismatch: 0,
      othersFailed: 'AppProject p: no such kind',
    });
  });

  it('does not count an application among what goes along with it', () => {
    const conditions = [
      { type: 'Applied', status: 'False', reason: 'x', message: 'forbidden', observedGeneration: 3 } as const,
    ];
    const read = readReport(workStatus(entry({}, { conditions }), entry({ name: 'stranger' }, { conditions })), spoke);
    expect(read).toMatchObject({ applied: { status: 'False', message: 'forbidden' }, othersFailed: '' });
  });

  it('reads an event of the wire', () => {
    const status = decodeStatusEvent(
      {
        resourceStatus: [
          {
            resourceMeta: {
              ordinal: 0,
              group: 'argoproj.io',
              version: 'v1alpha1',
              kind: 'Application',
              resource: 'applications',
              ...spoke,
            },
            conditions: [{ type: 'Applied', status: 'True', observedGeneration: 2, reason: 'a', message: 'b' }],
            statusFeedback: {
              values: [{ name: 'status', fieldValue: { type: 'JsonRaw', jsonRaw: '{"health":{"status":"Healthy"}}' } }],
            },
          },
        ],
      },
      2,
      '17',
    );
    expect(readReport(status, spoke)).toMatchObject({
      observedVersion: 2,
      sequenceId: '17',
      status: { health: { status: 'Healthy' } },
    });
  });
});

describe('reportIsCurrent', () => {
  it.each<[string, Partial<AppReport>, boolean]>([
    ['observed and applied at the version', {}, true],
    ['of an older version', { observedVersion: 2 }, false],
    ['observed, while what is applied is older', { applied: { ...report().applied, generation: 2 } }, false],
    ['that could not be applied', { applied: { ...report().applied, status: 'False' } }, false],
    ['of a later version', { observedVersion: 4, applied: { ...report().applied, generation: 4 } }, true],
  ])('judges a report %s', (_what, over, current) => {
    expect(reportIsCurrent(report(over), 3)).toBe(current);
  });
});
