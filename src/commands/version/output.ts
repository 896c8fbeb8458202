import type { BuildInfo } from '../../build-info.ts';
import type { OutputStream } from '../../context.ts';
import { toJson } from '../../output/json.ts';
import type { VersionOptions } from './options.ts';

/** How this program was built, and what runs it. */
export interface VersionFacts extends BuildInfo {
  /** Version of Node. */
  readonly node: string;
  /** Operating system and architecture, such as `linux-x64`. */
  readonly platform: string;
}

export function printVersion(facts: VersionFacts, format: VersionOptions['output'], stdout: OutputStream): void {
  const { version, commit, date, node, platform } = facts;
  stdout.write(
    format === 'json'
      ? toJson(facts)
      : `maestro-cli ${version} (commit ${commit}, built ${date}, Node ${node}, ${platform})\n`,
  );
}

/** The licences of everything that the program holds, as the build collected them. */
export function printNotices(notices: string, stdout: OutputStream): void {
  stdout.write(notices);
}
