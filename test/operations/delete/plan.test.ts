import { describe, expect, it } from 'vitest';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { replacesAnnotation } from '../../../src/core/works/own-annotations.ts';
import { planDelete, requestDelete, type DeletePlan, type DeleteRequest } from '../../../src/operations/delete/plan.ts';
import type { WorkAddress } from '../../../src/core/works/work-address.ts';
import { available } from '../../core/status/build.ts';
import { bundle, configMap, failure, fakes, lostAnswer, ownId, type Fakes } from '../support/fakes.ts';

const byName: WorkAddress = { by: 'name', name: 'w', consumer: 'c1' };
const request = { source: 'maestro-cli', manager: 'maestro-cli', force: false };
const foreignId = '0ff66d3c-458c-598b-9ca4-b9bf33e5abc6';
const plan = (fake: Fakes, address: WorkAddress = byName): Promise<DeletePlan> =>
  planDelete(address, request, fake.deps, fake.budget);

function holding(stored: ResourceBundle, ours = true): Fakes {
  const fake = fakes();
  fake.reader.stored.set(stored.id, stored);
  if (!ours) fake.reader.hidden.set(stored.id, { source: 'other' });
  return fake;
}

describe('planDelete', () => {
  it.each([
    {
      title: 'our work',
      fake: () => holding(bundle()),
      address: byName,
      expected: { action: 'delete', bundle: { id: ownId } },
    },
    {
      title: 'our work by id',
      fake: () => holding(bundle()),
      address: { by: 'id', id: ownId } as const,
      expected: { action: 'delete' },
    },
    {
      title: 'no work',
      fake: () => fakes(),
      address: byName,
      expected: {
        action: 'absent',
        name: 'w',
        consumer: 'c1',
        id: ownId,
        why: 'there is no work named w on consumer c1',
      },
    },
    {
      title: 'no work of the id',
      fake: () => fakes(),
      address: { by: 'id', id: foreignId } as const,
      expected: { action: 'absent', id: foreignId, name: '' },
    },
    {
      title: 'asked for just now',
      fake: () => holding(bundle({ deletedAt: '2026-11-22T10:59:59Z' })),
      address: byName,
      expected: { action: 'underway' },
    },
    {
      title: 'asked for 59.999 s ago',
      fake: () => holding(bundle({ deletedAt: '2026-11-22T10:59:00.001Z' })),
      address: byName,
      expected: { action: 'underway' },
    },
    {
      title: 'asked for a minute ago',
      fake: () => holding(bundle({ deletedAt: '2026-11-22T10:59:00Z' })),
      address: byName,
      expected: { action: 'delete' },
    },
    {
      title: 'asked for at a time ahead of our clock',
      fake: () => holding(bundle({ deletedAt: '2026-11-22T11:00:20Z' })),
      address: byName,
      expected: { action: 'underway' },
    },
  ])('$title: $expected.action', async ({ fake, address, expected }) => {
    const made = fake();
    expect(await plan(made, address)).toMatchObject(expected);
    expect(made.writer.published).toEqual([]);
  });

  it.each([
    { title: 'by name', fake: () => holding(bundle({ id: foreignId })), address: byName },
    {
      title: 'by id',
      fake: () => holding(bundle({ id: foreignId }), false),
      address: { by: 'id', id: foreignId } as const,
    },
    {
      title: 'under an id that two names share',
      fake: () => holding(bundle({ consumerName: 'c1-w', metadata: { name: 'x' } })),
      address: byName,
    },
  ])("refuses another's work $title", async ({ fake, address }) => {
    expect(await failure(plan(fake(), address))).toMatchObject({ code: 'ownership', reason: 'ForeignWork' });
  });

  it('refuses an id whose work is on another consumer than was named with it', async () => {
    const onC1 = { by: 'id', id: ownId, consumer: 'c1' } as const;
    expect(await plan(holding(bundle()), onC1)).toMatchObject({ action: 'delete' });
    expect(await failure(plan(holding(bundle()), { ...onC1, consumer: 'c2' }))).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('is on c1, and c2 was named with it') as string,
    });
  });
});

describe('planDelete of a work that a migration has replaced', () => {
  const replacement = bundle({
    id: bundleId('maestro-cli', 'c1', 'new'),
    metadata: { name: 'new', annotations: { [replacesAnnotation]: '["w"]' } },
  });
  const { status } = available(1, [configMap('one')]);
  const orphan = { deleteOption: { propagationPolicy: 'Orphan' } };
  const letGo = { ...orphan, ...(status === undefined ? {} : { status }) };
  const planned = (
    stored: Partial<ResourceBundle>,
    more: Partial<DeleteRequest> = {},
    by: ResourceBundle = replacement,
    address: WorkAddress = byName,
  ): Promise<DeletePlan> => {
    const fake = holding(bundle(stored));
    fake.reader.search = ({ replacing }) => (replacing === 'w' ? [by] : []);
    return planDelete(address, { ...request, ...more }, fake.deps, fake.budget);
  };

  it.each<{ what: string; stored?: Partial<ResourceBundle>; more?: Partial<DeleteRequest>; address?: WorkAddress }>([
    { what: 'as it is' },
    { what: 'by its id', address: { by: 'id', id: ownId } },
    { what: 'with force, which is about managers', more: { force: true } },
    { what: 'to be orphaned, which a write of it is', more: { orphan: true } },
    { what: 'whose agent has not heard that its objects stay', stored: orphan },
    { what: 'that the agent has applied, with its objects', stored: status === undefined ? {} : { status } },
  ])('is refused: $what', async ({ stored = {}, more, address }) => {
    expect(await failure(planned(stored, more, replacement, address))).toMatchObject({
      code: 'ownership',
      reason: 'Migrated',
      message: 'w on c1 was migrated: new has taken its place',
    });
  });

  it.each<{
    what: string;
    stored?: Partial<ResourceBundle>;
    more?: Partial<DeleteRequest>;
    by?: Partial<ResourceBundle>;
  }>([
    { what: 'that has let go of its objects', stored: letGo },
    { what: 'that is letting go, which is waited for', stored: orphan, more: { orphan: true } },
    { what: 'that is to let go first, by force', more: { orphan: true, force: true } },
    { what: 'whose deletion was asked for long ago', stored: { deletedAt: '2026-11-22T10:00:00Z' } },
    { what: 'in whose place another source has put one', by: { id: 'of-another-source' } },
    { what: 'whose replacement is going', by: { deletedAt: '2026-11-22T10:59:00Z' } },
  ])('goes on: $what', async ({ stored = {}, more, by }) => {
    expect(await planned(stored, more, { ...replacement, ...by })).toMatchObject({ action: 'delete' });
  });
});

describe('requestDelete', () => {
  it('sends one delete of the version that was read', async () => {
    const fake = fakes();
    await requestDelete(bundle({ version: 4 }), request, fake.deps, fake.budget);
    expect(fake.writer.published).toEqual([
      { kind: 'delete', target: { id: ownId, consumer: 'c1', source: 'maestro-cli' }, workName: 'w', version: 4 },
    ]);
  });

  it('says what others lose by it, of what is deleted and not of what was planned', async () => {
    const fake = fakes();
    const metadata = {
      name: 'w',
      annotations: { 'maestro-cli.hyperfleet.io/managers': JSON.stringify({ nodepool: ['ConfigMap/np/settings'] }) },
    };
    const lost = await requestDelete(
      bundle({ metadata }),
      { ...request, force: true, orphan: true },
      fake.deps,
      fake.budget,
    );
    expect(lost).toEqual([{ what: 'ConfigMap/np/settings', manager: 'nodepool', how: 'orphaned' }]);
    expect(await failure(requestDelete(bundle({ metadata }), request, fake.deps, fake.budget))).toMatchObject({
      code: 'ownership',
      reason: 'ForeignManifests',
    });
    expect(fake.writer.published).toHaveLength(1);
  });

  it('is done when the answer was lost and the work is going', async () => {
    const fake = fakes();
    fake.writer.script.push(lostAnswer());
    fake.reader.stored.set(ownId, bundle({ deletedAt: '2026-11-22T11:00:00Z' }));
    await requestDelete(bundle(), request, fake.deps, fake.budget);
    expect(fake.writer.published).toHaveLength(1);
  });
});
