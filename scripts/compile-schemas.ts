/**
 * Condenses the schemas of the package kubernetes-models into one module,
 * src/core/schemas/kubernetes-data.ts. The package holds a validator function
 * per type, compiled from the OpenAPI document of Kubernetes; this reads the
 * functions back into JSON Schema. Run it after an update of the package, with
 * the version of Kubernetes that the package's change log names:
 *
 *   npm run schemas -- 1.36
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const root = join(import.meta.dirname, '..');
const modules = join(root, 'node_modules');
export const schemaModule = join(root, 'src/core/schemas/kubernetes-data.ts');

interface Schema {
  $ref?: string;
  type?: string | readonly string[];
  format?: string;
  enum?: readonly string[];
  items?: Schema;
  required?: readonly string[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
}

interface Condensed {
  /** Group and version → kind → definition. */
  readonly kinds: Record<string, Record<string, string>>;
  readonly definitions: Record<string, Schema>;
}

/** Unions have a validator of their own shape; there are these two. */
const unions: Readonly<Record<string, Schema>> = {
  IoK8sApimachineryPkgUtilIntstrIntOrString: { type: ['integer', 'string'] },
  IoK8sApimachineryPkgApiResourceQuantity: { type: ['number', 'string'], format: 'quantity' },
};

/** The text of src/core/schemas/kubernetes-data.ts, the same for the same package. */
export function compileSchemas(kubernetes: string): string {
  const definitions: Record<string, Schema> = {};
  for (const folder of ['kubernetes-models', '@kubernetes-models/apimachinery']) {
    const path = join(modules, folder, '_schemas');
    for (const file of readdirSync(path).filter((name) => name.endsWith('.js')).sort()) {
      const name = file.slice(0, -'.js'.length);
      definitions[name] = unions[name] ?? readModule(name, readFileSync(join(path, file), 'utf8'));
    }
  }
  mendCustomResourceSchemas(definitions);
  const condensed = keepReachable(collectKinds(definitions), definitions);
  const { version } = JSON.parse(readFileSync(join(modules, 'kubernetes-models/package.json'), 'utf8')) as { version: string };
  const text = JSON.stringify(condensed);
  const packed = brotliCompressSync(text, {
    params: { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
  });
  return [
    '// Made by scripts/compile-schemas.ts from the package kubernetes-models; do not edit.',
    '',
    '/** The release of Kubernetes that the schemas are of. */',
    `export const kubernetesVersion = '${kubernetes}';`,
    '',
    `export const packageVersion = '${version}';`,
    '',
    '/** JSON, brotli, base64: `kinds` (group and version → kind → definition) and `definitions`. */',
    `export const packedSchemas =\n  '${packed.toString('base64')}';`,
    '',
  ].join('\n');
}

/** The package leaves out fields that begin with x-, and takes unions for maps; the schema in a CRD needs both. */
function mendCustomResourceSchemas(definitions: Record<string, Schema>): void {
  const boolean: Schema = { type: 'boolean' };
  const string: Schema = { type: 'string' };
  for (const version of ['V1', 'V1beta1']) {
    const prefix = `IoK8sApiextensionsApiserverPkgApisApiextensions${version}`;
    const props = `${prefix}JSONSchemaProps`;
    const schema = definitions[props];
    if (schema === undefined) throw new Error(`no definition ${props}`);
    const rule = `${prefix}ValidationRule`;
    schema.properties = {
      ...schema.properties,
      'x-kubernetes-embedded-resource': boolean,
      'x-kubernetes-int-or-string': boolean,
      'x-kubernetes-list-map-keys': { type: 'array', items: string },
      'x-kubernetes-list-type': string,
      'x-kubernetes-map-type': string,
      'x-kubernetes-preserve-unknown-fields': boolean,
      'x-kubernetes-validations': { type: 'array', items: definitions[rule] === undefined ? { type: 'object' } : { $ref: rule } },
    };
    definitions[`${props}OrArray`] = { $ref: props };
    definitions[`${props}OrBool`] = { ...schema, type: ['object', 'boolean'] };
    definitions[`${props}OrStringArray`] = { type: ['object', 'array'] };
  }
}

/** Top-level kinds name their apiVersion and kind; lists are no objects that a cluster stores. */
function collectKinds(definitions: Record<string, Schema>): Record<string, Record<string, string>> {
  const kinds: Record<string, Record<string, string>> = {};
  for (const [name, schema] of Object.entries(definitions)) {
    const versions = schema.properties?.['apiVersion']?.enum;
    const names = schema.properties?.['kind']?.enum;
    if (versions === undefined || names === undefined) continue;
    for (const version of versions) {
      for (const kind of names) {
        if (!kind.endsWith('List') || schema.properties?.['items'] === undefined) (kinds[version] ??= {})[kind] = name;
      }
    }
    // Whoever looks a schema up knows them already, and objects within objects leave them out.
    schema.properties = { ...schema.properties, apiVersion: { type: 'string' }, kind: { type: 'string' } };
    schema.required = (schema.required ?? []).filter((field) => field !== 'apiVersion' && field !== 'kind');
  }
  return kinds;
}

/** Definitions get short names, in the order in which they are met. */
function keepReachable(kinds: Record<string, Record<string, string>>, definitions: Record<string, Schema>): Condensed {
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
    kept[made] = rename(definition);
    return made;
  };
  const rename = (schema: Schema): Schema => ({
    ...schema,
    ...(schema.$ref === undefined ? {} : { $ref: `#/definitions/${nameOf(schema.$ref)}` }),
    ...(schema.items === undefined ? {} : { items: rename(schema.items) }),
    ...(schema.additionalProperties === undefined ? {} : { additionalProperties: rename(schema.additionalProperties) }),
    ...(schema.properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(schema.properties).map(([key, value]) => [key, rename(value)])) }),
  });
  const renamed: Record<string, Record<string, string>> = {};
  for (const version of Object.keys(kinds).sort()) {
    const entries = Object.entries(kinds[version] ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    renamed[version] = Object.fromEntries(entries.map(([kind, name]) => [kind, nameOf(name)]));
  }
  return { kinds: renamed, definitions: kept };
}

/** The functions of one module, and what the names in them mean. */
interface Module {
  readonly name: string;
  readonly exported: string;
  readonly bodies: ReadonlyMap<string, string>;
  readonly imports: ReadonlyMap<string, string>;
  readonly aliases: ReadonlyMap<string, string>;
  readonly enums: ReadonlyMap<string, readonly string[]>;
}

function readModule(name: string, text: string): Schema {
  const module: Module = {
    name,
    exported: /export const validate=(\w+);/.exec(text)?.[1] ?? '',
    bodies: new Map(
      text
        .split(/(?=function validate\d+\(data,)/)
        .slice(1)
        .map((body) => [/^function (\w+)/.exec(body)?.[1] ?? '', body]),
    ),
    imports: new Map(
      [...text.matchAll(/import\{validate as (\w+)\}from"[^"]*?(\w+)(?:\.js)?"/g)].map((match) => [match[1] ?? '', match[2] ?? '']),
    ),
    aliases: new Map([...text.matchAll(/(wrapper\d+_validate)=(\w+)/g)].map((match) => [match[1] ?? '', match[2] ?? ''])),
    enums: new Map(
      [...text.matchAll(/(schema\d+_enum)=(\[[^\]]*\])/g)].map((match) => [match[1] ?? '', JSON.parse(match[2] ?? '[]') as string[]]),
    ),
  };
  return readFunction(module, module.exported);
}

function readFunction(module: Module, called: string): Schema {
  const body = module.bodies.get(called);
  if (body === undefined) throw new Error(`${module.name} has no function ${called}`);
  const [head = '', ...rest] = body.slice(body.indexOf(')')).split(/void 0!==data(?=[.[])/);
  if (rest.length === 0) {
    const schema = readValue(module, head);
    const required = requiredIn(head);
    return required.length === 0 ? schema : { ...schema, type: 'object', required };
  }
  const properties: Record<string, Schema> = {};
  for (const part of rest) {
    const name = /^(?:\.([\w$]+)|\["([^"]+)"\])/.exec(part);
    const key = name?.[1] ?? name?.[2];
    if (key === undefined) throw new Error(`${module.name}: no property in ${part.slice(0, 80)}`);
    properties[key] = readValue(module, part);
  }
  const required = requiredIn(body);
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}

function requiredIn(body: string): readonly string[] {
  return [...body.matchAll(/missingProperty:"([^"]+)"/g)].map((match) => match[1] ?? '');
}

/** What one value is checked for: by another function, item by item, or here. */
function readValue(module: Module, text: string): Schema {
  const call = /\b((?:validate\d+|wrapper\d+_validate))\(data\d*(\[i\d+\]|\[key\d+\])?(?:\.[\w$]+|\["[^"]+"\])?,\{/.exec(text);
  if (call !== null) {
    const target = schemaOf(module, call[1] ?? '');
    if (call[2] === undefined) return target;
    return call[2].startsWith('[i') ? { type: 'array', items: target } : { type: 'object', additionalProperties: target };
  }
  const types = [...text.matchAll(/schemaPath:"([^"]*)",keyword:"type",params:\{type:"(\w+)"\}/g)];
  const own = types.find((match) => !(match[1] ?? '').endsWith('/items/type'))?.[2];
  const items = types.find((match) => (match[1] ?? '').endsWith('/items/type'))?.[2];
  const format = /keyword:"format",params:\{format:"([^"]+)"\}/.exec(text)?.[1];
  const values = /allowedValues:(\w+)/.exec(text)?.[1];
  return {
    ...(own === undefined ? {} : { type: own }),
    ...(items === undefined ? {} : { items: { type: items } }),
    ...(format === undefined ? {} : { format }),
    ...(values === undefined ? {} : { enum: module.enums.get(values) ?? [] }),
  };
}

function schemaOf(module: Module, called: string): Schema {
  const name = module.aliases.get(called) ?? called;
  const imported = module.imports.get(name);
  if (imported !== undefined) return { $ref: imported };
  if (name === module.exported) return { $ref: module.name };
  return readFunction(module, name);
}

if (import.meta.main) {
  const [version] = process.argv.slice(2);
  if (version === undefined) throw new Error('name the version of Kubernetes that kubernetes-models holds, e.g. 1.36');
  writeFileSync(schemaModule, compileSchemas(version));
}
