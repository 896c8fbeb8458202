import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../src/core/expressions/parse.ts';
import { bundleId } from '../../src/core/works/bundle-id.ts';
import type { ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import type { WaitCounts, WaitLook } from '../../src/core/outcome/standing.ts';
import { waitForWorks } from '../../src/operations/wait/wait-for-works.ts';
import type { WaitResult } from '../../src/operations/wait/waiting.ts';
import { available, entry, status } from '../core/status/build.ts';
import { bundle, configMap, fakes, type Fakes } from './support/fakes.ts';

const statusOf = (version: number): Pick<ResourceBundle, 'status'> => {
  const { status: made } = available(version, [configMap('one')]);
  return made === undefined ? {} : { status: made };
};
const failing = { status: status(2, ['Applied/False/2'], [entry(configMap('one'), ['Applied/False/2'])]) };

describe('a wait on several works', () => {
  const condition = { expression: parseExpression('Applied'), failureGraceMs: 600_000, feedbackSettleMs: 0 };
  const works: Readonly<Record<string, Partial<ResourceBundle>>> = {
    'c-done': statusOf(2),
    'c-silent': {},
    'c-failing': failing,
  };

  async function waited(
    fake: Fakes,
  ): Promise<{ readonly counts: readonly WaitCounts[]; readonly results: readonly WaitResult[] }> {
    const counts: WaitCounts[] = [];
    const targets = Object.entries(works).map(([consumer, stored]) => {
      const id = bundleId('maestro-cli', consumer, 'w');
      fake.reader.stored.set(id, bundle({ id, consumerName: consumer, version: 2, ...stored }));
      return { id, name: 'w', consumer, writtenVersion: 2, known: true, mustExist: true };
    });
    const deps = {
      reader: fake.reader,
      onProgress: () => undefined,
      onLook: (look: WaitLook) => void counts.push(look.counts),
    };
    return { results: await fake.clock.finish(waitForWorks(targets, condition, deps, fake.budget)), counts };
  }

  it('tells after each look where all of them stand, and at its end where each stood that it left', async () => {
    const { counts, results } = await waited(fakes(15_000));
    expect(counts[0]).toEqual({ total: 3, met: 1, failed: 0, pending: 1, failing: 1, silent: 0 });
    expect(counts.at(-1)).toEqual({ total: 3, met: 1, failed: 0, pending: 0, failing: 1, silent: 1 });
    expect(results.map(({ standing }) => standing)).toEqual([undefined, 'silent', 'failing']);
  });

  it('says "the agent has never reported" only of an agent that never did', async () => {
    const never = await waited(fakes(15_000));
    expect(never.results[1]?.error?.message).toContain(
      'waiting for w on c-silent: the agent of c-silent has never reported',
    );
    const fake = fakes(15_000);
    const other = bundleId('maestro-cli', 'c-silent', 'other');
    fake.reader.stored.set(
      other,
      bundle({ id: other, consumerName: 'c-silent', metadata: { name: 'other' }, ...statusOf(1) }),
    );
    const reported = await waited(fake);
    expect(reported.results[1]?.error?.message).toContain(
      'waiting for w on c-silent: the agent has not reported this work yet',
    );
  });

  it('asks once about a silent agent, and never where many works of it prove nothing', async () => {
    const fake = fakes(60_000);
    for (let index = 0; index < 20; index += 1) {
      const id = bundleId('maestro-cli', 'c-silent', `w${index}`);
      fake.reader.stored.set(id, bundle({ id, consumerName: 'c-silent', metadata: { name: `w${index}` } }));
    }
    const { results } = await waited(fake);
    expect(fake.reader.searches.filter(({ consumers }) => consumers !== undefined)).toEqual([
      { consumers: ['c-silent'] },
    ]);
    expect(results[1]?.error?.message).toContain('the agent has not reported this work yet');
  });
});
