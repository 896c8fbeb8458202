/**
 * A process of its own that looks at a file every 5 ms and keeps what it saw:
 * each distinct content in turn, null for "no file". It says `ready` after the
 * first look, and prints all of it as JSON when its standard input ends.
 */
import { readFileSync } from 'node:fs';

const [file = ''] = process.argv.slice(2);
const seen: (string | null)[] = [];

function look(): void {
  let content: string | null;
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    content = null;
  }
  if (seen.length === 0 || seen.at(-1) !== content) seen.push(content);
}

look();
const timer = setInterval(look, 5);
process.stdout.write('ready\n');
process.stdin.resume().once('end', () => {
  clearInterval(timer);
  look();
  process.stdout.write(`${JSON.stringify(seen)}\n`);
});
