import { lstatSync, readFileSync, statSync, unlinkSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { givenResultPath, type ResultCommand } from '../src/command-line/result-path.ts';
import { scanArgv, type Grammar } from '../src/command-line/scan-argv.ts';

/** JSON of a grammar without the commands' own flags: results go by those of every command. */
declare const GRAMMAR: string;

/** A longer file is no result of ours. */
const mostBytes = 4 * 1024 * 1024;

/**
 * Takes away the result that an earlier run left, when this one cannot even
 * begin: whoever reads it would take it for this run's. What may be something
 * else than a result stays. Runs in old versions of Node too, and never throws.
 */
export function removeStaleResult(): void {
  try {
    const argv = process.argv.slice(2);
    const line = scanArgv(argv, JSON.parse(GRAMMAR) as Grammar<ResultCommand>);
    const given = givenResultPath(line, process.env);
    if (given === undefined || given === '' || given.endsWith('/')) return;
    const path = resolve(given);
    // Devices and the names of open descriptors: not ours to take away.
    if (/^\/(?:dev|proc)\b/.test(dirname(path))) return;
    if (isNamedTwice(argv, path) || !isFile(path) || isManifest(path)) return;
    unlinkSync(path);
  } catch {
    // There is none, or it may not be taken away.
  }
}

/** An input of this run, or a file that another flag names. */
function isNamedTwice(argv: readonly string[], path: string): boolean {
  const named = argv.map((word) => resolve(word.replace(/^-[^=]*=/, ''))).filter((word) => word === path);
  return named.length > 1;
}

/** A file, or a link to one or to nothing. */
function isFile(path: string): boolean {
  const stats = lstatSync(path);
  if (!stats.isSymbolicLink()) return stats.isFile();
  let target: Stats;
  try {
    target = statSync(path);
  } catch {
    return true;
  }
  return target.isFile();
}

function isManifest(path: string): boolean {
  try {
    if (statSync(path).size > mostBytes) return true;
  } catch {
    return false;
  }
  const text = readFileSync(path, 'utf8');
  return /\bapiVersion\b/.test(text) && /\bkind\b/.test(text);
}
