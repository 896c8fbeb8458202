import type { Enums } from './enums.ts';
import type { Definition, OpenApi } from './open-api.ts';

/** A JSON Schema with what validation needs, and no descriptions. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
}

export interface Condensed {
  /** Group and version → kind → definition. */
  readonly kinds: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

const apiextensions = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.';
const jsonSchemaProps = `${apiextensions}JSONSchemaProps`;
const props: Schema = { $ref: `#/definitions/${jsonSchemaProps}` };

/**
 * Types that read their own JSON: the OpenAPI document says nothing of them, or
 * the half. Unions repeat the fields of their object instead of using anyOf, so
 * that a mistake within is reported where it is.
 */
const ownReaders: Readonly<Record<string, (definitions: OpenApi['definitions']) => Schema>> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': () => ({ type: ['integer', 'string'] }),
  'io.k8s.apimachinery.pkg.api.resource.Quantity': () => ({ type: ['number', 'string'], format: 'quantity' }),
  [`${apiextensions}JSON`]: () => ({}),
  [`${apiextensions}JSONSchemaPropsOrArray`]: (all) => ({
    ...all[jsonSchemaProps],
    type: ['object', 'array'],
    items: props,
  }),
  [`${apiextensions}JSONSchemaPropsOrBool`]: (all) => ({ ...all[jsonSchemaProps], type: ['object', 'boolean'] }),
  [`${apiextensions}JSONSchemaPropsOrStringArray`]: (all) => ({
    ...all[jsonSchemaProps],
    type: ['object', 'array'],
    items: { type: 'string' },
  }),
};

/** No objects of a cluster, though they name an apiVersion and a kind. */
const noObjects = new Set(['DeleteOptions', 'WatchEvent', 'Status', 'APIGroup', 'APIVersions']);

/**
 * The schemas of all kinds, the newest document's first; definitions get short names, in the order in which they are
 * met.
 */
export function condense(documents: readonly OpenApi[], enums: readonly Enums[]): Condensed {
  const definitions = Object.assign(
    {},
    ...documents.map((document) => document.definitions).toReversed(),
  ) as OpenApi['definitions'];
  const short = new Map<string, string>();
  const kept: Record<string, Schema> = {};
  const nameOf = (name: string): string => {
    const known = short.get(name);
    if (known !== undefined) return known;
    const definition = definitions[name];
    if (definition === undefined) throw new Error(`no definition ${name}`);
    const made = String(short.size);
    short.set(name, made);
    kept[made] = {};
    kept[made] = reduce(ownReaders[name]?.(definitions) ?? withEnums(name, definition, enums));
    return made;
  };
  const reduce = (schema: Definition | Schema): Schema => {
    const { $ref, type, format, enum: values, items, required, properties, additionalProperties } = schema;
    return {
      ...($ref === undefined ? {} : { $ref: `#/definitions/${nameOf($ref.slice($ref.lastIndexOf('/') + 1))}` }),
      ...(type === undefined ? {} : { type }),
      ...(format === undefined ? {} : { format }),
      ...(values === undefined ? {} : { enum: values }),
      ...(required === undefined ? {} : { required }),
      ...(items === undefined ? {} : { items: reduce(items) }),
      ...(additionalProperties === undefined ? {} : { additionalProperties: reduce(additionalProperties) }),
      ...(properties === undefined
        ? {}
        : { properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, reduce(value)])) }),
    };
  };
  const kinds: Record<string, Record<string, string>> = {};
  for (const [version, kind, name] of kindsOf(definitions)) (kinds[version] ??= {})[kind] = nameOf(name);
  return { kinds, definitions: kept };
}

/** The definition with the values that its properties take; those of a list or map are its items' or members'. */
function withEnums(name: string, definition: Definition, enums: readonly Enums[]): Definition {
  const key = name.split('.').slice(-3).join('.');
  const known = enums.map((all) => all.get(key)).find((values) => values !== undefined);
  if (known === undefined || definition.properties === undefined) return definition;
  const inmost = (schema: Definition, values: readonly string[]): Definition => {
    if (schema.items !== undefined) return { ...schema, items: inmost(schema.items, values) };
    if (schema.additionalProperties !== undefined)
      return { ...schema, additionalProperties: inmost(schema.additionalProperties, values) };
    return { ...schema, enum: values };
  };
  const properties = Object.entries(definition.properties).map(([property, schema]) => {
    const values = known.get(property);
    return [property, values === undefined ? schema : inmost(schema, values)] as const;
  });
  return { ...definition, properties: Object.fromEntries(properties) };
}

function kindsOf(definitions: OpenApi['definitions']): readonly (readonly [string, string, string])[] {
  return Object.entries(definitions)
    .flatMap(([name, definition]) =>
      (definition['x-kubernetes-group-version-kind'] ?? []).map(
        ({ group, version, kind }) => [group === '' ? version : `${group}/${version}`, kind, name] as const,
      ),
    )
    .filter(([, kind]) => !noObjects.has(kind) && !kind.endsWith('List'))
    .sort(([a, b], [c, d]) => (`${a} ${b}` < `${c} ${d}` ? -1 : 1));
}
