import { expect, test } from 'vitest';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { hubIdStamp, hubNameAnnotation, hubNamespaceAnnotation, hubUidStamp } from '../../../src/gitops/constants.ts';
import { bundleRow, setUp } from '../reconcile/set-up.ts';

const key = 'argocd/orphan';

function orphanRow(createdAt: string): ResourceBundle {
  return bundleRow({
    createdAt,
    metadata: {
      name: 'argocd-orphan',
      annotations: {
        [hubNamespaceAnnotation]: 'argocd',
        [hubNameAnnotation]: 'orphan',
        [hubIdStamp]: 'hub-1',
        [hubUidStamp]: 'uid-9',
      },
    },
    manifests: [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: 'orphan', namespace: 'argocd' },
        spec: {},
      },
    ],
  });
}

test('a work without an application that is deleted and made anew, unseen, is garbage only after two sweeps of its own', async () => {
  const { controllers, store, maestroHandler } = setUp({
    gc: { intervalMs: 1_000, brake: { kind: 'count', count: 100 }, overrideBrake: false },
  });
  const { garbage } = controllers.delivery.parts;
  const sweep = (): Promise<void> => garbage.sweep(new AbortController().signal, () => true);
  const isGarbage = (): boolean => {
    const app = store.index.get(key);
    return app !== undefined && garbage.isCollecting(app);
  };
  maestroHandler.row(orphanRow('2026-01-01T00:00:00.25Z'));
  await sweep();
  expect(isGarbage()).toBe(false);
  await sweep();
  expect(isGarbage()).toBe(true);
  maestroHandler.row(orphanRow('2026-01-02T00:00:00.25Z'));
  expect(isGarbage()).toBe(false);
  await sweep();
  expect(isGarbage()).toBe(false);
  await sweep();
  expect(isGarbage()).toBe(true);
});
