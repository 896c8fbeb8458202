import { describe, expect, it } from 'vitest';
import { parseSelector } from '../../../src/core/expressions/parse-selector.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { deleteWork, type Deleted, type DeleteWorkRequest } from '../../../src/operations/delete/delete-work.ts';
import type { StoredState } from '../../../src/operations/lookup.ts';
import { bundle, failure, fakes, ownId, type Fakes } from '../support/fakes.ts';

const request: DeleteWorkRequest = { source: 'maestro-cli', manager: 'maestro-cli', force: false };

function holding(stored?: ResourceBundle): Fakes {
  const fake = fakes();
  if (stored !== undefined) fake.reader.stored.set(stored.id, stored);
  return fake;
}

function ask(fake: Fakes, more: Partial<DeleteWorkRequest> = {}, known?: StoredState): Promise<Deleted> {
  const deps =
    known === undefined ? fake.deps : { ...fake.deps, lookup: { replacement: () => undefined, read: () => known } };
  return deleteWork({ by: 'name', name: 'w', consumer: 'c1' }, { ...request, ...more }, deps, fake.budget);
}

const nothing: StoredState = { id: ownId, consumerExists: true, namesakes: [] };

describe('deleteWork', () => {
  it('asks once for what is there', async () => {
    const fake = holding(bundle({ version: 4 }));
    expect(await ask(fake)).toMatchObject({ action: 'requested', bundle: { version: 4 }, losses: [] });
    expect(fake.writer.published).toMatchObject([{ kind: 'delete', version: 4 }]);
  });

  it.each<{ title: string; more?: Partial<DeleteWorkRequest>; what: string }>([
    { title: 'the work', what: 'would be deleted with 1 manifest' },
    {
      title: 'the work without its objects',
      more: { orphan: true },
      what: 'would be orphaned first, so that the objects of its 1 manifest stay, and then deleted',
    },
  ])('only says in a dry run what it would do with $title', async ({ more = {}, what }) => {
    const fake = holding(bundle());
    expect(await ask(fake, { ...more, dryRun: true })).toMatchObject({ action: 'predicted', what });
    expect(fake.writer.published).toEqual([]);
  });

  it.each([
    { title: 'asked for just now', deletedAt: '2026-11-22T10:59:59Z' },
    { title: 'asked for long ago', deletedAt: '2026-11-22T10:00:00Z' },
  ])('promises for no delete that is under way that the objects stay, in a dry run neither: $title', async (going) => {
    for (const dryRun of [false, true]) {
      const fake = holding(bundle({ deletedAt: going.deletedAt }));
      expect(await failure(ask(fake, { orphan: true, dryRun }))).toMatchObject({
        code: 'conflict',
        reason: 'BeingDeleted',
      });
      expect(fake.writer.published).toEqual([]);
    }
  });

  it('takes it from a read of many that there is nothing, and asks nobody', async () => {
    const fake = holding();
    fake.reader.getBundle = () => Promise.reject(new Error('asked'));
    expect(await ask(fake, {}, nothing)).toMatchObject({ action: 'absent', name: 'w', consumer: 'c1' });
  });

  it('takes it from a read of many that there is no such consumer', async () => {
    expect(await failure(ask(holding(), {}, { ...nothing, consumerExists: false }))).toMatchObject({
      code: 'not-found',
      reason: 'ConsumerNotFound',
    });
  });

  it('reads again what a read of many has shown, before it deletes it', async () => {
    const fake = holding(bundle({ version: 5 }));
    expect(await ask(fake, {}, { ...nothing, bundle: bundle({ version: 3 }) })).toMatchObject({ action: 'requested' });
    expect(fake.writer.published).toMatchObject([{ kind: 'delete', version: 5 }]);
    expect(await ask(holding(), {}, { ...nothing, bundle: bundle() })).toMatchObject({ action: 'absent' });
  });

  it.each([
    {
      title: 'another version',
      stored: { version: 5 },
      message: 'w on c1 is at version 5 by now, so nothing was done',
    },
    {
      title: 'a work that was made anew',
      stored: { version: 4, createdAt: '2026-11-22T09:59:00Z' },
      message: 'w on c1 was deleted and made anew meanwhile, so nothing was done',
    },
  ])('deletes what somebody was shown, and not $title', async ({ stored, message }) => {
    const onlyAs = bundle({ version: 4 });
    const fake = holding(bundle(stored));
    expect(await failure(ask(fake, { onlyAs }))).toMatchObject({ code: 'conflict', message });
    expect(fake.writer.published).toEqual([]);
    expect(await ask(holding(onlyAs), { onlyAs })).toMatchObject({ action: 'requested' });
  });

  it('leaves a work alone that holds none of the manifests that were named', async () => {
    const fake = holding(bundle());
    const resources = [parseSelector('Secret/np/settings', '--resource')];
    expect(await ask(fake, { resources })).toMatchObject({ action: 'holds-none' });
    expect(fake.writer.published).toEqual([]);
  });
});
