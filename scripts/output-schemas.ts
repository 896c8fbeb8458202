/**
 * Writes schemas/ from the types of what the commands print. `test/schemas` fails when one is not what this makes of
 * its type, and holds what the commands do print to them.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputDocuments } from './output-schemas/documents.ts';
import { outputSchemas } from './output-schemas/generate.ts';

export const schemaFolder = join(import.meta.dirname, '../schemas');

/** Text of every file by its name. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    [...outputSchemas()].map(([name, schema]) => [`${name}.json`, `${JSON.stringify(schema, undefined, 2)}\n`]),
  );
}

/** The table of docs/schemas.md. */
export function schemaTable(): string {
  const rows = [...Map.groupBy(outputDocuments, ({ name }) => name)].map(([name, documents]) => {
    const what = documents.map((document) => document.of).join(', ');
    const lines = documents.some((document) => document.lines === true) ? '; one value a line' : '';
    return `| [${name}](../schemas/${name}.json) | ${what}${lines} | ${documents[0]?.since ?? ''} |`;
  });
  return ['| schema | is the form of | since |', '| --- | --- | --- |', ...rows].join('\n');
}

if (import.meta.main) {
  mkdirSync(schemaFolder, { recursive: true });
  const files = schemaFiles();
  for (const name of readdirSync(schemaFolder)) if (!files.has(name)) rmSync(join(schemaFolder, name));
  for (const [name, text] of files) writeFileSync(join(schemaFolder, name), text);
}
