import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import { readBuiltIns } from '../../../src/core/schemas/built-in.ts';
import { checkAgainstSchema } from '../../../src/core/schemas/check-manifest.ts';
import { schemasOfCrd } from '../../../src/core/schemas/custom-resource.ts';
import { createSchemaSet, metadataSchema } from '../../../src/core/schemas/schema-set.ts';

const builtIns = readBuiltIns();
const metadata = metadataSchema(builtIns);

describe('schemas of others', () => {
  test('never throw, whatever the schema and whatever the value', () => {
    const words = fc.constantFrom(
      'type',
      'properties',
      'items',
      'anyOf',
      'not',
      'required',
      'enum',
      'pattern',
      'nullable',
      '$ref',
      'minimum',
      'additionalProperties',
      'x-kubernetes-int-or-string',
      'spec',
      'string',
      'object',
      '__proto__',
    );
    const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.boolean(),
        fc.integer(),
        words,
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(words, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, tree, (schema, value) => {
        const definition = {
          spec: {
            group: 'x.io',
            names: { kind: 'X' },
            versions: [{ name: 'v1', schema: { openAPIV3Schema: schema } }, schema],
          },
        };
        const set = createSchemaSet(builtIns, schemasOfCrd(definition, metadata));
        const found = set.find('x.io/v1', 'X');
        const problems =
          found === undefined ? [] : checkAgainstSchema({ apiVersion: 'x.io/v1', kind: 'X', spec: value }, found, []);
        for (const problem of problems) expect(problem.message).not.toBe('');
      }),
      // Every set registers all definitions of Kubernetes, which is what takes the time.
      { numRuns: 60 },
    );
  });
});
