import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../support/run-cli.ts';

/**
 * Files that read works together and do not say what becomes of a row that cannot be read, so that one such row fails
 * the read: each with the reason why that ends nothing but what is about this work.
 */
const failing: Readonly<Record<string, string>> = {
  'src/operations/lookup.ts': 'asks about one work that is to be written',
  'src/operations/found-by.ts': 'asks about one work',
  'src/operations/executor.ts': 'asks about works whose rows were read a moment before',
  'src/operations/wait/agent-reports.ts': 'asks for the sake of a message, and takes a failure for no answer',
  'src/operations/observed-calls.ts': 'hands on what it is given',
  'src/operations/traced-calls.ts': 'hands on what it is given',
  'src/commands/ui/data/live-hub.ts': 'asks about the bundle of one application',
};

const folders = ['src/commands', 'src/library', 'src/operations', 'src/works'];

it('whoever reads many works says what becomes of those that cannot be read', () => {
  const files = folders
    .flatMap((folder) => readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)));
  const silent = files.filter((file) => {
    const text = readFileSync(join(projectRoot, file), 'utf8');
    return /\.(?:list|get)Bundles\(/.test(text) && !/onSetAside|RowOptions/.test(text);
  });
  expect(silent.toSorted()).toEqual(Object.keys(failing).toSorted());
});
