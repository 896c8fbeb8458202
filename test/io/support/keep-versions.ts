/*
 * Keeps versions one after the other until it is killed, or has kept all of them: `node keep-versions.ts ROOT NAME
 * FIRST LAST`. Says `ready` before the first.
 */
import { HistoryFiles, usualBounds } from '../../../src/io/history-files.ts';
import { keptOf, keyOf } from './kept-versions.ts';

const [root = '', name = '', first = '', last = ''] = process.argv.slice(2);
const files = new HistoryFiles(root, { ...usualBounds, versions: 1_000 });
process.stdout.write('ready\n');
for (let version = Number(first); version <= Number(last); version += 1) {
  const { kept, document } = keptOf(version, 'x'.repeat(20_000));
  files.keep(keyOf(name), kept, { document });
}
