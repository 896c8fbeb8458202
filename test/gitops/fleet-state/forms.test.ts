import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { isJsonObject } from '../../../src/core/json.ts';
import { contentHashOf } from '../../../src/gitops/bundle/content-hash.ts';
import { readStoredBundle } from '../../../src/gitops/bundle/stored-bundle.ts';
import {
  frozenForm,
  isLeaving,
  isReadOnly,
  leavingForm,
  thawedForm,
  withoutConfig,
} from '../../../src/gitops/fleet-state/forms.ts';
import { updateOf } from '../../../src/gitops/fleet-state/rounds.ts';
import type { OneShot } from '../../../src/gitops/bundle/one-shot.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { bundleOf, hubObject, settings } from '../bundle/application.ts';

const all = { ...settings, deliverNamespace: true, deliverProject: true };

/** A bundle as the controllers publish it, with a namespace and a project ahead of the Application. */
function publishedRow(oneShot: OneShot = {}): ResourceBundle {
  const object = hubObject();
  const app = parseHubApplication({ ...object, spec: { ...(object['spec'] as JsonObject), project: 'team' } });
  const { work, id } = bundleOf(app, all, oneShot, { project: { spec: { sourceRepos: ['*'] } } });
  return rowOf(work, 3, id);
}

function rowOf(work: ManifestWork, version: number, id = 'b1'): ResourceBundle {
  const { name, labels, annotations, manifests, manifestConfigs, deleteOption } = work;
  return {
    id,
    consumerName: 'c1',
    version,
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    metadata: { name, labels, annotations },
    manifests,
    manifestConfigs,
    ...(deleteOption === undefined ? {} : { deleteOption }),
    raw: {},
  };
}

const strategies = ({ manifestConfigs }: Pick<ResourceBundle, 'manifestConfigs'>): readonly unknown[] =>
  manifestConfigs.map((config) => config['updateStrategy']);

describe('frozen', () => {
  it('everything is ReadOnly, companions too, and the rest is as it was', () => {
    const before = publishedRow();
    const frozen = frozenForm(before, 'freeze-r');
    expect(strategies(frozen)).toEqual(before.manifestConfigs.map(() => ({ type: 'ReadOnly' })));
    expect(frozen.manifestConfigs.map(({ feedbackRules }) => feedbackRules)).toEqual(
      before.manifestConfigs.map(({ feedbackRules }) => feedbackRules),
    );
    expect(frozen.manifests).toEqual(before.manifests);
    expect(frozen.deleteOption).toEqual(before.deleteOption);
    expect(isReadOnly(frozen)).toBe(true);
    expect(isReadOnly(before)).toBe(false);
    expect(readStoredBundle({ ...rowOf(frozen, 4), consumer: 'c1' })).toMatchObject({ migration: 'freeze-r' });
  });

  it('unfrozen is what it was, and the controllers read it as what they published', () => {
    const before = publishedRow();
    const frozen = rowOf(frozenForm(before, 'freeze-r'), 4, before.id);
    const { work, touched, isAsPublished } = thawedForm(frozen, undefined);
    expect([touched, isAsPublished]).toEqual([false, true]);
    expect(work.manifestConfigs).toEqual(before.manifestConfigs);
    expect(work.manifests).toEqual(before.manifests);
    const known = readStoredBundle({ ...before, consumer: 'c1' });
    const read = readStoredBundle({ ...rowOf(work, 5, before.id), consumer: 'c1' });
    expect(read).toEqual({ ...known, version: 5 });
    expect(read.stampedHash).toBeUndefined();
  });

  it('every version has another label, so that the agent takes up one that differs in stamps alone', () => {
    const before = publishedRow();
    const work = { ...frozenForm(before, 'freeze-r'), manifestConfigs: before.manifestConfigs };
    const { labels } = updateOf(before, work, settings.sourceId).work;
    expect(labels).toEqual({ ...work.labels, 'maestro-cli.hyperfleet.io/version': '4' });
    expect(contentHashOf({ ...work, labels })).toBe(hashStamp(before));
  });

  it.each(['', '[]', '{"a":1}', 'no JSON'])(
    'without a stamp that can be read (%j) the strategies are those that the controllers give',
    (text) => {
      const before = publishedRow();
      const frozen = frozenForm(before, 'freeze-r');
      const annotations = { ...frozen.annotations, 'maestro-cli.hyperfleet.io/strategies-before-freeze': text };
      const { work, isAsPublished } = thawedForm(rowOf({ ...frozen, annotations }, 4), undefined);
      expect(work.manifestConfigs).toEqual(before.manifestConfigs);
      expect(isAsPublished).toBe(true);
    },
  );

  it('a touch makes it another Application for the agent, and the same content for the controllers', () => {
    const before = publishedRow();
    const frozen = rowOf(frozenForm(before, 'freeze-r'), 4, before.id);
    const { work, touched, isAsPublished } = thawedForm(frozen, 'run-2');
    expect([touched, isAsPublished]).toEqual([true, true]);
    expect(work.manifests).not.toEqual(before.manifests);
    expect(contentHashOf(work)).toBe(hashStamp(before));
    // Somebody else writes it afterwards, without a change: it is summed up, and is still the same.
    const { stampedHash } = readStoredBundle({ ...rowOf(work, 9, before.id), consumer: 'c1' });
    expect(stampedHash).toBeUndefined();
  });

  it.each<[string, OneShot]>([
    ['an operation', { operation: { sync: {} } }],
    ['a refresh', { refresh: 'hard' }],
  ])('what carries %s is not touched, because that would run once more', (_what, oneShot) => {
    const frozen = rowOf(frozenForm(publishedRow(oneShot), 'freeze-r'), 4);
    const { work, touched } = thawedForm(frozen, 'run-2');
    expect(touched).toBe(false);
    expect(work.manifests).toEqual(frozen.manifests);
  });

  it('what another client wrote is put back as that was, and is not stamped as published by us', () => {
    const before = publishedRow();
    const [first = {}, ...rest] = before.manifests;
    const changed = { ...before, manifests: [{ ...first, extra: true }, ...rest] };
    const { work, isAsPublished } = thawedForm(rowOf(frozenForm(changed, 'freeze-r'), 7), undefined);
    expect(isAsPublished).toBe(false);
    expect(work.annotations['maestro-cli.hyperfleet.io/version']).toBe(
      (before.metadata['annotations'] as JsonObject)['maestro-cli.hyperfleet.io/version'],
    );
  });
});

describe('leaving', () => {
  it('is CreateOnly and Orphan for all, whatever it was before', () => {
    const before = publishedRow();
    for (const row of [before, rowOf(frozenForm(before, 'freeze-r'), 4)]) {
      const leaving = leavingForm(row, 'uninstall-r');
      expect(strategies(leaving)).toEqual(before.manifestConfigs.map(() => ({ type: 'CreateOnly' })));
      expect(leaving.deleteOption).toEqual({ propagationPolicy: 'Orphan' });
      expect(isLeaving(rowOf(leaving, 5))).toBe(true);
      expect(leaving.annotations).not.toHaveProperty(['maestro-cli.hyperfleet.io/strategies-before-freeze']);
    }
    expect(isLeaving(before)).toBe(false);
  });
});

it('a manifest that no config of its own names is told', () => {
  const row = publishedRow();
  expect(withoutConfig(row)).toEqual([]);
  expect(withoutConfig({ ...row, manifestConfigs: row.manifestConfigs.slice(1) })).toHaveLength(1);
});

function hashStamp({ metadata }: ResourceBundle): unknown {
  const { annotations } = metadata;
  return isJsonObject(annotations) ? annotations['maestro-cli.hyperfleet.io/content-hash'] : undefined;
}
