import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Utils } from '@cyclonedx/cyclonedx-library/Contrib/License';
import satisfies from 'spdx-satisfies';

const root = join(import.meta.dirname, '../..');

/** Something that ships inside an artefact, with the texts that have to go with it. */
export interface Notice {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  readonly texts: readonly string[];
}

/**
 * Licences that ask for no more than that their text comes along. Whatever else comes into a bundle stops the build,
 * and somebody has to read what it asks for.
 */
const allowed = [
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'Apache-2.0',
  'Unlicense',
];

/**
 * Licences of packages that name one and come without its text, as their repositories have it, each in a file of the
 * name of the package.
 */
const textsBeside = join(import.meta.dirname, 'licences');

/**
 * The licence of a package that lies in `folder`, with what its files of that name say.
 *
 * @throws when it has no text, or a licence that is not among those allowed
 */
export function packageNotice(folder: string): Notice {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Readonly<
    Record<'name' | 'version', string> & { license: unknown }
  >;
  if (typeof license !== 'string' || !isAllowed(license))
    throw new Error(
      `${name} ${version} is to be bundled, and its licence ${JSON.stringify(license)} is none that scripts/artefacts/notices.ts allows`,
    );
  const files = [...new Utils.LicenseEvidenceGatherer().getFileAttachments(folder)].map(({ filePath }) => filePath);
  const beside = join(textsBeside, `${name.replaceAll('/', '-')}.txt`);
  const texts = (files.length === 0 && existsSync(beside) ? [beside] : files).map((file) => readFileSync(file, 'utf8'));
  if (texts.length === 0)
    throw new Error(`${name} ${version} is to be bundled, and it has no file with the text of its licence`);
  return { name, version, license, texts };
}

function isAllowed(expression: string): boolean {
  try {
    return satisfies(expression, allowed);
  } catch {
    return false;
  }
}

/** What is ours, and what was made from the publications of others and is in every form of the command. */
export function ownNotices(): readonly Notice[] {
  const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Readonly<
    Record<'name' | 'version' | 'license', string>
  >;
  // All three are under the Apache License as it stands, whose text ours is.
  const texts = [readFileSync(join(root, 'LICENSE'), 'utf8')];
  return [
    { name, version, license, texts },
    { name: 'Kubernetes', version: '(from which is made what is known of its kinds)', license: 'Apache-2.0', texts },
    { name: 'CloudEvents', version: '1.0 (its protobuf format)', license: 'Apache-2.0', texts },
  ];
}

const rule = '-'.repeat(100);

/** One text of all notices; what has the same texts shares them. */
export function noticesText(notices: readonly Notice[]): string {
  const byText = new Map<string, string[]>();
  for (const { name, version, license, texts } of notices) {
    const text = texts.map(plainLines).join('\n\n');
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  const parts = [...byText].map(([text, names]) => `${rule}\n${[...new Set(names)].join('\n')}\n${rule}\n\n${text}\n`);
  return `What this program is made of, each with its licence.\n\n${parts.join('\n')}`;
}

function plainLines(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[ \t]+$/gm, '')
    .replace(/^\n+|\n+$/g, '');
}
