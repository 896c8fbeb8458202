import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { releaseNotes, unreleasedLines, withFullLinks } from '../../scripts/release/changelog.ts';
import { refusals, type Standing } from '../../scripts/release/refusals.ts';
import { packageVersion } from '../../scripts/release/version.ts';
import { projectRoot } from '../support/run-cli.ts';

const changelog = `# Changelog

## Unreleased

## 1.2.3 - 2026-01-02

### Added

- A thing.

## 1.2.2

- Another.
`;

describe('the notes of a release', () => {
  it('are the section of its version, without the heading', () => {
    expect(releaseNotes(changelog, '1.2.3')).toBe('### Added\n\n- A thing.\n');
    expect(releaseNotes(changelog, '1.2.2')).toBe('- Another.\n');
  });

  it.each([
    ['1.2.4', changelog, 'CHANGELOG.md has no section "## 1.2.4"'],
    ['1.2', changelog, 'CHANGELOG.md has no section "## 1.2"'],
    ['1.2.3', changelog.replace('## 1.2.2', '## 1.2.3'), 'CHANGELOG.md has 2 sections of 1.2.3'],
    ['1.2.2', '## 1.2.2\n\n## 1.2.1\n- old\n', 'CHANGELOG.md says nothing of 1.2.2'],
  ])('of %s are refused when they are not there', (version, text, message) => {
    expect(() => releaseNotes(text, version)).toThrow(message);
  });

  it('are there for the version of package.json', () => {
    const text = readFileSync(join(projectRoot, 'CHANGELOG.md'), 'utf8');
    expect(releaseNotes(text, packageVersion(projectRoot)).length).toBeGreaterThan(100);
  });

  it('lead to the files of the tag', () => {
    expect(withFullLinks('[a](docs/a.md#b), [c](https://example.com), [d](#e)', '1.2.3')).toBe(
      '[a](https://github.com/openshift-hyperfleet/maestro-cli/blob/v1.2.3/docs/a.md#b), [c](https://example.com), [d](#e)',
    );
  });

  it('leave out what is not released', () => {
    expect(unreleasedLines(changelog)).toEqual([]);
    expect(unreleasedLines(changelog.replace('## Unreleased\n', '## Unreleased\n\n- One.\n- Two.\n'))).toEqual([
      '- One.',
      '- Two.',
    ]);
  });
});

describe('a release', () => {
  const standing: Standing = {
    version: '1.2.3',
    changes: [],
    tags: ['v1.2.3'],
    changelog,
    disagreements: [],
  };

  it('is made of a clean, tagged commit whose CHANGELOG tells of it', () => {
    expect(refusals(standing)).toEqual([]);
  });

  it.each([
    [{ changes: [' M src/a.ts', '?? b'] }, 'the working tree has 2 changes that no commit holds, such as M src/a.ts'],
    [{ tags: [] }, 'package.json says 1.2.3, but this commit is not tagged v1.2.3; it has no tag'],
    [{ tags: ['v1.2.4'] }, 'package.json says 1.2.3, but this commit is not tagged v1.2.3; its tags are v1.2.4'],
    [
      { changelog: changelog.replace('## Unreleased\n', '## Unreleased\n\n- One.\n') },
      'CHANGELOG.md has 1 lines under "Unreleased", which belong under 1.2.3',
    ],
    [{ changelog: '# Changelog\n' }, 'CHANGELOG.md has no section "## 1.2.3"'],
    [{ disagreements: ['Chart.yaml says 1.2.2, package.json says 1.2.3'] }, 'Chart.yaml says 1.2.2'],
  ])('is refused with %j', (difference, message) => {
    expect(refusals({ ...standing, ...difference })).toEqual([expect.stringContaining(message)]);
  });
});
