import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { executableName, type Architecture } from '../../artefacts/names.ts';
import { emulatorOf } from '../../artefacts/emulator.ts';
import { archiveName } from '../artefacts.ts';
import type { Release } from '../check.ts';
import { run } from '../../tools.ts';

/** `e_machine` of an ELF header. */
const elfMachines: Readonly<Record<Architecture, number>> = { x64: 62, arm64: 183 };
/** Each executable is for its processor and tells version and commit; each archive holds the same bytes. */
export function executableFaults(release: Release): readonly string[] {
  const { folder, manifest, tell } = release;
  const faults: string[] = [];
  for (const { kind, name, arch, sha256 } of manifest.artefacts) {
    if (kind !== 'executable' || arch === undefined) continue;
    const file = join(folder, name);
    if (elfMachine(file) !== elfMachines[arch]) faults.push(`${name} is no executable for ${arch}`);
    else faults.push(...runFaults(release, name, arch));
    faults.push(...archiveFaults(release, arch, sha256));
  }
  if (faults.length === 0) tell('ok  archives hold the executables and their licences');
  return faults;
}

function elfMachine(file: string): number | undefined {
  const header = Buffer.alloc(20);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, header, 0, header.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return header.subarray(0, 4).equals(Buffer.from('\x7fELF')) ? header.readUInt16LE(18) : undefined;
}

function runFaults({ folder, manifest, tell }: Release, name: string, arch: Architecture): readonly string[] {
  const file = join(folder, name);
  const emulator = emulatorOf(arch);
  if (emulator === undefined) {
    tell(`--  ${name} is not run: this machine is ${process.arch}, and lacks what emulates ${arch}`);
    return [];
  }
  const [program = file, ...args] = [...emulator, file];
  const told = JSON.parse(run(program, [...args, 'version', '-o', 'json'], { env: { PATH: '' } })) as Readonly<
    Record<'version' | 'commit', string>
  >;
  const faults: string[] = [];
  if (told.version !== manifest.version) faults.push(`${name} says version ${told.version}`);
  if (told.commit !== manifest.commit.slice(0, 12)) faults.push(`${name} says commit ${told.commit}`);
  if (faults.length === 0) tell(`ok  ${name} says ${told.version}, commit ${told.commit}`);
  return faults;
}

function archiveFaults({ folder, manifest }: Release, arch: Architecture, sha256: string): readonly string[] {
  const name = archiveName(arch);
  const file = join(folder, name);
  const names = run('tar', ['-tzf', file]).split('\n');
  const papers = manifest.artefacts.filter(({ kind }) => kind === 'notices').map((artefact) => artefact.name);
  const faults = ['maestro-cli', 'LICENSE', ...papers]
    .filter((path) => !names.includes(path))
    .map((path) => `${name} lacks ${path}`);
  const [inside = ''] = run('sh', ['-c', 'tar -xzOf "$1" maestro-cli | sha256sum', 'sh', file]).split(' ');
  if (inside !== sha256) faults.push(`${name} holds another executable than ${executableName(arch)}`);
  return faults;
}
