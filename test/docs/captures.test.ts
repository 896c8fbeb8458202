import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { captureFile, capturePicture, recordCaptures, scenes, widths } from '../../scripts/pictures/captures.ts';
import { commandWords } from '../support/process.ts';
import { whyNoPty } from '../support/pty.ts';
import { projectRoot } from '../support/run-cli.ts';

const folder = join(projectRoot, 'docs/pictures/terminal');
const how = 'run: npm run build && npm run pictures';
const reason = whyNoPty();

const files = scenes.flatMap((scene) => widths.map((columns) => ({ file: captureFile({ ...scene, columns }) })));

it('the page about work at a terminal shows every capture, and there is no other', () => {
  expect(readdirSync(folder).toSorted()).toEqual(files.map(({ file }) => file).toSorted());
  const page = readFileSync(join(projectRoot, 'docs/terminal.md'), 'utf8');
  for (const { file } of files) expect(page).toContain(`pictures/terminal/${file}`);
});

describe.skipIf(reason !== undefined)('captures of a real terminal (skipped without script of util-linux)', () => {
  const fresh = new Map<string, string>();
  beforeAll(async () => {
    for (const capture of await recordCaptures(await commandWords()))
      fresh.set(captureFile(capture), capturePicture(capture));
  }, 120_000);

  it.each(files)('$file is what the terminal shows today', ({ file }) => {
    expect(readFileSync(join(folder, file), 'utf8'), how).toBe(fresh.get(file));
  });
});
