/** What keeps a release from being made. A dry run says it and goes on. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { releaseNotes, unreleasedLines } from './changelog.ts';
import { versionDisagreements } from './version.ts';

/** How the repository stands. */
export interface Standing {
  readonly version: string;
  /** `git status --porcelain`, a line each. */
  readonly changes: readonly string[];
  /** Tags of the commit that is checked out. */
  readonly tags: readonly string[];
  readonly changelog: string;
  /** Lines of places that say another version. */
  readonly disagreements: readonly string[];
}

export function readStanding(root: string, version: string): Standing {
  const git = (...args: readonly string[]): readonly string[] =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8' })
      .split('\n')
      .filter((line) => line !== '');
  return {
    version,
    changes: git('status', '--porcelain'),
    tags: git('tag', '--points-at', 'HEAD'),
    changelog: readFileSync(join(root, 'CHANGELOG.md'), 'utf8'),
    disagreements: versionDisagreements(root),
  };
}

/** A sentence for each reason; none when the release may be made. */
export function refusals({ version, changes, tags, changelog, disagreements }: Standing): readonly string[] {
  const reasons: string[] = [...disagreements];
  const [change] = changes;
  if (change !== undefined)
    reasons.push(`the working tree has ${changes.length} changes that no commit holds, such as ${change.trim()}`);
  if (!tags.includes(`v${version}`))
    reasons.push(
      `package.json says ${version}, but this commit is not tagged v${version}; ` +
        (tags.length === 0 ? 'it has no tag' : `its tags are ${tags.join(', ')}`),
    );
  const unreleased = unreleasedLines(changelog);
  if (unreleased.length > 0)
    reasons.push(`CHANGELOG.md has ${unreleased.length} lines under "Unreleased", which belong under ${version}`);
  try {
    releaseNotes(changelog, version);
  } catch (error) {
    reasons.push(error instanceof Error ? error.message : String(error));
  }
  return reasons;
}
