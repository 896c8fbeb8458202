import { describe, expect, it } from 'vitest';
import { orphanForm } from '../../../src/core/migration/forms.ts';
import { manifestKey, type ManifestWork } from '../../../src/core/works/manifest-work.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { MaestroError } from '../../../src/errors.ts';
import { carryOutPlans, type ClusterEnd } from '../../../src/operations/migrate/carry-out.ts';
import { configMap, planned, request, stored, work } from '../../core/migration/stored.ts';
import { bundle, fakes, unreadableRow, type Fakes } from '../support/fakes.ts';

/** Maestro deletes a work at whatever version it is: what keeps a deletion from what was written meanwhile is ours. */

const plan = planned([stored(work('hyperfleet-c1-np', [configMap('a')]), 'np')], request('C'));
const [old] = plan.old;
const [made] = plan.new;
if (old === undefined || made === undefined) throw new Error('the plan moves nothing');

function applied(id: string, { name, annotations, ...content }: ManifestWork, version: number): ResourceBundle {
  const condition = {
    type: 'Applied',
    status: 'True' as const,
    reason: '',
    message: '',
    observedGeneration: version,
  };
  return bundle({
    id,
    version,
    metadata: { name, annotations },
    manifests: content.manifests,
    manifestConfigs: content.manifestConfigs,
    ...(content.deleteOption === undefined ? {} : { deleteOption: content.deleteOption }),
    status: {
      observedVersion: version,
      sequenceId: '1',
      conditions: [condition],
      resourceStatus: content.manifests.map((manifest, ordinal) => ({
        resourceMeta: { ordinal, ...manifestKey(manifest), resource: 'configmaps' },
        conditions: [condition],
        feedback: [],
      })),
    },
  });
}

/** A Maestro in which the old work has let go, so that finish is about to delete it. */
function aboutToDelete(): Fakes {
  const fake = fakes(60_000);
  fake.reader.stored.set(old!.id, applied(old!.id, orphanForm(old!), 2));
  fake.reader.stored.set(made!.id, applied(made!.id, made!.work, 1));
  return fake;
}

async function finish(fake: Fakes): Promise<ClusterEnd | undefined> {
  const options = { source: 'hyperfleet', goal: 'finish', ownerProof: false, maxConcurrency: 4 } as const;
  let end: ClusterEnd | undefined;
  const events = carryOutPlans([plan], options, fake.deps, fake.budget);
  for await (const event of events) if (event.kind === 'cluster') end = event.end;
  return end;
}

describe('deleting the old works', () => {
  it('looks once more right before, and leaves a work alone that somebody has written meanwhile', async () => {
    const fake = aboutToDelete();
    const rows = fake.reader.search;
    let looks = 0;
    fake.reader.search = (where) => {
      looks += 1;
      if (looks === 2) fake.reader.stored.set(old.id, applied(old.id, old.work, 3));
      return rows(where);
    };
    const end = await finish(fake);
    expect(end?.error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('hyperfleet-c1-np: somebody wrote it; version 3 is stored') as string,
    });
    expect(fake.writer.published).toEqual([]);
  });

  it('sends nothing when a work cannot be read at that last look', async () => {
    const fake = aboutToDelete();
    const rows = fake.reader.search;
    let looks = 0;
    fake.reader.search = (where) => {
      looks += 1;
      if (looks === 2) fake.reader.unreadable.push(unreadableRow({ id: made.id, name: made.work.name }));
      return rows(where);
    };
    const end = await finish(fake);
    expect(end?.error).toMatchObject({ code: 'unavailable', reason: 'ServerError' });
    expect(fake.writer.published).toEqual([]);
  });

  it('gives a deletion up that could not be sent for five seconds, and decides anew', async () => {
    const fake = aboutToDelete();
    const triesMs: number[] = [];
    fake.deps.writer.publish = async () => {
      triesMs.push(fake.clock.monotonicMs());
      // While nothing can be sent, somebody takes the old work up again.
      fake.reader.stored.set(old.id, applied(old.id, old.work, 3));
      throw new MaestroError('unavailable', 'no connection', { delivery: 'not-sent', transient: true });
    };
    let isOver = false;
    const ended = finish(fake).finally(() => (isOver = true));
    while (!isOver) await fake.clock.advance(500);
    expect((await ended)?.error).toMatchObject({ code: 'conflict' });
    expect((triesMs.at(-1) ?? 0) - (triesMs[0] ?? 0)).toBeLessThanOrEqual(5_000);
    expect(triesMs.length).toBeGreaterThan(1);
  });
});

describe('a new work that vanishes while run waits for it', () => {
  it('is not made again by that run: a rollback in another terminal may have deleted it', async () => {
    const fake = fakes(60_000);
    fake.reader.stored.set(old.id, applied(old.id, old.work, 1));
    const { status: _none, ...unreported } = applied(made.id, made.work, 1);
    fake.reader.stored.set(made.id, unreported);
    const options = { source: 'hyperfleet', goal: 'run', ownerProof: false, maxConcurrency: 4 } as const;
    let end: ClusterEnd | undefined;
    const ended = (async () => {
      for await (const event of carryOutPlans([plan], options, fake.deps, fake.budget)) {
        if (event.kind === 'waiting') fake.reader.stored.delete(made.id);
        if (event.kind === 'cluster') end = event.end;
      }
    })();
    await fake.clock.advance(30_000);
    await ended;
    expect(end?.error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('hyperfleet-c1: somebody deleted it while this was under way') as string,
    });
    expect(fake.writer.published).toEqual([]);
  });
});
