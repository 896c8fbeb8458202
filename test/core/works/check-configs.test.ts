import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { checkConfigs } from '../../../src/core/works/check-configs.ts';
import { problemText } from '../../../src/core/works/problem.ts';

const object = (kind: string, apiVersion: string, namespace: string, name: string): JsonObject => ({
  apiVersion,
  kind,
  metadata: { namespace, name },
});
const config = (group: string, resource: string, namespace: string, name: string): JsonObject => ({
  resourceIdentifier: { group, resource, namespace, name },
});

function found(configs: readonly JsonObject[], manifests: readonly JsonObject[]): readonly string[] {
  return checkConfigs(configs, manifests, ['c']).map((problem) => problemText(problem));
}

describe('what a config that matches nothing was meant for', () => {
  const old = object('Ingress', 'extensions/v1beta1', 'a', 'web');
  const current = object('Ingress', 'networking.k8s.io/v1', 'np', 'web');
  const groupOfCurrent = 'the group of Ingress.networking.k8s.io/np/web is "networking.k8s.io"';
  const namespaceOfCurrent = 'the namespace of Ingress.networking.k8s.io/np/web is "np"';

  it.each<[string, JsonObject, string | undefined]>([
    ['that of its namespace, when the group is wrong', config('', 'ingresses', 'np', 'web'), groupOfCurrent],
    [
      'that of its group, when the namespace is wrong',
      config('networking.k8s.io', 'ingresses', 'x', 'web'),
      namespaceOfCurrent,
    ],
    ['nobody knows, when both are wrong', config('apps', 'ingresses', 'x', 'web'), undefined],
    ['none of another kind', config('', 'services', 'np', 'web'), undefined],
    ['one with a name like it', config('networking.k8s.io', 'ingresses', 'np', 'wep'), 'did you mean "web"?'],
    ['none of another namespace with a name like it', config('networking.k8s.io', 'ingresses', 'x', 'wep'), undefined],
    ['none of another group with a name like it', config('', 'ingresses', 'np', 'wep'), undefined],
    ['none of another kind with a name like it', config('networking.k8s.io', 'routes', 'np', 'wep'), undefined],
  ])('%s', (_what, one, suggestion) => {
    const problems = checkConfigs([one], [old, current], ['c']);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ severity: 'error', path: ['c', 0, 'resourceIdentifier'] });
    expect(problems[0]?.message).toMatch(/ matches no manifest$/);
    expect(problems[0]?.suggestion).toBe(suggestion);
  });
});

describe('a pattern', () => {
  const manifests = [object('ConfigMap', 'v1', 'n', 'a'), object('Secret', 'v1', 'n', 'b')];

  it('may match manifests of several kinds, as long as one is of its resource', () => {
    expect(found([config('', 'secrets', 'n', '*')], manifests)).toEqual([]);
  });

  it('that matches only other kinds is told of each once', () => {
    const more = [...manifests, object('Secret', 'v1', 'n', 'c')];
    expect(found([config('', 'secretmaps', 'n', '*')], more)).toEqual([
      'warning: c[0].resourceIdentifier.resource: "secretmaps" does not look like the plural of ConfigMap or Secret' +
        ' (did you mean "configmaps" or "secrets"?)',
    ]);
  });

  it('takes no other sign than the star for more than itself', () => {
    expect(found([config('', 'configmaps', 'n', 'a.c*')], [object('ConfigMap', 'v1', 'n', 'abcd')])).toHaveLength(1);
    expect(found([config('', 'configmaps', 'n', 'a.c*')], [object('ConfigMap', 'v1', 'n', 'a.cd')])).toEqual([]);
  });

  it('with many stars is looked up at once in the longest name', { timeout: 5000 }, () => {
    const longest = object('ConfigMap', 'v1', 'n', 'a'.repeat(253));
    expect(found([config('', 'configmaps', 'n', `${'*a'.repeat(12)}b`)], [longest])).toHaveLength(1);
    expect(found([config('', 'configmaps', 'n', '*a'.repeat(12))], [longest])).toEqual([]);
  });
});

describe('a config without a resource', () => {
  it.each<JsonValue>(['', null, 1])('%j is left to the shape of the envelope', (resource) => {
    const one = { resourceIdentifier: { group: '', resource, namespace: 'n', name: 'a' } };
    expect(found([one], [object('ConfigMap', 'v1', 'n', 'a')])).toEqual([]);
  });
});

describe('paths of feedback', () => {
  const paths = (jsonPaths: JsonValue): readonly string[] =>
    found(
      [{ ...config('', 'pods', 'n', 'a'), feedbackRules: [{ type: 'JSONPaths', jsonPaths }] }],
      [object('Pod', 'v1', 'n', 'a')],
    ).map((text) => text.replace('c[0].feedbackRules[0].jsonPaths', ''));
  const whole = (what: string): string =>
    `warning: [0].path: reports ${what}, with every change of its resourceVersion` +
    ' (name the fields that are needed, or .status)';

  it('are left to the shape of the envelope where they are none', () => {
    const rules: JsonValue = ['x', null, { type: 'WellKnownStatus', jsonPaths: 'y' }];
    expect(found([{ ...config('', 'pods', 'n', 'a'), feedbackRules: rules }], [object('Pod', 'v1', 'n', 'a')])).toEqual(
      [],
    );
    expect(paths([{ name: 'a', path: 1 }, { name: 'b' }, 'c'])).toEqual([]);
  });

  it.each<[string, string]>([
    ['$', whole('the whole object')],
    ['@', whole('the whole object')],
    ['$.', whole('the whole object')],
    ['$.metadata', whole('all metadata of the object')],
    ['@.metadata', whole('all metadata of the object')],
    ['x{.status}', '[0].path: Invalid value: "x{.status}": a path begins with "." (character 1)'],
    ['{.status}x', '[0].path: Invalid value: "{.status}x": a path begins with "." (character 1)'],
    [
      '.items[9223372036854775808]',
      '[0].path: Invalid value: ".items[9223372036854775808]": [9223372036854775808] is no index, slice, * or key in' +
        ' single quotes (character 8)',
    ],
    [
      '{.items[9223372036854775808]}',
      '[0].path: Invalid value: "{.items[9223372036854775808]}": [9223372036854775808] is no index, slice, * or key in' +
        ' single quotes (character 9)',
    ],
  ])('%s', (path, text) => expect(paths([{ name: 'a', path }])).toEqual([text]));

  it.each(['$.status', '@.metadata.name', '..metadata', '.*'])('%s is one that is needed', (path) =>
    expect(paths([{ name: 'a', path }])).toEqual([]),
  );
});
