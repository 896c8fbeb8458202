import * as clientNode from '@kubernetes/client-node';
import {
  dumpYaml,
  V1MicroTime,
  type V1Deployment,
  type V1LimitRange,
  type V1NetworkPolicy,
} from '@kubernetes/client-node';
import { Deployment } from 'kubernetes-models/apps/v1';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { parse } from 'yaml';
import {
  createMaestroClient,
  MaestroError,
  workOf,
  type ApplyManyTask,
  type JsonObject,
  type KubernetesObject,
  type MaestroClient,
  type MaestroClientOptions,
  type ManifestWork,
  type ManifestWorkInput,
} from '../../src/index.ts';
import { createStandIn, type InProcessStandIn, type StandIn } from '../../src/standin/index.ts';

interface Widget {
  readonly apiVersion: 'example.io/v1';
  readonly kind: 'Widget';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly size?: number; readonly parts: readonly string[] };
}

/** No Kubernetes object. */
interface Misread {
  readonly apiVersion: number;
}

const widget: Widget = {
  apiVersion: 'example.io/v1',
  kind: 'Widget',
  metadata: { name: 'w', namespace: 'default' },
  spec: { parts: ['a'] },
};
const deployment: V1Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', creationTimestamp: new Date('2026-01-02T03:04:05.678Z') },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web:1', resources: undefined }] },
    },
  },
};

/** As client-node itself writes it. */
const asClientNodeWrites = (object: object): unknown => parse(dumpYaml(object));

function codeOf(call: () => unknown): { readonly code: string; readonly message: string } {
  try {
    call();
  } catch (caught) {
    if (caught instanceof MaestroError) return caught;
    throw caught;
  }
  throw new Error('nothing was thrown');
}

const manifestOf = (manifest: KubernetesObject): JsonObject | undefined =>
  workOf({ name: 'w', manifests: [manifest] }).manifests[0];

let standIn: InProcessStandIn;
let client: MaestroClient;
beforeAll(async () => {
  standIn = await createStandIn({ consumers: ['c1'], agent: { delayMs: 1 } });
  client = await createMaestroClient(standIn.clientOptions());
});
afterAll(async () => {
  await client.close();
  await standIn.close();
});

it('takes as manifests what programs have, by its type', () => {
  expectTypeOf<V1Deployment>().toExtend<KubernetesObject>();
  expectTypeOf<V1NetworkPolicy>().toExtend<KubernetesObject>();
  expectTypeOf<Widget>().toExtend<KubernetesObject>();
  expectTypeOf<Deployment>().toExtend<KubernetesObject>();
  expectTypeOf<JsonObject>().toExtend<KubernetesObject>();
  const written: ManifestWorkInput = {
    name: 'w',
    manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } }],
  };
  expect(written.manifests).toHaveLength(1);
  expectTypeOf<{ name: string; manifests: V1Deployment[] }>().toExtend<ManifestWorkInput>();
  expectTypeOf<ManifestWork>().toExtend<ManifestWorkInput>();
  expectTypeOf<{ op: 'apply'; consumer: string; work: ManifestWorkInput }>().toExtend<ApplyManyTask>();
  expectTypeOf<string>().not.toExtend<KubernetesObject>();
  expectTypeOf<Misread>().not.toExtend<KubernetesObject>();
});

it('takes the options that a stand-in gives, by their type', () => {
  expectTypeOf<ReturnType<InProcessStandIn['clientOptions']>>().toExtend<MaestroClientOptions>();
  expectTypeOf<ReturnType<StandIn['clientOptions']>>().toExtend<MaestroClientOptions>();
});

it('stores what client-node and kubernetes-models make as their own serialisation has it', async () => {
  const model = new Deployment({
    metadata: { name: 'model', namespace: 'default' },
    spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } } } },
  });
  await client.works('c1').apply({ name: 'typed', manifests: [deployment, widget, model] });
  const { manifests } = await client.works('c1').get('typed');
  expect(manifests).toEqual([asClientNodeWrites(deployment), widget, model.toJSON()]);
  expect(manifests[0]).toMatchObject({ metadata: { creationTimestamp: '2026-01-02T03:04:05.678Z' } });
  expect(await client.works('c1').apply({ name: 'typed', manifests: [deployment, widget, model] })).toMatchObject({
    operation: 'unchanged',
  });
});

describe('what client-node calls otherwise', () => {
  const policy: V1NetworkPolicy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'p' },
    spec: { podSelector: {}, ingress: [{ _from: [{ podSelector: { matchLabels: { a: 'b' } } }] }] },
  };
  const limits: V1LimitRange = {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'l' },
    spec: { limits: [{ type: 'Container', _default: { cpu: '1' } }] },
  };
  const crd: clientNode.V1CustomResourceDefinition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.io' },
    spec: {
      group: 'example.io',
      names: { kind: 'Widget', plural: 'widgets' },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              x_kubernetes_preserve_unknown_fields: true,
              // A property of the resource may have such a name, and keeps it.
              properties: {
                _default: { type: 'string', _default: 'a', _enum: ['a'] },
                ref: { x_kubernetes_int_or_string: true },
              },
            },
          },
        },
      ],
    },
  };
  const slice: clientNode.V1ResourceSlice = {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceSlice',
    metadata: { name: 's' },
    spec: {
      driver: 'd',
      pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
      devices: [
        {
          name: 'gpu',
          attributes: { cores: { _int: 4 } },
          capacity: { memory: { value: '1Gi', requestPolicy: { _default: '1Gi' } } },
        },
      ],
    },
  };
  const beta: clientNode.V1beta1ResourceSlice = {
    apiVersion: 'resource.k8s.io/v1beta1',
    kind: 'ResourceSlice',
    metadata: { name: 's' },
    spec: {
      driver: 'd',
      pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
      devices: [
        {
          name: 'gpu',
          basic: {
            attributes: { cores: { _int: 4 } },
            capacity: { memory: { value: '1Gi', requestPolicy: { _default: '1Gi' } } },
          },
        },
      ],
    },
  };
  it.each([policy, limits, crd, slice, beta])('goes out as client-node sends it: $kind of $apiVersion', (object) => {
    expect(manifestOf(object)).toEqual(asClientNodeWrites(object));
  });

  it('is all that there is', () => {
    const renamed = Object.values(clientNode).flatMap((one: unknown) => {
      if (typeof one !== 'function' || !('getAttributeTypeMap' in one)) return [];
      const model = one as typeof clientNode.V1Pod;
      return model
        .getAttributeTypeMap()
        .flatMap(({ name, baseName }) => (name === baseName ? [] : [`${model.name}.${name}`]));
    });
    const schema = renamed.filter((name) => name.startsWith('V1JSONSchemaProps.'));
    expect(schema).toHaveLength(11);
    expect(renamed.filter((name) => !schema.includes(name)).sort()).toEqual([
      'V1CapacityRequestPolicy._default',
      'V1DeviceAttribute._int',
      'V1LimitRangeItem._default',
      // A list is no manifest.
      'V1ListMeta._continue',
      'V1NetworkPolicyIngressRule._from',
      'V1beta1CapacityRequestPolicy._default',
      'V1beta1DeviceAttribute._int',
      'V1beta2CapacityRequestPolicy._default',
      'V1beta2DeviceAttribute._int',
    ]);
  });

  it('keeps such names where they are data', () => {
    const settings = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 's' },
      data: { _from: 'x', _default: 'y' },
    };
    expect(manifestOf(settings)).toEqual(settings);
  });
});

describe('values', () => {
  const configMap = (value: unknown): KubernetesObject =>
    ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 's' }, data: { value } }) as KubernetesObject;
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;

  it.each<[unknown, unknown]>([
    [new V1MicroTime('2026-01-02T03:04:05.678Z'), '2026-01-02T03:04:05.678000Z'],
    [9_007_199_254_740_993n, 9_007_199_254_740_993n],
    [null, null],
    [
      [undefined, 1],
      [null, 1],
    ],
    [{ toJSON: () => 'told' }, 'told'],
    [new URL('https://example.io/'), 'https://example.io/'],
  ])('that JSON can tell are told: %o', (value, told) => {
    expect(manifestOf(configMap(value))).toMatchObject({ data: { value: told } });
  });

  it.each<[unknown, string]>([
    [Number.NaN, 'w: manifests[0].data.value is NaN, which JSON has no number for'],
    [new Date('never'), 'w: manifests[0].data.value is a Date that is no time'],
    [() => 1, 'w: manifests[0].data.value is a function'],
    [Symbol('s'), 'w: manifests[0].data.value is a symbol'],
    [new Map([['a', 1]]), 'w: manifests[0].data.value is a Map'],
    [Buffer.from('a'), 'w: manifests[0].data.value is a Uint8Array; bytes are texts in base64'],
  ])('that JSON has nothing for are refused and never dropped: %o', (value, message) => {
    expect(codeOf(() => manifestOf(configMap(value)))).toMatchObject({ code: 'invalid-input', message });
  });

  it('that hold themselves are refused', () => {
    expect(codeOf(() => manifestOf(configMap(cycle)))).toMatchObject({ code: 'invalid-input' });
  });

  it('are copied: what is changed later changes no work', () => {
    const changing = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'before' } };
    const work = workOf({ name: 'w', manifests: [changing] });
    changing.metadata.name = 'after';
    expect(work.manifests[0]).toMatchObject({ metadata: { name: 'before' } });
  });
});
