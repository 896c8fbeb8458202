import { describe, expect, it } from 'vitest';
import { carryOutPlans, type ClusterEnd, type CarryOutOptions } from '../../../src/operations/migrate/carry-out.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import type { WorkRequest } from '../../../src/clients/transport.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import { MaestroError } from '../../../src/errors.ts';
import { configMap, planned, request, stored, work } from '../../core/migration/stored.ts';
import { bundle, fakes, unreadableRow, type Fakes } from '../support/fakes.ts';

const source = 'hyperfleet';
const plan = planned([stored(work('hyperfleet-c1-np', [configMap('a')]), 'np')], request('C'));
const oldId = bundleId(source, 'c1', 'hyperfleet-c1-np');

/** Stores what is created and updated under an id, as Maestro would, and is heard of by no agent. */
function storing(fake: Fakes, id: string): (request: WorkRequest) => void {
  return (request) => {
    if (request.kind === 'delete') throw new Error('nothing is deleted');
    const { name, annotations, manifests, manifestConfigs } = request.work;
    const version = request.kind === 'create' ? 1 : request.version + 1;
    fake.reader.stored.set(id, bundle({ id, version, metadata: { name, annotations }, manifests, manifestConfigs }));
  };
}

/** A Maestro that holds the old work of the plan. */
function holding(timeoutMs = 10_000): Fakes {
  const fake = fakes(timeoutMs);
  fake.reader.stored.set(
    oldId,
    bundle({
      id: oldId,
      metadata: { name: 'hyperfleet-c1-np' },
      manifests: [configMap('a')],
      manifestConfigs: [],
    }),
  );
  return fake;
}

async function endOf(fake: Fakes, more: Partial<CarryOutOptions> = {}): Promise<ClusterEnd | undefined> {
  const options = { source, goal: 'run', ownerProof: true, maxConcurrency: 4, ...more } as const;
  let end: ClusterEnd | undefined;
  for await (const event of carryOutPlans([plan], options, fake.deps, fake.budget))
    if (event.kind === 'cluster') end = event.end;
  return end;
}

describe('carrying a plan out', () => {
  it('ends with a timeout when a read at the end of the time gets no answer, whatever that is told as', async () => {
    const fake = holding();
    // eslint-disable-next-line require-yield -- it gives no answer
    fake.reader.getBundles = async function* () {
      await fake.clock.advance(20_000);
      throw new MaestroError('unavailable', 'no answer within 13 ms');
    };
    const end = await endOf(fake);
    expect(end?.error).toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/^timed out after 10s: /) as string,
    });
  });

  it('sends a version again, once, that no agent has heard of for a minute', async () => {
    const fake = holding(200_000);
    const made = plan.new[0];
    if (made === undefined) throw new Error('the plan has no new work');
    for (let at = 0; at < 2; at += 1) fake.writer.script.push(storing(fake, made.id));
    const end = await fake.clock.finish(endOf(fake));
    expect(end?.error).toMatchObject({ code: 'timeout' });
    expect(fake.writer.published.map(({ kind }) => kind)).toEqual(['create', 'update']);
    const [created, again] = fake.writer.published;
    expect(again).toMatchObject({
      version: 1,
      work: { manifestConfigs: (created as { work: ManifestWork }).work.manifestConfigs },
    });
  });

  it('tells that Maestro cannot be read when there is time left', async () => {
    const fake = holding();
    fake.reader.search = () => new MaestroError('access-denied', 'no token');
    expect((await endOf(fake))?.error).toMatchObject({
      code: 'access-denied',
      hint: 'Do the same again: it goes on from there.',
    });
  });

  it('looks again after a conflict, and gives up on a work that somebody writes all the time', async () => {
    const fake = holding();
    for (let at = 0; at < 5; at += 1)
      fake.writer.script.push(new MaestroError('conflict', 'not the latest', { delivery: 'refused' }));
    const end = await endOf(fake);
    expect(end?.error).toMatchObject({ code: 'conflict' });
    expect(fake.writer.published).toHaveLength(5);
  });

  it('sends nothing to a cluster that is not to be begun with any more', async () => {
    const fake = holding();
    expect(await endOf(fake, { mayBegin: () => false })).toMatchObject({ notBegun: true, wrote: false });
    expect(fake.writer.published).toEqual([]);
  });

  it.each(['old', 'new'] as const)('ends only the cluster of which the %s work cannot be read', async (side) => {
    const fake = holding();
    const name = 'hyperfleet-c2-np';
    const oldOfC2 = { ...stored(work(name, [configMap('a')]), 'np'), id: bundleId(source, 'c2', name) };
    const planOfC2 = planned([oldOfC2], request('C', { consumer: 'c2' }));
    const [bad] = planOfC2[side];
    if (bad === undefined) throw new Error('the plan moves nothing');
    fake.reader.unreadable.push(unreadableRow({ id: bad.id, consumerName: 'c2', name: bad.work.name }));
    fake.writer.script.push(storing(fake, plan.new[0]?.id ?? ''));
    const ends = new Map<string, ClusterEnd>();
    const options = { source, goal: 'run', ownerProof: true, maxConcurrency: 4 } as const;
    const run = async (): Promise<void> => {
      for await (const event of carryOutPlans([planOfC2, plan], options, fake.deps, fake.budget))
        if (event.kind === 'cluster') ends.set(event.end.plan.consumer, event.end);
    };
    await fake.clock.finish(run());
    expect(ends.get('c2')).toMatchObject({
      wrote: false,
      error: {
        code: 'unavailable',
        reason: 'ServerError',
        message: `the work ${bad.work.name} on c2 cannot be read: its row is nested too deeply`,
      },
    });
    // The new work of the other cluster was sent, and its agent is waited for to the end of the time.
    expect(ends.get('c1')).toMatchObject({ wrote: true, error: { code: 'timeout' } });
    expect(fake.writer.published.map(({ kind, target }) => [kind, target.consumer])).toEqual([['create', 'c1']]);
  });

  it('leaves a work alone that another name on another cluster has the id of', async () => {
    const fake = holding();
    const id = plan.new[0]?.id ?? '';
    fake.reader.stored.set(id, bundle({ id, consumerName: 'hyperfleet', metadata: { name: 'c1' } }));
    expect((await endOf(fake))?.error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('is taken by the work c1 on hyperfleet') as string,
    });
    expect(fake.writer.published).toEqual([]);
  });
});
