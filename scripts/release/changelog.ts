/** What CHANGELOG.md says of one version, which is what the release says of itself. */
import { repositoryUrl } from './artefacts.ts';

const heading = /^## (.+)$/gm;

interface Section {
  readonly title: string;
  readonly text: string;
}

function sections(changelog: string): readonly Section[] {
  const found = [...changelog.matchAll(heading)];
  return found.map((match, index) => ({
    title: match[1] ?? '',
    text: changelog.slice(match.index + match[0].length, found[index + 1]?.index).trim(),
  }));
}

/**
 * The section `## <version>` or `## <version> - <date>` without its heading.
 *
 * @throws Error when there is none, it is empty, or there are two
 */
export function releaseNotes(changelog: string, version: string): string {
  const found = sections(changelog).filter(({ title }) => title === version || title.startsWith(`${version} - `));
  const [section] = found;
  if (section === undefined) throw new Error(`CHANGELOG.md has no section "## ${version}"`);
  if (found.length > 1) throw new Error(`CHANGELOG.md has ${found.length} sections of ${version}`);
  if (section.text === '') throw new Error(`CHANGELOG.md says nothing of ${version}`);
  return `${section.text}\n`;
}

/** Lines under `## Unreleased`: while there are any, a release would not tell of what is in it. */
export function unreleasedLines(changelog: string): readonly string[] {
  const unreleased = sections(changelog).find(({ title }) => title === 'Unreleased');
  return (unreleased?.text ?? '').split('\n').filter((line) => line.trim() !== '');
}

/** Links into the repository as addresses at the tag, because the page of a release is no page of the repository. */
export function withFullLinks(notes: string, version: string): string {
  return notes.replace(
    /\]\((?!https?:|#)([^)]+)\)/g,
    (_, path: string) => `](${repositoryUrl}/blob/v${version}/${path})`,
  );
}
