import type { AnySchemaObject } from 'ajv/dist/2020.js';

/** Every property that a schema names, as `Part.name`; those of the document itself as `.name`. */
export function propertiesOf(schema: AnySchemaObject): ReadonlySet<string> {
  const found = new Set<string>();
  visit(schema, '', schema, (place, name) => found.add(`${place}.${name}`));
  for (const [part, definition] of Object.entries(partsOf(schema)))
    visit(definition, part, schema, (place, name) => found.add(`${place}.${name}`));
  return found;
}

/** Those of them that a value has. */
export function propertiesIn(schema: AnySchemaObject, value: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  follow(schema, '', schema, value, found);
  return found;
}

function partsOf(schema: AnySchemaObject): Readonly<Record<string, AnySchemaObject>> {
  return (schema['$defs'] ?? {}) as Readonly<Record<string, AnySchemaObject>>;
}

/** A schema within another, and what its properties are counted under. */
function target(node: AnySchemaObject, place: string, root: AnySchemaObject): readonly [AnySchemaObject, string] {
  const ref = node['$ref'] as string | undefined;
  if (ref === undefined) return [node, place];
  const part = ref.replace('#/$defs/', '');
  const found = partsOf(root)[part];
  if (found === undefined) throw new Error(`${ref} leads nowhere`);
  return [found, part];
}

/** Calls `told` for each property that is written within one part of a schema. */
function visit(
  node: AnySchemaObject,
  place: string,
  root: AnySchemaObject,
  told: (place: string, name: string) => void,
): void {
  for (const [name, member] of Object.entries((node['properties'] ?? {}) as Record<string, AnySchemaObject>)) {
    told(place, name);
    visit(member, `${place}.${name}`, root, told);
  }
  for (const inner of innerOf(node)) visit(inner, place, root, told);
}

function innerOf(node: AnySchemaObject): readonly AnySchemaObject[] {
  const { items, additionalProperties, anyOf = [] } = node as Record<string, unknown>;
  return [items, additionalProperties, ...(anyOf as readonly unknown[])].filter(
    (inner): inner is AnySchemaObject => typeof inner === 'object' && inner !== null,
  );
}

function follow(given: AnySchemaObject, from: string, root: AnySchemaObject, value: unknown, found: Set<string>): void {
  const [node, place] = target(given, from, root);
  for (const inner of (node['anyOf'] ?? []) as readonly AnySchemaObject[]) follow(inner, place, root, value, found);
  if (Array.isArray(value)) {
    const items = node['items'] as AnySchemaObject | undefined;
    if (items !== undefined) for (const item of value) follow(items, place, root, item, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const properties = (node['properties'] ?? {}) as Readonly<Record<string, AnySchemaObject>>;
  for (const [name, member] of Object.entries(value)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const additional = node['additionalProperties'] as AnySchemaObject | undefined;
    if (property !== undefined) {
      found.add(`${place}.${name}`);
      follow(property, `${place}.${name}`, root, member, found);
    } else if (typeof additional === 'object') follow(additional, place, root, member, found);
  }
}
