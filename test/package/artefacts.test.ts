import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Enums } from '@cyclonedx/cyclonedx-library';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { billOfMaterials, type Contents } from '../../scripts/artefacts/bill-of-materials.ts';
import { noticesText, packageNotice } from '../../scripts/artefacts/notices.ts';
import { readLock } from '../../scripts/artefacts/packages.ts';
import { bundleCommand, type BundledCommand } from '../../scripts/build.ts';
import { trimPackages } from '../../scripts/bundle/trim.ts';
import { startProcess } from '../support/process.ts';
import { projectRoot } from '../support/run-cli.ts';

const facts = { version: '1.2.3', commit: '0123456789ab', date: '2026-02-03T04:05:06+01:00' };

interface Bill {
  readonly serialNumber?: string;
  readonly metadata: { readonly timestamp?: string };
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly hashes?: readonly unknown[];
    readonly licenses?: readonly unknown[];
    readonly properties?: readonly { readonly value: string }[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'maestro-cli-artefacts-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Two builds of one commit. */
let first: BundledCommand;
let second: BundledCommand;
beforeAll(async () => {
  first = await bundleCommand(join(folder, 'first/maestro-cli.cjs'));
  second = await bundleCommand(join(folder, 'second/maestro-cli.cjs'), [
    { name: 'Émile', version: '1', license: 'MIT', texts: ['© Émile $& "quoted" \\ 😀'] },
  ]);
});

function contentsOf({ packages }: BundledCommand): Contents {
  return {
    artefact: 'maestro-cli-linux-x64',
    type: Enums.ComponentType.Application,
    bundled: packages,
    node: process.versions,
    debian: [{ name: 'libc6', version: '2.36-9+deb12u10', architecture: 'amd64' }],
  };
}

async function billOf(contents: Contents, of = facts): Promise<Bill> {
  return JSON.parse(await billOfMaterials(contents, of)) as Bill;
}

/** Packages whose modules stand in the text of a bundle that is built in one piece, where esbuild names each module. */
async function packagesInText(): Promise<Set<string>> {
  const { outputFiles } = await build({
    absWorkingDir: projectRoot,
    entryPoints: ['src/main.ts'],
    outdir: join(folder, 'text'),
    write: false,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'error',
    plugins: [trimPackages],
    define: { BUILD_INFO: '"{}"' },
  });
  const places = outputFiles.flatMap(({ text }) =>
    [...text.matchAll(/^ *\/\/ (.*node_modules\/(?:@[^/\n]+\/)?[^/\n]+)\//gm)].map(([, place = '']) => place),
  );
  return new Set(places);
}

describe('the bill of materials of an artefact', () => {
  let contents: Contents;
  beforeAll(() => {
    contents = contentsOf(first);
  });

  it('is the same bytes from two builds of one commit', async () => {
    const text = await billOfMaterials(contents, facts);
    expect(await billOfMaterials(contentsOf(second), facts)).toBe(text);
  });

  it('names each package that stands in the bundle, and no other', async () => {
    const { components } = await billOf(contents);
    const lock = readLock();
    const expected = [...(await packagesInText())].map((path) => `${lock.at(path).name}@${lock.at(path).version}`);
    const named = components
      .filter(({ purl }) => purl.startsWith('pkg:npm/'))
      .map(({ name, version }) => `${name}@${version}`);
    expect(named.toSorted()).toEqual([...new Set(expected)].sort());
    expect(named.length).toBeGreaterThan(50);
  }, 60_000);

  it('has of each package the digest of its tarball and its licence', async () => {
    const { components } = await billOf(contents);
    const lacking = components.filter(
      ({ purl, hashes, licenses }) =>
        purl.startsWith('pkg:npm/') && (hashes?.length !== 1 || licenses === undefined || licenses.length === 0),
    );
    expect(lacking).toEqual([]);
  });

  it('tells what needs what', async () => {
    const { dependencies } = await billOf(contents);
    expect(dependencies.find(({ ref }) => ref.startsWith('@grpc/proto-loader@'))?.dependsOn).toEqual(
      expect.arrayContaining([expect.stringMatching(/^protobufjs@/)]),
    );
  });

  it('has a serial number of its own for each artefact and commit, and the time of the commit', async () => {
    const [one, same, arm, later] = await Promise.all([
      billOf(contents),
      billOf(contents),
      billOf({ ...contents, artefact: 'maestro-cli-linux-arm64' }),
      billOf(contents, { ...facts, commit: 'ba9876543210' }),
    ]);
    expect(one.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(one.metadata.timestamp).toBe('2026-02-03T03:05:06.000Z');
    expect(same.serialNumber).toBe(one.serialNumber);
    expect(new Set([one, arm, later].map(({ serialNumber }) => serialNumber)).size).toBe(3);
  });

  it('claims neither without a commit', async () => {
    const bill = await billOf(contents, { ...facts, commit: 'unknown', date: 'unknown' });
    expect(bill.serialNumber).toBeUndefined();
    expect(bill.metadata.timestamp).toBeUndefined();
  });

  it('tells for npm what is in the package, what is installed beside it, and what is both', async () => {
    const { components } = await billOf({ ...contents, installed: readLock().installed() });
    const shipped = (name: string): readonly string[] | undefined =>
      components.find((component) => component.name === name)?.properties?.map(({ value }) => value);
    expect(shipped('commander')).toEqual(['bundled']);
    expect(shipped('yaml')).toEqual(['bundled', 'installed']);
    // An optional peer, which npm does not bring.
    expect(shipped('@opentelemetry/api')).toEqual(['bundled']);
  });

  it('names the packages of a base as Debian does', async () => {
    const { components } = await billOf(contents);
    expect(components).toContainEqual(
      expect.objectContaining({ purl: 'pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64&distro=debian-12' }),
    );
  });
});

describe('the notices', () => {
  function packageAt(name: string, license: unknown, files: Readonly<Record<string, string>>): string {
    const place = join(folder, name);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'package.json'), JSON.stringify({ name, version: '1.0.0', license }));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(place, file), text);
    return place;
  }

  it.each([
    ['GPL-3.0-only', /its licence "GPL-3.0-only" is none/],
    ['MIT AND LGPL-2.1-only', /is none/],
    ['SEE LICENSE IN terms.txt', /is none/],
    [undefined, /its licence undefined is none/],
  ])('stop the build at the licence %s', (license, message) => {
    const place = packageAt(`refused-${String(license).replaceAll(/\W/g, '')}`, license, { LICENSE: 'text' });
    expect(() => packageNotice(place)).toThrow(message);
  });

  it('stop the build at a package without the text of its licence', () => {
    expect(() => packageNotice(packageAt('silent', 'MIT', { 'README.md': 'MIT' }))).toThrow(
      /silent 1\.0\.0 .* no file/,
    );
  });

  it('take a choice of licences of which one is allowed', () => {
    expect(packageNotice(packageAt('choice', '(GPL-2.0-only OR MIT)', { LICENSE: 'text' }))).toMatchObject({
      texts: ['text'],
    });
  });

  it('hold licence and NOTICE of a package, and a text that several share once', () => {
    const text = noticesText([
      packageNotice(packageAt('a', 'Apache-2.0', { LICENSE: 'the terms\r\n', NOTICE: 'by A' })),
      packageNotice(packageAt('b', 'MIT', { 'license.md': 'shared terms' })),
      packageNotice(packageAt('c', 'MIT', { 'LICENCE.txt': 'shared terms\n' })),
    ]);
    expect(text).toMatch(/a 1\.0\.0 \(Apache-2\.0\)\n-+\n\nthe terms\n\nby A\n/);
    expect(text).toMatch(/b 1\.0\.0 \(MIT\)\nc 1\.0\.0 \(MIT\)\n-+\n\nshared terms\n/);
    expect(text.match(/shared terms/g)).toHaveLength(1);
  });

  it('are in the command that ships, whatever letters they have', async () => {
    const { notices } = second;
    const file = join(folder, 'second/maestro-cli.cjs');
    expect(await startProcess(process.execPath, [file, 'version', '--licenses']).done).toMatchObject({
      exitCode: 0,
      stdout: notices,
      stderr: '',
    });
    expect(notices).toContain('© Émile $& "quoted" \\ 😀');
    expect(readFileSync(join(folder, 'second/maestro-cli/notices.cjs'), 'latin1')).not.toMatch(/[\u0080-\u00ff]/);
  });
});
