import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { compileSchemas, schemaModule } from '../../../scripts/compile-schemas.ts';
import { readBuiltIns } from '../../../src/core/schemas/built-in.ts';
import { kubernetesVersion, packageVersion, packedSchemas } from '../../../src/core/schemas/kubernetes-data.ts';
import { projectRoot } from '../../support/run-cli.ts';

const unpack = (packed: string): string => brotliDecompressSync(Buffer.from(packed, 'base64')).toString();

describe('the schemas of Kubernetes', () => {
  test('are those of the package that is installed', () => {
    const fresh = /packedSchemas =\n {2}'([^']+)'/.exec(compileSchemas(kubernetesVersion))?.[1] ?? '';
    expect(unpack(fresh)).toBe(unpack(packedSchemas));
    const { version } = JSON.parse(readFileSync(join(projectRoot, 'node_modules/kubernetes-models/package.json'), 'utf8')) as { version: string };
    expect(packageVersion).toBe(version);
  });

  test('take little room', () => {
    expect(statSync(schemaModule).size).toBeLessThan(100_000);
  });

  test('know the kinds that people use, and no lists', () => {
    const { kinds } = readBuiltIns();
    expect(Object.keys(kinds['v1'] ?? {})).toEqual(expect.arrayContaining(['Pod', 'Service', 'ConfigMap', 'Secret', 'Namespace']));
    expect(kinds['apps/v1']).toHaveProperty('Deployment');
    expect(kinds['autoscaling/v2']).toHaveProperty('HorizontalPodAutoscaler');
    expect(Object.values(kinds).flatMap((names) => Object.keys(names)).filter((kind) => kind.endsWith('List'))).toEqual([]);
  });

  test('hold together: every reference leads to a definition', () => {
    const { definitions } = readBuiltIns();
    const references = JSON.stringify(definitions).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g);
    const missing = [...references].map((match) => match[1] ?? '').filter((name) => !Object.hasOwn(definitions, name));
    expect(missing).toEqual([]);
  });

  test('leave no list without the schema of its items', () => {
    const { definitions } = readBuiltIns();
    const bare = JSON.stringify(definitions).match(/\{"type":"array"\}/g);
    expect(bare).toBeNull();
  });
});
