import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { replacesAnnotation, unitedAnnotation } from '../../../src/core/works/own-annotations.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { MaestroError } from '../../../src/errors.ts';
import { carryOut } from '../../../src/operations/apply/carry-out.ts';
import { planApply, type ApplyRequest } from '../../../src/operations/apply/plan.ts';
import {
  bundle,
  configMap,
  failure,
  fakes,
  lostAnswer,
  ownId,
  storedWork,
  work,
  type Fakes,
} from '../support/fakes.ts';

const request = (overrides: Partial<ApplyRequest> = {}): ApplyRequest => ({
  source: 'maestro-cli',
  consumer: 'c1',
  work: work(),
  overwrite: false,
  manager: 'maestro-cli',
  merge: false,
  force: false,
  ...overrides,
});
const executor = { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'ns', name: 'sa' } } };
const withExecutor = (overrides: Partial<ManifestWork> = {}): ManifestWork => work({ executor, ...overrides });
const changed = work({ manifests: [configMap('two')] });

/** A Maestro that has one work, with an executor that only the probe can see. */
function holding(stored: ResourceBundle | undefined, there?: JsonObject): Fakes {
  const fake = fakes();
  if (stored === undefined) return fake;
  fake.reader.stored.set(stored.id, stored);
  fake.reader.hidden.set(stored.id, { source: 'maestro-cli', executor: there });
  return fake;
}

const plan = (fake: Fakes, of: ApplyRequest): ReturnType<typeof planApply> => planApply(of, fake.deps, fake.budget);
const other = { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'ns', name: 'other' } } };

describe('planApply', () => {
  it('creates what is not there, after checking the consumer and the name', async () => {
    const fake = holding(undefined);
    expect(await plan(fake, request())).toMatchObject({
      action: 'create',
      target: { id: ownId, consumer: 'c1', source: 'maestro-cli' },
      work: { name: 'w' },
    });
    expect(fake.reader.gets).toEqual([ownId]);
    expect(fake.reader.searches).toEqual([
      { consumers: ['c1'], names: ['w'] },
      { consumers: ['c1'], replacing: 'w' },
    ]);
    expect(fake.writer.published).toEqual([]);
  });

  it.each([undefined, bundle({ version: 5 })])(
    'refuses a name in whose place a migration has put a work',
    async (stored) => {
      const fake = holding(stored);
      const replacing = bundle({
        id: bundleId('maestro-cli', 'c1', 'new'),
        metadata: { name: 'new', annotations: { [replacesAnnotation]: '["w"]' } },
      });
      fake.reader.search = ({ replacing: name }) => (name === 'w' ? [replacing] : []);
      await expect(plan(fake, request({ work: changed }))).rejects.toMatchObject({
        code: 'ownership',
        reason: 'Migrated',
        message: 'w on c1 was migrated: new has taken its place',
      });
      fake.reader.search = ({ replacing: name }) => (name === 'w' ? [{ ...replacing, id: 'of-another-source' }] : []);
      await expect(plan(fake, request({ work: changed }))).resolves.toBeDefined();
    },
  );

  it('keeps what a migration has recorded on a work, whoever writes it', async () => {
    const records = { [replacesAnnotation]: '["old"]', [unitedAnnotation]: '{"labels":{"a":["np"]}}' };
    const fake = holding(bundle({ version: 5, metadata: { name: 'w', annotations: records } }));
    const update = await plan(fake, request({ work: changed }));
    expect(update.work.annotations).toMatchObject(records);
  });

  it('leaves a work that appeared under our own id meanwhile to the conflict that the create gets', async () => {
    const fake = holding(undefined);
    fake.reader.search = () => [bundle({ id: ownId })];
    expect(await plan(fake, request())).toMatchObject({ action: 'create' });
  });

  it.each([
    { title: 'the same content', stored: storedWork(work()), of: request(), action: 'unchanged' },
    { title: 'the same content, older record or none', stored: bundle(), of: request(), action: 'unchanged' },
    {
      title: 'numbers that the server rounded',
      stored: bundle({ manifests: [{ ...configMap('one'), n: 9007199254740992 }] }),
      of: request({ work: work({ manifests: [{ ...configMap('one'), n: 9007199254740993n }] }) }),
      action: 'unchanged',
    },
    { title: 'other manifests', stored: bundle({ version: 5 }), of: request({ work: changed }), action: 'update' },
    { title: 'another label', stored: bundle(), of: request({ work: work({ labels: { a: 'b' } }) }), action: 'update' },
    {
      title: 'another option',
      stored: bundle(),
      of: request({ work: work({ deleteOption: { propagationPolicy: 'Orphan' } }) }),
      action: 'update',
    },
    {
      title: 'the version asked for',
      stored: bundle({ version: 5 }),
      of: request({ work: changed, ifVersion: 5 }),
      action: 'update',
    },
    {
      title: 'unchanged at the version asked for',
      stored: bundle({ version: 5 }),
      of: request({ ifVersion: 5 }),
      action: 'unchanged',
    },
    {
      title: 'another version that an earlier try of ours left',
      stored: bundle({ version: 6 }),
      of: request({ ifVersion: 5 }),
      action: 'unchanged',
    },
    { title: 'none, when version 0 was asked for', stored: undefined, of: request({ ifVersion: 0 }), action: 'create' },
  ])('$title: $action', async ({ stored, of, action }) => {
    expect(await plan(holding(stored), of)).toMatchObject({ action });
  });

  it.each([
    {
      title: 'another version',
      stored: bundle({ version: 6 }),
      of: request({ work: changed, ifVersion: 5 }),
      error: { code: 'conflict', reason: 'Conflict', latestVersion: 6 },
    },
    {
      title: 'a work although version 0 was asked for',
      stored: bundle(),
      of: request({ work: changed, ifVersion: 0 }),
      error: { code: 'conflict', latestVersion: 1 },
    },
    {
      title: 'none although a version was asked for',
      stored: undefined,
      of: request({ ifVersion: 5 }),
      error: { code: 'conflict', latestVersion: 0 },
    },
    {
      title: 'a work being deleted',
      stored: bundle({ deletedAt: '2026-11-22T10:59:00Z' }),
      of: request(),
      error: { code: 'conflict', reason: 'BeingDeleted' },
    },
    {
      title: 'a consumer that is not there',
      stored: undefined,
      of: request({ consumer: 'c9' }),
      error: { code: 'not-found', reason: 'ConsumerNotFound' },
    },
    {
      title: 'an id that another consumer and name share',
      stored: bundle({ consumerName: 'c1-w', metadata: { name: 'x' } }),
      of: request(),
      error: { code: 'ownership', reason: 'ForeignWork' },
    },
    {
      title: "another manager's manifest that would go",
      stored: storedWork(
        work({
          manifests: [configMap('one'), configMap('b', 'theirs')],
          annotations: { 'maestro-cli.hyperfleet.io/managers': '{}' },
        }),
      ),
      of: request({ manager: 'me' }),
      error: { code: 'ownership', reason: 'ForeignManifests' },
    },
  ])('$title: refused, nothing sent', async ({ stored, of, error }) => {
    const fake = holding(stored);
    expect(await failure(plan(fake, of))).toMatchObject(error);
    expect(fake.writer.published).toEqual([]);
  });

  it("refuses a name that another source's work has, and tells its id", async () => {
    const fake = fakes();
    const id = '0ff66d3c-458c-598b-9ca4-b9bf33e5abc6';
    fake.reader.stored.set(id, bundle({ id }));
    const error = await failure(plan(fake, request()));
    expect(error).toMatchObject({
      code: 'ownership',
      reason: 'ForeignWork',
      message: expect.stringContaining('0ff66d3c-458c-598b-9ca4-b9bf33e5abc6') as string,
    });
  });
});

describe('the executor, which REST never shows', () => {
  it.each([
    {
      title: 'none wanted, none there, no trace',
      stored: bundle(),
      there: undefined,
      of: request(),
      action: 'unchanged',
    },
    {
      title: 'wanted and there',
      stored: storedWork(withExecutor()),
      there: executor,
      of: request({ work: withExecutor() }),
      action: 'unchanged',
    },
    {
      title: 'wanted and there, although nobody recorded it',
      stored: bundle(),
      there: executor,
      of: request({ work: withExecutor() }),
      action: 'unchanged',
    },
    {
      title: 'wanted and not there',
      stored: bundle(),
      there: undefined,
      of: request({ work: withExecutor() }),
      action: 'update',
    },
    {
      title: 'wanted, another there',
      stored: bundle(),
      there: other,
      of: request({ work: withExecutor() }),
      action: 'update',
    },
    {
      title: 'recorded, but gone from the server',
      stored: storedWork(withExecutor()),
      there: undefined,
      of: request(),
      action: 'unchanged',
    },
    {
      title: 'a known one that the user drops',
      stored: storedWork(withExecutor()),
      there: executor,
      of: request(),
      action: 'update',
    },
    {
      title: 'none there, an update without one',
      stored: bundle(),
      there: undefined,
      of: request({ work: changed }),
      action: 'update',
    },
  ])('$title: $action', async ({ stored, there, of, action }) => {
    expect(await plan(holding(stored, there), of)).toMatchObject({ action });
  });

  it('refuses an update that would strip one that nobody can show', async () => {
    const fake = holding(bundle(), other);
    expect(await failure(plan(fake, request({ work: changed })))).toMatchObject({
      code: 'ownership',
      reason: 'UnknownExecutor',
    });
    expect(fake.writer.published).toEqual([]);
  });

  it('keeps a known one in a merge that names none', async () => {
    const fake = holding(storedWork(withExecutor()), executor);
    const merged = await plan(fake, request({ work: changed, merge: true }));
    expect(merged).toMatchObject({ action: 'update', work: { executor } });
  });

  it('says so when a known one is dropped, because the agent then applies with its own rights', async () => {
    const fake = holding(storedWork(withExecutor()), executor);
    await plan(fake, request({ work: changed }));
    expect(fake.reporter).toEqual([
      expect.stringMatching(/^w: removes the executor .*"sa".*; the agent applies with its own rights then$/),
    ]);
    const kept = holding(storedWork(withExecutor()), executor);
    await plan(kept, request({ work: changed, merge: true }));
    expect(kept.reporter).toEqual([]);
  });

  it('is under the version that was asked for, even where the content is that of an earlier try', async () => {
    const fake = holding(storedWork(work(), { version: 4 }), other);
    const error = await failure(plan(fake, request({ work: withExecutor(), ifVersion: 3 })));
    expect(error).toMatchObject({
      code: 'conflict',
      latestVersion: 4,
      message: 'w on c1: version 3 was asked for, but version 4 is stored',
    });
  });

  it('records it beside the work', async () => {
    const created = await plan(fakes(), request({ work: withExecutor() }));
    expect(created.work.annotations['maestro-cli.hyperfleet.io/executor']).toContain('"sa"');
  });
});

describe('carryOut', () => {
  const run = async (fake: Fakes, of: ApplyRequest): Promise<unknown> => {
    const planned = await plan(fake, of);
    return fake.clock.finish(carryOut(planned, of, fake.deps, fake.budget));
  };

  it('sends nothing for an unchanged work', async () => {
    const fake = holding(storedWork(work(), { version: 4 }));
    expect(await run(fake, request())).toMatchObject({
      operation: 'unchanged',
      id: ownId,
      version: 4,
      stored: { version: 4 },
    });
    expect(fake.writer.published).toEqual([]);
  });

  it('creates at version 1', async () => {
    const fake = fakes();
    expect(await run(fake, request())).toMatchObject({ operation: 'created', version: 1 });
    expect(fake.writer.published).toMatchObject([{ kind: 'create', target: { id: ownId } }]);
  });

  it.each([
    { title: 'a create', before: undefined, version: 1 },
    { title: 'an update', before: bundle({ version: 4 }), version: 5 },
  ])(
    'takes a conflict of $title for none when an interrupted run has just stored the same',
    async ({ before, version }) => {
      const fake = holding(before);
      fake.writer.script.push(() => {
        fake.reader.stored.set(ownId, storedWork(changed, { version }));
        throw new MaestroError('conflict', 'already there');
      });
      expect(await run(fake, request({ work: changed }))).toMatchObject({ operation: 'unchanged', id: ownId, version });
      expect(fake.writer.published).toHaveLength(1);
    },
  );

  it('leaves a conflict with anything else as it is', async () => {
    const fake = holding(undefined);
    fake.writer.script.push(() => {
      fake.reader.stored.set(ownId, storedWork(changed, { version: 1 }));
      throw new MaestroError('conflict', 'already there');
    });
    expect(await failure(run(fake, request()))).toMatchObject({ code: 'conflict', message: 'already there' });
    expect(fake.writer.published).toHaveLength(1);
  });

  it('updates the version just read, to the one after it', async () => {
    const fake = holding(bundle({ version: 4 }));
    expect(await run(fake, request({ work: changed }))).toMatchObject({
      operation: 'updated',
      version: 5,
      before: { version: 4 },
    });
    expect(fake.writer.published).toMatchObject([{ kind: 'update', version: 4 }]);
  });

  it('overwrites with version 0, and reads at which version that was stored', async () => {
    const fake = holding(bundle({ version: 4 }));
    fake.writer.script.push(() => fake.reader.stored.set(ownId, storedWork(changed, { version: 7 })));
    expect(await run(fake, request({ work: changed, overwrite: true }))).toMatchObject({
      operation: 'updated',
      version: 7,
    });
    expect(fake.writer.published).toMatchObject([{ kind: 'update', version: 0 }]);
  });

  it('sends the version that was asked for, overwriting or not', async () => {
    const fake = holding(bundle({ version: 4 }));
    await run(fake, request({ work: changed, overwrite: true, ifVersion: 4 }));
    expect(fake.writer.published).toMatchObject([{ kind: 'update', version: 4 }]);
  });

  it('tells after a lost answer the version at which it found what it wrote, and not that of a later write', async () => {
    const fake = holding(bundle({ version: 4 }));
    fake.writer.script.push((published) => {
      if (published.kind === 'update') {
        fake.reader.script.push(storedWork(published.work, { version: 5 }));
        fake.reader.stored.set(ownId, bundle({ version: 6 }));
      }
      throw lostAnswer();
    });
    expect(await run(fake, request({ work: changed }))).toMatchObject({ operation: 'updated', version: 5 });
  });

  it('tells the version that is stored after a lost answer', async () => {
    const fake = holding(bundle({ version: 4 }));
    fake.writer.script.push((published) => {
      if (published.kind === 'update') fake.reader.stored.set(ownId, storedWork(published.work, { version: 6 }));
      throw lostAnswer();
    });
    expect(await run(fake, request({ work: changed }))).toMatchObject({ operation: 'updated', version: 6 });
    expect(fake.writer.published).toHaveLength(1);
  });
});
