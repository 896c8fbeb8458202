import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { eventually, findBinaries, findHelm, kinds, startRig, type Rig } from '../gitops/rig/index.ts';
import { pathOf, type Answer } from '../gitops/rig/kube-client.ts';
import { projectRoot } from '../support/run-cli.ts';
import { only, render, type KubeObject } from './support/rendered.ts';
import { full } from './support/values.ts';

const skipped = 'missing' in findBinaries() || findHelm() === undefined;
const group = 'monitoring.coreos.com';
const version = 'v1';
const resources = { ServiceMonitor: 'servicemonitors', PrometheusRule: 'prometheusrules' } as const;

// Of the kinds that the chart renders, such a server serves those with a definition; the others are held against the
// schemas of Kubernetes in options.test.ts.
describe.skipIf(skipped)('a real API server with the definitions of the Prometheus operator', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ clusters: [], applicationSets: false });
    for (const resource of Object.values(resources)) {
      const file = join(projectRoot, 'test/fixtures/prometheus-operator', `${resource}.json`);
      await rig.hub.admin.create(kinds.customResourceDefinitions, JSON.parse(readFileSync(file, 'utf8')) as JsonObject);
    }
  }, 120_000);
  afterAll(() => rig?.stop());

  /** As `kubectl apply --server-side --dry-run=server --validate=strict`. */
  const dryRun = async (kind: keyof typeof resources, object: object): Promise<Answer> => {
    const { metadata } = object as KubeObject;
    const path = pathOf({ group, version, resource: resources[kind] }, metadata);
    const query = 'dryRun=All&fieldManager=helm&fieldValidation=Strict';
    let answer: Answer | undefined;
    // A definition is served a moment after it was taken.
    await eventually(async () => {
      answer = await rig.hub.admin.send('PATCH', `${path}?${query}`, object, 'application/apply-patch+yaml');
      expect(answer.status).not.toBe(404);
    }, 20_000);
    if (answer === undefined) throw new Error('no answer');
    return answer;
  };

  it.each([
    ['ServiceMonitor', 'the least'],
    ['ServiceMonitor', 'everything'],
    ['PrometheusRule', 'the least'],
    ['PrometheusRule', 'everything'],
  ] as const)('takes the %s with %s set, every field', async (kind, set) => {
    const least = { metrics: { serviceMonitor: { enabled: true }, prometheusRule: { enabled: true } } };
    const object = only(render(set === 'everything' ? full : least), kind);
    const { status, body } = await dryRun(kind, object);
    expect({ status, message: body['message'] }).toEqual({ status: 201, message: undefined });
    expect(body).toMatchObject({ spec: object.spec });
  });

  it('would refuse what it does not know', async () => {
    const monitor = only(render(full), 'ServiceMonitor');
    const { status, body } = await dryRun('ServiceMonitor', { ...monitor, spec: { ...monitor.spec, endpoint: [] } });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(body)).toContain('endpoint');
  });
});
