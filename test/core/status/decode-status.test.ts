import { describe, expect, it } from 'vitest';
import { decodeStatus, decodeStatusEvent } from '../../../src/core/status/decode-status.ts';
import { lastReportMs } from '../../../src/core/status/last-report.ts';
import { recordedBundles, recordedEvents } from './recorded.ts';

const web = {
  ordinal: 2,
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  resource: 'deployments',
  name: 'web',
  namespace: 'np',
};

describe('decodeStatus', () => {
  it('reads the status of a Deployment and a Job with feedback', () => {
    const found = recordedBundles('outcomes').find(({ label }) => label === 'get-after-workload-status[0]');
    const status = found?.bundle.status;
    expect(status).toMatchObject({ observedVersion: 1, sequenceId: '2124457790972891136' });
    expect(status?.conditions[0]).toEqual({
      type: 'Applied',
      status: 'True',
      reason: 'AppliedManifestWorkComplete',
      message: 'Apply manifest work complete',
      observedGeneration: 1,
      lastTransitionTime: expect.stringMatching(/^2026-11-22T/) as string,
    });
    expect(status?.resourceStatus.map(({ feedback }) => feedback)).toEqual([
      [],
      [
        { name: 'ReadyReplicas', value: 2 },
        { name: 'Replicas', value: 2 },
        { name: 'AvailableReplicas', value: 2 },
      ],
      [
        { name: 'JobComplete', value: 'True' },
        { name: 'JobSucceeded', value: 1 },
        {
          name: 'status',
          value: { conditions: [{ reason: 'CompletionsReached', status: 'True', type: 'Complete' }], succeeded: 1 },
        },
        { name: 'conditions', value: [{ reason: 'CompletionsReached', status: 'True', type: 'Complete' }] },
      ],
    ]);
    expect(status?.resourceStatus[2]?.conditions.find(({ type }) => type === 'Available')).not.toHaveProperty(
      'observedGeneration',
    );
  });

  it('reads the last event and the row that it became alike', () => {
    const row = recordedBundles('outcomes').find(({ label }) => label === 'get-after-fix[0]')?.bundle.status;
    expect(recordedEvents('outcomes', 'status-events').at(-1)?.view.status).toEqual(row);
  });

  it.each([
    ['nothing', {}, { observedVersion: 0, sequenceId: '', conditions: [], resourceStatus: [] }],
    [
      'no conditions',
      { ObservedVersion: 3, SequenceID: '7' },
      { observedVersion: 3, sequenceId: '7', conditions: [], resourceStatus: [] },
    ],
    [
      'nulls',
      { ObservedVersion: null, SequenceID: null, conditions: null, resourceStatus: null },
      { observedVersion: 0, sequenceId: '' },
    ],
    ['numbers as text', { ObservedVersion: '4', SequenceID: 12n }, { observedVersion: 4, sequenceId: '12' }],
    ['odd numbers', { ObservedVersion: -1, SequenceID: 5 }, { observedVersion: 0, sequenceId: '5' }],
    ['odd lists', { conditions: {}, resourceStatus: 'x' }, { conditions: [], resourceStatus: [] }],
    [
      'odd conditions',
      { conditions: [null, 'x', {}, { type: 'A' }, { type: 'B', status: 'true', observedGeneration: 'x' }] },
      {
        conditions: [
          { type: 'A', status: 'Unknown', reason: '', message: '' },
          { type: 'B', status: 'Unknown', reason: '', message: '', observedGeneration: 0 },
        ],
      },
    ],
    [
      'a resource without anything',
      { resourceStatus: [{}] },
      { resourceStatus: [{ resourceMeta: { ordinal: 0, group: '', kind: '' }, conditions: [], feedback: [] }] },
    ],
    [
      'a resource with all that an agent says of one',
      { resourceStatus: [{ resourceMeta: web }] },
      { resourceStatus: [{ resourceMeta: web, conditions: [], feedback: [] }] },
    ],
  ])('is tolerant of %s', (_what, json, expected) => {
    expect(decodeStatus(json)).toMatchObject(expected);
  });

  it('reads of a condition a generation of null as none, and an empty time too: it would be one of an old version', () => {
    const [read] = decodeStatus({
      conditions: [{ type: 'A', status: 'True', observedGeneration: null, lastTransitionTime: '' }],
    }).conditions;
    expect(read).toStrictEqual({ type: 'A', status: 'True', reason: '', message: '' });
  });

  it.each([
    [{ type: 'JsonRaw', jsonRaw: '{"a":[1,null]}' }, { a: [1, null] }],
    [{ type: 'JsonRaw', jsonRaw: '{"cut":' }, '{"cut":'],
    [{ type: 'String', string: '' }, ''],
    [{ type: 'Integer', integer: 0 }, 0],
    [{ type: 'Integer', integer: 9007199254740993n }, 9007199254740992],
    [{ type: 'Boolean', boolean: false }, false],
    [{ type: 'String' }, null],
    [{ integer: 'x' }, 'x'],
  ])('decodes feedback %#', (fieldValue, value) => {
    const values = [{ name: 'v', fieldValue }, { name: '', fieldValue }, { name: 'w' }, null];
    const status = decodeStatusEvent({ resourceStatus: [{ statusFeedback: { values } }] }, 1, '1');
    expect(status.resourceStatus[0]?.feedback).toEqual([{ name: 'v', value }]);
  });
});

describe('lastReportMs', () => {
  it.each([
    ['2124457676636164096', Date.parse('2026-11-22T10:59:15.282Z')],
    ['', undefined],
    ['17', undefined],
    ['abc', undefined],
    ['-2124457676636164096', undefined],
    ['99999999999999999999999', undefined],
  ])('%s', (sequenceId, expected) => {
    expect(lastReportMs({ sequenceId })).toBe(expected);
  });
});
