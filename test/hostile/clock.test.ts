import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../src/clock.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { workYaml } from '../commands/support/works.ts';
import { runCli } from '../support/run-cli.ts';
import { Tally } from './support/tally.ts';

const hourMs = 3_600_000;
const steps = { 'an hour on': hourMs, 'an hour back': -hourMs, 'a day on': 24 * hourMs, 'a day back': -24 * hourMs };

let maestro: StandIn;
beforeAll(async () => {
  maestro = await startStandIn({ consumers: ['c1'], agent: { delayMs: 20 } });
});
afterAll(() => maestro.close());

/** The wall clock steps once it was asked the third time; what measures time passed goes on. */
function stepping(byMs: number): Clock {
  let asked = 0;
  return {
    ...systemClock,
    wallMs: () => {
      asked += 1;
      return systemClock.wallMs() + (asked > 2 ? byMs : 0);
    },
  };
}

describe('a step of the wall clock', () => {
  it('changes neither how long a run takes nor how it ends', async () => {
    const tally = new Tally('clock steps');
    for (const [step, byMs] of Object.entries(steps)) {
      const name = `w-${step.replaceAll(' ', '-')}`;
      const run = (argv: readonly string[]): ReturnType<typeof runCli> =>
        runCli(argv, { clock: stepping(byMs), endpoints: maestro, files: { 'w.yaml': workYaml(name) } });
      await tally.hold(`apply, ${step}`, async () =>
        expect(await run(['apply', '-f', 'w.yaml', '-c', 'c1', '--watch=Available', '--timeout=20s'])).toMatchObject({
          exitCode: 0,
        }),
      );
      await tally.hold(`wait, ${step}`, async () =>
        expect(await run(['wait', `--name=${name}`, '-c', 'c1', '--timeout=20s'])).toMatchObject({ exitCode: 0 }),
      );
      await tally.hold(`wait for nothing, ${step}`, async () => {
        const startMs = systemClock.monotonicMs();
        expect(await run(['wait', '--name=absent', '-c', 'c1', '--timeout=300ms'])).toMatchObject({ exitCode: 6 });
        const tookMs = systemClock.monotonicMs() - startMs;
        expect(tookMs).toBeGreaterThan(290);
        expect(tookMs).toBeLessThan(10_000);
      });
    }
    tally.expectAllHeld();
  });
});
