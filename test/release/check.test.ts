import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checksums, measured, type BuiltArtefact, type ReleaseManifest } from '../../scripts/release/artefacts.ts';
import { renderedImages } from '../../scripts/release/check/chart.ts';
import { checksumFaults } from '../../scripts/release/check/checksums.ts';
import { packageFaults } from '../../scripts/release/check/npm.ts';
import { paperFaults, sbomFaults } from '../../scripts/release/check/papers.ts';
import { inventedRelease } from './support.ts';

let folder: string;
let manifest: ReleaseManifest;

const tell = (): void => undefined;

/** Files that hold their own names, in a folder with the list of their checksums. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'maestro-cli-release-test-'));
  const invented = inventedRelease('1.2.3');
  const artefacts: BuiltArtefact[] = [];
  for (const artefact of invented.artefacts) {
    writeFileSync(join(folder, artefact.name), artefact.name);
    artefacts.push(await measured(folder, artefact));
  }
  manifest = { ...invented, artefacts };
  writeFileSync(join(folder, 'SHA256SUMS'), checksums(artefacts));
  writeFileSync(join(folder, 'artefacts.json'), JSON.stringify(manifest));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the folder of a release', () => {
  it('is in order when each artefact has the checksum of the list', async () => {
    expect(await checksumFaults({ folder, manifest, tell })).toEqual([]);
  });

  it('may hold signatures', async () => {
    writeFileSync(join(folder, 'SHA256SUMS.sigstore.json'), '{}');
    expect(await checksumFaults({ folder, manifest, tell })).toEqual([]);
  });

  it.each<[string, () => void, string]>([
    ['lacks a file', () => rmSync(join(folder, 'maestro-cli-linux-x64')), 'maestro-cli-linux-x64 is missing'],
    [
      'has a file that was changed',
      () => writeFileSync(join(folder, 'maestro-cli-linux-x64'), 'other'),
      'maestro-cli-linux-x64 has another checksum than artefacts.json says',
    ],
    [
      'has a file of nobody',
      () => writeFileSync(join(folder, 'notes.txt'), ''),
      'notes.txt is no artefact of this release',
    ],
    ['lacks SHA256SUMS', () => rmSync(join(folder, 'SHA256SUMS')), 'SHA256SUMS is missing'],
    [
      'has other checksums',
      () => writeFileSync(join(folder, 'SHA256SUMS'), checksums(manifest.artefacts.slice(1))),
      'SHA256SUMS is not what artefacts.json says',
    ],
  ])('is refused when it %s', async (_, change, fault) => {
    change();
    expect(await checksumFaults({ folder, manifest, tell })).toEqual([fault]);
  });
});

describe('the npm package', () => {
  const packed = {
    name: 'n',
    version: '1.2.3',
    files: ['bin/cli', 'dist/'],
    bin: { cli: 'bin/cli' },
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json' },
  };
  const names = ['package.json', 'README.md', 'LICENSE', 'bin/cli', 'dist/index.js', 'dist/index.d.ts'];

  it('is in order when it holds what its package.json says', () => {
    expect(packageFaults(packed, names, '1.2.3')).toEqual([]);
  });

  it.each([
    ['another version', packed, names, '1.2.4', ['it says version 1.2.3']],
    ['an export that is not there', packed, names.slice(0, -1), '1.2.3', ['it lacks dist/index.d.ts']],
    ['a manual page that is not there', { ...packed, man: ['dist/cli.1'] }, names, '1.2.3', ['it lacks dist/cli.1']],
    ['no licence', packed, names.filter((name) => name !== 'LICENSE'), '1.2.3', ['it lacks LICENSE']],
    [
      'a file that is not listed',
      packed,
      [...names, 'distant.js'],
      '1.2.3',
      ['it holds distant.js, which "files" does not list'],
    ],
  ])('is refused with %s', (_, own, there, version, faults) => {
    expect(packageFaults(own, there, version)).toEqual(faults);
  });
});

describe('bills of materials', () => {
  const bom = { bomFormat: 'CycloneDX', metadata: { component: { version: '1.2.3' } }, components: [{}] };

  it('tell of the version and of what is inside', () => {
    expect(sbomFaults(JSON.stringify(bom), '1.2.3')).toEqual([]);
    expect(sbomFaults(JSON.stringify(bom), '1.2.4')).toEqual(['it tells of version 1.2.3']);
    expect(sbomFaults(JSON.stringify({ ...bom, components: [] }), '1.2.3')).toEqual(['it names no component']);
    expect(sbomFaults('{}', '1.2.3')).toHaveLength(3);
  });

  it('are there for each artefact with foreign code', () => {
    for (const { name, kind } of manifest.artefacts)
      writeFileSync(join(folder, name), kind === 'sbom' ? JSON.stringify(bom) : 'x'.repeat(1_000));
    expect(paperFaults({ folder, manifest, tell })).toEqual([]);
    const less = { ...manifest, artefacts: manifest.artefacts.filter(({ kind }) => kind !== 'sbom') };
    expect(paperFaults({ folder, manifest: less, tell })).toEqual([
      'openshift-hyperfleet-maestro-cli-1.2.3.tgz has no bill of materials',
      'maestro-cli-linux-x64 has no bill of materials',
      'maestro-cli-linux-arm64 has no bill of materials',
    ]);
  });
});

it('the images of a chart are found in every container', () => {
  expect(
    renderedImages(`
kind: Deployment
spec: { template: { spec: { initContainers: [{ image: a }], containers: [{ image: b }, { name: c }] } } }
---
kind: Pod
spec: { containers: [{ image: c }] }
`),
  ).toEqual(['a', 'b', 'c']);
});
