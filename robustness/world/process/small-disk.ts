import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mountFolder, unmountFolder } from '../left-behind.ts';

/** A file system of its own, which is full from a moment on, whatever is taken away from it. */
export interface FullFileSystem {
  readonly afterMs: number;
  /** A folder beside that of the command, which is on one too; what is in it comes along, and stays afterwards. */
  readonly beside?: string;
  /** That of the command itself is on none then. */
  readonly besideAlone?: boolean;
}

const pageBytes = 4_096;
const filling = '.filling';
/** So often the room that came free is taken again. */
const everyMs = 10;
let mayMount: boolean | undefined;

/** Whether this user may mount one; says so once when he may not. */
export function canMount(): boolean {
  mayMount ??= triedToMount();
  return mayMount;
}

function triedToMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-mount-'));
  try {
    mountFolder(folder, pageBytes);
    unmountFolder(folder);
    return true;
  } catch {
    console.log('no file system may be mounted here: none is really full (as root, or under `unshare -rm`, one is)');
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What one command has of them. */
export class SmallDisks {
  readonly #own: SmallDisk | undefined;
  readonly #beside: SmallDisk | undefined;

  /** @param files what the command reads, which is written into its folder afterwards */
  constructor(folder: string, files: readonly string[], how: FullFileSystem | undefined) {
    if (how === undefined || !canMount()) return;
    const { beside, besideAlone = false } = how;
    this.#own = besideAlone ? undefined : SmallDisk.mount(folder, files, how);
    this.#beside = beside === undefined ? undefined : SmallDisk.mountOver(beside, how);
  }

  /** Whether any was full; to be asked before they are unmounted. */
  get areFull(): boolean {
    return this.#own?.isFull === true || this.#beside?.isFull === true;
  }

  unmount(): void {
    this.#own?.unmount();
    this.#beside?.unmountAndKeep();
  }
}

/** One for a folder with room for these files, and for what the command writes until the disk is full. */
class SmallDisk {
  readonly #folder: string;
  #timers: NodeJS.Timeout[] = [];
  #full = false;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static mount(folder: string, contents: readonly string[], { afterMs }: FullFileSystem): SmallDisk {
    // Every file takes whole pages; the rest is more than a command writes before the disk is full.
    const pages = contents.reduce((sum, text) => sum + Math.ceil(Buffer.byteLength(text) / pageBytes), 64);
    mountFolder(folder, pages * pageBytes);
    const disk = new SmallDisk(folder);
    disk.#timers.push(setTimeout(() => disk.#fillOn(), afterMs));
    return disk;
  }

  /** The same for a folder that may have files already, and keeps what it has in the end. */
  static mountOver(folder: string, how: FullFileSystem): SmallDisk {
    const files = filesIn(folder);
    const disk = SmallDisk.mount(folder, Object.values(files), how);
    for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
    return disk;
  }

  /** Whether it was full; to be asked before it is unmounted. */
  get isFull(): boolean {
    return this.#full;
  }

  /** What is on it is gone then. */
  unmount(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    unmountFolder(this.#folder);
  }

  /** The folder has what the disk had. */
  unmountAndKeep(): void {
    const files = filesIn(this.#folder);
    this.unmount();
    rmSync(this.#folder, { recursive: true });
    mkdirSync(this.#folder);
    for (const [file, content] of Object.entries(files)) writeFileSync(join(this.#folder, file), content);
  }

  #fillOn(): void {
    this.#fill();
    this.#timers.push(setInterval(() => this.#fill(), everyMs));
  }

  #fill(): void {
    try {
      for (;;) appendFileSync(join(this.#folder, filling), Buffer.alloc(pageBytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      this.#full = true;
    }
  }
}

function filesIn(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder)
      .filter((file) => file !== filling)
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  );
}
