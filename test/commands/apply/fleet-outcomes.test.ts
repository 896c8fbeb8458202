import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutcomeTally } from '../../../src/commands/shared/fleet/outcome-tally.ts';
import { FleetOutcomes } from '../../../src/commands/shared/fleet/fleet-outcomes.ts';
import { openWorksWriter } from '../../../src/output/works-writer.ts';
import type { WorkOutcome } from '../../../src/core/outcome/outcome.ts';
import { outcomeValue } from '../../../src/output/outcome.ts';
import { runCli } from '../../support/run-cli.ts';
import { adapterResultOf, resultOf } from '../support/result.ts';
import { workYaml } from '../support/works.ts';

const outcome = (number: number): WorkOutcome => ({
  manifestWorkName: 'w',
  consumer: `c${number}`,
  phase: 'Applied',
  reason: 'Applied',
  message: `ManifestWork w on c${number}: Applied`,
  exitCode: 0,
  conditions: [{ type: 'Applied', status: 'True', reason: 'R', message: 'm' }],
});
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_unused, number) => number);
const shuffled = fc
  .integer({ min: 0, max: 30 })
  .chain((count) => fc.shuffledSubarray([...numbers(count)], { minLength: count }));

describe('outcomes of a fleet', () => {
  it('come in the order of the consumers, whatever order they are known in, and as soon as they can', () => {
    fc.assert(
      fc.property(shuffled, (order) => {
        const passed: string[] = [];
        const outcomes = new FleetOutcomes(
          numbers(order.length).map((number) => `c${number}/w`),
          order.length,
          ({ consumer }) => passed.push(consumer),
        );
        const known = new Set<number>();
        for (const number of order) {
          outcomes.add(outcome(number));
          known.add(number);
          const firstUnknown = numbers(order.length).find((one) => !known.has(one)) ?? order.length;
          expect(passed).toEqual(numbers(firstUnknown).map((one) => `c${one}`));
        }
        expect([...outcomes.end()].map(({ consumer }) => consumer)).toEqual(passed);
      }),
    );
  });

  it('lack one that never came, and nothing else', () => {
    const passed: string[] = [];
    const outcomes = new FleetOutcomes(['c0/w', 'c1/w', 'c2/w'], 3, ({ consumer }) => passed.push(consumer));
    outcomes.add(outcome(2));
    outcomes.add(outcome(0));
    expect(passed).toEqual(['c0']);
    expect(outcomes.end()).toHaveLength(2);
    expect(passed).toEqual(['c0', 'c2']);
  });

  it('are written as one value, as if at once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), (count) => {
        let text = '';
        const summary = new OutcomeTally({ met: 'met' }, () => 'met').value(count);
        const writer = openWorksWriter((part) => (text += part));
        for (const number of numbers(count)) writer.add(outcome(number));
        writer.end({ summary, run: undefined });
        expect(text).toBe(
          `${JSON.stringify({ works: numbers(count).map((number) => outcomeValue(outcome(number))), summary }, undefined, 2)}\n`,
        );
      }),
    );
  });
});

describe('a fleet of which a result file cannot tell each work', () => {
  const names = numbers(12_000).map((number) => `cluster-${number}`);
  const run = (...argv: readonly string[]): ReturnType<typeof runCli> =>
    runCli(
      ['apply', '-f', 'w.yaml', '--consumers-from=names', '--dry-run', '-o', 'json', '--results-path=r.json', ...argv],
      { files: { 'w.yaml': workYaml('w'), names: names.join('\n') } },
    );

  it('is told of in whole on standard output, and summed up in the file', async () => {
    const done = await run();
    expect(done).toMatchObject({
      exitCode: 0,
      stderr: '12000 works on 12000 consumers: 12000 checked, nothing sent\n',
    });
    const { works, summary } = JSON.parse(done.stdout) as {
      readonly works: readonly { readonly consumer: string; readonly message: string }[];
      readonly summary: object;
    };
    expect(works.map(({ consumer }) => consumer)).toEqual(names);
    expect(works.at(-1)?.message).toBe('ManifestWork w on cluster-11999: valid (client dry run, nothing sent)');
    expect(summary).toMatchObject({ works: 12_000, consumers: 12_000, checked: 12_000, failed: 0 });
    const result = resultOf(done, 'r.json');
    expect(result).toMatchObject({
      manifestWorkName: 'w',
      status: 'InProgress',
      works: [],
      truncated: ['feedback', 'resources', 'details', 'works'],
    });
    expect(result['consumer']).toMatch(/^cluster-0, cluster-1, .*cluster-49, and 11950 more$/);
    expect(result['message']).toMatch(/^12000 works: ManifestWork w on cluster-0: valid .*; and 11950 more$/);
  });

  it('is told of as the reporter takes it, too', async () => {
    const done = await run('--results-format=adapter-result');
    expect(adapterResultOf(done, 'r.json')).toMatchObject({ status: 'success', reason: 'DryRun' });
  });
});
