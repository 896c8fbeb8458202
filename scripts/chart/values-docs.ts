import { parse } from 'yaml';

/** A value of the chart, as its comment explains it. */
export interface ChartValue {
  /** `maestro.tls.secretName` */
  readonly path: string;
  readonly default: unknown;
  readonly meaning: string;
}

/** A JSON Schema, as far as descriptions are put into it. */
export interface SchemaNode {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly [keyword: string]: unknown;
}

/**
 * The values that values.yaml explains, in its order. A comment that begins with `--` is about the value below it, as
 * helm-docs reads it; a value inside one that is explained is part of its default.
 *
 * @throws Error when a value has no explanation
 */
export function explainedValues(text: string): readonly ChartValue[] {
  const values: ChartValue[] = [];
  const defaults = parse(text) as unknown;
  const parents: { readonly indent: number; readonly path: string; readonly explained: boolean }[] = [];
  let comment: string[] = [];
  for (const line of text.split('\n')) {
    const [, said] = /^\s*# ?(.*)$/.exec(line) ?? [];
    if (said?.startsWith('-- ') === true) comment = [said.slice(3)];
    else if (said !== undefined && comment.length > 0) comment.push(said);
    const [, indent = '', key] = /^(\s*)([A-Za-z]\w*):/.exec(line) ?? [];
    if (said === undefined && key !== undefined) {
      while ((parents.at(-1)?.indent ?? -1) >= indent.length) parents.pop();
      const parent = parents.at(-1);
      const path = parent === undefined ? key : `${parent.path}.${key}`;
      const value = at(defaults, path);
      const isExplained = comment.length > 0;
      const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
      if (parent?.explained !== true && isExplained) values.push({ path, default: value, meaning: comment.join(' ') });
      if (parent?.explained !== true && !isExplained && !isMap) throw new Error(`values.yaml does not explain ${path}`);
      parents.push({ indent: indent.length, path, explained: parent?.explained === true || isExplained });
    }
    if (said === undefined) comment = [];
  }
  return values;
}

function at(root: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((node, key) => (node as Readonly<Record<string, unknown>> | undefined)?.[key], root);
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The table of README.md. */
export function valuesTable(values: readonly ChartValue[]): string {
  const rows = values.map(
    ({ path, default: value, meaning }) => `| \`${path}\` | \`${cell(JSON.stringify(value))}\` | ${cell(meaning)} |`,
  );
  return ['| value | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The schema with the explanations as descriptions; those of maps that only group others say which. */
export function describedSchema(schema: SchemaNode, values: readonly ChartValue[]): SchemaNode {
  const meanings = new Map(values.map(({ path, meaning }) => [path, meaning]));
  const describe = (node: SchemaNode, path: string): SchemaNode => {
    const { description: _old, properties, ...rest } = node;
    const group = properties === undefined ? undefined : `${path}: ${Object.keys(properties).join(', ')}.`;
    const description = path === '' ? undefined : (meanings.get(path) ?? group);
    if (path !== '' && description === undefined) throw new Error(`values.yaml does not have ${path}`);
    const inner = (name: string): string => (path === '' ? name : `${path}.${name}`);
    const children =
      properties === undefined || meanings.has(path)
        ? properties
        : Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, describe(child, inner(name))]));
    return {
      ...(description === undefined ? {} : { description }),
      ...rest,
      ...(children === undefined ? {} : { properties: children }),
    };
  };
  const { $schema, title, definitions, ...rest } = describe(schema, '');
  return { $schema, title, ...rest, definitions };
}

const begin = '<!-- made of values.yaml by `npm run chart`: begin -->';
const end = '<!-- end -->';

/** README.md with the table put between its marks. */
export function readmeWith(readme: string, table: string): string {
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md has no ${begin} and ${end}`);
  return `${readme.slice(0, from + begin.length)}\n\n${table}\n\n${readme.slice(to)}`;
}
