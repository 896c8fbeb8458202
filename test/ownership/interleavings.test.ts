import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Maestro } from '../../src/context.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import type { CliRun } from '../support/run-cli.ts';
import { choicesOf, inOrder, Turns } from './turns.ts';
import { applyInTurn, configMap, namespace, openMaestro, storedManifests, textOf } from './writers.ts';

let standIn: StandIn;
let maestro: Maestro;
beforeAll(async () => {
  standIn = await startStandIn({ consumers: ['c1'], agent: { online: false } });
  maestro = await openMaestro(standIn);
});
afterAll(async () => {
  await maestro.close();
  await standIn.close();
});

let works = 0;
const newWork = (): string => `shared-${(works += 1)}`;

/** One writer: what it applies, one after the other. Each list is all that it has at that moment. */
interface Plan {
  readonly writer: string;
  readonly applies: readonly (readonly JsonObject[])[];
}

/** Runs every writer's applies at once, their steps in the order of the choices. */
async function race(
  work: string,
  plans: readonly Plan[],
  argv: readonly string[],
  pick: (waiting: number) => number,
): Promise<ReadonlyMap<string, readonly CliRun[]>> {
  const turns = new Turns(plans.length, pick);
  const results = await Promise.all(
    plans.map(async ({ writer, applies }): Promise<[string, readonly CliRun[]]> => {
      const runs: CliRun[] = [];
      try {
        for (const manifests of applies)
          runs.push(await applyInTurn(writer, manifests, argv, { maestro, turns, work }));
      } finally {
        turns.leave();
      }
      return [writer, runs];
    }),
  );
  return new Map(results);
}

/** The Landing Zone's part, which is there before the writers come. */
const base = [namespace, configMap('settings')];
async function prepare(work: string): Promise<void> {
  const turns = new Turns(1, () => 0);
  const run = await applyInTurn('landing-zone', base, [], { maestro, turns, work });
  expect(run.exitCode).toBe(0);
}

const nodepool = configMap('nodepool');
const idp = configMap('idp');
const writers: readonly Plan[] = [
  { writer: 'a-nodepool', applies: [[...base, nodepool]] },
  { writer: 'b-idp', applies: [[...base, idp]] },
];
const everything = [...base, nodepool, idp].map(textOf).sort();

describe('two adapters at once', () => {
  it('T1 A reads, T2 B reads, T3 A writes, T4 B writes: B is refused, and nothing is lost', async () => {
    const work = newWork();
    await prepare(work);
    const runs = await race(work, writers, [], inOrder(0, 1, 0, 1));
    expect(runs.get('a-nodepool')?.[0]?.exitCode).toBe(0);
    expect(runs.get('b-idp')?.[0]).toMatchObject({ exitCode: 5, stdout: '' });
    expect(await storedManifests(maestro, work)).toEqual([...base, nodepool].map(textOf).sort());
  });

  it('A reads and writes, then B reads and writes: B is refused by name of what it would drop', async () => {
    const work = newWork();
    await prepare(work);
    const runs = await race(work, writers, [], inOrder(0, 0, 0));
    expect(runs.get('a-nodepool')?.[0]?.exitCode).toBe(0);
    const refused = runs.get('b-idp')?.[0];
    expect(refused).toMatchObject({ exitCode: 10, stdout: '' });
    expect(refused?.stderr).toContain('ConfigMap/np/nodepool of a-nodepool would be removed');
    expect(await storedManifests(maestro, work)).toEqual([...base, nodepool].map(textOf).sort());
  });

  it.each([
    { what: 'T1 to T4', order: [0, 1, 0, 1] },
    { what: 'one after the other', order: [0, 0, 0, 0] },
    { what: 'B first', order: [1, 0, 1, 0] },
  ])('keeps everything with --merge and one retry: $what', async ({ order }) => {
    const work = newWork();
    await prepare(work);
    const runs = await race(work, writers, ['--merge', '--conflict-retries=1'], inOrder(...order));
    expect([...runs.values()].flat().map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(await storedManifests(maestro, work)).toEqual(everything);
  });

  it('ends the later of two merges with a conflict when no retry was allowed, having changed nothing', async () => {
    const work = newWork();
    await prepare(work);
    const runs = await race(work, writers, ['--merge'], inOrder(0, 1, 0, 1));
    expect(runs.get('b-idp')?.[0]).toMatchObject({ exitCode: 5, stdout: '' });
    expect(await storedManifests(maestro, work)).toEqual([...base, nodepool].map(textOf).sort());
  });
});

describe('two creators', () => {
  const creators: readonly Plan[] = [
    { writer: 'a-nodepool', applies: [[nodepool]] },
    { writer: 'b-idp', applies: [[idp]] },
  ];

  it('that both saw nothing: the later gets a conflict, and merges when it may try again', async () => {
    const strict = newWork();
    const refused = await race(strict, creators, ['--merge'], inOrder(0, 1, 0, 1));
    expect(refused.get('b-idp')?.[0]).toMatchObject({ exitCode: 5, stdout: '' });
    expect(await storedManifests(maestro, strict)).toEqual(['nodepool=one']);
    const merged = newWork();
    const runs = await race(merged, creators, ['--merge', '--conflict-retries=1'], inOrder(0, 1, 0, 1));
    expect([...runs.values()].flat().map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(await storedManifests(maestro, merged)).toEqual(['idp=one', 'nodepool=one']);
  });

  it('of which one comes later: refused without --merge', async () => {
    const work = newWork();
    const runs = await race(work, creators, [], inOrder(0, 0, 0));
    expect(runs.get('b-idp')?.[0]).toMatchObject({ exitCode: 10, stdout: '' });
    expect(await storedManifests(maestro, work)).toEqual(['nodepool=one']);
  });
});

const names = ['nodepool', 'idp', 'ingress', 'dns'];
/** Up to four writers with up to three applies each, of up to three manifests that they alone have. */
const anyPlans: fc.Arbitrary<readonly Plan[]> = fc.integer({ min: 2, max: 4 }).chain((count) =>
  fc.tuple(
    ...names.slice(0, count).map((writer) =>
      fc
        .array(
          fc.uniqueArray(fc.record({ part: fc.constantFrom('x', 'y', 'z'), value: fc.constantFrom('1', '2', '3') }), {
            minLength: 1,
            maxLength: 3,
            selector: ({ part }) => part,
          }),
          { minLength: 1, maxLength: 3 },
        )
        .map((applies): Plan => ({
          writer,
          applies: applies.map((parts) => parts.map(({ part, value }) => configMap(`${writer}-${part}`, value))),
        })),
    ),
  ),
);
const anyOrder = fc.array(fc.nat(11), { minLength: 30, maxLength: 60 });
const last = <T>(items: readonly T[]): T | undefined => items.at(-1);

describe('200 interleavings of two to four writers', () => {
  it('with --merge lose nothing: at the end stands what each writer applied last', { timeout: 240_000 }, async () => {
    let crossed = 0;
    await fc.assert(
      fc.asyncProperty(anyPlans, fc.boolean(), anyOrder, async (plans, isPrepared, order) => {
        const work = newWork();
        if (isPrepared) await prepare(work);
        const runs = await race(work, plans, ['--merge', '--conflict-retries=50'], choicesOf(order));
        for (const run of [...runs.values()].flat()) {
          expect(run).toMatchObject({ exitCode: 0 });
          if (run.stderr.includes('merging again')) crossed += 1;
        }
        const expected = [...(isPrepared ? base : []), ...plans.flatMap(({ applies }) => last(applies) ?? [])];
        expect(await storedManifests(maestro, work)).toEqual(expected.map(textOf).sort());
      }),
      { numRuns: 200 },
    );
    // Without writes that really cross, this would prove nothing.
    expect(crossed).toBeGreaterThan(100);
  });

  it('without --merge refuse, and lose nothing that was ever accepted', { timeout: 240_000 }, async () => {
    let conflicts = 0;
    await fc.assert(
      fc.asyncProperty(anyPlans, fc.boolean(), anyOrder, async (plans, isPrepared, order) => {
        const work = newWork();
        if (isPrepared) await prepare(work);
        // Each gives the base as it is, too: only so does a write get as far as the version check.
        const complete = plans.map(({ writer, applies }): Plan => ({
          writer,
          applies: isPrepared ? applies.map((manifests) => [...base, ...manifests]) : applies,
        }));
        const runs = await race(work, complete, [], choicesOf(order));
        const accepted = complete.flatMap(({ writer, applies }) => {
          const outcomes = runs.get(writer) ?? [];
          for (const { exitCode } of outcomes) expect([0, 5, 10]).toContain(exitCode);
          conflicts += outcomes.filter(({ exitCode }) => exitCode === 5).length;
          return last(applies.filter((_manifests, index) => outcomes[index]?.exitCode === 0)) ?? [];
        });
        const expected = new Set([...(isPrepared ? base : []), ...accepted].map(textOf));
        expect(await storedManifests(maestro, work)).toEqual([...expected].sort());
      }),
      { numRuns: 200 },
    );
    expect(conflicts).toBeGreaterThan(50);
  });
});
