import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ReadingRoom } from '../../core/yaml/reading-room.ts';
import { holdsManifest } from '../../core/works/read-works.ts';
import { readDocuments, type SourceDocument } from '../../core/yaml/read-documents.ts';
import { MaestroError } from '../../errors.ts';
import { readInputs, type InputText, type Source } from '../../io/input-files.ts';
import type { Finding } from '../../output/findings/finding.ts';
import { ruleOf, type RuleId } from '../../core/schemas/rules.ts';

/** One file as far as it could be read. */
export interface ReadFile {
  readonly name: string;
  readonly documents: readonly SourceDocument[];
  /** What kept it, or parts of it, from being read. */
  readonly findings: readonly Finding[];
}

/**
 * Reads all files; one that cannot be read or parsed hides none of the
 * others. A file that is named twice is read once.
 *
 * @throws MaestroError usage only
 */
export async function readFiles(arguments_: readonly string[], source: Source): Promise<readonly ReadFile[]> {
  if (arguments_.filter((argument) => argument === '-').length > 1) {
    throw new MaestroError('usage', 'standard input (-) can be read only once');
  }
  const room = new ReadingRoom(() => source.roomBytes ?? Number.POSITIVE_INFINITY);
  const seen = new Set<string>();
  const files: ReadFile[] = [];
  for (const argument of arguments_) {
    for (const file of await readArgument(argument, source, room)) {
      const key = argument === '-' ? '-' : resolve(source.cwd, file.name);
      if (!seen.has(key)) files.push(file);
      seen.add(key);
    }
  }
  return files;
}

async function readArgument(argument: string, source: Source, room: ReadingRoom): Promise<readonly ReadFile[]> {
  try {
    return (await readInputs([argument], source)).map((input) => parse(input, room));
  } catch (caught) {
    const error = MaestroError.from(caught);
    if (error.code !== 'invalid-input') throw error;
    const inside = await entriesOf(argument, source.cwd);
    if (inside.length > 0) return (await Promise.all(inside.map((entry) => readArgument(entry, source, room)))).flat();
    const text = error.message.startsWith(`${argument} `) ? error.message.slice(argument.length + 1) : error.message;
    return [{ name: argument, documents: [], findings: [fileFinding(argument, 'unreadable-file', text)] }];
  }
}

/** The files of a directory in which not all can be read, so that each is read by itself. */
async function entriesOf(argument: string, cwd: string): Promise<readonly string[]> {
  const info = await stat(resolve(cwd, argument)).catch(() => undefined);
  if (info?.isDirectory() !== true) return [];
  const names = (await readdir(resolve(cwd, argument))).filter((name) => /\.(ya?ml|json)$/.test(name));
  return names.sort().map((name) => join(argument, name));
}

function parse({ name, text }: InputText, room: ReadingRoom): ReadFile {
  try {
    const documents = readDocuments(text, name, { room });
    const empty = !documents.some((document) => holdsManifest(document))
      ? [fileFinding(name, 'no-manifest', 'there is no manifest in it')]
      : [];
    return { name, documents, findings: empty };
  } catch (caught) {
    const error = MaestroError.from(caught);
    if (error.code !== 'invalid-input') throw error;
    return { name, documents: [], findings: syntaxFindings(name, error.message.split('\n')) };
  }
}

/** A line that only counts further mistakes is no mistake itself, so it is put behind the last one that is shown. */
function syntaxFindings(file: string, lines: readonly string[]): readonly Finding[] {
  const last = lines.at(-1) ?? '';
  const more = last.startsWith('… and ') ? last : undefined;
  const shown = (more === undefined ? lines : lines.slice(0, -1)).map((line) => syntaxFinding(file, line));
  return more === undefined
    ? shown
    : shown.map((finding, at) =>
        at === shown.length - 1 ? { ...finding, message: `${finding.message} (${more})` } : finding,
      );
}

/** The reader gives one `file:line:column: message` per line. */
function syntaxFinding(file: string, text: string): Finding {
  const match = text.startsWith(`${file}:`) ? /^:(\d+):(\d+): (.*)$/.exec(text.slice(file.length)) : null;
  const message = match?.[3] ?? text;
  const known = ruleOf({ message, path: [] });
  return {
    severity: 'error',
    file,
    line: Number(match?.[1] ?? 1),
    column: Number(match?.[2] ?? 1),
    path: '',
    rule: known === 'duplicate-key' ? known : 'syntax',
    message,
  };
}

export function fileFinding(
  file: string,
  rule: RuleId,
  message: string,
  severity: Finding['severity'] = 'error',
): Finding {
  return { severity, file, line: 1, column: 1, path: '', rule, message };
}
