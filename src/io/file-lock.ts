import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { isJsonObject, parseJson } from '../core/json.ts';
import { MaestroError } from '../errors.ts';
import { readRegularFile } from './read-file.ts';
import { createExclusive, fileMode } from './write-file.ts';

/** The process that wants a lock, and how it tells whether another one of this host still runs. */
export interface LockOwner {
  readonly pid: number;
  /** Wall time, in milliseconds; said to whoever finds the lock taken. */
  readonly wallMs: number;
  readonly isRunning: (pid: number) => boolean;
}

export interface Lock {
  /** Gives the lock back; nothing happens when it is not ours any more. */
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
  /** When the process began, as the kernel counts it: a number may be given to another process later. */
  readonly began?: string;
}

/** A lock may be given back while it is looked at; then it is tried again, so often. */
const tries = 5;

/** A lock is one line. */
const maxLockBytes = 64 * 1024;

/** What is locked, in words. */
export interface LockedFile {
  /** `journal`. */
  readonly noun: string;
  /** As the user wrote it. */
  readonly shown: string;
  /** The flag that names another one. */
  readonly flag: string;
}

/**
 * Takes the exclusive lock of a file that one run at a time may add to: a file
 * beside it that is made with O_EXCL and holds process, host and time. One that
 * a process of this host left behind when it was killed is taken over.
 * Everything is synchronous, so that a signal cannot fall between the steps.
 *
 * @param target the file, as the file system knows it
 * @throws MaestroError usage while another run holds it, or may hold it on another host
 */
export function lockFile(target: string, locked: LockedFile, owner: LockOwner): Lock {
  const path = `${target}.lock`;
  const text = holderText(owner);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    if (made(path, text)) return { release: () => removeOwn(path, text) };
    const found = textOf(path);
    if (found === undefined) continue;
    refuseHeld(readHolder(found), { ...locked, path }, owner);
    const guard = `${path}.takeover`;
    // Whoever judged by the same old lock must not remove the new one.
    if (!made(guard, text))
      throw held(
        locked,
        'is being taken over by another run',
        `Wait until it has ended. If there is none, remove ${guard} and ${path}.`,
      );
    try {
      if (textOf(path) === found) rmSync(path);
    } finally {
      rmSync(guard, { force: true });
    }
  }
  throw held(
    locked,
    'is locked by one run after the other',
    `Try again later, or give this run another ${locked.flag} file.`,
  );
}

/**
 * Whether a run holds the lock of a file, for whoever only looks: `unknown` of one on another host, and of a lock that
 * does not say whose it is.
 */
export function lockUse(target: string, isRunning: LockOwner['isRunning']): 'held' | 'free' | 'unknown' {
  const found = textOf(`${target}.lock`);
  if (found === undefined) return 'free';
  const holder = readHolder(found);
  if (holder === undefined || holder.host !== hostname()) return 'unknown';
  return isGone(holder, { isRunning }) ? 'free' : 'held';
}

function refuseHeld(
  holder: Holder | undefined,
  locked: LockedFile & { readonly path: string },
  owner: LockOwner,
): void {
  const { path, flag } = locked;
  if (holder === undefined)
    throw held(
      locked,
      `is locked by ${path}, which does not say by whom`,
      `If no other run uses it, remove ${path} and start again.`,
    );
  const by = `process ${holder.pid} on ${holder.host} since ${holder.since}`;
  if (holder.host !== hostname())
    throw held(
      locked,
      `is in use by ${by}`,
      `Whether that process still runs cannot be seen from here. If it does not, remove ${path} and start again.`,
    );
  if (!isGone(holder, owner))
    throw held(locked, `is in use by ${by}`, `Wait until that run has ended, or give this one another ${flag} file.`);
}

function isGone({ pid, began }: Holder, { isRunning }: Pick<LockOwner, 'isRunning'>): boolean {
  if (!isRunning(pid)) return true;
  const now = statOf(pid);
  return now?.state === 'Z' || (began !== undefined && now?.began !== undefined && began !== now.began);
}

/**
 * Fields 3 and 22 of /proc/PID/stat, counted behind the name, which may hold
 * anything. A state of Z is a process that has ended and whose parent has not
 * looked yet. Undefined where there is no /proc.
 */
function statOf(pid: number): { readonly state: string | undefined; readonly began: string | undefined } | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0], began: fields[19] };
}

function holderText({ pid, wallMs }: LockOwner): string {
  const began = statOf(pid)?.began;
  const holder: Holder = {
    pid,
    host: hostname(),
    since: new Date(wallMs).toISOString(),
    ...(began === undefined ? {} : { began }),
  };
  return `${JSON.stringify(holder)}\n`;
}

function readHolder(text: string): Holder | undefined {
  try {
    const value = parseJson(text);
    const { pid, host, since, began } = isJsonObject(value) ? value : {};
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'string') return undefined;
    return { pid, host, since, ...(typeof began === 'string' ? { began } : {}) };
  } catch {
    // It may be made at this moment, or have been cut off.
    return undefined;
  }
}

/** False when there is one already. */
function made(path: string, text: string): boolean {
  try {
    createExclusive(path, text, fileMode.shared);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when there is none; no text when what is there cannot be read, or is a pipe that somebody planted. */
function textOf(path: string): string | undefined {
  try {
    return readRegularFile(path, maxLockBytes).toString('utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : '';
  }
}

function removeOwn(path: string, text: string): void {
  try {
    if (textOf(path) === text) rmSync(path, { force: true });
  } catch {
    // The next run finds that its process is gone.
  }
}

function held({ noun, shown }: LockedFile, what: string, hint: string): MaestroError {
  return new MaestroError('usage', `the ${noun} ${shown} ${what}`, { hint: `Nothing was sent. ${hint}` });
}
