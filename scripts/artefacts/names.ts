/** How what ships is called; installers, entries for package managers and documents rely on it. */

/** Processors that executables are made for: as Node names them, and as Go's programs do, Docker among them. */
export const architectures = { x64: 'amd64', arm64: 'arm64' } as const;
export type Architecture = keyof typeof architectures;

export const noticesFile = 'THIRD-PARTY-NOTICES.txt';
export const executableName = (arch: Architecture): string => `maestro-cli-linux-${arch}`;

/** By either name. @throws Error when no executable is made for it */
export function architectureOf(name: string): Architecture {
  const all = Object.keys(architectures) as Architecture[];
  const found = all.find((arch) => arch === name || architectures[arch] === name);
  if (found === undefined) throw new Error(`no executable is made for ${name}, only for ${all.join(' and ')}`);
  return found;
}
