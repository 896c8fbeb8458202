/**
 * Is loaded before the command (`NODE_OPTIONS=--import`) and makes its machine a bad one. Nobody needs to be root for
 * it, and it strikes no other process: a clock that really jumped would strike every program of the machine.
 */
import fs from 'node:fs';
import { basename } from 'node:path';
import { faultsVariable, type PreloadOrders } from './faults.ts';

const text = process.env[faultsVariable];
// The launcher asks Node first whether it takes these options (`node -e 0`), which is no run of the command.
if (text !== undefined && process.argv[1] !== undefined) strike(JSON.parse(text) as PreloadOrders);

function strike({ disk, clock, struckFile }: PreloadOrders): void {
  const record = fs.openSync(struckFile, 'a');
  const write = fs.writeSync;
  const struck = (kind: string): void => void write(record, `${kind}\n`);
  if (clock !== undefined) stepClock(clock, struck);
  if (disk !== undefined) fillDisk(disk, struck);
}

function stepClock({ afterMs, byMs }: NonNullable<PreloadOrders['clock']>, struck: (kind: string) => void): void {
  const Machine = Date;
  let aheadMs = 0;
  globalThis.Date = new Proxy(Machine, {
    construct: (target, given: unknown[], made) =>
      Reflect.construct(target, given.length === 0 ? [Machine.now() + aheadMs] : given, made) as Date,
    get: (target, name, receiver) =>
      name === 'now' ? (): number => Machine.now() + aheadMs : (Reflect.get(target, name, receiver) as unknown),
  });
  setTimeout(() => {
    aheadMs = byMs;
    struck(byMs < 0 ? 'clock-back' : 'clock-forward');
  }, afterMs).unref();
}

/** Room goes with each byte that is written to a file, and comes back when the file goes. */
function fillDisk(
  { afterMs, roomBytes, file: only }: NonNullable<PreloadOrders['disk']>,
  struck: (kind: string) => void,
): void {
  const { openSync, writeSync, closeSync, rmSync, ftruncateSync } = fs;
  const written = new Map<string, number>();
  const open = new Map<number, string>();
  let left = roomBytes;
  const full = (): Error =>
    Object.assign(new Error('ENOSPC: no space left on device, write'), {
      errno: -28,
      code: 'ENOSPC',
      syscall: 'write',
    });
  fs.openSync = (path, flags, mode) => {
    const file = openSync(path, flags, mode);
    const isWritten = typeof flags === 'number' && (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0;
    if (isWritten && (only === undefined || basename(String(path)) === only)) open.set(file, String(path));
    return file;
  };
  fs.closeSync = (file) => {
    open.delete(file);
    closeSync(file);
  };
  fs.ftruncateSync = (file, length = 0) => {
    const before = open.has(file) ? fs.fstatSync(file).size : 0;
    ftruncateSync(file, length);
    left += Math.max(0, before - length);
  };
  fs.rmSync = (path, options) => {
    rmSync(path, options);
    left += written.get(String(path)) ?? 0;
    written.delete(String(path));
  };
  fs.writeSync = ((file: number, bytes: Buffer, offset?: number, ...rest: unknown[]): number => {
    const path = open.get(file);
    if (path === undefined || performance.now() < afterMs)
      return Reflect.apply(writeSync, fs, [file, bytes, offset, ...rest]) as number;
    if (left <= 0) {
      struck('full-disk');
      throw full();
    }
    // As a disk does that is nearly full: it takes a part, and the next write gets the error.
    const took = writeSync(file, bytes, offset ?? 0, Math.min(left, bytes.length - (offset ?? 0)));
    left -= took;
    written.set(path, (written.get(path) ?? 0) + took);
    return took;
  }) as typeof fs.writeSync;
}
