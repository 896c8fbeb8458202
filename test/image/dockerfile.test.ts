import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyFolder, projectRoot } from '../support/run-cli.ts';

const dockerfile = readFileSync(join(projectRoot, 'Dockerfile'), 'utf8');
const { description } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { description: string };

it('names each base by host and digest', () => {
  const from = [...dockerfile.matchAll(/^FROM (?:--platform=\S+ )?(\S+)(?: AS (\S+))?$/gm)];
  const stages = from.map(([, , stage]) => stage);
  const bases = from.map(([, image = '']) => image).filter((image) => !stages.includes(image));
  expect(bases).toHaveLength(2);
  for (const image of bases) expect(image).toMatch(/^[a-z0-9.-]+\.[a-z]+\/\S+:\S+@sha256:[0-9a-f]{64}$/);
});

it('describes the image as the package is described', () => {
  expect(dockerfile).toContain(`org.opencontainers.image.description="${description}"`);
});

it.each([
  [{}, 'VERSION is undefined'],
  [{ VERSION: '0.0.0', COMMIT: 'main', COMMIT_DATE: 'today' }, 'COMMIT is not the hash of a commit'],
])('builds no image of which it is not known what it is: %j', (env, says) => {
  const folder = emptyFolder();
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(projectRoot, 'scripts/image-root.ts'), `--out=${folder}`, `--base-packages=${folder}`],
    { env: { PATH: process.env['PATH'] ?? '', ...env }, encoding: 'utf8' },
  );
  expect(status).not.toBe(0);
  expect(stderr).toContain(says);
  expect(stderr).toContain('build with scripts/build-image.sh');
});
