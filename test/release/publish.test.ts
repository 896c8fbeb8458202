import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageVersion } from '../../scripts/release/version.ts';
import { projectRoot } from '../support/run-cli.ts';

/** What the workflow of releases runs in a shell, with programs that write down how they were called. */
let folder: string;
let release: string;

const tarball = 'openshift-hyperfleet-maestro-cli-1.2.3.tgz';
const digest = `sha256:${'0'.repeat(64)}`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maestro-cli-publish-'));
  release = join(folder, 'release');
  mkdirSync(release);
  writeFileSync(join(release, tarball), 'package');
  writeFileSync(join(release, 'multicluster-maestro-integrations-1.2.3.tgz'), 'chart');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program on the PATH that writes down its arguments, and then does what `body` says in sh. */
function program(name: string, body = ''): void {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho "${name} $*" >> "${join(folder, 'calls')}"\n${body}\n`);
  chmodSync(file, 0o755);
}

function publish(script: string, ...args: readonly string[]): { status: number | null; stderr: string } {
  return spawnSync('sh', [join(projectRoot, 'scripts/release/publish', script), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: [folder, process.env['PATH']].join(delimiter) },
  });
}

function calls(): readonly string[] {
  const file = join(folder, 'calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

describe('npm.sh', () => {
  const view = 'npm view @openshift-hyperfleet/maestro-cli@1.2.3 dist.integrity';
  const integrity = `sha512-${createHash('sha512').update('package').digest('base64')}`;

  it('publishes with provenance what is not there', () => {
    program('npm', '[ "$1" = publish ] || { echo "npm error code E404" >&2; exit 1; }');
    expect(publish('npm.sh', 'release')).toMatchObject({ status: 0 });
    expect(calls()).toEqual([view, `npm publish ./release/${tarball} --provenance --access=public --tag=latest`]);
  });

  it('takes no preview for the latest version', () => {
    rmSync(join(release, tarball));
    writeFileSync(join(release, tarball.replace('1.2.3', '1.2.3-rc.1')), 'package');
    program('npm');
    expect(publish('npm.sh', release)).toMatchObject({ status: 0 });
    expect(calls().at(-1)).toMatch(/-1\.2\.3-rc\.1\.tgz --provenance --access=public --tag=next$/);
  });

  it('leaves what is there', () => {
    program('npm', `echo ${integrity}`);
    expect(publish('npm.sh', 'release')).toMatchObject({ status: 0 });
    expect(calls()).toEqual([view]);
  });

  it('fails when something else is there under the version', () => {
    program('npm', 'echo sha512-other');
    expect(publish('npm.sh', 'release')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is published with other contents (sha512-other') as string,
    });
    expect(calls()).toEqual([view]);
  });

  it('fails when the registry cannot be asked', () => {
    program('npm', 'echo "npm error code ENOTFOUND" >&2; exit 1');
    expect(publish('npm.sh', 'release')).toMatchObject({ status: 1 });
    expect(calls()).toEqual([view]);
  });

  it('fails without a package', () => {
    rmSync(join(release, tarball));
    program('npm');
    expect(publish('npm.sh', 'release')).toMatchObject({ status: 1 });
    expect(calls()).toEqual([]);
  });
});

describe('chart.sh', () => {
  it('pushes the chart and signs what the registry took', () => {
    program('helm', `echo "Pushed: host/charts/x:1.2.3" >&2; echo "Digest: ${digest}" >&2`);
    program('cosign');
    expect(publish('chart.sh', 'release', 'host/charts')).toMatchObject({ status: 0 });
    expect(calls()).toEqual([
      'helm push release/multicluster-maestro-integrations-1.2.3.tgz oci://host/charts',
      `cosign sign --yes host/charts/multicluster-maestro-integrations@${digest}`,
    ]);
  });

  it.each(['exit 1', 'echo "Pushed: host/charts/x:1.2.3"'])('signs nothing after %j', (body) => {
    program('helm', body);
    program('cosign');
    expect(publish('chart.sh', 'release', 'host/charts')).toMatchObject({ status: 1 });
    expect(calls()).toHaveLength(1);
  });
});

describe('github.sh', () => {
  beforeEach(() => {
    writeFileSync(join(release, 'artefacts.json'), '{\n  "version": "1.2.3",\n  "artefacts": []\n}\n');
    writeFileSync(join(release, 'RELEASE-NOTES.md'), 'notes\n');
    execFileSync('sh', ['-c', 'sha256sum *.tgz > SHA256SUMS'], { cwd: release });
    writeFileSync(join(release, 'SHA256SUMS.sigstore.json'), '{}');
  });

  it('makes a draft with all files and then shows it', () => {
    program('gh', '[ "$2" != view ]');
    expect(publish('github.sh', 'release')).toMatchObject({ status: 0 });
    const [, create = '', edit = '', ...more] = calls();
    expect(create).toMatch(
      /^gh release create v1\.2\.3 release\/.* --draft --verify-tag --latest --title=maestro-cli 1/,
    );
    for (const name of [tarball, 'SHA256SUMS', 'SHA256SUMS.sigstore.json', 'artefacts.json'])
      expect(create).toContain(` release/${name} `);
    expect(create).toContain('--notes-file=release/RELEASE-NOTES.md');
    expect([edit, more]).toEqual(['gh release edit v1.2.3 --draft=false --latest', []]);
  });

  it('fills a draft that an earlier run left', () => {
    program('gh', '[ "$2" != view ] || echo true');
    expect(publish('github.sh', 'release')).toMatchObject({ status: 0 });
    expect(calls().map((call) => call.split(' ').slice(0, 3).join(' '))).toEqual([
      'gh release view',
      'gh release upload',
      'gh release edit',
    ]);
  });

  it('leaves a release that is published', () => {
    program('gh', 'echo false');
    expect(publish('github.sh', 'release')).toMatchObject({ status: 0 });
    expect(calls()).toHaveLength(1);
  });

  it.each<[string, () => void]>([
    ['a checksum is wrong', () => writeFileSync(join(release, tarball), 'other')],
    ['the checksums are not signed', () => rmSync(join(release, 'SHA256SUMS.sigstore.json'))],
    ['the version is not known', () => writeFileSync(join(release, 'artefacts.json'), '{}')],
  ])('publishes nothing when %s', (_, change) => {
    change();
    program('gh');
    expect(publish('github.sh', 'release').status).not.toBe(0);
    expect(calls()).toEqual([]);
  });
});

describe('facts.sh', () => {
  it('says version, commit and tags of the image', () => {
    const version = packageVersion(projectRoot);
    const told = execFileSync('sh', ['scripts/release/publish/facts.sh'], {
      cwd: projectRoot,
      encoding: 'utf8',
      env: { ...process.env, IMAGE: 'host/image' },
    });
    expect(told).toMatch(
      new RegExp(
        `^version=${version}\ncommit=[0-9a-f]{40}\ncommit-date=\\d{4}-.*\n` +
          `tags=host/image:${version}${version.includes('-') ? '' : ',host/image:latest'}\n` +
          'base-name=\\S+\nbase-digest=sha256:[0-9a-f]{64}\n$',
      ),
    );
  });
});
