import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyFolder, projectRoot } from '../support/run-cli.ts';

const dockerfile = readFileSync(join(projectRoot, 'Dockerfile'), 'utf8');
const { description } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { description: string };

/** Instructions with their continuation lines joined, without comments. */
const instructions = dockerfile
  .split('\n')
  .filter((line) => !line.startsWith('#'))
  .join('\n')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line.trim() !== '');
const from = [...dockerfile.matchAll(/^FROM (?:--platform=\S+ )?(\S+)(?: AS (\S+))?$/gm)];
const stages = from.map(([, , stage]) => stage);

// Rules by their hadolint numbers, where there is one.
it('names each base by host, version and digest (DL3006, DL3007)', () => {
  const bases = from.map(([, image = '']) => image).filter((image) => !stages.includes(image));
  expect(bases).toHaveLength(2);
  for (const image of bases) expect(image).toMatch(/^[a-z0-9.-]+\.[a-z]+\/\S+:(?!latest@)\S+@sha256:[0-9a-f]{64}$/);
});

it('has absolute working directories and no sudo, cd or ADD (DL3000, DL3003, DL3004, DL3020)', () => {
  for (const line of instructions) {
    if (line.startsWith('WORKDIR')) expect(line).toMatch(/^WORKDIR \//);
    expect(line).not.toMatch(/^(ADD|MAINTAINER)\b|\bsudo\b|^RUN cd\b/);
  }
});

it('starts the command by its entry point, both as JSON and once, and shows its help alone (DL3025, DL4003)', () => {
  expect(instructions.filter((line) => /^(CMD|ENTRYPOINT)\b/.test(line))).toEqual([
    'ENTRYPOINT ["maestro-cli"]',
    'CMD ["--help"]',
  ]);
});

it('copies from a stage that exists (DL3022)', () => {
  const copied = [...dockerfile.matchAll(/--from=(\S+)/g)].map(([, stage]) => stage);
  expect(copied).not.toEqual([]);
  expect(stages).toEqual(expect.arrayContaining(copied));
});

it('runs nothing in the last stage, which has no shell, and ends as a user by number that is not root (DL3002)', () => {
  const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')));
  expect(last.filter((line) => line.startsWith('RUN'))).toEqual([]);
  expect(last.filter((line) => line.startsWith('USER'))).toEqual(['USER 65532:65532']);
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
