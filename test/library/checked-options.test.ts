import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { createMaestroClient, type MaestroClient } from '../../src/index.ts';
import { createStandIn, startStandIn, type StandIn } from '../../src/standin/index.ts';

let standIn: StandIn;
let client: MaestroClient;
beforeAll(async () => {
  standIn = await startStandIn({ consumers: ['c1'], agent: { online: false } });
  client = await createMaestroClient({
    source: 'programs',
    httpEndpoint: standIn.httpEndpoint,
    grpcEndpoint: `grpc://${standIn.grpcEndpoint}`,
  });
});
afterAll(async () => {
  await client.close();
  await standIn.close();
});

const manifest: JsonObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' } };
const resourceIdentifier = { group: '', resource: 'configmaps', name: 'a', namespace: 'b' };

function apply(config: JsonObject): Promise<unknown> {
  return client.works('c1').apply({
    name: 'w',
    labels: {},
    annotations: {},
    manifests: [manifest],
    manifestConfigs: [{ resourceIdentifier, ...config }],
  });
}

describe('the library', () => {
  it.each<readonly [JsonObject, string]>([
    [{ typoField: 1 }, 'spec.manifestConfigs[0].typoField: unknown field'],
    [
      { feedbackScrapeType: 'Wacth' },
      'spec.manifestConfigs[0].feedbackScrapeType: Unsupported value: "Wacth": one of Poll, Watch (did you mean "Watch"?)',
    ],
    [{ updateStrategy: {} }, 'spec.manifestConfigs[0].updateStrategy.type: Required value: field not set'],
  ])('refuses a config %j that Maestro or its agents would not take', async (config, message) => {
    await expect(apply(config)).rejects.toMatchObject({ code: 'invalid-input', message });
    expect(standIn.publishes()).toEqual([]);
  });

  const work = { name: 'w', manifests: [manifest] };
  it.each<readonly [string, (given: MaestroClient) => Promise<unknown>, string]>([
    [
      'a member that is nearly an option',
      (given) => given.works('c1').apply(work, { wiat: 'Applied' } as object),
      'an apply takes no wiat; did you mean wait?',
    ],
    [
      'a member that is nearly one of a strategy',
      (given) => given.rollOut({ works: work, consumers: 'all', strategy: { wave: 1 } as object }),
      'the strategy of a roll-out takes no wave; did you mean waves?',
    ],
    [
      'a strategy of texts',
      (given) => given.rollOut({ works: work, consumers: 'all', strategy: { canary: '1' } as object }),
      'canary of the strategy of a roll-out is a number that is not negative, not a string',
    ],
    [
      'an object for a signal',
      (given) => given.works('c1').apply(work, { signal: {} as AbortSignal }),
      'signal of an apply is an AbortSignal, not an object',
    ],
    [
      'nothing for a request',
      (given) => given.rollOut(...([] as unknown as Parameters<MaestroClient['rollOut']>)),
      'a roll-out is an object, not undefined',
    ],
  ])('refuses %s before anything is sent', async (_title, call, message) => {
    await expect(call(client)).rejects.toMatchObject({ code: 'invalid-input', message });
    expect(standIn.publishes()).toEqual([]);
  });

  it('leaves members alone that are like no option', async () => {
    const options = { noRemove: true, colour: 'blue', wait: 'Applied AND' };
    // It gets as far as the expression.
    await expect(client.works('c1').apply(work, options)).rejects.toMatchObject({ reason: 'InvalidExpression' });
  });

  it('refuses what is about waiting where nothing is waited for', async () => {
    for (const given of [{ failOn: 'Applied=False' }, { failOn: '(' }, { failureGraceMs: 0 }]) {
      await expect(client.works('c1').apply(work, given)).rejects.toMatchObject({
        code: 'usage',
        message: 'failOn and failureGraceMs of an apply are about waiting, and there is no wait',
      });
      await expect(client.rollOut({ works: work, consumers: ['c1'], ...given })).rejects.toMatchObject({
        code: 'usage',
        message: 'failOn and failureGraceMs of a roll-out are about waiting, and there is no wait',
      });
    }
    expect(standIn.publishes()).toEqual([]);
  });
});

describe('an apply that waits', () => {
  it.each([
    [{ failOn: 'Applied=False' }, 'FailOnMatched'],
    [{ failureGraceMs: 0 }, 'ApplyFailed'],
  ])('ends as failed by %j, as a wait and a roll-out do', async (options, reason) => {
    await using failing = await createStandIn({
      consumers: ['c1'],
      agent: { delayMs: 1, statusSyncMs: 10, failManifests: ['ConfigMap/b/a'] },
    });
    await using tested = await createMaestroClient(failing.clientOptions());
    const applying = tested.works('c1').apply({ name: 'w', manifests: [manifest] }, { wait: 'Applied', ...options });
    await expect(applying).rejects.toMatchObject({ code: 'outcome-failed', reason });
  });
});
