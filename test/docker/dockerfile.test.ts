import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const text = readFileSync(join(import.meta.dirname, '../../Dockerfile'), 'utf8');
/** Instructions with their continuation lines joined, without comments. */
const instructions = text
  .split('\n')
  .filter((line) => !line.startsWith('#'))
  .join('\n')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line.trim() !== '');
const from = instructions.filter((line) => line.startsWith('FROM '));
const last = instructions.slice(instructions.lastIndexOf(from.at(-1) ?? ''));

// Rules by their hadolint numbers, where there is one.
describe('Dockerfile', () => {
  it('names the version of every base (DL3006, DL3007)', () => {
    for (const line of from) expect(line).toMatch(/^FROM (?:--platform=\S+ )?\S+:(?!latest\b)\S+/);
  });

  it('has absolute working directories and no sudo, cd or ADD (DL3000, DL3003, DL3004, DL3020)', () => {
    for (const line of instructions) {
      if (line.startsWith('WORKDIR')) expect(line).toMatch(/^WORKDIR \//);
      expect(line).not.toMatch(/^(ADD|MAINTAINER)\b|\bsudo\b|^RUN cd\b/);
    }
  });

  it('gives CMD as JSON, once (DL3025, DL4003)', () => {
    const commands = instructions.filter((line) => /^(CMD|ENTRYPOINT)/.test(line));
    expect(commands).toHaveLength(1);
    expect(JSON.parse(commands[0]?.replace('CMD ', '') ?? '')).toEqual(['maestro-cli', '--help']);
  });

  it('copies from a stage that exists (DL3022)', () => {
    for (const [, stage = ''] of text.matchAll(/--from=(\S+)/g))
      expect(from.join('\n')).toMatch(new RegExp(` AS ${stage}$`, 'm'));
  });

  it('ends as a user by number that is not root (DL3002), with the command on the PATH', () => {
    expect(last).toContainEqual('USER 65532:65532');
    expect(last).toContainEqual(expect.stringMatching(/^COPY .* \/usr\/local\/bin\/maestro-cli$/));
  });

  it('runs nothing in the last stage, which has no shell', () => {
    expect(last.filter((line) => line.startsWith('RUN'))).toEqual([]);
  });
});
