import { describe, expect, it } from 'vitest';
import { MaestroError } from '../../../src/errors.ts';
import { planDocument, readPlan, type MigrationPlan } from '../../../src/core/migration/plan-file.ts';
import { config, configMap, planned, request, source, stored, work } from './stored.ts';

const executor = { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'n', name: 's' } } };
const olds = [
  stored(work('hyperfleet-c1-ns', [configMap('a')], { labels: { team: 'x' }, executor }), 'ns', 7),
  stored(
    work('hyperfleet-c1-np', [configMap('b')], {
      executor,
      manifestConfigs: [config('b'), config('nowhere')],
      deleteOption: { propagationPolicy: 'Orphan' },
    }),
    'np',
    3,
  ),
];
const plan: MigrationPlan = {
  source,
  to: 'C',
  createdAt: '2026-11-23T01:00:00Z',
  clusters: [planned(olds, request('C'))],
};
const document = planDocument(plan);

type Json = Record<string, unknown>;

/** The file with a change to it, and what is said of it. */
function refusalOf(change: (file: { clusters: Json[] } & Json) => void): string {
  const file = structuredClone(document) as unknown as { clusters: Json[] } & Json;
  change(file);
  return refusalOfText(JSON.stringify(file));
}

function refusalOfText(text: string): string {
  try {
    readPlan(text, 'p.json');
  } catch (caught) {
    if (!(caught instanceof MaestroError)) throw caught;
    expect(caught.code).toBe('invalid-input');
    expect(caught.hint).toContain('Nothing was sent.');
    return caught.message.replace('p.json: this is no plan that can be carried out: ', '');
  }
  return 'read';
}

describe('the file of a plan', () => {
  it('holds all that a rollback needs, and reads back as it was', () => {
    expect(plan.clusters[0]?.notes).toHaveLength(1);
    expect(readPlan(JSON.stringify(document), 'p.json')).toEqual(plan);
    expect(document).toMatchObject({ apiVersion: 'maestro-cli.hyperfleet.io/v1', kind: 'MigrationPlan', source });
    expect(document.clusters[0]).toMatchObject({
      consumer: 'c1',
      old: [{ version: 3 }, { version: 7, document: { kind: 'ManifestWork', metadata: { labels: { team: 'x' } } } }],
      managers: [
        { work: 'hyperfleet-c1-np', managers: ['np'], from: 'record' },
        { work: 'hyperfleet-c1-ns', managers: ['ns'], from: 'record' },
      ],
    });
  });

  it('reads the plurals that the agent has told, and leaves out what is none', () => {
    const [cluster] = readPlan(JSON.stringify(document), 'p.json').clusters;
    expect(cluster?.new[0]?.resources).toEqual({
      'ConfigMap/default/a': 'configmaps',
      'ConfigMap/default/b': 'configmaps',
    });
  });

  it.each([
    ['what is no JSON', 'kind: MigrationPlan', /^it is no JSON: /],
    ['a list', '[]', /^it is no MigrationPlan$/],
    ['an object of another kind', '{"kind":"ManifestWork"}', /^it is no MigrationPlan$/],
    ['one without a version', '{"kind":"MigrationPlan"}', /^its apiVersion is null, this version reads .*\/v1$/],
    ['one of a later version', '{"kind":"MigrationPlan","apiVersion":"x/v2"}', /^its apiVersion is "x\/v2", this/],
  ])('is none: %s', (_what, text, message) => {
    expect(refusalOfText(text)).toMatch(message);
  });

  it.each<[string, (file: { clusters: Json[] } & Json) => void, string]>([
    ['no pattern', (file) => delete file['to'], 'to is not a text'],
    ['an unknown pattern', (file) => (file['to'] = 'D'), 'to: "D" is none of A, B, C'],
    ['no source', (file) => (file['source'] = 1), 'source is not a text'],
    ['no time', (file) => delete file['createdAt'], 'createdAt is not a text'],
    ['clusters of another kind', (file) => Object.assign(file, { clusters: {} }), 'clusters is not a list of objects'],
    [
      'a cluster that is none',
      (file) => Object.assign(file, { clusters: ['c1'] }),
      'clusters is not a list of objects',
    ],
    ['a cluster twice', (file) => file.clusters.push(file.clusters[0]!), 'c1 stands in it twice'],
    ['a cluster without a name', (file) => delete file.clusters[0]!['consumer'], 'consumer is not a text'],
    ['notes that are none', (file) => (file.clusters[0]!['notes'] = [1]), 'notes is not a list of texts'],
    ['no notes', (file) => delete file.clusters[0]!['notes'], 'notes is not a list of texts'],
    ['no old works', (file) => delete file.clusters[0]!['old'], 'old is not a list of objects'],
    ['no new works', (file) => delete file.clusters[0]!['new'], 'new is not a list of objects'],
    ['no managers', (file) => delete file.clusters[0]!['managers'], 'managers is not a list of objects'],
    ['a manager of nothing', (file) => (file.clusters[0]!['managers'] = [{}]), 'work is not a text'],
    [
      'managers of a work that are none',
      (file) => (file.clusters[0]!['managers'] = [{ work: 'w', managers: 'np', from: 'record' }]),
      'managers is not a list of texts',
    ],
    [
      'managers from nowhere',
      (file) => (file.clusters[0]!['managers'] = [{ work: 'w', managers: ['np'] }]),
      'from is not a text',
    ],
  ])('is refused for %s', (_what, change, message) => {
    expect(refusalOf(change)).toBe(message);
  });

  it.each<[string, Json, string]>([
    ['version', { version: '3' }, 'version is not a number'],
    ['id', { id: 1 }, 'id is not a text'],
    ['document', { document: { kind: 'ManifestWork' } }, 'document is not a ManifestWork'],
    ['document that is no object', { document: 'w' }, 'document is not a ManifestWork'],
    ['resources', { resources: ['configmaps'] }, 'resources is not a map'],
  ])('is refused for an old work without its %s', (_what, wrong, message) => {
    expect(refusalOf(({ clusters: [cluster] }) => Object.assign((cluster!['old'] as Json[])[0]!, wrong))).toBe(message);
  });

  it('is refused when source, pattern or a cluster were changed after it was planned', () => {
    const changed = 'what it says of c1 was changed after it was planned';
    expect(refusalOf((file) => (file['source'] = 'other'))).toBe(changed);
    expect(refusalOf((file) => (file['to'] = 'A'))).toBe(changed);
    expect(refusalOf(({ clusters: [cluster] }) => Object.assign((cluster!['old'] as Json[])[0]!, { version: 4 }))).toBe(
      changed,
    );
    expect(refusalOf(({ clusters: [cluster] }) => delete cluster!['digest'])).toBe(changed);
  });
});
