import { execFileSync, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';

const processes = new Set<ChildProcess>();
const folders = new Set<string>();
const mounts = new Set<string>();

/** Takes away what runs and lies there still. Synchronous, because a process that exits waits for nothing. */
function takeAway(): void {
  for (const process of processes) process.kill('SIGKILL');
  for (const folder of mounts)
    try {
      unmountFolder(folder);
    } catch {
      // It was unmounted by somebody else; what else there is has to go, too.
    }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

let isWatching = false;

function watchTheEnd(): void {
  if (isWatching) return;
  isWatching = true;
  process.once('exit', takeAway);
}

/** A process that is killed when this one ends before it, be it by a signal or by a mistake. */
export function endsWithUs<Child extends ChildProcess>(child: Child): Child {
  watchTheEnd();
  processes.add(child);
  child.once('exit', () => processes.delete(child));
  return child;
}

/** A folder that is removed when this process ends before its user has removed it. */
export function goesWithUs(folder: string): string {
  watchTheEnd();
  folders.add(folder);
  return folder;
}

/** Removes such a folder, with all that is in it. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}

/** Mounts a file system of so many bytes there, which is unmounted when this process ends before. */
export function mountFolder(folder: string, bytes: number): void {
  watchTheEnd();
  const size = `size=${String(bytes)}`;
  execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'maestro-cli-robustness', folder], { stdio: 'ignore' });
  mounts.add(folder);
}

/** Also while somebody still has a file of it open. */
export function unmountFolder(folder: string): void {
  mounts.delete(folder);
  execFileSync('umount', ['--lazy', folder], { stdio: 'ignore' });
}
