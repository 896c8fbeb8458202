import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { hubNameAnnotation, hubNamespaceAnnotation } from '../../../src/gitops/constants.ts';
import { objectAt } from '../../../src/core/json-fields.ts';
import { systemClock } from '../../../src/clock.ts';
import { until } from '../../support/process.ts';
import { nested, placeholder } from './text-hub.ts';
import { application, control, source, startWorld, type World } from './text-world.ts';

const deepSpec = { spec: { project: 'default', source: { helm: { valuesObject: placeholder } } } };

/** Publishes a work whose row nests deeper than anybody reads, in the name of an application. */
async function publishDeepRow({ maestro }: World, name: string, levels: number): Promise<void> {
  const manifest = JSON.parse(
    `{"apiVersion":"argoproj.io/v1alpha1","kind":"Application","metadata":{"name":"${name}","namespace":"argocd"},"spec":${'{"a":'.repeat(levels)}{}${'}'.repeat(levels)}}`,
  ) as JsonObject;
  const work = {
    name: `argocd-${name}`,
    labels: {},
    annotations: { [hubNamespaceAnnotation]: 'argocd', [hubNameAnnotation]: name },
    manifests: [manifest],
    manifestConfigs: [],
  };
  const target = { id: bundleId(source, 'c1', work.name), consumer: 'c1', source };
  await maestro.writer.publish(
    { kind: 'create', target, work },
    { signal: new AbortController().signal, deadlineMs: systemClock.monotonicMs() + 10_000 },
  );
}

describe('what nests too deeply', { timeout: 60_000 }, () => {
  test('is set aside at the start, an application and a row, and everybody else is delivered and shown', async () => {
    const world = await startWorld();
    const { hub } = world;
    await publishDeepRow(world, 'rowed', 1_000);
    for (const object of [application('deep', deepSpec), application('calm'), application('rowed')]) hub.put(object);
    const { lines, malformed, events, conditions, health, ready, failure, status } = await control(world);
    await until('the innocent one is shown', () => health('calm') === 'Healthy', 15_000);
    await until(
      'the others are told',
      () => conditions('deep').length === 1 && conditions('rowed').length === 1,
      15_000,
    );
    expect(ready()).toBe(true);
    expect(failure()).toBeUndefined();
    expect(conditions('deep')[0]).toContain('not delivered to cluster c1');
    expect(conditions('deep')[0]).toMatch(/nested more than 500 levels deep \(Unreadable\)$/);
    expect(conditions('rowed')[0]).toMatch(/\(BundleUnreadable\)$/);
    // What was left out of it when it was read is still there.
    expect(objectAt(hub.get('argocd/deep'), 'spec')).toEqual(deepSpec.spec);
    expect(Object.keys(status('deep'))).toEqual(['conditions']);
    expect(
      world.standIn
        .publishes()
        .filter(({ type }) => type.endsWith('create_request'))
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(['argocd-calm', 'argocd-rowed'].map((name) => bundleId(source, 'c1', name)).toSorted());
    expect(malformed).toEqual(expect.arrayContaining(['application', 'bundle']));
    const told = lines
      .filter(({ message }) => message.startsWith('it cannot be read'))
      .map(({ fields }) => `${String(fields?.['what'])} ${String(fields?.['name'])}`);
    // Each is named once, and the agent's report of the row as well when it comes late enough.
    expect(told.filter((line) => !line.startsWith('status')).toSorted()).toEqual([
      'application argocd/deep',
      `bundle ${bundleId(source, 'c1', 'argocd-rowed')}`,
    ]);
    expect(events.notes.map(({ reason, regarding }) => `${reason} ${regarding.name}`).toSorted()).toEqual([
      'BundleUnreadable rowed',
      'Unreadable deep',
    ]);
  });

  test('is set aside when a watch brings it, keeps on its cluster what was delivered, and is taken up when it can be read again', async () => {
    const world = await startWorld();
    const { hub, standIn } = world;
    hub.put(application('turns'));
    const { conditions, health, failure } = await control(world);
    await until('it is delivered', () => health('turns') === 'Healthy', 15_000);
    const published = standIn.publishes().length;
    hub.put({ ...hub.get('argocd/turns'), ...deepSpec });
    hub.put(application('later'));
    await until(
      'the later one is delivered, and this one told',
      () => health('later') === 'Healthy' && conditions('turns').length === 1,
      15_000,
    );
    expect(standIn.publishes()).toHaveLength(published + 1);
    expect(standIn.publishes().some(({ type }) => type.endsWith('delete_request'))).toBe(false);
    const good = application('turns');
    hub.put({ ...hub.get('argocd/turns'), spec: { ...objectAt(good, 'spec'), project: 'another' } });
    await until(
      'it is delivered again',
      () => standIn.publishes().length === published + 2 && conditions('turns').length === 0,
      15_000,
    );
    expect(failure()).toBeUndefined();
  });

  test('of a report leaves the last status on the hub, with a condition, and the next report takes it back', async () => {
    const world = await startWorld();
    const { hub, standIn } = world;
    hub.put(application('spoken'));
    hub.put(application('beside'));
    const { conditions, health, failure, malformed, lines } = await control(world);
    await until('both are shown', () => health('spoken') === 'Healthy' && health('beside') === 'Healthy', 15_000);
    const desk = standIn.replaceAgent('c1', () => undefined);
    const report = (name: string, jsonRaw: string): void => {
      const since = '2026-01-01T00:00:00Z';
      const applied = {
        type: 'Applied',
        status: 'True',
        reason: 'Applied',
        message: '',
        lastTransitionTime: since,
        observedGeneration: 1,
      } as const;
      const resourceMeta = {
        ordinal: 1,
        group: 'argoproj.io',
        version: 'v1alpha1',
        kind: 'Application',
        resource: 'applications',
        namespace: 'argocd',
        name,
      };
      const feedback = [{ name: 'status', fieldValue: { type: 'JsonRaw', jsonRaw } }];
      desk.report(bundleId(source, 'c1', `argocd-${name}`), 1, {
        conditions: [applied],
        manifests: [{ resourceMeta, feedback, conditions: [applied] }],
      });
    };
    report('spoken', nested(5_000));
    report('beside', '{"health":{"status":"Degraded"}}');
    await until(
      'the other one goes on',
      () => health('beside') === 'Degraded' && conditions('spoken').length === 1,
      15_000,
    );
    expect(health('spoken')).toBe('Healthy');
    expect(conditions('spoken')[0]).toMatch(/what is shown is the last one that came: .* not a JSON object/);
    expect(malformed).toContain('status');
    expect(
      lines.filter(({ fields }) => fields?.['what'] === 'status' && fields['application'] === 'argocd/spoken'),
    ).toHaveLength(1);
    report('spoken', '{"health":{"status":"Missing"}}');
    await until('it is shown again', () => health('spoken') === 'Missing' && conditions('spoken').length === 0, 15_000);
    expect(failure()).toBeUndefined();
  });
});
