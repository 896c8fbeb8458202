import { describe, expect, it } from 'vitest';
import type { CallOptions, WorkRequest } from '../../src/clients/transport.ts';
import { MaestroError } from '../../src/errors.ts';
import { publishSafely, type Published } from '../../src/operations/publish.ts';
import {
  bundle,
  configMap,
  failure,
  fakes,
  lostAnswer,
  notSent,
  ownId,
  refusal,
  storedWork,
  work,
  type Fakes,
} from './support/fakes.ts';

const target = { id: ownId, consumer: 'c1', source: 'maestro-cli' };
const ours = work({ manifests: [configMap('two')] });
const create: WorkRequest = { kind: 'create', target, work: ours };
const update: WorkRequest = { kind: 'update', target, work: ours, version: 3 };
const overwrite: WorkRequest = { kind: 'update', target, work: ours, version: 0 };
const remove: WorkRequest = { kind: 'delete', target, workName: 'w', version: 3 };

const publish = (fake: Fakes, request: WorkRequest, base: number): Promise<Published> =>
  fake.clock.finish(publishSafely(request, base, fake.deps, fake.budget));

describe('an answer is final', () => {
  it('is done with one call and no read', async () => {
    const fake = fakes();
    await expect(publish(fake, update, 3)).resolves.toEqual({ seen: 'answered' });
    expect(fake).toMatchObject({ writer: { published: [update] }, reader: { gets: [] }, reporter: [] });
  });

  it('passes a refusal on, without another try', async () => {
    const fake = fakes();
    const refused = refusal();
    fake.writer.script.push(refused);
    expect(await failure(publish(fake, update, 3))).toBe(refused);
    expect(fake.writer.published).toHaveLength(1);
    expect(fake.reader.gets).toEqual([]);
  });

  it('tries again what never left, and says so', async () => {
    const fake = fakes();
    fake.writer.script.push(notSent(), notSent());
    await expect(publish(fake, update, 3)).resolves.toEqual({ seen: 'answered' });
    expect(fake.writer.published).toHaveLength(3);
    // Once: the same trouble again is no news.
    expect(fake.reporter).toEqual(['connection refused; trying again']);
  });
});

it('an answer that never comes leaves time to read what became of the write', async () => {
  const fake = fakes(8_000);
  fake.reader.stored.set(ownId, storedWork(ours, { version: 4 }));
  const limits: number[] = [];
  const writer = {
    close: () => undefined,
    publish: async (_request: unknown, { deadlineMs, signal }: CallOptions): Promise<void> => {
      limits.push(deadlineMs);
      await fake.clock.sleep(deadlineMs - fake.clock.monotonicMs(), signal);
      throw lostAnswer();
    },
  };
  await expect(fake.clock.finish(publishSafely(update, 3, { ...fake.deps, writer }, fake.budget))).resolves.toEqual({
    seen: 'read-back',
    version: 4,
  });
  expect(limits).toEqual([6_000]);
});

describe('a lost answer', () => {
  it.each([
    { title: 'a create that is stored', request: create, base: 0, stored: storedWork(ours) },
    { title: 'an update that is stored', request: update, base: 3, stored: storedWork(ours, { version: 4 }) },
    {
      title: 'an update that is stored under a later version',
      request: update,
      base: 3,
      stored: storedWork(ours, { version: 6 }),
    },
    { title: 'an overwrite that is stored', request: overwrite, base: 3, stored: storedWork(ours, { version: 4 }) },
    {
      title: 'a delete that was accepted',
      request: remove,
      base: 3,
      stored: bundle({ version: 3, deletedAt: '2026-11-22T11:00:00Z' }),
    },
    { title: 'a delete that is through', request: remove, base: 3, stored: undefined },
  ])('$title is done', async ({ request, base, stored }) => {
    const fake = fakes();
    fake.writer.script.push(lostAnswer());
    if (stored !== undefined) fake.reader.stored.set(ownId, stored);
    await expect(publish(fake, request, base)).resolves.toEqual({
      seen: 'read-back',
      ...(request.kind === 'delete' ? {} : { version: stored?.version }),
    });
    expect(fake.writer.published).toHaveLength(1);
    expect(fake.reporter).toEqual([`the answer to the ${request.kind} was lost; reading back what became of it`]);
  });

  it.each([
    { title: 'a create', request: create, base: 0, stored: undefined },
    { title: 'an update', request: update, base: 3, stored: bundle({ version: 3 }) },
    { title: 'a delete', request: remove, base: 3, stored: bundle({ version: 3 }) },
  ])('$title that was not carried out is sent again', async ({ request, base, stored }) => {
    const fake = fakes();
    fake.writer.script.push(lostAnswer());
    fake.reader.script.push(stored);
    await expect(publish(fake, request, base)).resolves.toEqual({ seen: 'answered' });
    expect(fake.writer.published).toEqual([request, request]);
    expect(fake.clock.monotonicMs()).toBeGreaterThan(0);
  });

  it.each([
    {
      title: 'other content at the next version',
      request: update,
      base: 3,
      stored: bundle({ version: 4 }),
      sure: true,
    },
    {
      title: 'other content at a later version',
      request: update,
      base: 3,
      stored: bundle({ version: 5 }),
      sure: false,
    },
    {
      title: 'other content after an overwrite',
      request: overwrite,
      base: 3,
      stored: bundle({ version: 4 }),
      sure: false,
    },
    { title: 'the work vanished', request: update, base: 3, stored: undefined, sure: false },
    {
      title: 'the work is being deleted',
      request: update,
      base: 3,
      stored: storedWork(ours, { version: 4, deletedAt: '2026-11-22T11:00:00Z' }),
      sure: false,
    },
    {
      title: 'the work that we started from is being deleted',
      request: update,
      base: 3,
      stored: bundle({ version: 3, deletedAt: '2026-11-22T11:00:00Z' }),
      sure: true,
    },
    { title: 'another created it', request: create, base: 0, stored: bundle({ version: 1 }), sure: true },
    {
      title: 'our content, but at a version from before',
      request: update,
      base: 3,
      stored: storedWork(ours, { version: 2 }),
      sure: false,
    },
  ])('$title: a conflict, and nothing is sent again', async ({ request, base, stored, sure }) => {
    const fake = fakes();
    fake.writer.script.push(lostAnswer());
    fake.reader.script.push(stored);
    const conflict = await failure(publish(fake, request, base));
    expect(conflict).toMatchObject({ code: 'conflict', reason: 'Conflict' });
    // Whether ours was stored before the other is told, too.
    expect(conflict.delivery).toBe(sure ? undefined : 'unknown');
    expect(fake.writer.published).toHaveLength(1);
  });

  it('takes the refusal of its own echo for what it is', async () => {
    const fake = fakes();
    fake.writer.script.push(lostAnswer(), refusal());
    fake.reader.script.push(bundle({ version: 3 }), storedWork(ours, { version: 4 }));
    await expect(publish(fake, update, 3)).resolves.toEqual({ seen: 'read-back', version: 4 });
    expect(fake.writer.published).toHaveLength(2);
  });

  it('tells a conflict after a resend when it is somebody else', async () => {
    const fake = fakes();
    fake.writer.script.push(lostAnswer(), refusal());
    fake.reader.script.push(bundle({ version: 3 }), bundle({ version: 4 }));
    expect(await failure(publish(fake, update, 3))).toMatchObject({ code: 'conflict' });
    expect(fake.writer.published).toHaveLength(2);
  });

  it('does not know what became of a resend that could not be sent', async () => {
    const fake = fakes(1000);
    fake.writer.script.push(lostAnswer());
    fake.writer.script.always(notSent);
    fake.reader.script.push(bundle({ version: 3 }));
    expect(await failure(publish(fake, update, 3))).toMatchObject({ reason: 'OutcomeUnknown', delivery: 'unknown' });
  });

  it('never sends an overwrite twice', async () => {
    const fake = fakes();
    fake.writer.script.push(lostAnswer());
    fake.reader.script.push(bundle({ version: 3 }));
    expect(await failure(publish(fake, overwrite, 3))).toMatchObject({ code: 'unavailable', reason: 'OutcomeUnknown' });
    expect(fake.writer.published).toHaveLength(1);
  });

  it('ends as unknown with the budget, however long the answers keep being lost', async () => {
    const fake = fakes(5000);
    fake.writer.script.always(lostAnswer);
    fake.reader.stored.set(ownId, bundle({ version: 3 }));
    const error = await failure(publish(fake, update, 3));
    expect(error).toMatchObject({
      reason: 'OutcomeUnknown',
      hint: expect.stringContaining('Run the same command again') as string,
    });
    expect(fake.clock.monotonicMs()).toBeLessThanOrEqual(5000);
    expect(fake.writer.published.length).toBeGreaterThan(2);
  });

  it('is unknown when reading back fails, and says both', async () => {
    const fake = fakes();
    fake.writer.script.push(lostAnswer());
    fake.reader.script.push(new MaestroError('unavailable', 'REST is gone'));
    const { message, reason } = await failure(publish(fake, update, 3));
    expect(reason).toBe('OutcomeUnknown');
    expect(message).toBe(
      'the write was sent, and its effect is unknown: connection lost; reading back failed too: REST is gone',
    );
  });

  it('is unknown when a signal comes before it could be read back', async () => {
    const fake = fakes();
    fake.writer.script.push(() => {
      fake.stop.abort(new MaestroError('interrupted', 'interrupted by SIGINT'));
      throw lostAnswer();
    });
    expect(await failure(publish(fake, update, 3))).toMatchObject({ reason: 'OutcomeUnknown' });
    expect(fake.reader.gets).toEqual([]);
  });
});
