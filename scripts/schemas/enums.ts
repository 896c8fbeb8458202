/** Definition (its last three parts, `core.v1.ContainerPort`) → property → the values that it takes. */
export type Enums = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/**
 * The values of enumerations. The published OpenAPI document leaves them out;
 * the generated Go code that API servers make theirs from has them
 * (pkg/generated/openapi/zz_generated.openapi.go).
 */
export function readEnums(goCode: string): Enums {
  const enums = new Map<string, Map<string, readonly string[]>>();
  let definition = '';
  let property = '';
  for (const line of goCode.split('\n')) {
    const opened = /^func schema_\w*?([a-zA-Z0-9]+)_(v\d\w*?)_([A-Za-z0-9]+)\(/.exec(line);
    if (opened !== null) definition = opened.slice(1).join('.');
    // Properties of the definition itself stand at a fixed depth.
    property = /^\t{5}"([^"]+)": \{$/.exec(line)?.[1] ?? property;
    const values = /\bEnum:\s+\[\]interface\{\}\{([^}]*)\}/.exec(line)?.[1];
    if (values === undefined) continue;
    const known = enums.get(definition) ?? new Map<string, readonly string[]>();
    known.set(property, JSON.parse(`[${values}]`) as string[]);
    enums.set(definition, known);
  }
  return enums;
}
