import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';

const root = join(import.meta.dirname, '../..');

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
}

/**
 * Writes what the executable is made of as CycloneDX 1.6 JSON: the packages of
 * the lock file that are no development tools, and the Node inside. It has no
 * time and no serial number, so that the same commit gives the same bytes.
 */
export function writeBillOfMaterials(file: string): void {
  const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    'name' | 'version' | 'license',
    string
  >;
  const bom = new Models.Bom();
  bom.metadata.component = component(name, { version, license }, Enums.ComponentType.Application);
  bom.components.add(
    component('node', { version: process.versions.node, license: 'MIT' }, Enums.ComponentType.Platform),
  );
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  for (const [path, locked] of Object.entries(packages)) {
    if (path === '' || locked.dev === true) continue;
    bom.components.add(
      component(
        path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
        locked,
        Enums.ComponentType.Library,
      ),
    );
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  writeFileSync(file, `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`);
}

function component(
  name: string,
  { version, license, integrity }: LockedPackage,
  type: Enums.ComponentType,
): Models.Component {
  const made = new Models.Component(type, name, {
    bomRef: `${name}@${version ?? ''}`,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version ?? ''}`,
    ...(version === undefined ? {} : { version }),
  });
  if (license !== undefined)
    made.licenses.add(
      /^[\w.+-]+$/.test(license) ? new Models.SpdxLicense(license) : new Models.LicenseExpression(license),
    );
  const [, digest] = /^sha512-(.+)$/.exec(integrity ?? '') ?? [];
  if (digest !== undefined)
    made.hashes.set(Enums.HashAlgorithm['SHA-512'], Buffer.from(digest, 'base64').toString('hex'));
  return made;
}
