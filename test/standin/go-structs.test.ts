import { describe, expect, it } from 'vitest';
import { goProblem, throughGo, type GoType } from '../../src/standin/service/go-structs.ts';
import { workTypes } from '../../src/standin/service/work-types.ts';
import { readWorkApi } from '../support/work-api.ts';

/** The type as the source of the work API writes it, without the package. */
function sourceOf(type: GoType): string {
  return type.kind === 'list' ? `[]${sourceOf(type.of)}` : type.name.replace(/^v1\./, '');
}

function structsOf(type: GoType): readonly (readonly [string, string])[] {
  if (type.kind === 'list') return structsOf(type.of);
  if (type.kind !== 'struct') return [];
  return Object.entries(type.fields).flatMap(([name, { type: inside, pointer, omitEmpty }]) => [
    [
      `${type.name}.${name}`,
      `${pointer === true ? '*' : ''}${sourceOf(inside)}${omitEmpty === true ? ' omitempty' : ''}`,
    ] as const,
    ...structsOf(inside),
  ]);
}

describe('the Go types of a bundle', () => {
  it('are those of the work API that Maestro is built with', () => {
    const wanted = [...readWorkApi().structs].filter(
      ([field]) => !/^(ManifestWorkSpec|ManifestsTemplate)\./.test(field),
    );
    expect(wanted.length).toBeGreaterThan(40);
    expect(Object.fromEntries(Object.values(workTypes).flatMap((type) => structsOf(type)))).toEqual(
      Object.fromEntries(wanted),
    );
  });
});

/** What a Go program with these types printed (Go 1.26, encoding/json). */
describe('reading and writing by Go', () => {
  const address = { group: '', resource: '', name: '', namespace: '' };

  it.each<readonly [keyof typeof workTypes, unknown, unknown]>([
    ['manifestConfig', null, { resourceIdentifier: address }],
    [
      'manifestConfig',
      { ResourceIdentifier: { name: 'a' }, typo: 1, updateStrategy: {}, feedbackRules: [], conditionRules: [{}] },
      {
        resourceIdentifier: { ...address, name: 'a' },
        updateStrategy: {},
        conditionRules: [{ condition: '', type: '', celExpressions: null, message: '', messageExpression: '' }],
      },
    ],
    [
      'manifestConfig',
      {
        updateStrategy: { type: '', serverSideApply: { ignoreFields: [{}, null] } },
        feedbackRules: [{ jsonPaths: [{}] }],
        feedbackScrapeType: '',
      },
      {
        resourceIdentifier: address,
        feedbackRules: [{ type: '', jsonPaths: [{ name: '', path: '' }] }],
        updateStrategy: { serverSideApply: { force: false, ignoreFields: [{ condition: '' }, { condition: '' }] } },
      },
    ],
    [
      'manifestConfig',
      {
        conditionRules: [{ celExpressions: [] }],
        updateStrategy: { type: 'X', serverSideApply: { ignoreFields: [{ jsonPaths: [], jsonPointers: [null] }] } },
      },
      {
        resourceIdentifier: address,
        updateStrategy: {
          type: 'X',
          serverSideApply: { force: false, ignoreFields: [{ condition: '', jsonPointers: [''] }] },
        },
        conditionRules: [{ condition: '', type: '', celExpressions: [], message: '', messageExpression: '' }],
      },
    ],
    [
      'deleteOption',
      { ttlSecondsAfterFinished: 0, selectivelyOrphans: { orphaningRules: [{}] } },
      { propagationPolicy: '', selectivelyOrphans: { orphaningRules: [address] }, ttlSecondsAfterFinished: 0 },
    ],
    ['deleteOption', {}, { propagationPolicy: '' }],
    ['executor', { subject: {} }, { subject: { type: '' } }],
  ])('%s %#', (name, written, expected) => expect(throughGo(written as never, workTypes[name])).toEqual(expected));

  const place = { struct: 'ManifestBundle', path: ['manifestConfigs'] };

  it.each<readonly [unknown, string]>([
    [
      { resourceIdentifier: { group: 1 } },
      'json: cannot unmarshal number into Go struct field ResourceIdentifier.manifestConfigs.resourceIdentifier.group of type string',
    ],
    [
      { feedbackRules: [{ type: true }] },
      'json: cannot unmarshal bool into Go struct field FeedbackRule.manifestConfigs.feedbackRules.type of type v1.FeedBackType',
    ],
    [
      { feedbackRules: 'x' },
      'json: cannot unmarshal string into Go struct field ManifestConfigOption.manifestConfigs.feedbackRules of type []v1.FeedbackRule',
    ],
    [
      'x',
      'json: cannot unmarshal string into Go struct field ManifestBundle.manifestConfigs of type v1.ManifestConfigOption',
    ],
    [
      { updateStrategy: { serverSideApply: { force: 'yes' } } },
      'json: cannot unmarshal string into Go struct field ServerSideApplyConfig.manifestConfigs.updateStrategy.serverSideApply.force of type bool',
    ],
    [
      { conditionRules: [{ celExpressions: [1] }] },
      'json: cannot unmarshal number into Go struct field ConditionRule.manifestConfigs.conditionRules.celExpressions of type string',
    ],
    [{ typo: 1, feedbackRules: null, updateStrategy: { type: null } }, ''],
  ])('refuses %j', (written, expected) =>
    expect(goProblem(written as never, workTypes.manifestConfig, place)).toBe(expected),
  );

  it.each<readonly [keyof typeof workTypes, unknown, string]>([
    [
      'deleteOption',
      { ttlSecondsAfterFinished: 1.5 },
      'json: cannot unmarshal number 1.5 into Go struct field DeleteOption.deleteOption.ttlSecondsAfterFinished of type int64',
    ],
    [
      'deleteOption',
      { selectivelyOrphans: { orphaningRules: [{ name: [] }] } },
      'json: cannot unmarshal array into Go struct field OrphaningRule.deleteOption.selectivelyOrphans.orphaningRules.name of type string',
    ],
    [
      'executor',
      { subject: { serviceAccount: 1 } },
      'json: cannot unmarshal number into Go struct field ManifestWorkExecutorSubject.executor.subject.serviceAccount of type v1.ManifestWorkSubjectServiceAccount',
    ],
  ])('refuses a %s %j', (name, written, expected) => {
    expect(goProblem(written as never, workTypes[name], { struct: 'ManifestBundle', path: [name] })).toBe(expected);
  });
});
