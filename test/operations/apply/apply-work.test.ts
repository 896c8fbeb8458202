import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { applyWork, type ApplyWorkRun } from '../../../src/operations/apply/apply-work.ts';
import type { Applied } from '../../../src/operations/apply/carry-out.ts';
import type { ApplyPlan, ApplyRequest } from '../../../src/operations/apply/plan.ts';
import { MaestroError } from '../../../src/errors.ts';
import { directLookup } from '../../../src/operations/lookup.ts';
import { bundle, configMap, failure, fakes, lostAnswer, ownId, refusal, work, type Fakes } from '../support/fakes.ts';

const request = (overrides: Partial<ApplyRequest> = {}): ApplyRequest => ({
  source: 'maestro-cli',
  consumer: 'c1',
  work: work(),
  overwrite: false,
  manager: 'maestro-cli',
  merge: true,
  force: false,
  ...overrides,
});

const mine = configMap('one', 'mine');
const late = configMap('one', 'late');
const old = configMap('one', 'old');

/** A Maestro whose works have no executor. */
function plain(...reads: readonly (ResourceBundle | undefined)[]): Fakes {
  const fake = fakes();
  fake.reader.search = () => [];
  fake.reader.script.push(...reads);
  return fake;
}

/** The plan after a conflict, which looks whether the work is stored already, reads once more. */
const twice = <T>(state: T): readonly T[] => [state, state];
const stored = (version: number, manifests: readonly JsonObject[]): ResourceBundle => bundle({ version, manifests });
const writing = (fake: Fakes, of: ApplyRequest, run: Partial<ApplyWorkRun> = {}): Promise<Applied> =>
  fake.clock.finish(applyWork(of, fake.deps, { conflictRetries: 5, ...run }, fake.budget));
const sent = (fake: Fakes): readonly unknown[] =>
  fake.writer.published.map((one) =>
    'work' in one ? one.work.manifests.map((manifest) => (manifest['metadata'] as JsonObject)['name']) : one.kind,
  );

describe('a write that is made again after a conflict', () => {
  it('keeps what came since the first read, even under its own name', async () => {
    const fake = plain(stored(1, [old]), ...twice(stored(2, [old, late])));
    fake.writer.script.push(refusal());
    const applied = await writing(fake, request({ work: work({ manifests: [mine] }) }));
    expect(sent(fake)).toEqual([['mine'], ['late', 'mine']]);
    expect(applied).toMatchObject({
      operation: 'updated',
      version: 3,
      removed: [{ kind: 'ConfigMap', version: 'v1', namespace: 'np', name: 'old' }],
    });
  });

  it('keeps all of a work that was not there at the first read', async () => {
    const fake = plain(undefined, ...twice(stored(1, [late])));
    fake.writer.script.push(refusal());
    await writing(fake, request({ work: work({ manifests: [mine] }) }));
    expect(sent(fake)).toEqual([['mine'], ['late', 'mine']]);
  });

  it('is a conflict still when it replaces, and would remove what the first read of many did not show', async () => {
    const fake = plain(undefined, ...twice(stored(1, [late])));
    fake.writer.script.push(refusal());
    const replacing = request({ merge: false, work: work({ manifests: [mine] }) });
    const error = await failure(writing(fake, replacing, { conflictRetries: 0, lookup: directLookup(fake.reader) }));
    expect(error).toMatchObject({ code: 'conflict', reason: 'Conflict', latestVersion: 1 });
    expect(error.message).toBe(
      'w on c1 has come to hold ConfigMap/np/late since it was first read; this write would remove that',
    );
    expect(sent(fake)).toEqual([['mine']]);
  });

  it.each([
    { title: 'pinned to a version', of: request({ ifVersion: 1, work: work({ manifests: [mine] }) }), run: {} },
    { title: 'not to be made again', of: request({ work: work({ manifests: [mine] }) }), run: { conflictRetries: 0 } },
    {
      title: 'a replacement, which would undo the other write',
      of: request({ merge: false, work: work({ manifests: [old, mine] }) }),
      run: {},
    },
  ])('ends at the first conflict when it is $title', async ({ of, run }) => {
    const fake = plain();
    fake.reader.stored.set(ownId, stored(1, [old]));
    fake.writer.script.push(refusal());
    expect(await failure(writing(fake, of, run))).toMatchObject({ code: 'conflict' });
    expect(fake.writer.published).toHaveLength(1);
  });

  it('is made as often as was allowed, each time told, and no more often', async () => {
    const fake = plain();
    fake.reader.stored.set(ownId, stored(1, [old]));
    fake.writer.script.always(refusal);
    const told: string[] = [];
    const error = await failure(
      writing(fake, request({ work: work({ manifests: [mine] }) }), {
        conflictRetries: 3,
        onRetry: ({ message }) => told.push(message),
      }),
    );
    expect(error).toMatchObject({ code: 'conflict' });
    expect(fake.writer.published).toHaveLength(4);
    expect(told).toHaveLength(3);
  });
});

describe('a write whose answer was lost, and that others have written over since', () => {
  const unknown = { code: 'unavailable', reason: 'OutcomeUnknown', delivery: 'unknown' };

  it('says that its effect is unknown: it may have been stored before the others', async () => {
    const fake = plain(stored(1, [old]), ...twice(stored(3, [late])));
    fake.writer.script.push(lostAnswer());
    const of = request({ merge: false, work: work({ manifests: [mine] }) });
    expect(await failure(writing(fake, of))).toMatchObject(unknown);
    expect(sent(fake)).toEqual([['mine']]);
  });

  it('is a conflict where the next version is that of another, so that it was refused', async () => {
    const fake = plain(stored(1, [old]), ...twice(stored(2, [late])));
    fake.writer.script.push(lostAnswer());
    const of = request({ merge: false, work: work({ manifests: [mine] }) });
    expect(await failure(writing(fake, of))).toMatchObject({ code: 'conflict' });
  });

  it('is merged again, and if that is refused its effect is unknown still', async () => {
    const deleting = bundle({ version: 3, manifests: [late], deletedAt: '2026-11-22T11:00:00Z' });
    const merging = request({ work: work({ manifests: [mine] }) });
    const again = plain(stored(1, [old]), ...twice(stored(3, [late])), stored(3, [late]));
    again.writer.script.push(lostAnswer());
    expect(await writing(again, merging)).toMatchObject({ operation: 'updated', version: 4 });
    const refused = plain(stored(1, [old]), ...twice(stored(3, [late])), deleting);
    refused.writer.script.push(lostAnswer());
    expect(await failure(writing(refused, merging))).toMatchObject(unknown);
    const objected = plain(stored(1, [old]), ...twice(stored(3, [late])), stored(3, [late]));
    objected.writer.script.push(lostAnswer());
    const onPlan = ({ work }: ApplyPlan): void => {
      if (work.manifests.length > 1) throw new MaestroError('usage', 'not this one');
    };
    expect(await failure(writing(objected, merging, { onPlan }))).toMatchObject(unknown);
  });
});

describe('a write that may remove nothing', () => {
  it('is refused by the names of what it would remove, and sends nothing', async () => {
    const fake = plain();
    fake.reader.stored.set(ownId, stored(1, [old, late]));
    const error = await failure(writing(fake, request({ noRemove: true, work: work({ manifests: [mine] }) })));
    expect(error).toMatchObject({ code: 'ownership', reason: 'WouldRemove' });
    expect(error.message).toContain('would remove ConfigMap/np/old, ConfigMap/np/late');
    expect(fake.writer.published).toEqual([]);
  });

  it('says with which command they are taken out, and as whom', async () => {
    const fake = plain();
    const record = {
      'maestro-cli.hyperfleet.io/managers': JSON.stringify({ nodepool: ['ConfigMap/np/old', 'ConfigMap/np/mine'] }),
    };
    fake.reader.stored.set(
      ownId,
      bundle({ version: 1, manifests: [old, mine], metadata: { name: 'w', annotations: record } }),
    );
    const error = await failure(
      writing(fake, request({ noRemove: true, manager: 'nodepool', work: work({ manifests: [mine] }) })),
    );
    expect(error.commandHint).toMatch(/ maestro-cli delete w -c c1 --resource=ConfigMap\/np\/old --manager=nodepool$/);
  });

  it('changes and adds as ever, a new API version of a kind included', async () => {
    const fake = plain();
    const deployment = (apiVersion: string): JsonObject => ({
      apiVersion,
      kind: 'Deployment',
      metadata: { name: 'd', namespace: 'np' },
    });
    fake.reader.stored.set(ownId, stored(1, [deployment('apps/v1beta1')]));
    expect(
      await writing(fake, request({ noRemove: true, work: work({ manifests: [deployment('apps/v1'), mine] }) })),
    ).toMatchObject({ operation: 'updated', removed: [] });
  });
});
