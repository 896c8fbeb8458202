import { describe, expect, it } from 'vitest';
import { adapterLabel, adapterLabels, keepAdapterLabel, labelledWork } from '../../../src/core/works/adapter.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import {
  builtFromAnnotation,
  eventAnnotation,
  executorAnnotation,
  managersAnnotation,
  recordedExecutor,
  replacesAnnotation,
  unitedAnnotation,
  withEventRecord,
  withExecutorRecord,
  withMigrationRecords,
} from '../../../src/core/works/own-annotations.ts';

const work = (more: Partial<ManifestWork> = {}): ManifestWork => ({
  name: 'w',
  labels: {},
  annotations: { mine: 'x' },
  manifests: [],
  manifestConfigs: [],
  ...more,
});
const executor = { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'n', name: 's' } } };

describe('what maestro-cli records on a work', () => {
  it('stands under names that stored works have', () => {
    expect([eventAnnotation, executorAnnotation, managersAnnotation, replacesAnnotation, unitedAnnotation]).toEqual(
      ['event-id', 'executor', 'managers', 'replaces', 'united'].map((name) => `maestro-cli.hyperfleet.io/${name}`),
    );
    expect([builtFromAnnotation, adapterLabel]).toEqual([
      'maestro-cli.hyperfleet.io/built-from',
      'hyperfleet.io/adapter',
    ]);
  });

  it('is the executor, which REST does not show, and it is read back', () => {
    const recorded = withExecutorRecord(work({ executor }));
    expect(recorded.annotations).toEqual({
      mine: 'x',
      [executorAnnotation]: '{"subject":{"serviceAccount":{"name":"s","namespace":"n"},"type":"ServiceAccount"}}',
    });
    expect(recordedExecutor(recorded)).toEqual(executor);
    expect(withExecutorRecord(work({ annotations: recorded.annotations })).annotations).toEqual({ mine: 'x' });
  });

  it.each([undefined, '', 'no json', '[]'])('is no executor where the annotation was edited to %j', (text) => {
    const annotations: Record<string, string> = text === undefined ? {} : { [executorAnnotation]: text };
    expect(recordedExecutor(work({ annotations }))).toBeUndefined();
  });

  it('is the event of this write, and not that of an earlier one', () => {
    const recorded = withEventRecord(work(), 'e1');
    expect(recorded.annotations).toEqual({ mine: 'x', [eventAnnotation]: 'e1' });
    expect(withEventRecord(recorded, 'e2').annotations[eventAnnotation]).toBe('e2');
    expect(withEventRecord(recorded, undefined).annotations).toEqual({ mine: 'x' });
    expect(withEventRecord(work(), 'e'.repeat(300)).annotations[eventAnnotation]).toHaveLength(256);
  });

  it('of a migration stays whoever writes the work', () => {
    const stored = { annotations: { [replacesAnnotation]: '["a"]', [unitedAnnotation]: '{}', other: 'gone' } };
    expect(withMigrationRecords(work(), stored).annotations).toEqual({
      mine: 'x',
      [replacesAnnotation]: '["a"]',
      [unitedAnnotation]: '{}',
    });
    const plain = work();
    expect(withMigrationRecords(plain, { annotations: { other: 'gone' } })).toBe(plain);
  });
});

describe('the label of an adapter', () => {
  it.each([
    ['np', { [adapterLabel]: 'np' }],
    [undefined, {}],
    ['', {}],
    ['no label', {}],
  ])('of %j is %j', (adapter, labels) => {
    expect(adapterLabels(adapter)).toEqual(labels);
    expect(labelledWork(work({ labels: { l: 'x' } }), adapter).labels).toEqual({ l: 'x', ...labels });
  });

  it('that the document has stays, and so does that of what is stored', () => {
    const own = work({ labels: { [adapterLabel]: 'own' } });
    expect(labelledWork(own, 'np')).toBe(own);
    expect(keepAdapterLabel(own, work({ labels: { [adapterLabel]: 'np' } }))).toBe(own);
    expect(keepAdapterLabel(work(), work({ labels: { [adapterLabel]: 'np' } })).labels).toEqual({
      [adapterLabel]: 'np',
    });
    expect(keepAdapterLabel(work(), work()).labels).toEqual({});
  });
});
