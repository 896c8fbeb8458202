/**
 * Draws the pictures of the documents: the architecture from what is said of it, the session from a real one against
 * the stand-in, and captures of a real terminal. `test/docs` fails when a picture is not what this makes of it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { architecturePicture } from './architecture.ts';
import { captureFile, capturePicture, recordCaptures } from './captures.ts';
import { recordSession, sessionPicture } from './session.ts';

const root = join(import.meta.dirname, '..', '..');
const pictures = join(root, 'docs', 'pictures');
mkdirSync(pictures, { recursive: true });
writeFileSync(join(pictures, 'architecture.svg'), architecturePicture());
writeFileSync(join(pictures, 'session.svg'), sessionPicture(await recordSession([join(root, 'bin/maestro-cli')])));

const terminal = join(pictures, 'terminal');
mkdirSync(terminal, { recursive: true });
for (const capture of await recordCaptures([join(root, 'bin/maestro-cli')]))
  writeFileSync(join(terminal, captureFile(capture)), capturePicture(capture));
