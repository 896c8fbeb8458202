import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Property {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Property>>;
  readonly items?: Property;
}

interface Definition {
  readonly spec: {
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Property } }[];
  };
}

/**
 * What the work API says of a ManifestWork, a fact a line: first the fields of
 * `spec` in its CustomResourceDefinition (`crd PATH type [required] [default=…]
 * [a|b]`), then the fields of the Go types that Maestro reads a bundle into
 * (`go STRUCT.FIELD type [omitempty]`).
 */
export function workApiFacts(folder: string, module: string): string {
  const definition = parse(
    readFileSync(join(folder, 'work/v1/0000_00_work.open-cluster-management.io_manifestworks.crd.yaml'), 'utf8'),
  ) as Definition;
  const spec = definition.spec.versions.find(({ name }) => name === 'v1')?.schema.openAPIV3Schema.properties?.['spec'];
  if (spec === undefined) throw new Error('the CustomResourceDefinition has no spec in v1');
  const structs = readFileSync(join(folder, 'work/v1/types.go'), 'utf8');
  return [
    `# Made by scripts/compile-schemas.ts from ${module}; do not edit.`,
    ...fieldLines('spec', spec),
    ...structLines(structs),
    '',
  ].join('\n');
}

function fieldLines(path: string, schema: Property): readonly string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const facts = [
      property.type ?? 'any',
      ...(schema.required?.includes(name) === true ? ['required'] : []),
      ...(property.default === undefined ? [] : [`default=${property.default}`]),
      ...(property.enum === undefined ? [] : [property.enum.join('|')]),
    ];
    return [`crd ${path}.${name} ${facts.join(' ')}`, ...fieldLines(`${path}.${name}`, property)];
  });
  return [...own, ...(schema.items === undefined ? [] : itemLines(`${path}[]`, schema.items))];
}

function itemLines(path: string, schema: Property): readonly string[] {
  return [
    `crd ${path} ${schema.type ?? 'any'}${schema.enum === undefined ? '' : ` ${schema.enum.join('|')}`}`,
    ...fieldLines(path, schema),
  ];
}

/** The structs that a spec leads to, in the order in which they are met. */
function structLines(text: string): readonly string[] {
  const bodies = new Map(
    [...text.matchAll(/^type (\w+) struct \{\n([^]*?)^\}/gm)].map(([, struct = '', body = '']) => [struct, body]),
  );
  for (const [, name = '', of = ''] of text.matchAll(/^type (\w+) (\w+)$/gm)) {
    const body = bodies.get(of);
    if (body !== undefined) bodies.set(name, body);
  }
  const met = new Set(['ManifestWorkSpec']);
  const lines: string[] = [];
  for (const struct of met) {
    for (const [, type = '', field = '', omitted] of (bodies.get(struct) ?? '').matchAll(
      /^\t\w+ +(\S+) +`json:"(\w+)(,omitempty)?"/gm,
    )) {
      lines.push(`go ${struct}.${field} ${type}${omitted === undefined ? '' : ' omitempty'}`);
      const inside = type.replace(/^[*[\]]+/, '');
      if (bodies.has(inside)) met.add(inside);
    }
  }
  return lines;
}
