import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';

const root = join(import.meta.dirname, '../..');

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly resolved?: string;
  readonly integrity?: string;
}

/**
 * Writes what the executable is made of as CycloneDX 1.6 JSON: the packages
 * that are in the bundle, and the Node inside. What package.json lists says
 * nothing of that: its dependencies are those of the library. It has no time
 * and no serial number, so that the same commit gives the same bytes.
 *
 * @param packages where those in the bundle lie, as the lock file names them
 */
export function writeBillOfMaterials(file: string, packages: readonly string[]): void {
  const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    'name' | 'version' | 'license',
    string
  >;
  const bom = new Models.Bom();
  bom.metadata.component = component(name, { version, license }, Enums.ComponentType.Application);
  bom.components.add(
    component('node', { version: process.versions.node, license: 'MIT' }, Enums.ComponentType.Platform),
  );
  const { packages: lockedAt } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const bundled = new Map<string, Models.Component>();
  for (const path of packages) {
    const locked = lockedAt[path];
    if (locked === undefined) throw new Error(`the lock file has no ${path}, which is in the bundle; run npm install`);
    const library = component(
      path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      locked,
      Enums.ComponentType.Library,
    );
    // The same version in two places is one component: of two with one reference the other gets a random one.
    bundled.set(library.bomRef.value ?? path, library);
  }
  for (const library of bundled.values()) bom.components.add(library);
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
