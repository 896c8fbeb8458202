import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { architecturePicture } from '../../scripts/pictures/architecture.ts';
import { linesOfPicture, recordSession, sessionPicture } from '../../scripts/pictures/session.ts';
import { commandWords } from '../support/process.ts';
import { projectRoot } from '../support/run-cli.ts';

const stored = (name: string): string => readFileSync(join(projectRoot, 'docs/pictures', name), 'utf8');
const how = 'run: npm run build && npm run pictures';

/** How old a work is when it is listed depends on the machine. */
const ageless = (texts: readonly { readonly text: string }[]): readonly string[] =>
  texts.map(({ text }) => text.replace(/(?<= {3})\d+s$/, 'AGE'));

describe('the pictures of README', () => {
  it('the architecture is as it is drawn', () => {
    expect(stored('architecture.svg'), how).toBe(architecturePicture());
  });

  it('the session is as it is drawn', () => {
    const svg = stored('session.svg');
    expect(svg, how).toBe(sessionPicture(linesOfPicture(svg)));
  });

  it('the session is what the command says today, but for the age of works', async () => {
    const now = await recordSession(await commandWords());
    expect(ageless(linesOfPicture(stored('session.svg'))), how).toEqual(ageless(now));
  });

  it.each([{ name: 'architecture.svg' }, { name: 'session.svg' }])(
    '$name has words for those who do not see it, and colours for light and dark',
    ({ name }) => {
      const svg = stored(name);
      expect(svg).toMatch(/role="img" aria-labelledby="title description"/);
      expect(/<title id="title">(.+)<\/title>/.exec(svg)?.[1]?.length).toBeGreaterThan(20);
      expect(/<desc id="description">([^]+)<\/desc>/.exec(svg)?.[1]?.length).toBeGreaterThan(100);
      expect(svg).toContain('@media (prefers-color-scheme: dark)');
      expect(svg).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    },
  );
});
