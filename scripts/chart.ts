/**
 * Writes what is made of something else in the chart: the table of values in its README and the descriptions in its
 * schema, and the dashboard. `test/charts` fails when one of them is not what this makes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboard } from './chart/dashboard.ts';
import { describedSchema, explainedValues, readmeWith, valuesTable, type SchemaNode } from './chart/values-docs.ts';

export const chartFolder = join(import.meta.dirname, '..', 'charts', 'multicluster-maestro-integrations');

/** The generated files, by their path in the chart. */
export function chartFiles(): ReadonlyMap<string, string> {
  const read = (file: string): string => readFileSync(join(chartFolder, file), 'utf8');
  const values = explainedValues(read('values.yaml'));
  const schema = JSON.parse(read('values.schema.json')) as SchemaNode;
  return new Map([
    ['README.md', readmeWith(read('README.md'), valuesTable(values))],
    ['files/dashboard.json', `${JSON.stringify(dashboard(), null, 1)}\n`],
    ['values.schema.json', `${JSON.stringify(describedSchema(schema, values), null, 2)}\n`],
  ]);
}

if (import.meta.main) {
  for (const [file, text] of chartFiles()) writeFileSync(join(chartFolder, file), text);
}
