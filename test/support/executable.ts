import { join } from 'node:path';
import { packageCommand } from '../../scripts/package.ts';
import { architectureOf, executableName } from '../../scripts/artefacts/names.ts';
import { madeOnce } from './process.ts';

/**
 * The executable as it ships, made by the first test worker that asks for it; its checksum, bill of materials and
 * notices lie beside it.
 *
 * @returns where it lies
 */
export async function packagedExecutable(): Promise<string> {
  return join(await madeOnce('executable', packageCommand), executableName(architectureOf(process.arch)));
}
