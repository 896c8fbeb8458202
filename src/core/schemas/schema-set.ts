import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { JsonObject, JsonValue } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { BuiltIns } from './built-in.ts';
import type { CustomSchema, StatusRule } from './custom-resource.ts';
import { formats } from './formats.ts';
import type { NullRule } from './as-judged.ts';

/** What a kind is checked against. */
export interface KindSchema {
  /** The schema itself, for looking fields up. */
  readonly schema: JsonObject;
  readonly nulls: NullRule;
  readonly status: StatusRule;
  /** Not of Kubernetes itself, so somebody knows that the kind exists. */
  readonly given: boolean;
  /** Why it cannot be used, as the compiler says; undefined when it can. */
  fault(): string | undefined;
  /** What the value breaks; nothing when the schema cannot be used. */
  check(value: JsonValue): readonly ErrorObject[];
}

/** All schemas of one run, found by apiVersion and kind. */
export interface SchemaSet {
  find(apiVersion: string, kind: string): KindSchema | undefined;
  /** The schema that a reference (`kubernetes#/definitions/NAME`, `#/definitions/NAME`) stands for. */
  resolve(reference: string): JsonObject | undefined;
}

const builtInId = 'kubernetes';

/** A reference to the metadata of every object, for schemas that do not repeat it. */
export function metadataSchema(builtIns: BuiltIns): JsonObject {
  const pod = builtIns.definitions[builtIns.kinds['v1']?.['Pod'] ?? ''];
  const properties = pod?.['properties'];
  const metadata = isJsonObject(properties) ? properties['metadata'] : undefined;
  const reference = isJsonObject(metadata) ? metadata['$ref'] : undefined;
  return typeof reference === 'string' ? { $ref: `${builtInId}${reference}` } : { type: 'object' };
}

/**
 * Puts schemas together; each is compiled when it is first used. A custom
 * schema goes before a built-in one of the same kind, a later one before an
 * earlier one.
 */
export function createSchemaSet(builtIns: BuiltIns, custom: readonly CustomSchema[]): SchemaSet {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: false,
    validateSchema: false,
    unicodeRegExp: false,
    ownProperties: true,
    inlineRefs: false,
    logger: false,
    // Most schemas are used once or twice, so the optimiser costs three times what it saves.
    code: { optimize: false },
    formats,
  });
  ajv.addSchema({ $id: builtInId, definitions: builtIns.definitions });
  const customOf = new Map(custom.map((own) => [`${own.apiVersion} ${own.kind}`, own]));
  const found = new Map<string, KindSchema>();
  const make = (apiVersion: string, kind: string): KindSchema | undefined => {
    const own = customOf.get(`${apiVersion} ${kind}`);
    if (own !== undefined)
      return {
        schema: own.schema,
        nulls: own.nulls,
        status: own.status,
        given: true,
        ...checker(() => ajv.compile(own.schema)),
      };
    const kinds = Object.hasOwn(builtIns.kinds, apiVersion) ? builtIns.kinds[apiVersion] : undefined;
    const name = kinds !== undefined && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    const schema = name === undefined ? undefined : builtIns.definitions[name];
    if (schema === undefined) return undefined;
    return {
      schema,
      nulls: 'absent',
      status: 'read',
      given: false,
      ...checker(() => ajv.getSchema(`${builtInId}#/definitions/${name}`)),
    };
  };
  return {
    resolve: (reference) => builtIns.definitions[reference.slice(reference.lastIndexOf('/') + 1)],
    find: (apiVersion, kind) => {
      const key = `${apiVersion} ${kind}`;
      const known = found.get(key) ?? make(apiVersion, kind);
      if (known !== undefined) found.set(key, known);
      return known;
    },
  };
}

function checker(compile: () => ValidateFunction | undefined): Pick<KindSchema, 'check' | 'fault'> {
  let compiled: { readonly validate?: ValidateFunction; readonly fault?: string } | undefined;
  const once = (): NonNullable<typeof compiled> => {
    if (compiled !== undefined) return compiled;
    try {
      const validate = compile();
      compiled = validate === undefined ? { fault: 'it is empty' } : { validate };
    } catch (caught) {
      compiled = { fault: caught instanceof Error ? caught.message : String(caught) };
    }
    return compiled;
  };
  return {
    fault: () => once().fault,
    check: (value) => {
      const { validate } = once();
      if (validate === undefined || validate(value) === true) return [];
      return validate.errors ?? [];
    },
  };
}
