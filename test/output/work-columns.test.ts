import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { decodeBundle } from '../../src/core/works/decode-bundle.ts';
import { noColour } from '../../src/output/colour.ts';
import { workColumns, workRow, type WorkColumnName } from '../../src/output/work-columns.ts';

const manifests = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'n' } }];
const resourceMeta = {
  ordinal: 0,
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  name: 'a',
  namespace: 'n',
};

/** Type, status and generation of a condition. */
type Told = readonly [type: string, status: string, generation?: number];
const conditions = (told: readonly Told[]): JsonObject[] =>
  told.map(([type, status, observedGeneration]) => ({
    type,
    status,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  }));

function row(
  work: readonly Told[],
  manifest: readonly Told[],
): { readonly applied: string | undefined; readonly available: string | undefined } {
  const status = {
    ObservedVersion: 2,
    SequenceID: '1',
    conditions: conditions(work),
    resourceStatus: [{ resourceMeta, conditions: conditions(manifest) }],
  };
  const bundle = decodeBundle({
    id: 'i',
    consumer_name: 'c1',
    version: 2,
    created_at: '2026-11-22T11:00:00Z',
    metadata: { name: 'w' },
    manifests,
    status,
  });
  const made = workRow(bundle, { source: 's', wallMs: 0, palette: noColour });
  const text = (name: WorkColumnName): string => {
    const cell = workColumns[name].cell(made);
    return typeof cell === 'string' ? cell : cell.text;
  };
  return { applied: text('applied'), available: text('available') };
}

describe('the row of a work', () => {
  it.each<[string, string, string, readonly Told[], readonly Told[]]>([
    [
      'everything is there',
      'True',
      'True',
      [
        ['Applied', 'True', 2],
        ['Available', 'True', 2],
      ],
      [
        ['Applied', 'True', 2],
        ['Available', 'True'],
      ],
    ],
    [
      'it is applied, and an object is not there',
      'True',
      'False',
      [
        ['Applied', 'True', 2],
        ['Available', 'False', 2],
      ],
      [
        ['Applied', 'True', 2],
        ['Available', 'False'],
      ],
    ],
    ['it is applied, and nobody has said more', 'True', 'Unknown', [['Applied', 'True', 2]], [['Applied', 'True', 2]]],
    [
      'it is not applied, and the objects of before are there',
      'False',
      'True',
      [
        ['Applied', 'False', 2],
        ['Available', 'True', 2],
      ],
      [
        ['Applied', 'False', 2],
        ['Available', 'True'],
      ],
    ],
    [
      'it is not applied, and its objects are not there',
      'False',
      'False',
      [
        ['Applied', 'False', 2],
        ['Available', 'False', 2],
      ],
      [
        ['Applied', 'False', 2],
        ['Available', 'False'],
      ],
    ],
    [
      'it is not applied, and what is there was last told of another version',
      'False',
      'Unknown',
      [
        ['Applied', 'False', 2],
        ['Available', 'True', 1],
      ],
      [['Applied', 'False', 2]],
    ],
  ])('says what the status proves: %s', (_what, applied, available, work, manifest) => {
    expect(row(work, manifest)).toEqual({ applied, available });
  });
});
