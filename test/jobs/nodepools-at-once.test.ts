import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Maestro } from '../../src/context.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { choicesOf, Turns } from '../ownership/turns.ts';
import { configMap, namespace, openMaestro, runInTurn, storedManifests, textOf } from '../ownership/writers.ts';
import { emptyFolder, runCli, type CliRun } from '../support/run-cli.ts';
import { containerOf, envOf, filled, jobOf, objectsOf, templateText } from './support/objects.ts';

let standIn: StandIn;
let maestro: Maestro;
beforeAll(async () => {
  standIn = await startStandIn({ consumers: ['c1'], agent: { delayMs: 2 } });
  maestro = await openMaestro(standIn);
  const landed = await runCli(['apply', '-f', '-', '--consumer=c1', '--name=landing-zone'], {
    endpoints: standIn,
    stdin: JSON.stringify(namespace),
  });
  expect(landed.exitCode, landed.stderr).toBe(0);
});
afterAll(async () => {
  await maestro.close();
  await standIn.close();
});

const nodepools = ['workers', 'gpu', 'storage'] as const;

/** What the container of the template runs, its folders and addresses apart: the command of one event. */
function command(
  adapter: string,
  manifest: string,
): { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>>; readonly cwd: string } {
  const values = {
    'event-id': 'e1',
    'sentinel-event-id': 's1',
    'target-cluster': 'c1',
    'manifest-config-name': 'm',
    'adapter-type': adapter,
  };
  const container = containerOf(jobOf(objectsOf(filled(templateText('build-then-apply'), values))), 'maestro-cli');
  const cwd = emptyFolder();
  for (const folder of ['config', 'shared']) mkdirSync(join(cwd, folder));
  writeFileSync(join(cwd, 'config/manifest.yaml'), manifest);
  const args = (container.args ?? [])
    .filter((arg) => !/^--(grpc|http)-endpoint=/.test(arg))
    .map((arg) => arg.replace('=/config/', `=${cwd}/config/`).replace('=/shared/', `=${cwd}/shared/`));
  const env = Object.entries(envOf(container)).filter(
    ([name]) => !/_(CA_FILE|CERT|KEY|TOKEN_FILE)$|^RESULTS_PATH$/.test(name),
  );
  return { argv: [...(container.command ?? []).slice(1), ...args], env: Object.fromEntries(env), cwd };
}

function event(adapter: string, nodepool: string, value: string): Promise<CliRun> {
  const { argv, env, cwd } = command(adapter, JSON.stringify(configMap(nodepool, value)));
  return runCli(argv, { endpoints: standIn, env, cwd });
}

describe("the Job template build-then-apply, one adapter's three nodepools at once", () => {
  it('20 rounds, each of a new work and of one that is there: nothing is lost', { timeout: 120_000 }, async () => {
    let again = 0;
    for (let round = 1; round <= 20; round += 1) {
      for (const value of ['created', 'scaled']) {
        const runs = await Promise.all(nodepools.map((nodepool) => event(`np-${round}`, nodepool, value)));
        for (const run of runs) expect(run.exitCode, run.stderr).toBe(0);
        again += runs.filter(({ stderr }) => stderr.includes('merging again')).length;
        expect(await storedManifests(maestro, `hyperfleet-c1-np-${round}`)).toEqual(
          nodepools.map((nodepool) => `${nodepool}=${value}`).sort(),
        );
      }
    }
    // Without events that really cross, this would prove nothing.
    expect(again).toBeGreaterThan(20);
  });

  it('nor by any order in which reads and writes of four events cross', { timeout: 120_000 }, async () => {
    const order = fc.array(fc.nat(11), { minLength: 30, maxLength: 60 });
    const given = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 3 });
    let works = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(given, { minLength: 2, maxLength: 4 }), order, async (events, choices) => {
        const work = `crossing-${(works += 1)}`;
        const turns = new Turns(events.length, choicesOf(choices));
        const runs = await Promise.all(
          events.map(async (names, index) => {
            try {
              return await runInTurn(
                `e${index}`,
                names.map((name) => configMap(name)),
                ['build', '--apply', '--conflict-retries=50', '--manager=nodepool'],
                { maestro, turns, work },
              );
            } finally {
              turns.leave();
            }
          }),
        );
        for (const run of runs) expect(run.exitCode, run.stderr).toBe(0);
        const all = [...new Set(events.flat())].map((name) => textOf(configMap(name))).sort();
        expect(await storedManifests(maestro, work)).toEqual(all);
      }),
      { numRuns: 60 },
    );
  });
});
