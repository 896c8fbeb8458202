import { describe, expect, it } from 'vitest';
import { storedRow } from '../../robustness/world/ledger.ts';
import { objectsIn } from '../../robustness/world/real/cluster.ts';
import { realCan } from '../../robustness/world/real/commands.ts';

const hub = 'a'.repeat(64);
const work = '88970ef2-5090-52c2-a2ad-d83fabe28ed0';

describe('a real Maestro under the robustness suite', () => {
  it('tells the works that own an object by its AppliedManifestWorks, and nothing that no call wrote', () => {
    const printed = JSON.stringify({
      items: [
        {
          metadata: {
            name: 'red',
            ownerReferences: [
              { kind: 'AppliedManifestWork', name: `${hub}-${work}` },
              { kind: 'Deployment', name: `${hub}-other` },
              { kind: 'AppliedManifestWork', name: 'not-of-a-hub' },
            ],
          },
          data: { call: 'c0s0', manager: 'ann' },
        },
        { metadata: { name: 'green' }, data: { call: 'c0s1' } },
        { metadata: { name: 'kube-root-ca.crt' }, data: { 'ca.crt': '' } },
      ],
    });
    expect(objectsIn(printed, 'c1')).toEqual([
      { consumer: 'c1', name: 'red', call: 'c0s0', owners: [work] },
      { consumer: 'c1', name: 'green', call: 'c0s1', owners: [] },
    ]);
  });

  it('has no trouble for which it was given no command, and never loses its data', () => {
    const restart = { kind: 'restart', downMs: 0, keepsData: true } as const;
    const stops = { kind: 'agent-stops', consumer: 'c1', lastsMs: 50 } as const;
    const all = { stopServer: 'a', startServer: 'b', stopAgent: 'c', startAgent: 'd' };
    expect(realCan(restart, all)).toBe(true);
    expect(realCan({ ...restart, keepsData: false }, all)).toBe(false);
    expect(realCan(restart, { stopServer: 'a' })).toBe(false);
    expect(realCan(stops, all)).toBe(true);
    expect(realCan(stops, {})).toBe(false);
    expect(realCan({ kind: 'status', side: 'grpc', count: 1 }, all)).toBe(false);
    // They were counted as having struck, though a real server and its agents cannot be told to do that.
    expect(realCan({ kind: 'repeat-events', count: 1 }, all)).toBe(false);
    expect(realCan({ kind: 'reorder-events', count: 1 }, all)).toBe(false);
    expect(realCan({ kind: 'agent-reports', consumer: 'c1', how: 'repeated' }, all)).toBe(false);
    expect(realCan({ kind: 'refuse', side: 'grpc', lastsMs: 50 }, {})).toBe(true);
  });

  it('tells of a line of its ledger what the stand-in tells of one', () => {
    const conditions = [{ type: 'Applied', status: 'True', observedGeneration: 2 }];
    const manifests = [{ metadata: { name: 'red' }, data: { call: 'c0s0', manager: 'ann' } }];
    const line = {
      ...{
        place: 7,
        at_ms: 1_500,
        removed: 0,
        deleting: 1,
        id: work,
        consumer: 'c1',
        source: 'robustness-1',
        version: 2,
      },
      payload: JSON.stringify({ metadata: { name: 'w1' }, data: { manifests } }),
      status: JSON.stringify({ resourceVersion: 2, conditions }),
    };
    expect(storedRow(line, 0)).toEqual({
      ...{ order: 7, atMs: 1_500, epoch: 0, id: work, consumer: 'c1', work: 'w1', source: 'robustness-1', version: 2 },
      ...{ manifests: [{ name: 'red', call: 'c0s0', manager: 'ann' }], deleting: true, removed: false },
      report: { version: 2, conditions },
    });
  });
});
