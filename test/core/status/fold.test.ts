import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { describeState } from '../../../src/core/status/describe-state.ts';
import { foldStatus } from '../../../src/core/status/fold.ts';
import type { WorkState, WorkView } from '../../../src/core/status/fold.ts';
import type { WorkStatus } from '../../../src/core/status/work-status.ts';
import { available, conditions, deployment, entry, namespace, status } from './build.ts';

const manifests = [namespace, deployment];
const good = ['Applied/True/2', 'Available/True'];
const now = Date.parse('2026-11-22T11:00:00Z');

/** A work at version 2 with this status. */
const view = (over: WorkStatus | undefined, rest: Partial<WorkView> = {}): WorkView => ({
  version: 2,
  manifests,
  ...(over === undefined ? {} : { status: over }),
  ...rest,
});

const twoEntries = (first: readonly string[], second: readonly string[]) => [
  entry(namespace, first),
  entry(deployment, second),
];

describe('foldStatus', () => {
  const table: readonly [string, WorkView, WorkState['kind']][] = [
    ['no status', view(undefined), 'unknown'],
    ['an empty status', view({ observedVersion: 0, sequenceId: '', conditions: [], resourceStatus: [] }), 'unknown'],
    ['a report without conditions', view(status(2, [], [])), 'progressing'],
    ['everything true', available(2, manifests), 'available'],
    ['no manifests at all', available(2, []), 'available'],
    [
      'the report of version 1 after an update',
      view(
        status(
          1,
          ['Applied/True/1', 'Available/True/1'],
          twoEntries(['Applied/True/1', 'Available/True'], ['Applied/True/1', 'Available/True']),
        ),
      ),
      'progressing',
    ],
    [
      'true conditions in a report for version 1, whatever their generation',
      view(status(1, ['Applied/True/2', 'Available/True/2'], twoEntries(good, good))),
      'progressing',
    ],
    ['a failure in a report for version 1', view(status(1, ['Applied/False/1'], [])), 'progressing'],
    [
      'ObservedVersion alone',
      view(status(2, ['Applied/False/1', 'Available/False/2'], twoEntries(['Applied/True/1'], ['Applied/True/1']))),
      'progressing',
    ],
    [
      'work Applied at version 1',
      view(status(2, ['Applied/True/1', 'Available/True/2'], twoEntries(good, good))),
      'progressing',
    ],
    [
      'work Applied without a generation',
      view(status(2, ['Applied/True', 'Available/True/2'], twoEntries(good, good))),
      'progressing',
    ],
    [
      'work Applied unknown',
      view(status(2, ['Applied/Unknown/2', 'Available/True/2'], twoEntries(good, good))),
      'progressing',
    ],
    [
      'no entry for a manifest',
      view(status(2, ['Applied/True/2', 'Available/True/2'], [entry(namespace, good)])),
      'progressing',
    ],
    [
      'a manifest Applied at version 1',
      view(status(2, ['Applied/True/2', 'Available/True/2'], twoEntries(good, ['Applied/True/1', 'Available/True']))),
      'progressing',
    ],
    [
      'a manifest not Applied while the work says it is',
      view(status(2, ['Applied/True/2', 'Available/True/2'], twoEntries(good, ['Applied/False/2', 'Available/True']))),
      'progressing',
    ],
    [
      'a manifest without Available',
      view(status(2, ['Applied/True/2', 'Available/True/2'], twoEntries(good, ['Applied/True/2']))),
      'applied',
    ],
    [
      'work Available False',
      view(status(2, ['Applied/True/2', 'Available/False/2'], twoEntries(good, good))),
      'applied',
    ],
    [
      'work Available at version 1',
      view(status(2, ['Applied/True/2', 'Available/True/1'], twoEntries(good, good))),
      'applied',
    ],
    [
      'manifest Available with an old generation',
      view(status(2, ['Applied/True/2', 'Available/True/2'], twoEntries(good, ['Applied/True/2', 'Available/True/1']))),
      'applied',
    ],
    [
      'work Applied False at the version',
      view(status(2, ['Applied/False/2'], twoEntries(good, ['Applied/False/2']))),
      'failed',
    ],
    [
      'Applied twice, once False',
      view(status(2, ['Applied/True/2', 'Applied/False/2'], twoEntries(good, good))),
      'failed',
    ],
    [
      'Applied twice, first False',
      view(status(2, ['Applied/False/2', 'Applied/True/2'], twoEntries(good, good))),
      'failed',
    ],
    [
      'Applied twice, first of version 1',
      view(status(2, ['Applied/True/1', 'Applied/True/2'], twoEntries(good, good))),
      'progressing',
    ],
    [
      'Applied twice, once of version 1',
      view(status(2, ['Applied/True/2', 'Applied/True/1'], twoEntries(good, good))),
      'progressing',
    ],
    [
      'two entries for one manifest, one of them bad',
      view(
        status(
          2,
          ['Applied/True/2', 'Available/True/2'],
          [...twoEntries(good, good), entry(deployment, ['Applied/False/2'])],
        ),
      ),
      'progressing',
    ],
    ['deletedAt', available(2, manifests, { deletedAt: '2026-11-22T10:59:00Z' }), 'deleting'],
    ['deletedAt without any report', view(undefined, { deletedAt: '2026-11-22T10:59:00Z' }), 'deleting'],
    ['Deleting', view(status(2, ['Applied/True/2', 'Deleting/True/2'], twoEntries(good, good))), 'deleting'],
    [
      'Deleting False',
      view(status(2, ['Applied/True/2', 'Available/True/2', 'Deleting/False/2'], twoEntries(good, good))),
      'available',
    ],
    [
      'Deleted',
      view(status(1, ['Deleting/True/1', 'Deleted/True'], []), { deletedAt: '2026-11-22T10:59:00Z' }),
      'deleted',
    ],
  ];
  it.each(table)('%s', (_what, subject, kind) => {
    expect(foldStatus(subject, 2).kind).toBe(kind);
  });

  it('matches manifests by address, not by place', () => {
    const swapped = status(
      2,
      ['Applied/True/2', 'Available/True/2'],
      [entry(deployment, good), entry(namespace, good)],
    );
    expect(foldStatus(view(swapped), 2).kind).toBe('available');
    const otherGroup = entry({ ...deployment, apiVersion: 'example.com/v1' }, good);
    const wrong = status(2, ['Applied/True/2', 'Available/True/2'], [entry(namespace, good), otherGroup]);
    expect(foldStatus(view(wrong), 2).kind).toBe('progressing');
  });

  it('matches no manifest of another kind, though all else of its address is the same', () => {
    const named = (kind: string): JsonObject => ({
      apiVersion: 'v1',
      kind,
      metadata: { name: 'web', namespace: 'np' },
    });
    const [settings, secret] = [named('ConfigMap'), named('Secret')];
    const reported = status(2, ['Applied/True/2', 'Available/True/2'], [entry(settings, good)]);
    expect(foldStatus(view(reported, { manifests: [settings, secret] }), 2)).toMatchObject({
      kind: 'progressing',
      blockers: [{ subject: 'Secret/np/web' }],
    });
  });

  it('takes an entry without an API version for any version, and no entry of another one', () => {
    const withVersion = (version: string): WorkView => {
      const reported = entry(deployment, good);
      const other = { ...reported, resourceMeta: { ...reported.resourceMeta, version } };
      return view(status(2, ['Applied/True/2', 'Available/True/2'], [entry(namespace, good), other]));
    };
    expect(foldStatus(withVersion(''), 2).kind).toBe('available');
    expect(foldStatus(withVersion('v1beta1'), 2).kind).toBe('progressing');
  });

  it('gives nothing to a version that a later one has replaced', () => {
    expect(foldStatus(available(3, manifests), 2)).toMatchObject({
      kind: 'progressing',
      superseded: true,
      storedVersion: 3,
    });
    const reportedLater = { ...available(3, manifests), version: 2 };
    expect(foldStatus(reportedLater, 2)).toMatchObject({ kind: 'progressing', superseded: true, observedVersion: 3 });
    const notReportedYet = { ...available(2, manifests), version: 3 };
    expect(foldStatus(notReportedYet, 2)).toMatchObject({ kind: 'progressing', superseded: true, observedVersion: 2 });
    expect(foldStatus(available(2, manifests), 3)).toMatchObject({
      kind: 'progressing',
      superseded: false,
      stale: true,
    });
  });

  it('names only what blocks', () => {
    const state = foldStatus(
      view(status(2, ['Applied/True/2', 'Available/False/2'], twoEntries(good, ['Applied/True/2', 'Available/False']))),
      2,
    );
    expect(state.blockers).toEqual([
      {
        subject: 'Deployment.apps/np/web',
        condition: 'Available',
        status: 'False',
        outdated: false,
        reason: 'AvailableIsFalse',
        message: 'Available is False',
        since: '2026-11-22T10:59:15Z',
      },
    ]);
  });

  it('says of what was not reported that there is no condition, and of what an agent deletes what it said', () => {
    const missing = foldStatus(view(status(2, ['Applied/True/2'], [entry(namespace, good)])), 2);
    expect(missing.blockers).toEqual([
      { subject: 'Deployment.apps/np/web', condition: 'Applied', outdated: false, reason: '', message: '' },
    ]);
    const deleting = foldStatus(view(status(2, ['Deleting/True/2'], [])), 2);
    expect(deleting.blockers).toEqual([
      {
        subject: 'work',
        condition: 'Deleting',
        status: 'True',
        outdated: false,
        reason: 'DeletingIsTrue',
        message: 'Deleting is True',
        since: '2026-11-22T10:59:15Z',
      },
    ]);
  });

  it.each<[string, WorkView]>([
    ['nobody has reported', view(undefined)],
    ['was reported at the version before only', view(status(1, ['Applied/True/1'], []))],
    ['was replaced', available(3, manifests)],
    ['is available', available(2, manifests)],
    ['was asked to be deleted', view(undefined, { deletedAt: '2026-11-22T10:59:00Z' })],
    ['is deleted', view(status(2, ['Deleted/True'], []))],
  ])('names nothing that blocks where the state is reason enough: one that %s', (_what, subject) => {
    expect(foldStatus(subject, 2).blockers).toEqual([]);
  });

  it('knows when a work that nobody reported was written only where Maestro says so', () => {
    const updatedAt = '2026-11-22T10:59:00Z';
    expect(foldStatus(view(undefined, { updatedAt }), 2)).toHaveProperty('writtenAt', updatedAt);
    expect(foldStatus(view(undefined, { updatedAt: '' }), 2)).not.toHaveProperty('writtenAt');
    expect(foldStatus(view(undefined), 2)).not.toHaveProperty('writtenAt');
  });

  it('leaves manifests that merely wait out of a failure', () => {
    const failed = foldStatus(
      view(status(2, ['Applied/False/2'], twoEntries(['Applied/True/1'], ['Applied/False/2']))),
      2,
    );
    expect(failed.blockers.map(({ subject }) => subject)).toEqual(['Deployment.apps/np/web']);
    const byWork = foldStatus(view(status(2, ['Applied/False/2'], [])), 2);
    const since = '2026-11-22T10:59:15Z';
    expect(byWork).toMatchObject({ kind: 'failed', since, blockers: [{ subject: 'work', outdated: false }] });
  });
});

describe('describeState', () => {
  const sentence = (subject: WorkView, version = 2): string => describeState(foldStatus(subject, version), now);

  it('tells a silent agent, an old report and a work that is not ready apart', () => {
    expect(sentence(view(undefined))).toBe('the agent has not reported this work yet');
    expect(sentence(view(status(1, ['Applied/True/1'], [])))).toBe(
      'the agent last reported version 1, version 2 is awaited, last report 35s ago',
    );
    expect(
      sentence(
        view(
          status(2, ['Applied/True/2', 'Available/False/2'], twoEntries(good, ['Applied/True/2', 'Available/False'])),
        ),
      ),
    ).toBe(
      'applied at version 2, not ready: Deployment.apps/np/web Available=False (AvailableIsFalse): Available is False [45s]',
    );
  });

  it.each<[string, WorkView, number, string]>([
    ['available', available(2, manifests), 2, 'available at version 2'],
    [
      'superseded',
      available(3, manifests),
      2,
      'version 3 has replaced version 2, about which nothing can be told any more',
    ],
    [
      'row behind',
      { ...available(1, manifests), status: status(2, ['Applied/True/2'], []) },
      2,
      'Maestro still shows version 1, version 2 is awaited, last report 35s ago',
    ],
    [
      'requested',
      available(2, manifests, { deletedAt: '2026-11-22T10:57:00Z' }),
      2,
      'deletion requested 3m ago, the agent has not said that it has begun, last report 35s ago',
    ],
    [
      'never seen by an agent',
      view(undefined, { deletedAt: '2026-11-22T06:00:00Z' }),
      2,
      'deletion requested 5h ago, the agent has not reported this work yet',
    ],
    [
      'agent at it',
      view(status(2, ['Deleting/True/2'], []), { deletedAt: '2026-11-22T10:59:00Z' }),
      2,
      'deletion requested 60s ago, the agent is deleting the resources, last report 35s ago',
    ],
    [
      'only the agent says so',
      view(status(2, ['Deleting/True/2'], [])),
      2,
      'the agent began to delete the work 45s ago',
    ],
    [
      'deleted',
      view(status(2, ['Deleted/True'], [])),
      2,
      'the agent reported that the work is deleted from the cluster',
    ],
    [
      'no entry',
      view(status(2, ['Applied/True/2'], [entry(namespace, good)])),
      2,
      'not ready: Deployment.apps/np/web has no Applied condition yet',
    ],
    [
      'old generation',
      view(status(2, ['Applied/True/1'], twoEntries(good, good))),
      2,
      'not ready: work Applied=True is not about this version',
    ],
  ])('%s', (_what, subject, version, text) => {
    expect(sentence(subject, version)).toBe(text);
  });

  it('keeps to one line and to five blockers', () => {
    const many = Array.from({ length: 8 }, (_, index) => ({ ...namespace, metadata: { name: `n${index}` } }));
    const broken = many.map((manifest) => entry(manifest, ['Applied/False/2']));
    const noisy = broken.map((one) => ({
      ...one,
      conditions: conditions('Applied/False/2').map((item) => ({ ...item, message: 'line 1\nline 2\u001b[31m' })),
    }));
    const text = sentence({ version: 2, manifests: many, status: status(2, ['Applied/False/2'], noisy) });
    expect(text).toContain('line 1 line 2 [31m');
    expect(text).toMatch(/; and 3 more$/);
    expect(text).not.toContain('\n');
    expect(text).not.toContain('\u001b');
  });
});
