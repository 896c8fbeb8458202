/**
 * Fields that @kubernetes/client-node calls otherwise than Kubernetes, because their names are words of some language:
 * sent as they are, the API server would not know them. `_from` left out of a rule of a NetworkPolicy means "from
 * everywhere", so it is no small thing. A test compares this with what client-node itself serialises.
 */
export interface ClientNodeNames {
  /** What client-node calls a field, to its name. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** What may be met below a field, by its name; lists stand for their items. */
  readonly members?: Readonly<Record<string, ClientNodeNames>>;
  /** What may be met below every other field, as in a map. */
  readonly each?: ClientNodeNames;
}

/** JSONSchemaProps, which holds itself. */
const schema: ClientNodeNames = (() => {
  const members: Record<string, ClientNodeNames> = {};
  const props: ClientNodeNames = {
    renamed: {
      _default: 'default',
      _enum: 'enum',
      ref: '$ref',
      schema: '$schema',
      x_kubernetes_embedded_resource: 'x-kubernetes-embedded-resource',
      x_kubernetes_int_or_string: 'x-kubernetes-int-or-string',
      x_kubernetes_list_map_keys: 'x-kubernetes-list-map-keys',
      x_kubernetes_list_type: 'x-kubernetes-list-type',
      x_kubernetes_map_type: 'x-kubernetes-map-type',
      x_kubernetes_preserve_unknown_fields: 'x-kubernetes-preserve-unknown-fields',
      x_kubernetes_validations: 'x-kubernetes-validations',
    },
    members,
  };
  for (const one of ['items', 'not', 'allOf', 'anyOf', 'oneOf', 'additionalItems', 'additionalProperties'])
    members[one] = props;
  for (const map of ['properties', 'patternProperties', 'definitions', 'dependencies']) members[map] = { each: props };
  return props;
})();

const device: ClientNodeNames = {
  members: {
    attributes: { each: { renamed: { _int: 'int' } } },
    capacity: { each: { members: { requestPolicy: { renamed: { _default: 'default' } } } } },
  },
};

/** By group and kind. */
const byKind: Readonly<Record<string, ClientNodeNames>> = {
  'networking.k8s.io/NetworkPolicy': under(['spec', 'ingress'], { renamed: { _from: 'from' } }),
  '/LimitRange': under(['spec', 'limits'], { renamed: { _default: 'default' } }),
  'apiextensions.k8s.io/CustomResourceDefinition': under(['spec', 'versions', 'schema', 'openAPIV3Schema'], schema),
  'resource.k8s.io/ResourceSlice': under(['spec', 'devices'], {
    members: { ...device.members, basic: device },
  }),
};

function under(path: readonly string[], names: ClientNodeNames): ClientNodeNames {
  return path.reduceRight<ClientNodeNames>((below, name) => ({ members: { [name]: below } }), names);
}

/** What client-node calls otherwise in an object of this kind; undefined when nothing. */
export function clientNodeNames(apiVersion: unknown, kind: unknown): ClientNodeNames | undefined {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  const slash = apiVersion.indexOf('/');
  const key = `${slash === -1 ? '' : apiVersion.slice(0, slash)}/${kind}`;
  return Object.hasOwn(byKind, key) ? byKind[key] : undefined;
}
