import { brotliCompressSync, constants } from 'node:zlib';
import type { Condensed } from './condense.ts';

/** The text of src/core/schemas/kubernetes-data.ts. */
export function packedModule(schemas: Condensed, kubernetes: string, modules: readonly string[]): string {
  const text = JSON.stringify(schemas);
  const packed = brotliCompressSync(text, {
    params: { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
  });
  return [
    `// Made by scripts/compile-schemas.ts from ${modules.join(', ')}; do not edit.`,
    '',
    '/** The release of Kubernetes that the schemas are of. */',
    `export const kubernetesVersion = '${kubernetes}';`,
    '',
    '/** JSON, brotli, base64: `kinds` (group and version → kind → definition) and `definitions`. */',
    `export const packedSchemas =\n  '${packed.toString('base64')}';`,
    '',
  ].join('\n');
}
