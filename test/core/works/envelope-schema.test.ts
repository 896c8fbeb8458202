import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { optionShapes, type Shape } from '../../../src/core/works/envelope-schema.ts';
import { problemText } from '../../../src/core/works/problem.ts';
import { validateWork } from '../../../src/core/works/validate.ts';
import { readWorkApi, type CrdField } from '../../support/work-api.ts';

const api = readWorkApi();
const jsonTypes: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'boolean',
  integer: 'integer',
  list: 'array',
  object: 'object',
};

/** The shape as the facts of a CustomResourceDefinition. */
function factsOf(path: string, shape: Shape, required: boolean): readonly (readonly [string, CrdField])[] {
  const oneOf = shape.type === 'string' ? shape.oneOf : undefined;
  const own: CrdField = {
    type: jsonTypes[shape.type] ?? shape.type,
    required,
    ...(oneOf === undefined ? {} : { oneOf: [...oneOf].sort() }),
  };
  const inside =
    shape.type === 'list'
      ? factsOf(`${path}[]`, shape.of, false)
      : shape.type === 'object'
        ? Object.entries(shape.fields).flatMap(([name, field]) =>
            factsOf(`${path}.${name}`, field, shape.required?.includes(name) === true),
          )
        : [];
  return [[path, own], ...inside];
}

/** Where the envelope means to differ, and why. */
const differences: Readonly<Record<string, Pick<CrdField, 'required'>>> = {
  // Go reads a rule without one as "", which means all conditions of the kind.
  'spec.manifestConfigs[].conditionRules[].condition': { required: false },
  // An executor without a subject says nothing.
  'spec.executor.subject': { required: true },
};

describe('the options of a work', () => {
  it('are those of the CustomResourceDefinition at the API that Maestro is built with', () => {
    const wanted = [...api.fields]
      .filter(([path]) => !path.startsWith('spec.workload'))
      .map(
        ([path, { type, required, oneOf }]) =>
          [
            path,
            { type, required, ...(oneOf === undefined ? {} : { oneOf: [...oneOf].sort() }), ...differences[path] },
          ] as const,
      );
    expect(wanted.length).toBeGreaterThan(50);
    const found = Object.entries(optionShapes).flatMap(([name, shape]) => factsOf(`spec.${name}`, shape, false));
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
  });

  it('know which texts Maestro writes although nobody has set them', () => {
    const enums = [...api.structs]
      .filter(([, type]) => /^(\w+Type|IgnoreFieldsCondition)$/.test(type))
      .map(([field]) => field);
    const written: string[] = [];
    const collect = (shape: Shape, path: string): void => {
      if (shape.type === 'string' && shape.writtenEmpty === true) written.push(path.split('.').at(-1) ?? '');
      if (shape.type === 'list') collect(shape.of, path);
      if (shape.type === 'object')
        for (const [name, field] of Object.entries(shape.fields)) collect(field, `${path}.${name}`);
    };
    for (const shape of Object.values(optionShapes)) collect(shape, '');
    expect(written.sort()).toEqual(enums.map((field) => field.split('.').at(-1)).sort());
  });
});

const configMap: JsonObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' } };
const resourceIdentifier = { group: '', resource: 'configmaps', namespace: 'b', name: 'a' };

function problems(options: {
  readonly manifestConfigs?: readonly JsonObject[];
  readonly deleteOption?: JsonObject;
  readonly executor?: JsonObject;
}): readonly string[] {
  return validateWork({
    name: 'w',
    labels: {},
    annotations: {},
    manifests: [configMap],
    manifestConfigs: [],
    ...options,
  }).map((problem) => problemText(problem));
}

describe('a work that no file holds', () => {
  const config = (more: JsonObject): readonly JsonObject[] => [{ resourceIdentifier, ...more }];
  const ignoring = (field: JsonObject): readonly JsonObject[] =>
    config({ updateStrategy: { type: 'ServerSideApply', serverSideApply: { ignoreFields: [field] } } });

  it.each<readonly [string, Parameters<typeof problems>[0], readonly string[]]>([
    [
      'a field that Maestro would drop',
      { manifestConfigs: config({ typoField: 1 }) },
      ['spec.manifestConfigs[0].typoField: unknown field'],
    ],
    [
      'a slip in a field',
      { manifestConfigs: config({ feedbackRule: [] }) },
      ['spec.manifestConfigs[0].feedbackRule: unknown field (did you mean "feedbackRules"?)'],
    ],
    ['how feedback is read', { manifestConfigs: config({ feedbackScrapeType: 'Watch' }) }, []],
    [
      'a slip in how feedback is read',
      { manifestConfigs: config({ feedbackScrapeType: 'Wacth' }) },
      [
        'spec.manifestConfigs[0].feedbackScrapeType: Unsupported value: "Wacth": one of Poll, Watch (did you mean "Watch"?)',
      ],
    ],
    [
      'fields ignored by JSON Pointer',
      { manifestConfigs: ignoring({ condition: 'OnSpokeChange', jsonPointers: ['/data/a'] }) },
      [],
    ],
    [
      'fields ignored by jq',
      { manifestConfigs: ignoring({ condition: 'OnSpokePresent', jqPathExpressions: ['.data'] }) },
      [],
    ],
    [
      'fields ignored by all three',
      {
        manifestConfigs: ignoring({
          condition: 'OnSpokePresent',
          jsonPaths: ['.data'],
          jsonPointers: ['/data'],
          jqPathExpressions: ['.data'],
        }),
      },
      [],
    ],
    [
      'a slip in a condition',
      { manifestConfigs: ignoring({ condition: 'OnSpokChange', jsonPaths: ['.data'] }) },
      [
        'spec.manifestConfigs[0].updateStrategy.serverSideApply.ignoreFields[0].condition: Unsupported value: "OnSpokChange": one of OnSpokePresent, OnSpokeChange (did you mean "OnSpokeChange"?)',
      ],
    ],
    [
      'a strategy without a type',
      { manifestConfigs: config({ updateStrategy: {} }) },
      ['spec.manifestConfigs[0].updateStrategy.type: Required value: field not set'],
    ],
    ['a policy that is not set', { deleteOption: { propagationPolicy: '', ttlSecondsAfterFinished: 30 } }, []],
    [
      'a rule whose type another client has left out',
      { manifestConfigs: config({ feedbackRules: [{ type: '' }] }) },
      [
        'warning: spec.manifestConfigs[0].feedbackRules[0].type: is empty: Maestro keeps it so, and agents make nothing of the rule',
      ],
    ],
    ['an executor of nobody', { executor: {} }, ['spec.executor.subject: Required value: field not set']],
  ])('is checked all the same: %s', (_name, options, expected) => expect(problems(options)).toEqual(expected));
});
