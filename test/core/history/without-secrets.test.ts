import { expect, describe, it } from 'vitest';
import { keptText, readKept, type KeptVersion } from '../../../src/core/history/kept-version.ts';
import { SecretDigests } from '../../../src/core/history/secret-digest.ts';
import { isAsKept, leaveSecretsOut, restoreSecrets } from '../../../src/core/history/without-secrets.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';

const copy = 'kubectl.kubernetes.io/last-applied-configuration';
const secret = (password: string, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'default', ...more },
  stringData: { password },
});
const configMap = (value: string, annotations: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', annotations },
  data: { value },
});
const workOf = (...manifests: readonly JsonObject[]): ManifestWork => ({
  name: 'w',
  labels: {},
  annotations: {},
  manifests,
  manifestConfigs: [],
});

/** As it is read back from its file. */
async function kept(work: ManifestWork): Promise<KeptVersion> {
  const bare = await leaveSecretsOut(work, new SecretDigests());
  const about = { version: 1, createdAt: 'then', keptAt: 'then', operation: 'found', changes: [] } as const;
  const text = keptText({ ...about, leftOut: bare.leftOut }, bare.document);
  const found = readKept(text);
  if ('broken' in found) throw new Error(found.broken);
  return found;
}

describe('a kept version', () => {
  it('holds no value of a Secret, no copy of one, and not its digest without a salt', async () => {
    const work = workOf(secret('correct-horse-battery', { annotations: { note: 'it is correct-horse-battery' } }));
    const text = JSON.stringify(await kept({ ...work, annotations: { [copy]: 'correct-horse-battery' } }));
    expect(text).not.toContain('horse');
    const [one, other] = await Promise.all([kept(work), kept(work)]);
    expect(one.leftOut[0]?.digest).not.toBe(other.leftOut[0]?.digest);
    expect(one.leftOut.map(({ subject }) => subject)).toEqual(['Secret/default/db']);
  });

  it('holds none in the work either that is compared later', async () => {
    const { work } = await leaveSecretsOut(workOf(secret('correct-horse-battery')), new SecretDigests());
    expect(JSON.stringify(work)).not.toContain('horse');
  });

  it('is brought back with values that are the same now, wherever they stand in the work', async () => {
    const then = workOf(configMap('a'), secret('correct-horse-battery'));
    const now = workOf(secret('correct-horse-battery'), configMap('b'));
    expect(await restoreSecrets(await kept(then), now, false)).toMatchObject({
      work: { manifests: then.manifests },
      asNow: [],
      refused: [],
    });
  });

  it.each([false, true])('is not made up: keepNow %s', async (keepNow) => {
    const version = await kept(workOf(secret('correct-horse-battery'), configMap('a')));
    const changed = await restoreSecrets(version, workOf(secret('another-one')), keepNow);
    if (keepNow) {
      expect(changed).toMatchObject({ asNow: ['Secret/default/db'], refused: [] });
      expect(changed.work.manifests).toEqual([secret('another-one'), configMap('a')]);
    } else expect(changed.refused).toEqual([{ subject: 'Secret/default/db', why: 'changed' }]);
    const gone = await restoreSecrets(version, workOf(configMap('b')), keepNow);
    expect(gone.refused).toEqual([{ subject: 'Secret/default/db', why: 'gone' }]);
  });

  it('of a Secret that has other keys by now stays as that is, with all that it has', async () => {
    const version = await kept(workOf(secret('correct-horse-battery'), configMap('a')));
    const other = { ...secret('', { labels: { since: 'then' } }), stringData: { token: 'another-one' } };
    expect(await restoreSecrets(version, workOf(other), true)).toEqual({
      work: workOf(other, configMap('a')),
      asNow: ['Secret/default/db'],
      refused: [],
    });
  });

  it('of which a label was a copy loses it when there is none now', async () => {
    const labelled = { ...configMap('a'), metadata: { name: 'c', labels: { note: 'correct-horse-battery' } } };
    const now = workOf(secret('correct-horse-battery'), { ...configMap('b'), metadata: { name: 'c' } });
    const ofLabel = await restoreSecrets(await kept(workOf(secret('correct-horse-battery'), labelled)), now, true);
    expect(ofLabel).toMatchObject({ asNow: ['ConfigMap/c'], refused: [] });
    expect(ofLabel.work.manifests[1]).toEqual({ ...configMap('a'), metadata: { name: 'c', labels: {} } });
  });

  it('of which only a copy in an annotation differs keeps what it held otherwise', async () => {
    const version = await kept(workOf(configMap('a', { [copy]: '{"value":"a"}' })));
    const now = workOf(configMap('b', { [copy]: '{"value":"b"}' }));
    expect((await restoreSecrets(version, now, false)).refused).toEqual([{ subject: 'ConfigMap/c', why: 'changed' }]);
    expect(await restoreSecrets(version, now, true)).toMatchObject({
      work: { manifests: [configMap('a', { [copy]: '{"value":"b"}' })] },
      asNow: ['ConfigMap/c'],
    });
    const without = await restoreSecrets(version, workOf(configMap('b')), true);
    expect(without.work.manifests).toEqual([configMap('a')]);
  });

  it('says of each manifest where its values stood, and of the annotations of the work', async () => {
    const two = workOf(secret('correct-horse-battery'), {
      ...secret('staple-of-another'),
      metadata: { name: 'other' },
    });
    const { leftOut, work } = await kept({ ...two, annotations: { [copy]: '{"password":"correct-horse-battery"}' } });
    expect(leftOut.map(({ subject, manifest, paths }) => [subject, manifest, paths])).toEqual([
      ['annotations', undefined, [['metadata', 'annotations', copy]]],
      ['Secret/default/db', 0, [['stringData', 'password']]],
      ['Secret/other', 1, [['stringData', 'password']]],
    ]);
    expect(work.manifests).toHaveLength(2);
  });

  it('has all values of a Secret in one place', async () => {
    const both = {
      ...secret('correct-horse-battery'),
      stringData: { user: 'somebody', password: 'correct-horse-battery' },
    };
    const { leftOut } = await kept(workOf(both));
    expect(leftOut).toHaveLength(1);
    expect(leftOut[0]?.paths).toHaveLength(2);
    expect(await restoreSecrets(await kept(workOf(both)), workOf(both), false)).toEqual({
      work: workOf(both),
      asNow: [],
      refused: [],
    });
    const { refused } = await restoreSecrets(await kept(workOf(both)), workOf(secret('correct-horse-battery')), false);
    expect(refused).toEqual([{ subject: 'Secret/default/db', why: 'changed' }]);
  });

  it('takes the values from whichever version of the object has them', async () => {
    const old = { ...secret('correct-horse-battery'), apiVersion: 'v1' };
    const now = workOf({ ...secret('another-one'), apiVersion: 'v2' }, old);
    expect((await restoreSecrets(await kept(workOf(old)), now, false)).work.manifests).toEqual([old]);
  });

  it('tells two versions of one object apart', async () => {
    const [one, two] = ['v1', 'v2'].map((apiVersion) => ({ ...secret(`of-${apiVersion}-alone`), apiVersion }));
    const { leftOut } = await kept(workOf(configMap('a'), one ?? {}, two ?? {}));
    expect(leftOut.map(({ subject, manifest }) => [subject, manifest])).toEqual([
      ['Secret/default/db', 1],
      ['Secret/default/db', 2],
    ]);
  });

  it('brings the annotations of the work back too', async () => {
    const annotated = (text: string): ManifestWork => ({ ...workOf(configMap('a')), annotations: { [copy]: text } });
    const version = await kept(annotated('one'));
    expect((await restoreSecrets(version, annotated('one'), false)).work).toEqual(annotated('one'));
    expect((await restoreSecrets(version, annotated('two'), false)).refused).toEqual([
      { subject: 'annotations', why: 'changed' },
    ]);
    expect(await restoreSecrets(version, annotated('two'), true)).toMatchObject({
      work: annotated('two'),
      asNow: ['annotations'],
    });
  });

  it('is what is stored now, as far as can be told without the values', async () => {
    const version = await kept(workOf(secret('correct-horse-battery'), configMap('a')));
    const own = { 'maestro-cli.hyperfleet.io/event-id': 'e' };
    expect(isAsKept(version, { ...workOf(secret('another-one'), configMap('a')), annotations: own })).toBe(true);
    expect(isAsKept(version, workOf(secret('correct-horse-battery'), configMap('b')))).toBe(false);
  });
});
