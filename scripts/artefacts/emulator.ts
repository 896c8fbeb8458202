import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findTool } from '../tools.ts';

/** Programs that run what is for another processor, and where Debian puts the libraries of that. */
const emulators: Readonly<Record<string, readonly [program: string, libraries: string]>> = {
  x64: ['qemu-x86_64-static', '/usr/x86_64-linux-gnu'],
  arm64: ['qemu-aarch64-static', '/usr/aarch64-linux-gnu'],
};

/**
 * What has to stand before an executable for the processor so that it runs here: nothing for this machine's own, and
 * undefined where the program or the libraries are not installed. Debian has them in qemu-user-static,
 * libstdc++6-arm64-cross and libgcc-s1-arm64-cross.
 */
export function emulatorOf(arch: string): readonly string[] | undefined {
  if (arch === process.arch) return [];
  const [name = '', libraries = ''] = emulators[arch] ?? [];
  const program = name === '' ? undefined : findTool(name);
  return program === undefined || !existsSync(join(libraries, 'lib/libstdc++.so.6'))
    ? undefined
    : [program, '-L', libraries];
}
