import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Enums, Models, Serialize, Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { uuidV5 } from '../../src/core/works/bundle-id.ts';
import type { BuildFacts } from '../build.ts';
import { readLock, type LockedPackage } from './packages.ts';

const root = join(import.meta.dirname, '../..');

/** A package of the image's base, as dpkg keeps it. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/** What an artefact is made of. */
export interface Contents {
  /** Its name, which no other artefact has: `maestro-cli-linux-x64`. */
  readonly artefact: string;
  readonly type: Enums.ComponentType.Application | Enums.ComponentType.Container;
  /** Where the packages lie of which something is inside, as the lock file names them. */
  readonly bundled: readonly string[];
  /** Those that npm installs beside it. */
  readonly installed?: readonly string[];
  /** The versions of Node and of its parts, as process.versions has them, when Node is inside. */
  readonly node?: Readonly<Record<string, string | undefined>>;
  readonly debian?: readonly DebianPackage[];
}

/**
 * A CycloneDX 1.6 bill of materials, the same bytes for the same commit: its serial number is made from commit and
 * artefact, its time is the commit's, and everything in it is in order. Without a commit it has neither.
 *
 * @throws when it is not what the schema of CycloneDX asks for
 */
export async function billOfMaterials(contents: Contents, { commit, date }: BuildFacts): Promise<string> {
  const { name, version, license, description } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as Record<'name' | 'version' | 'license' | 'description', string>;
  const bom = new Models.Bom();
  const main = new Models.Component(contents.type, contents.artefact, {
    bomRef: contents.artefact,
    version,
    description,
    purl:
      contents.installed === undefined
        ? `pkg:github/openshift-hyperfleet/maestro-cli@${commit}`
        : npmAddress(name, version),
  });
  main.licenses.add(new Models.SpdxLicense(license));
  bom.metadata.component = main;
  bom.metadata.lifecycles.add(Enums.LifecyclePhase.Build);
  if (commit !== 'unknown')
    bom.serialNumber = `urn:uuid:${uuidV5(urlNamespace, `https://github.com/openshift-hyperfleet/maestro-cli/${commit}/${contents.artefact}`)}`;
  if (date !== 'unknown') bom.metadata.timestamp = new Date(date);

  const components = [
    ...npmComponents(contents),
    ...(contents.node === undefined ? [] : [nodeComponent(contents.node)]),
    ...(contents.debian ?? []).map(debianComponent),
  ];
  for (const component of components) {
    bom.components.add(component);
    main.dependencies.add(component.bomRef);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  const text = `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
  const faults: unknown = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
  if (faults !== null) throw new Error(`the bill of materials of ${contents.artefact}: ${JSON.stringify(faults)}`);
  return text;
}

/** Of RFC 9562, for names that are addresses. */
const urlNamespace = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');

/** What is inside an artefact, or only installed beside it, of those of the npm registry. */
function npmComponents({ bundled, installed = [] }: Contents): readonly Models.Component[] {
  const lock = readLock();
  const made = new Map<string, Models.Component>();
  for (const path of new Set([...bundled, ...installed])) {
    const locked = lock.at(path);
    // The same version in two places is one component: of two with one reference the other gets a random one.
    const component = made.get(reference(locked)) ?? npmComponent(locked);
    made.set(reference(locked), component);
    if (installed.length > 0)
      for (const [where, paths] of Object.entries({ bundled, installed }))
        if (paths.includes(path)) component.properties.add(new Models.Property('maestro-cli:shipped', where));
  }
  for (const path of new Set([...bundled, ...installed])) {
    const locked = lock.at(path);
    for (const place of locked.imports) {
      const imported = made.get(reference(lock.at(place)));
      if (imported !== undefined) made.get(reference(locked))?.dependencies.add(imported.bomRef);
    }
  }
  return [...made.values()];
}

function reference({ name, version }: LockedPackage): string {
  return `${name}@${version}`;
}

function npmAddress(name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function npmComponent(locked: LockedPackage): Models.Component {
  const { name, version, license, integrity } = locked;
  const made = new Models.Component(Enums.ComponentType.Library, name, {
    bomRef: reference(locked),
    version,
    purl: npmAddress(name, version),
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

/** Counters of interfaces, and no software. */
const noParts = ['node', 'modules', 'napi'];

/** Node with what it is made of inside, because weaknesses are reported of OpenSSL and not of Node's copy of it. */
function nodeComponent(versions: NonNullable<Contents['node']>): Models.Component {
  const version = versions['node'] ?? '';
  const node = generic(Enums.ComponentType.Platform, 'node', version);
  node.cpe = `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`;
  node.licenses.add(new Models.SpdxLicense('MIT'));
  for (const [name, part = ''] of Object.entries(versions)) {
    if (part === '' || noParts.includes(name)) continue;
    const component = generic(Enums.ComponentType.Library, name, part);
    if (name === 'openssl') component.cpe = `cpe:2.3:a:openssl:openssl:${part}:*:*:*:*:*:*:*`;
    node.components.add(component);
    node.dependencies.add(component.bomRef);
  }
  return node;
}

function generic(type: Enums.ComponentType, name: string, version: string): Models.Component {
  return new Models.Component(type, name, {
    bomRef: `generic:${name}@${version}`,
    version,
    purl: `pkg:generic/${name}@${encodeURIComponent(version)}`,
  });
}

function debianComponent({ name, version, architecture }: DebianPackage): Models.Component {
  return new Models.Component(Enums.ComponentType.Library, name, {
    bomRef: `deb:${name}@${version}`,
    version,
    purl: `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}&distro=debian-12`,
  });
}
