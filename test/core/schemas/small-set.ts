import type { JsonObject } from '../../../src/core/json.ts';
import type { BuiltIns } from '../../../src/core/schemas/built-in.ts';
import { schemasOfCrd } from '../../../src/core/schemas/custom-resource.ts';
import { createSchemaSet, metadataSchema, type KindSchema } from '../../../src/core/schemas/schema-set.ts';

const text: JsonObject = { type: 'string' };
const texts: JsonObject = { type: 'object', additionalProperties: text };

/** Some definitions as Kubernetes has them; to register all of those takes too long for each of many tests. */
export const smallBuiltIns: BuiltIns = {
  kinds: { v1: { Pod: 'Pod', Secret: 'Secret', ConfigMap: 'ConfigMap' } },
  definitions: {
    Meta: {
      type: 'object',
      properties: {
        name: text,
        namespace: text,
        labels: texts,
        annotations: texts,
        creationTimestamp: { type: 'string', format: 'date-time' },
      },
      additionalProperties: false,
    },
    Pod: {
      type: 'object',
      properties: {
        apiVersion: text,
        kind: text,
        metadata: { $ref: '#/definitions/Meta' },
        memory: { type: ['string', 'number'], format: 'quantity' },
        policy: { type: 'string', enum: ['Always', 'Never'] },
        status: {
          type: 'object',
          properties: { phase: { type: 'string', enum: ['Running'] }, message: text },
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
    Secret: {
      type: 'object',
      properties: {
        metadata: { $ref: '#/definitions/Meta' },
        data: texts,
        stringData: texts,
        immutable: { type: 'boolean' },
      },
    },
    ConfigMap: { type: 'object', properties: { metadata: { $ref: '#/definitions/Meta' }, data: texts } },
  },
};

/** The schema of x.io/v1 X, by a CustomResourceDefinition. */
export function schemaOfX(openAPIV3Schema: JsonObject, version: JsonObject = {}): KindSchema {
  const versions = [{ name: 'v1', schema: { openAPIV3Schema }, ...version }];
  return schemaByDefinition({ spec: { group: 'x.io', names: { kind: 'X' }, versions } });
}

export function schemaByDefinition(definition: JsonObject): KindSchema {
  const custom = schemasOfCrd(definition, metadataSchema(smallBuiltIns));
  const schema = createSchemaSet(smallBuiltIns, custom).find('x.io/v1', 'X');
  if (schema === undefined) throw new Error('no schema of X');
  return schema;
}

/** What is made at the first use, once: not when a file of tests is loaded, which each of its tests would wait for. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
