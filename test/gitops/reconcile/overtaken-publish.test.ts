import { expect, test } from 'vitest';
import { isWrittenWork, readWrittenWork } from '../../../src/core/works/written-work.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { hubApp, setUp } from './set-up.ts';

test('a version that another client made on top of ours, and that was read before our answer came, is not taken for ours', async () => {
  const { app, maestro, reads, queue, maestroHandler, see, propagate, decide } = setUp();
  see(hubApp({ version: '11' }));
  maestro.whilePublishing = async () => {
    const [request] = maestro.published;
    if (request?.kind !== 'create' || maestro.published.length > 1) return;
    const { name, labels, annotations, manifests, manifestConfigs } = isWrittenWork(request.work)
      ? readWrittenWork(request.work)
      : request.work;
    const overwritten: ResourceBundle = {
      id: request.target.id,
      version: 2,
      consumerName: 'c1',
      createdAt: '2026-01-01T00:00:00.1Z',
      updatedAt: '2026-01-01T00:00:01Z',
      metadata: { name, labels, annotations },
      manifests: manifests.map((manifest) => ({ ...manifest, spec: {} })),
      manifestConfigs,
      raw: {},
    };
    maestroHandler.row(overwritten);
  };
  await propagate();
  expect(app.bundles.map(({ stored }) => stored.version)).toEqual([2]);
  expect(decide()).toMatchObject({ do: 'publish', over: { stored: { version: 2 } } });
  expect(queue.depth('change')).toBe(1);
  expect(reads).toEqual([app.bundles[0]?.stored.id]);
});
