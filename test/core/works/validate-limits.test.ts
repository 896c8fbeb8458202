import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { bundleData } from '../../../src/core/works/document.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import { requestLimit, validateWork } from '../../../src/core/works/validate.ts';

const manifest: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } };

function work(parts: Partial<ManifestWork> = {}): ManifestWork {
  return { name: 'w', labels: {}, annotations: {}, manifests: [manifest], manifestConfigs: [], ...parts };
}

/** A work whose request takes so many bytes. */
function sized(bytes: number, parts: Partial<ManifestWork>): ManifestWork {
  const filled = (length: number): ManifestWork =>
    work({ ...parts, manifests: [{ ...manifest, data: 'x'.repeat(length) }] });
  const { labels, annotations, ...empty } = filled(0);
  const others =
    JSON.stringify(bundleData({ labels, annotations, ...empty })) + JSON.stringify({ labels, annotations });
  return filled(bytes - others.length);
}

describe('a request to Maestro', () => {
  const parts = { labels: { a: 'b' }, annotations: { c: 'd'.repeat(1000) } };
  const ofRequest = (bytes: number): readonly unknown[] =>
    validateWork(sized(bytes, parts)).filter(({ path }) => path.length === 0);

  it('holds 4 MiB of manifests, labels and annotations, and no byte more', () => {
    expect(ofRequest(requestLimit)).toEqual([]);
    expect(ofRequest(requestLimit + 1)).toEqual([
      {
        severity: 'error',
        path: [],
        message: 'Too large: the work takes 4096.0 KiB as JSON, a request to Maestro holds 4096 KiB',
        suggestion: 'spread it over several works',
      },
    ]);
  });

  it('is told beside the manifests that are too large on their own', () => {
    expect(validateWork(sized(requestLimit + 1, parts)).map(({ severity, path }) => [severity, path])).toEqual([
      ['error', ['spec', 'workload', 'manifests']],
      ['error', []],
    ]);
  });
});

describe('a work', () => {
  it('without manifests is refused, with what else may be meant', () => {
    expect(validateWork(work({ manifests: [] }))).toEqual([
      {
        severity: 'error',
        path: ['spec', 'workload', 'manifests'],
        message: 'Required value: a work needs a manifest; an empty list removes everything from the cluster',
        suggestion: 'delete the work instead, if that is meant',
      },
    ]);
  });

  it('has no fields in its options that Maestro would drop', () => {
    const found = validateWork(
      work({
        deleteOption: { propagationPolicy: 'Orphan', orphan: true },
        executor: { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'n', name: 'a' } }, subjects: [] },
      }),
    );
    expect(found.map(({ severity, path }) => [severity, path])).toEqual([
      ['error', ['spec', 'deleteOption', 'orphan']],
      ['error', ['spec', 'executor', 'subjects']],
    ]);
  });

  it('is not shown a number of a Secret that Maestro would round', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { pin: 9007199254740993n } };
    expect(validateWork(work({ manifests: [secret] }))).toEqual([
      {
        severity: 'warning',
        path: ['spec', 'workload', 'manifests', 0, 'data', 'pin'],
        message: 'the number is beyond 2^53, Maestro will store another',
        suggestion: 'put it in quotes, if the field takes text',
      },
    ]);
  });
});
