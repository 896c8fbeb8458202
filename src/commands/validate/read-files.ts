import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ManifestInput } from '../../command-line/manifest-input.ts';
import { ReadingRoom } from '../../core/yaml/reading-room.ts';
import { holdsManifest } from '../../core/works/read-works.ts';
import { readDocuments, type SourceDocument } from '../../core/yaml/read-documents.ts';
import { MaestroError } from '../../errors.ts';
import { filesIn, kustomizationIn, readInputs, type InputText } from '../../io/input-files.ts';
import type { Finding } from '../../output/findings/finding.ts';
import { ruleOf, type RuleId } from '../../core/schemas/rules.ts';
import { readKustomization, type ManifestSource } from '../shared/input/read-manifests.ts';

/** One file as far as it could be read. */
export interface ReadFile {
  readonly name: string;
  readonly documents: readonly SourceDocument[];
  /** What kept it, or parts of it, from being read. */
  readonly findings: readonly Finding[];
  /** The places of mistakes of its syntax, for people. */
  readonly excerpts?: ReadonlyMap<Finding, string>;
}

/**
 * Reads all files; one that cannot be read or parsed hides none of the
 * others. A file that is named twice is read once.
 *
 * @param warn told what a program said that built a kustomization
 * @throws MaestroError usage, and timeout for that program
 */
export async function readFiles(
  { files: arguments_, kustomize, recursive = false }: ManifestInput,
  source: ManifestSource,
  warn: (text: string) => void,
): Promise<readonly ReadFile[]> {
  if (arguments_.filter((argument) => argument === '-').length > 1) {
    throw new MaestroError('usage', 'standard input (-) can be read only once');
  }
  const room = new ReadingRoom(() => source.roomBytes ?? Number.POSITIVE_INFINITY);
  if (kustomize !== undefined) return [await readBuilt(kustomize, { source, room, warn })];
  const seen = new Set<string>();
  const files: ReadFile[] = [];
  for (const argument of arguments_) {
    for (const file of await readArgument(argument, { source, room, recursive })) {
      const key = argument === '-' ? '-' : resolve(source.cwd, file.name);
      if (!seen.has(key)) files.push(file);
      seen.add(key);
    }
  }
  return files;
}

async function readBuilt(dir: string, reading: Parameters<typeof readKustomization>[1]): Promise<ReadFile> {
  try {
    const { file, documents } = await readKustomization(dir, reading);
    return { name: file, documents, findings: withoutManifest(file, documents) };
  } catch (caught) {
    const error = MaestroError.from(caught);
    if (error.code !== 'invalid-input') throw error;
    return { name: dir, documents: [], findings: [fileFinding(dir, 'unreadable-file', error.message)] };
  }
}

interface Reading {
  readonly source: ManifestSource;
  readonly room: ReadingRoom;
  readonly recursive: boolean;
}

async function readArgument(argument: string, reading: Reading): Promise<readonly ReadFile[]> {
  const { source, room, recursive } = reading;
  try {
    return (await readInputs([argument], source, { recursive })).map((input) => parse(input, room));
  } catch (caught) {
    const error = MaestroError.from(caught);
    if (error.code !== 'invalid-input') throw error;
    const inside = await entriesOf(argument, reading);
    if (inside.length > 0) return (await Promise.all(inside.map((entry) => readArgument(entry, reading)))).flat();
    const text = error.message.startsWith(`${argument} `) ? error.message.slice(argument.length + 1) : error.message;
    return [{ name: argument, documents: [], findings: [fileFinding(argument, 'unreadable-file', text)] }];
  }
}

/** The files of a directory in which not all can be read, so that each is read by itself. */
async function entriesOf(argument: string, { source: { cwd }, recursive }: Reading): Promise<readonly string[]> {
  const info = await stat(resolve(cwd, argument)).catch(() => undefined);
  if (info?.isDirectory() !== true || (await kustomizationIn(argument, cwd)) !== undefined) return [];
  return filesIn(argument, cwd, recursive);
}

function parse({ name, text }: InputText, room: ReadingRoom): ReadFile {
  try {
    const documents = readDocuments(text, name, { room });
    return { name, documents, findings: withoutManifest(name, documents) };
  } catch (caught) {
    const error = MaestroError.from(caught);
    if (error.code !== 'invalid-input') throw error;
    const findings = syntaxFindings(name, error.message.split('\n'));
    return { name, documents: [], findings, excerpts: excerptsOf(findings, error) };
  }
}

function withoutManifest(name: string, documents: readonly SourceDocument[]): readonly Finding[] {
  if (documents.some((document) => holdsManifest(document))) return [];
  return [fileFinding(name, 'no-manifest', 'there is no manifest in it')];
}

/** The reader gives them in the order of its lines. */
function excerptsOf(findings: readonly Finding[], { excerpts }: MaestroError): ReadonlyMap<Finding, string> {
  const known = findings.flatMap((finding, at) => {
    const excerpt = excerpts[at];
    return excerpt === undefined ? [] : [[finding, excerpt] as const];
  });
  return new Map(known);
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
