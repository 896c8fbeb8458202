import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backupHead,
  backupKey,
  backupLine,
  checkBackupHead,
  readBackupLine,
} from '../../../src/gitops/handover/backup-lines.ts';
import { parseWireJson, type JsonObject } from '../../../src/core/json.ts';
import { deepestBundle } from '../../../src/core/json-nesting.ts';
import type { BackupRecord } from '../../../src/gitops/handover/backup.ts';
import { planLines, readPlanLines } from '../../../src/gitops/handover/plan-lines.ts';
import type { HandoverPlan, PlannedApplication } from '../../../src/gitops/handover/plan.ts';
import { usageErrorOf } from '../../command-line/support.ts';

/** With every member that there can be, so that one that is not written is missed. */
const whole: Required<PlannedApplication> = {
  key: 'openshift-gitops/shop-c1',
  uid: 'uid-1',
  spokeNamespace: 'openshift-gitops',
  spokeName: 'shop-c1',
  bundleId: 'id-1',
  bundleName: 'openshift-gitops-shop-c1',
  classic: { name: 'shop-c1-1a2b3', uid: 'uid-2', generation: 3 },
  differences: { spec: ['spec.destination.namespace'], other: ['metadata.labels.x'], accepted: true },
};
const { classic: _none, ...bare } = whole;

function planOf(clusters: number): HandoverPlan {
  return {
    direction: 'to-maestro',
    runId: 'run-1',
    createdAt: '2026-11-29T10:00:00Z',
    source: 'app-work-client',
    hubId: 'hub-1',
    hubServer: 'https://hub:6443',
    settings: {
      deliverNamespace: true,
      deliverProject: false,
      leaveProjects: true,
      classicNamespace: 'open-cluster-management',
      ownNamespace: 'open-cluster-management',
    },
    clusters: Array.from({ length: clusters }, (_unused, index) => ({
      name: `c${String(index).padStart(4, '0')}`,
      applications: index % 2 === 0 ? [whole, bare] : [],
    })),
  };
}

const refused = (lines: readonly string[]): string => {
  try {
    readPlanLines(lines, 'p', []);
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid-input' });
    return (error as Error).message.replace('p: this is no plan that can be carried out: ', '');
  }
  return 'taken';
};

describe('the file of a plan', () => {
  it('gives back what it was made of, and of it the clusters that are asked about', () => {
    for (const clusters of [0, 1, 5])
      expect(readPlanLines(planLines(planOf(clusters)), 'p', [])).toEqual(planOf(clusters));
    const some = readPlanLines(planLines(planOf(5)), 'p', ['c0003', 'c0001']);
    expect(some).toEqual({ ...planOf(5), clusters: [planOf(5).clusters[1], planOf(5).clusters[3]] });
    expect(usageErrorOf(() => readPlanLines(planLines(planOf(2)), 'p', ['c0001', 'other'])).message).toBe(
      'the plan p has no cluster other',
    );
  });

  it('is refused when a line is gone, stands twice, is another plan’s or was cut off', () => {
    const lines = [...planLines(planOf(3))];
    const [head = '', one = '', two = '', three = ''] = lines;
    const [, foreign = ''] = planLines({ ...planOf(1), runId: 'run-2' });
    expect(refused(lines)).toBe('taken');
    expect(refused([head, one, two])).toBe('it has 2 clusters of 3, so it is not whole');
    expect(refused([head, one, one, three])).toBe('c0000 stands in it twice, or not in its order');
    expect(refused([head, foreign, two, three])).toBe('what it says of c0000 was changed after it was planned');
    expect(refused([head, one, two, three.slice(0, 40)])).toBe(
      'a line of it is no JSON, so it is not whole, or no plan',
    );
    expect(refused([one])).toBe('it is no HandoverPlan');
    expect(refused([])).toBe('it is empty');
    expect(refused(['{"kind":"HandoverPlan","apiVersion":"maestro-cli.hyperfleet.io/v2"}'])).toMatch(
      /^its apiVersion is /,
    );
  });

  it('is refused when anything in it was changed', () => {
    const lines = [...planLines(planOf(2))];
    fc.assert(
      fc.property(fc.nat(lines.length - 1), fc.double({ min: 0, max: 1, noNaN: true }), (index, part) => {
        const line = lines[index] ?? '';
        const letters = [...line.matchAll(/[a-z0-9]/g)].map((match) => match.index);
        const at = letters[Math.floor(part * (letters.length - 1))] ?? 0;
        const changed = `${line.slice(0, at)}${line[at] === 'x' ? 'y' : 'x'}${line.slice(at + 1)}`;
        expect(refused(lines.toSpliced(index, 1, changed))).not.toBe('taken');
      }),
    );
  });
});

describe('the lines of a backup', () => {
  const record: BackupRecord = {
    runId: 'run-1',
    cluster: 'c1',
    application: 'openshift-gitops/shop',
    kind: 'ManifestWork',
    name: 'shop-1a2b3',
    spokeUid: 'uid-1',
    object: { metadata: { name: 'shop-1a2b3' }, spec: { workload: { manifests: [] } } },
  };

  it('give back long integers digit by digit, and objects as deep as Maestro has them', () => {
    const deep = `${'{"a":'.repeat(deepestBundle - 2)}1${'}'.repeat(deepestBundle - 2)}`;
    for (const values of ['{"account":9007199254740993}', deep]) {
      const object = parseWireJson(`{"spec":${values}}`, deepestBundle) as JsonObject;
      expect(readBackupLine(backupLine({ ...record, object }))?.object).toEqual(object);
    }
  });

  it('give back what was kept, and nothing of a line that was cut off or changed', () => {
    const line = backupLine(record);
    expect(readBackupLine(line)).toEqual(record);
    for (let end = 0; end < line.length; end += 1) expect(readBackupLine(line.slice(0, end))).toBeUndefined();
    expect(readBackupLine(line.replace('shop-1a2b3', 'other-1a2b3'))).toBeUndefined();
    expect(readBackupLine(backupHead('run-1'))).toBeUndefined();
    expect(backupKey(record)).not.toBe(backupKey({ ...record, kind: 'Bundle' }));
  });

  it('belong to one run', () => {
    checkBackupHead(backupHead('run-1'), 'b', 'run-1');
    expect(usageErrorOf(() => checkBackupHead(backupHead('run-1'), 'b', 'run-2')).message).toBe(
      'the backup b is of the plan run-1, not of run-2',
    );
    expect(usageErrorOf(() => checkBackupHead('{"a":1}', 'b', 'run-2')).message).toBe('b is no backup of a migration');
  });
});
