import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { createMaestroClient, type MaestroClient } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';

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
});
