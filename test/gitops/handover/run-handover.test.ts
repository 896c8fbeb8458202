import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { objectAt } from '../../../src/core/json-fields.ts';
import { exitCodeOfMany } from '../../../src/core/outcome/outcome.ts';
import { MaestroError } from '../../../src/errors.ts';
import { ExitCode } from '../../../src/exit-code.ts';
import { ApplicationRun } from '../../../src/gitops/handover/application-run.ts';
import { migrationStamp, migrationTowardsStamp } from '../../../src/gitops/constants.ts';
import type { ClusterRunParts } from '../../../src/gitops/handover/parts.ts';
import type { ApplicationResult } from '../../../src/gitops/handover/run-handover.ts';
import { fakes, type Fakes } from '../../operations/support/fakes.ts';
import { HandoverWorld } from './handover-world.ts';

const one = { kind: 'consumers', count: 1 } as const;
const noRight = new MaestroError('access-denied', 'no right to read', { reason: 'Unauthorized' });

function ends(results: readonly ApplicationResult[]): readonly string[] {
  return results.map(({ cluster, outcome, reason, exitCode }) => `${cluster} ${outcome} ${reason} ${exitCode}`);
}

/** Maestro refuses to be read about a cluster. */
function refuseReads(fake: Fakes, cluster: string): void {
  const listBundles = fake.reader.listBundles.bind(fake.reader);
  fake.reader.listBundles = async function* (query, options) {
    if (query.where?.consumers?.includes(cluster) === true) throw noRight;
    yield* listBundles(query, options);
  };
}

describe('what a handover has not begun', () => {
  it('is no success after a signal between two stages, though all before it is done', async () => {
    const fake = fakes();
    const { end, results, clusters, kinds } = await new HandoverWorld(fake).run({ wave: one }, ({ kind }) => {
      if (kind === 'stageEnded') fake.stop.abort(new MaestroError('interrupted', 'interrupted by SIGINT'));
    });
    expect(end).toEqual({ notBegun: ['c2'], stoppedBy: 'interrupted by SIGINT' });
    expect(ends(results)).toEqual(['c1 done RolledBack 0', 'c2 not-begun NotBegun 130']);
    expect(results[1]?.text).toBe('not begun, because interrupted by SIGINT');
    expect(exitCodeOfMany(results.map(({ exitCode }) => exitCode))).toBe(ExitCode.Interrupted);
    expect(clusters.map(({ cluster, done, error }) => [cluster, done, error])).toEqual([
      ['c1', true, undefined],
      ['c2', false, undefined],
    ]);
    expect(kinds.filter((kind) => kind === 'stageBegun')).toHaveLength(1);
  });

  it('is all, with the exit code of the signal, when that comes before anything was read', async () => {
    const fake = fakes();
    const { results } = await new HandoverWorld(fake).run({}, ({ kind }) => {
      if (kind === 'stageBegun') fake.stop.abort(new MaestroError('terminated', 'terminated by SIGTERM'));
    });
    expect(ends(results)).toEqual(['c1 not-begun NotBegun 143', 'c2 not-begun NotBegun 143']);
  });

  it('is what nothing was sent to of a stage in which too many have failed', async () => {
    const ran = async (maxFailures?: number): Promise<readonly string[]> => {
      const fake = fakes();
      const world = new HandoverWorld(fake);
      refuseReads(fake, 'c1');
      let go = (): void => undefined;
      const failed = new Promise<void>((resolve) => (go = resolve));
      world.beforeBackup = async (cluster) => (cluster === 'c2' ? failed : undefined);
      const options = maxFailures === undefined ? {} : { maxFailures };
      return ends((await world.run(options, ({ kind }) => void (kind === 'cluster' && go()))).results);
    };
    expect(await ran(1)).toEqual(['c1 failed Unauthorized 9', 'c2 not-begun NotBegun 9']);
    // Without a limit the work that was kept is sent, which this hub refuses.
    expect(await ran()).toEqual(['c1 failed Unauthorized 9', 'c2 failed InternalError 70']);
  });
});

describe('an Application that the end of the time cuts short', () => {
  const only = async (change: (metadata: JsonObject, runId: string) => JsonObject): Promise<readonly string[]> => {
    const world = new HandoverWorld(fakes());
    const { status: _status, ...work } = world.work;
    world.hub.put({ ...work, metadata: change(objectAt(work, 'metadata'), world.plan.runId) });
    const { results, clusters } = await world.run({ wave: one });
    expect(clusters.map(({ wrote }) => wrote)).toEqual([false, false]);
    return ends(results);
  };

  it('has failed when nothing was sent for it', async () => {
    const deleted = (metadata: JsonObject): JsonObject => ({ ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(await only(deleted)).toEqual(['c1 failed Timeout 6', 'c2 not-begun NotBegun 6']);
  });

  it('is pending when an earlier run has sent something for it', async () => {
    const stamped = (metadata: JsonObject, runId: string): JsonObject => ({
      ...metadata,
      annotations: {
        ...objectAt(metadata, 'annotations'),
        [migrationStamp]: runId,
        [migrationTowardsStamp]: 'classic',
      },
    });
    expect(await only(stamped)).toEqual(['c1 pending Timeout 6', 'c2 not-begun NotBegun 6']);
  });

  it('is pending when this run has sent something for it', () => {
    const { plan } = new HandoverWorld(fakes());
    const [application] = plan.clusters.flatMap(({ applications }) => applications);
    const open = (): ApplicationRun => new ApplicationRun({} as ClusterRunParts, 'c1', application!);
    const timedOut = new MaestroError('timeout', 'timed out after 30s');
    const sent = (): ApplicationRun => {
      const run = open();
      run.wrote({ on: 'work', do: 'create', namespace: 'c1', object: {} });
      return run;
    };
    expect(open().failed(timedOut).outcome).toBe('failed');
    expect(sent().failed(timedOut).outcome).toBe('pending');
    expect(sent().failed(noRight).outcome).toBe('failed');
  });
});
