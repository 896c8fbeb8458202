import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { plausiblePlurals } from '../../../src/core/works/config-address.ts';
import { jsonPathFault } from '../../../src/core/works/json-path-syntax.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import { locateProblem, problemText } from '../../../src/core/works/problem.ts';
import { validateWork } from '../../../src/core/works/validate.ts';
import { readDocuments } from '../../../src/core/yaml/read-documents.ts';
import { anyWork } from './arbitrary-work.ts';

interface Step {
  readonly step: string;
  readonly request: { readonly event?: { readonly data?: { readonly manifests?: readonly JsonObject[] } } };
  readonly response: { readonly code: number; readonly message?: string };
}

const namespace: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } };
const deployment: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'np' },
};

function work(parts: Partial<ManifestWork> = {}): ManifestWork {
  return { name: 'w', labels: {}, annotations: {}, manifests: [namespace, deployment], manifestConfigs: [], ...parts };
}

function problems(parts: Partial<ManifestWork>): string[] {
  return validateWork(work(parts)).map((problem) => problemText(problem));
}

function ofManifest(change: JsonObject): string[] {
  return problems({ manifests: [{ ...namespace, ...change }] });
}

function ofMetadata(change: JsonObject): string[] {
  return ofManifest({ metadata: { name: 'a', ...change } });
}

const m0 = 'spec.workload.manifests[0]';

describe('what the server was recorded to refuse', () => {
  const file = new URL('../../fixtures/recordings/rejected.json', import.meta.url);
  const { steps } = JSON.parse(readFileSync(file, 'utf8')) as { steps: readonly Step[] };
  const refused = steps.filter(({ response }) =>
    response.message?.includes('the manifest bundle in the resource is invalid'),
  );

  it('is nine cases', () => expect(refused).toHaveLength(9));

  it.each(refused.map((step) => [step.step, step] as const))('%s, with its text', (_name, step) => {
    const found = validateWork(work({ manifests: step.request.event?.data?.manifests ?? [] }));
    expect(found).toHaveLength(1);
    const text = step.response.message?.split('is invalid, ')[1] ?? '';
    const [field, ...message] = text.split(': ');
    if (message.length === 0) expect(found[0]?.message).toBe(text);
    else {
      expect(found[0]?.message).toBe(message.join(': '));
      expect(problemText(found[0] as never)).toContain(`${m0}.${field}`);
    }
  });
});

describe('a good work', () => {
  it('has no problems', () => {
    const configs = [
      {
        resourceIdentifier: { group: 'apps', resource: 'deployments', namespace: 'np', name: 'web' },
        feedbackRules: [{ type: 'WellKnownStatus' }],
      },
      {
        resourceIdentifier: { resource: 'namespaces', name: 'a' },
        feedbackRules: [
          {
            type: 'JSONPaths',
            jsonPaths: [
              { name: 'x', path: '.status' },
              { name: 'y', path: '.spec' },
            ],
          },
        ],
      },
      { resourceIdentifier: { group: '', resource: 'namespaces', name: '*' } },
    ];
    expect(
      problems({
        namespace: 'c',
        labels: { 'a.b/c': 'D' },
        annotations: { 'A.b/c': 'any thing' },
        manifestConfigs: configs,
      }),
    ).toEqual([]);
  });

  it('may have empty and absent parts', () => {
    expect(
      ofMetadata({
        labels: null,
        annotations: null,
        finalizers: [],
        namespace: '',
        resourceVersion: '',
        generateName: null,
      }),
    ).toEqual([]);
  });
});

describe('each rule of the server', () => {
  it.each<[string, () => string[], string | RegExp]>([
    ['no kind', () => ofManifest({ kind: '' }), `${m0}.kind: Required value: field not set`],
    [
      'a kind that is a number',
      () => ofManifest({ kind: 1 }),
      `${m0}.kind: expected text, found the number 1 (put the value in quotes)`,
    ],
    ['no metadata', () => ofManifest({ metadata: null }), `${m0}.metadata.name: Required value: field not set`],
    ['metadata as a list', () => ofManifest({ metadata: [] }), `${m0}.metadata: expected a map, found a list`],
    [
      'a name that is a number',
      () => ofMetadata({ name: 12 }),
      `${m0}.metadata.name: expected text, found the number 12 (put the value in quotes)`,
    ],
    [
      'an empty group',
      () => ofManifest({ apiVersion: '/v1' }),
      `${m0}.apiVersion: Invalid value: "/v1": group not set`,
    ],
    [
      'an empty version',
      () => ofManifest({ apiVersion: 'apps/' }),
      `${m0}.apiVersion: Invalid value: "apps/": version not set`,
    ],
    [
      'a bad group',
      () => ofManifest({ apiVersion: 'Apps/v1' }),
      /^\S+apiVersion: Invalid value: "Apps\/v1": a lowercase RFC 1123 subdomain/,
    ],
    [
      'a version that begins with a digit',
      () => ofManifest({ apiVersion: '1v' }),
      /^\S+apiVersion: Invalid value: "1v": a DNS-1035 label/,
    ],
    [
      'a namespace that is a boolean',
      () => ofMetadata({ namespace: true }),
      `${m0}.metadata.namespace: expected text, found true (put the value in quotes)`,
    ],
    [
      'a grace period',
      () => ofMetadata({ deletionGracePeriodSeconds: 0 }),
      `${m0}.metadata.deletionGracePeriodSeconds: Forbidden: field cannot be set`,
    ],
    [
      'a label value',
      () => ofMetadata({ labels: { a: 'b c' } }),
      /^\S+\.labels\.a: Invalid value: "b c": a valid label must/,
    ],
    [
      'a label that is a number',
      () => ofMetadata({ labels: { a: 1 } }),
      `${m0}.metadata.labels.a: expected text, found the number 1 (put the value in quotes)`,
    ],
    ['labels as a list', () => ofMetadata({ labels: ['a'] }), `${m0}.metadata.labels: expected a map, found a list`],
    [
      'an annotation key',
      () => ofMetadata({ annotations: { '-a': '' } }),
      /^\S+\.annotations\["-a"\]: Invalid value: "-a": name part must/,
    ],
    [
      'large annotations',
      () => ofMetadata({ annotations: { a: 'é'.repeat(131_072) } }),
      `${m0}.metadata.annotations: Too long: may not be more than 262144 bytes`,
    ],
    [
      'a finalizer',
      () => ofMetadata({ finalizers: ['a', 'b c'] }),
      /^\S+\.finalizers\[1\]: Invalid value: "b c": name part must/,
    ],
    [
      'finalizers as text',
      () => ofMetadata({ finalizers: 'a' }),
      `${m0}.metadata.finalizers: expected a list, found text`,
    ],
  ])('%s', (_name, run, expected) => {
    const found = run();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  it('takes manifests for duplicates only when the whole address is the same', () => {
    const others = [
      { ...namespace, metadata: { name: 'b' } },
      { ...namespace, metadata: { name: 'a', namespace: 'x' } },
      { ...namespace, kind: 'ConfigMap' },
      { ...namespace, apiVersion: 'v2' },
    ];
    expect(problems({ manifests: [namespace, ...others] })).toEqual([]);
    expect(problems({ manifests: [namespace, ...others, deployment, deployment] })).toEqual([
      'spec.workload.manifests[6]: duplicate manifest for resource np/web with resource type apps/v1.Deployment (the first is manifests[5])',
    ]);
  });
});

describe('what the server forgets', () => {
  it.each<[string, Partial<ManifestWork>, RegExp]>([
    ['no manifests', { manifests: [] }, /^spec\.workload\.manifests: Required value: a work needs a manifest/],
    [
      'a work name with capitals',
      { name: 'Work_Name' },
      /^metadata\.name: Invalid value: "Work_Name": a lowercase RFC 1123 label/,
    ],
    ['a work name with a dot', { name: 'a.b' }, /^metadata\.name: Invalid value: "a\.b": must not contain dots/],
    ['a long work name', { name: 'a'.repeat(64) }, /^metadata\.name: .*no more than 63 characters/],
    ['a bad consumer', { namespace: 'A' }, /^metadata\.namespace: Invalid value/],
    ['a bad label of the work', { labels: { 'a b': 'c' } }, /^metadata\.labels\["a b"\]: Invalid value/],
    [
      'a bad annotation of the work',
      { annotations: { '/a': 'c' } },
      /^metadata\.annotations\["\/a"\]: Invalid value: "\/a": prefix part must be non-empty/,
    ],
    [
      'a List',
      { manifests: [{ apiVersion: 'v1', kind: 'List', metadata: { name: 'l' } }] },
      /^\S+\[0\]: a List is no object that a cluster stores \(put its items/,
    ],
    [
      'a typed list',
      { manifests: [{ apiVersion: 'v1', kind: 'PodList', items: [], metadata: { name: 'l' } }] },
      /a PodList is no object/,
    ],
    [
      'an integer beyond 2^53',
      { manifests: [{ ...namespace, spec: { list: [1, 9007199254740993n] } }] },
      /^warning: spec\.workload\.manifests\[0\]\.spec\.list\[1\]: 9007199254740993 is beyond 2\^53, Maestro will store 9007199254740992 \(put it in quotes/,
    ],
  ])('%s', (_name, parts, expected) => {
    const found = problems(parts);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  it('leaves an AllowList without items alone', () => {
    expect(problems({ manifests: [{ apiVersion: 'a.b/v1', kind: 'AllowList', metadata: { name: 'l' } }] })).toEqual([]);
  });

  it('takes 500 KiB of manifests and no byte more', () => {
    const sized = (size: number): JsonObject => {
      const empty = { ...namespace, data: { a: '' } };
      return { ...namespace, data: { a: 'x'.repeat(size - JSON.stringify(empty).length) } };
    };
    expect(problems({ manifests: [sized(500 * 1024)] })).toEqual([]);
    expect(problems({ manifests: [sized(500 * 1024 + 52)] })).toEqual([
      'spec.workload.manifests: Too large: the manifests take 500.1 KiB as JSON, clients and agents of OCM take 500 KiB (spread them over several works)',
    ]);
    expect(problems({ manifests: [sized(4 * 1024 * 1024)] })).toEqual([
      expect.stringContaining('the manifests take 4096.0 KiB') as unknown,
      expect.stringMatching(
        /^Too large: the work takes 4096\.\d KiB as JSON, a request to Maestro holds 4096 KiB/,
      ) as unknown,
    ]);
  });

  it('names everything in one run, in the order of the document', () => {
    const bad = { kind: 'X', metadata: { name: '', labels: { 'b!': '?' } } };
    expect(validateWork(work({ name: 'W', manifests: [bad, bad] }))).toHaveLength(9);
  });
});

describe('manifestConfigs', () => {
  const target = { group: 'apps', resource: 'deployments', namespace: 'np', name: 'web' };
  const config = (change: JsonObject, more: JsonObject = {}): JsonObject => ({
    resourceIdentifier: { ...target, ...change },
    ...more,
  });
  const at = 'spec.manifestConfigs[0].resourceIdentifier';

  it.each<[string, JsonObject, string]>([
    ['another name', { name: 'wep' }, `${at}: deployments.apps/np/wep matches no manifest (did you mean "web"?)`],
    ['a name like no other', { name: 'database' }, `${at}: deployments.apps/np/database matches no manifest`],
    [
      'another namespace',
      { namespace: 'x' },
      `${at}: deployments.apps/x/web matches no manifest (the namespace of Deployment.apps/np/web is "np")`,
    ],
    [
      'no namespace',
      { namespace: null },
      `${at}: deployments.apps/web matches no manifest (the namespace of Deployment.apps/np/web is "np")`,
    ],
    [
      'another group',
      { group: 'batch' },
      `${at}: deployments.batch/np/web matches no manifest (the group of Deployment.apps/np/web is "apps")`,
    ],
    [
      'the group forgotten',
      { group: '' },
      `${at}: deployments/np/web matches no manifest (the group of Deployment.apps/np/web is "apps")`,
    ],
    ['a pattern that matches nothing', { name: 'x*' }, `${at}: deployments.apps/np/x* matches no manifest`],
    [
      'the singular',
      { resource: 'deployment' },
      `warning: ${at}.resource: "deployment" does not look like the plural of Deployment (did you mean "deployments"?)`,
    ],
    [
      'the kind',
      { resource: 'Deployment' },
      `warning: ${at}.resource: "Deployment" does not look like the plural of Deployment (did you mean "deployments"?)`,
    ],
  ])('%s', (_name, change, expected) => expect(problems({ manifestConfigs: [config(change)] })).toEqual([expected]));

  it('takes patterns as agents do', () => {
    expect(problems({ manifestConfigs: [config({ name: 'w*' }), config({ name: '*', namespace: 'n*' })] })).toEqual([]);
    expect(problems({ manifestConfigs: [config({ name: 'w.b*' })] })).toHaveLength(1);
  });

  it('names a second config for the same address', () => {
    expect(problems({ manifestConfigs: [config({}), config({}, { updateStrategy: { type: 'Update' } })] })).toEqual([
      'spec.manifestConfigs[1]: a second config for deployments.apps/np/web (the agent only takes the first, manifestConfigs[0])',
    ]);
  });

  it('names once what has no address', () => {
    expect(problems({ manifestConfigs: [{}, { resourceIdentifier: { resource: 'x' }, feedbackRules: 'y' }] })).toEqual([
      'spec.manifestConfigs[0].resourceIdentifier: Required value: field not set',
      'spec.manifestConfigs[1].resourceIdentifier.name: Required value: field not set',
      'spec.manifestConfigs[1].feedbackRules: expected a list, found text',
    ]);
  });

  it.each<[string, JsonValue, string | undefined]>([
    ['a good path', [{ name: 'a', path: '.status.phase' }], undefined],
    ['no paths', [], 'jsonPaths: Required value: a rule of type JSONPaths needs paths'],
    ['no list of paths', null, 'jsonPaths: Required value: a rule of type JSONPaths needs paths'],
    [
      'a bad path',
      [{ name: 'a', path: '.status[' }],
      'jsonPaths[0].path: Invalid value: ".status[": the bracket is not closed (character 8)',
    ],
    [
      'a bad path in braces',
      [{ name: 'a', path: '{.status[}' }],
      'jsonPaths[0].path: Invalid value: "{.status[}": the bracket is not closed (character 9)',
    ],
    [
      'a path without a dot',
      [{ name: 'a', path: 'status' }],
      'jsonPaths[0].path: Invalid value: "status": a path begins with "." (character 1)',
    ],
    [
      'half a pair of braces',
      [{ name: 'a', path: '{.status' }],
      'jsonPaths[0].path: Invalid value: "{.status": a path begins with "." (character 1)',
    ],
    [
      'braces',
      [{ name: 'a', path: '{.status}' }],
      'jsonPaths[0].path: the agent puts the braces round the path itself and cannot read them here (write .status)',
    ],
    [
      'a filter with a bare word',
      [{ name: 'a', path: '.status.conditions[?(@.type==Ready)].status' }],
      'jsonPaths[0].path: Invalid value: ".status.conditions[?(@.type==Ready)].status": Ready is no condition of a filter (character 20)',
    ],
    ['what only the agent takes', [{ name: 'a', path: 'range .items}{.a}{end' }], undefined],
    [
      'no path',
      [{ name: 'a', path: '' }],
      'jsonPaths[0].path: reports the whole object, with every change of its resourceVersion (name the fields that are needed, or .status)',
    ],
    [
      'the whole object',
      [{ name: 'a', path: '.' }],
      'jsonPaths[0].path: reports the whole object, with every change of its resourceVersion (name the fields that are needed, or .status)',
    ],
    [
      'all metadata',
      [{ name: 'a', path: '.metadata' }],
      'jsonPaths[0].path: reports all metadata of the object, with every change of its resourceVersion (name the fields that are needed, or .status)',
    ],
    ['one field of metadata', [{ name: 'a', path: '.metadata.uid' }], undefined],
  ])('feedback: %s', (_name, jsonPaths, expected) => {
    const found = validateWork(
      work({ manifestConfigs: [config({}, { feedbackRules: [{ type: 'JSONPaths', jsonPaths }] })] }),
    );
    const text = found.map((problem) =>
      problemText(problem).replace(/^(warning: )?spec\.manifestConfigs\[0\]\.feedbackRules\[0\]\./, ''),
    );
    expect(text).toEqual(expected === undefined ? [] : [expected]);
    const warned = /every change/.test(expected ?? '');
    expect(found.every(({ severity }) => (severity === 'warning') === warned)).toBe(true);
  });

  it.each([
    ['Deployment', 'deployments'],
    ['Ingress', 'ingresses'],
    ['NetworkPolicy', 'networkpolicies'],
    ['Gateway', 'gateways'],
    ['Endpoints', 'endpoints'],
    ['Proxy', 'proxies'],
    ['Batch', 'batches'],
  ])('the plural of %s may be %s', (kind, plural) => expect(plausiblePlurals(kind)).toContain(plural));
});

describe('JSONPath, as Kubernetes’ parser judges it', () => {
  it.each([
    '.',
    '.a',
    '.a.b',
    '..a',
    '.a..b',
    '.a[0]',
    '.a[-1]',
    '.a[0:2]',
    '.a[:2]',
    '.a[1:]',
    '.a[::2]',
    '.a[*]',
    ".a['b']",
    ".a['b.c/d']",
    '.a[0,1]',
    ".a['x','y']",
    '.a[?(@.b=="c")]',
    ".a[?(@.b=='c')].d",
    '.a[?(@.b)]',
    '.a[?(@.b>1)]',
    '.*',
    '.a.*',
    '.a\\.b/c',
    '.[0]',
    ".['a']",
    '.a[0][1]',
    '.a[0].b[1]',
    '$.a',
    '.a-b',
    '.a=b',
    '.a[?(@.b==true)]',
    '.a[?(@=="x")]',
    '.a[?(@.b[0]=="x")]',
    '.a[*].b[?(@.c>=2.5)].d',
    '.a[?(@.b=="]")]',
    '.a[?(@.b==">")]',
  ])('takes %s', (path) => expect(jsonPathFault(path)).toBeUndefined());

  it.each<[string, number]>([
    ['', 1],
    ['a', 1],
    ['{.a}', 1],
    ['.a.', 4],
    ['..', 3],
    ['.a..[0]', 5],
    ['.a[0', 3],
    ['.a]', 3],
    ['.a[]', 4],
    ['.a[x]', 4],
    ['.a["b"]', 4],
    ['.a["b]', 3],
    ['.a[1:2:3:4]', 4],
    ['.a[1.5]', 4],
    ['.a[ 0 ]', 4],
    ['.a[?@.b]', 4],
    ['.a[?()]', 4],
    ['.a[?(b)]', 4],
    ['.a[?(@.b=="c"]', 4],
    ['.a[?(@.b=="x" && @.c=="y")]', 4],
    ['.a b', 3],
    ['.a{', 3],
    ['.a,b', 3],
    ['.a[0]b', 6],
    ['..*', 3],
  ])('refuses %s at character %d', (path, column) => expect(jsonPathFault(path)?.column).toBe(column));

  it('always ends', () => {
    const pieces = fc.constantFrom('.', 'a', '[', ']', "'", '"', '?(', ')', '@', '*', ':', '0', '\\', ',', '==');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const path = parts.join('');
        const fault = jsonPathFault(path);
        if (fault !== undefined) expect(fault.column).toBeLessThanOrEqual(path.length + 1);
      }),
    );
  });
});

describe('places and properties', () => {
  it('a problem gets its line from the document', () => {
    const text = 'metadata:\n  name: W\nspec:\n  workload:\n    manifests:\n    - kind: X\n      metadata: {name: a}\n';
    const [document] = readDocuments(text, 'w.yaml');
    const found = validateWork(work({ name: 'W', manifests: [{ kind: 'X', metadata: { name: 'a' } }] }));
    expect(found.map((problem) => problemText(locateProblem(problem, document)).split(' ', 2))).toEqual([
      ['w.yaml:2:3:', 'metadata.name:'],
      ['w.yaml:6:7:', 'spec.workload.manifests[0].apiVersion:'],
    ]);
    expect(locateProblem(found[0] as never, undefined)).toBe(found[0]);
  });

  it('works that are well-formed have warnings for big integers alone', () => {
    fc.assert(
      fc.property(anyWork, (any) => {
        const found = validateWork({ ...any, manifestConfigs: [] });
        expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(found.every(({ message }) => message.includes('beyond 2^53'))).toBe(true);
      }),
    );
  });

  it('takes any JSON for manifests without falling over', () => {
    const json = fc.jsonValue().map((value) => value as JsonValue);
    const odd = fc.record({
      apiVersion: json,
      kind: json,
      metadata: fc.oneof(
        json,
        fc.record({ name: json, namespace: json, labels: json, annotations: json, finalizers: json }),
      ),
    });
    fc.assert(
      fc.property(
        fc.array(odd, { maxLength: 3 }),
        fc.array(fc.record({ resourceIdentifier: json, feedbackRules: json })),
        (manifests, manifestConfigs) => {
          expect(Array.isArray(validateWork(work({ manifests, manifestConfigs })))).toBe(true);
        },
      ),
    );
  });
});
