import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { imageRepository } from '../../src/core/jobs/image.ts';
import { projectRoot } from '../support/run-cli.ts';

/** Names of the image as it was called before, at another host, or with a tag and without a host. */
const otherNames = [
  /(?<!openshift-)hyperfleet\/maestro-cli/g,
  /(?<!ghcr\.io\/)\bopenshift-hyperfleet\/maestro-cli(?=:\w|@sha256:)/g,
  /(?<![\w.-])(?!ghcr\.io|github\.com|raw\.githubusercontent\.com)[a-z0-9-]+(?:\.[a-z0-9-]+)+\/openshift-hyperfleet\/maestro-cli/g,
];

function otherNamesIn(text: string): readonly string[] {
  return otherNames.flatMap((pattern) => text.match(pattern) ?? []);
}

it('is the same in chart, templates, docs, workflows and code', () => {
  // The first template stays as others have it in their clusters; this file has wrong names on purpose.
  const files = execFileSync(
    'git',
    ['ls-files', '-z', ':!test/fixtures', ':!test/release', ':!test/jobs/limits.test.ts', ':!node_modules'],
    { cwd: projectRoot, encoding: 'utf8' },
  )
    .split('\0')
    .filter((file) => file !== '');
  const found = files.flatMap((file) =>
    otherNamesIn(readFileSync(join(projectRoot, file), 'utf8')).map((name) => `${file}: ${name}`),
  );
  expect(found).toEqual([]);
});

it.each([
  'hyperfleet/maestro-cli:latest',
  'quay.io/openshift-hyperfleet/maestro-cli',
  'docker run openshift-hyperfleet/maestro-cli:0.2.0',
  'openshift-hyperfleet/maestro-cli@sha256:00',
])('the check finds %s', (text) => {
  expect(otherNamesIn(text)).not.toEqual([]);
});

it.each([
  `${imageRepository}:latest`,
  `${imageRepository}@sha256:00`,
  '@openshift-hyperfleet/maestro-cli',
  '@openshift-hyperfleet/maestro-cli@1.0.0',
  'https://github.com/openshift-hyperfleet/maestro-cli/releases',
  'gh attestation verify --repo openshift-hyperfleet/maestro-cli',
])('the check lets %s pass', (text) => {
  expect(otherNamesIn(text)).toEqual([]);
});
