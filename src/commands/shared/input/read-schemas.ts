import type { JsonObject, JsonValue } from '../../../core/json.ts';
import { isJsonObject } from '../../../core/json.ts';
import { readBuiltIns } from '../../../core/schemas/built-in.ts';
import { isCustomResourceDefinition, schemasOfCrd, type CustomSchema } from '../../../core/schemas/custom-resource.ts';
import type { KnownObjects } from '../../../core/schemas/check-objects.ts';
import { kindFinder } from '../../../core/kinds/known-kinds.ts';
import { kindsKeyword, schemasOfJsonSchema } from '../../../core/schemas/json-schema.ts';
import { createSchemaSet, metadataSchema } from '../../../core/schemas/schema-set.ts';
import type { SourceDocument } from '../../../core/yaml/read-documents.ts';
import type { Finding } from '../../../output/findings/finding.ts';

/** A file of schemas as far as it could be read, and what kept it from being read. */
export interface SchemaFile {
  readonly documents: readonly SourceDocument[];
  readonly findings: readonly Finding[];
}

/** All schemas of a run, and what is wrong with the files that were to give some. */
export interface ReadSchemas {
  readonly known: KnownObjects;
  readonly findings: readonly Finding[];
}

/**
 * Puts together the schemas of Kubernetes, those of `--schema` and those of the
 * CRDs among the manifests themselves.
 */
export function readSchemas(files: readonly SchemaFile[], manifests: readonly JsonObject[]): ReadSchemas {
  const builtIns = readBuiltIns();
  const metadata = metadataSchema(builtIns);
  const findings: Finding[] = files.flatMap((file) => file.findings);
  const given: Given[] = [];
  for (const document of files.flatMap((file) => file.documents)) {
    for (const value of itemsOf(document.value)) {
      const schemas = isCustomResourceDefinition(value)
        ? schemasOfCrd(value, metadata)
        : isJsonObject(value)
          ? schemasOfJsonSchema(value)
          : [];
      if (schemas.length === 0)
        findings.push(
          unusable(
            document,
            `holds no schema: neither a CustomResourceDefinition with one nor a JSON Schema with ${kindsKeyword}`,
          ),
        );
      given.push(...schemas.map((schema) => ({ schema, document })));
    }
  }
  const own = manifests
    .filter((manifest) => isCustomResourceDefinition(manifest))
    .flatMap((crd) => schemasOfCrd(crd, metadata));
  const schemas = createSchemaSet(builtIns, [...own, ...given.map(({ schema }) => schema)]);
  for (const { schema, document } of given) {
    // Compilation is the only way to know whether a foreign schema holds together.
    const fault = schemas.find(schema.apiVersion, schema.kind)?.fault();
    if (fault !== undefined) findings.push(unusable(document, `the schema of ${schema.kind} cannot be used: ${fault}`));
  }
  const objects = files.flatMap((file) => file.documents).flatMap((document) => itemsOf(document.value));
  return { known: { schemas, find: kindFinder([...objects, ...manifests]) }, findings };
}

interface Given {
  readonly schema: CustomSchema;
  readonly document: SourceDocument;
}

function itemsOf(value: JsonValue): readonly JsonValue[] {
  const items =
    isJsonObject(value) && typeof value['kind'] === 'string' && value['kind'].endsWith('List')
      ? value['items']
      : undefined;
  return Array.isArray(items) ? (items as readonly JsonValue[]) : [value];
}

function unusable(document: SourceDocument, message: string): Finding {
  const place = document.locate([]) ?? { line: document.line, column: 1 };
  return { severity: 'error', file: document.file, ...place, path: '', rule: 'unusable-schema', message };
}
