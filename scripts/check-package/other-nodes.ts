import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { checkCommand } from './command.ts';
import { checkLibraryUses } from './library.ts';
import { attempt, check, packageName, run } from './run.ts';

/** Lines of Node that are or were long-term support before ours, and after it. */
const lines = { older: [20, 22], newer: [26] };

/** With a newer Node all works; an older one is told in one line that it is too old, by command and library. */
export async function checkOtherNodes(user: string, folder: string): Promise<void> {
  for (const major of lines.newer) {
    const node = otherNode(folder, major);
    check(`Node ${major} is there`, attempt(node, ['--version'], user, {}).stdout.startsWith(`v${major}.`));
    await checkCommand(user, node);
    checkLibraryUses(user, node);
  }
  for (const major of lines.older) {
    const node = otherNode(folder, major);
    const env = { PATH: `${join(node, '..')}:/usr/bin:/bin`, HOME: user };
    const command = attempt(join(user, 'node_modules/.bin/maestro-cli'), ['apply', '-f', 'work.yaml'], user, env);
    const line = new RegExp(`^error: maestro-cli needs Node 24 or later, and /.* is Node v${major}\\.\\d+\\.\\d+\\n$`);
    check(
      `Node ${major} is told in one line that the command needs a later one`,
      command.exitCode === 70 && command.stdout === '' && line.test(command.stderr),
      command,
    );
    for (const entry of ['', '/core', '/parts', '/standin']) {
      const script = `import('${packageName}${entry}').then(() => console.log('imported'), (error) => console.log(String(error)))`;
      const library = attempt(node, ['-e', script], user, env);
      check(
        `Node ${major} is told so by ${packageName}${entry}`,
        /^Error: maestro-cli needs Node 24 or later, and \/.* is Node v\d+\.\d+\.\d+\n$/.test(library.stdout),
        library,
      );
    }
  }
}

/** The newest Node of a line, out of its npm package. @returns the file to run */
function otherNode(folder: string, major: number): string {
  const spec = `node-${process.platform}-${process.arch}@${major}`;
  const [packed] = JSON.parse(run('npm', ['pack', '--json', `--pack-destination=${folder}`, spec], folder)) as {
    filename: string;
  }[];
  if (packed === undefined) throw new Error(`npm packed no ${spec}`);
  run('tar', ['-xzf', join(folder, packed.filename), '-C', folder, 'package/bin/node'], folder);
  const node = join(folder, String(major), 'node');
  mkdirSync(join(node, '..'));
  renameSync(join(folder, 'package/bin/node'), node);
  return node;
}
