import type { Document, Node } from 'yaml';
import { LineCounter, parseAllDocuments } from 'yaml';
import { MaestroError } from '../../errors.ts';
import type { JsonValue } from '../json.ts';
import { firstLine } from '../text.ts';
import { convertDocument, tooDeep } from './convert.ts';
import { excerptAt } from './excerpt.ts';
import type { DuplicateKeys, Issue } from './convert.ts';
import { jsonLocator, readJsonTexts } from './json-text.ts';
import type { ReadingRoom } from './reading-room.ts';
import { roundedIntegers } from './json-path.ts';
import type { JsonPath } from './json-path.ts';
import { offsetOf } from './locate.ts';
import { normaliseLines } from './normalise-lines.ts';
import type { Place } from './place.ts';
import { markupName, templateOffset, unrendered } from './not-a-manifest.ts';

/** One YAML or JSON document with the way back to its text. */
export interface SourceDocument {
  /** What kubectl's reader makes of it; integers beyond 2^53 are bigints. */
  readonly value: JsonValue;
  /** As the caller named it; messages repeat it. */
  readonly file: string;
  /** The line of its first content. */
  readonly line: number;
  /** The place of the key or list item at the path, else of its nearest ancestor in the text. */
  locate(path: JsonPath): Place | undefined;
  /** Integers that the server will round to a double. */
  readonly bigIntegers: readonly JsonPath[];
}

/** How strictly a text is read. */
export interface ReadOptions {
  /**
   * kubectl takes the last of duplicate keys without a word; here they are an
   * error unless the caller asks for kubectl's way.
   */
  readonly duplicateKeys?: DuplicateKeys;
  /** @internal What reading may cost; without it there is no limit. */
  readonly room?: ReadingRoom;
}

/** Messages in one error; a broken file repeats itself. */
const shownIssues = 10;

const defaultHint = 'Correct the file; YAML is read as kubectl reads it.';

/**
 * Hints for mistakes whose message does not say what to do, by a part of it; the first match wins. That of keys comes
 * before the others, because its message repeats what somebody wrote.
 */
const hints: readonly (readonly [string, string])[] = [
  ['already set', 'Keep one of the keys; kubectl would take the last one without a word.'],
  ['Tabs are not allowed', 'Indent with spaces; YAML allows no tabs there.'],
  ['%YAML', 'Remove the %YAML line, or write %YAML 1.1.'],
  ['a key cannot be null', 'Quote the key: "null".'],
];

/**
 * Reads every document of a YAML or JSON text, empty ones left out, with the
 * values that kubectl's reader gives. Throws one
 * MaestroError `invalid-input` with all mistakes, each as
 * `file:line:column: message`.
 */
export function readDocuments(text: string, file: string, options: ReadOptions = {}): SourceDocument[] {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const duplicateKeys = options.duplicateKeys ?? 'error';
  if (/^\s*[{[]/.test(source)) {
    options.room?.take(source, file, 'json');
    const documents = readAsJson(source, file, duplicateKeys);
    if (documents !== undefined) return documents;
  }
  options.room?.take(source, file, 'yaml');
  return readAsYaml(normaliseLines(source), file, duplicateKeys);
}

function readAsJson(source: string, file: string, duplicateKeys: DuplicateKeys): SourceDocument[] | undefined {
  const read = readJsonTexts(source, duplicateKeys);
  if (read === undefined) return undefined;
  const lines = countLines(source);
  if (read.issues.length > 0) throw failure(read.issues, { lines, file, source });
  return read.texts.map(({ value, start }) => {
    const offset = jsonLocator(source, start);
    return sourceDocument(value, file, lines, offset);
  });
}

function readAsYaml(source: string, file: string, duplicateKeys: DuplicateKeys): SourceDocument[] {
  const lines = new LineCounter();
  const parsed = compose(source, lines);
  const syntax = [...controlCharacters(source), ...parsed.flatMap((document) => syntaxIssues(document, source))];
  if (syntax.length > 0) throw failure(otherThanYaml(source, syntax) ?? syntax, { lines, file, source });

  const documents: SourceDocument[] = [];
  const issues: Issue[] = [];
  for (const document of parsed) {
    const converted = convertDocument(document, duplicateKeys);
    issues.push(...converted.issues);
    if (converted.value === null) continue;
    // The reader puts an empty scalar where a document has no contents.
    const root = document.contents as Node;
    const offset = (path: JsonPath): number => offsetOf(root, converted.targets, path);
    documents.push(sourceDocument(converted.value, file, lines, offset));
  }
  if (issues.length > 0) throw failure(templateAt(source, issues) ?? issues, { lines, file, source });
  return documents;
}

function sourceDocument(
  value: JsonValue,
  file: string,
  lines: LineCounter,
  offset: (path: JsonPath) => number,
): SourceDocument {
  return {
    value,
    file,
    line: placeAt(lines, offset([])).line,
    locate: (path) => placeAt(lines, offset(path)),
    bigIntegers: roundedIntegers(value),
  };
}

function countLines(source: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let end = source.indexOf('\n'); end >= 0; end = source.indexOf('\n', end + 1)) lines.addNewLine(end + 1);
  return lines;
}

/**
 * The failsafe schema leaves every scalar as text, so that the meaning is
 * decided in one place, by our own rules.
 */
function compose(source: string, lines: LineCounter): readonly Document.Parsed[] {
  const parsed = parseAllDocuments(source, {
    lineCounter: lines,
    prettyErrors: false,
    schema: 'failsafe',
    resolveKnownTags: false,
    uniqueKeys: false,
  });
  return parsed as readonly Document.Parsed[];
}

/**
 * The one thing to say of a text that is something else than YAML, in the place of all that is wrong with it as YAML.
 */
function otherThanYaml(source: string, issues: readonly Issue[]): readonly Issue[] | undefined {
  const markup = markupName(source);
  return markup === undefined ? templateAt(source, issues) : [{ offset: 0, message: `this is ${markup}` }];
}

function templateAt(source: string, issues: readonly Issue[]): readonly Issue[] | undefined {
  const offset = templateOffset(
    source,
    issues.map((issue) => issue.offset),
  );
  return offset === undefined ? undefined : [{ offset, message: `this is ${unrendered}` }];
}

/** The parser's stack ends somewhere above the nesting that is allowed here, then every level complains. */
function syntaxIssues(document: Document.Parsed, source: string): Issue[] {
  const deep = document.errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  if (deep !== undefined) return [{ offset: deep.pos[0], message: tooDeep }];
  const issues = document.errors.map((error) => ({ offset: error.pos[0], message: firstLine(error.message) }));
  const { explicit, version } = document.directives.yaml;
  if (explicit === true && version !== '1.1') {
    const offset = Math.max(0, source.lastIndexOf('%YAML', document.range[0]));
    issues.push({ offset, message: `found a %YAML ${version} document, kubectl reads YAML 1.1 only` });
  }
  return issues;
}

function* controlCharacters(source: string): Generator<Issue> {
  // eslint-disable-next-line no-control-regex -- these are the characters that YAML forbids
  for (const match of source.matchAll(/[\0-\x08\x0B\x0C\x0E-\x1F]/g)) {
    yield { offset: match.index, message: 'control characters are not allowed' };
  }
}

function failure(
  issues: readonly Issue[],
  { lines, file, source }: { readonly lines: LineCounter; readonly file: string; readonly source: string },
): MaestroError {
  const told = new Map<string, { readonly place: Place; readonly message: string }>();
  for (const { offset, message } of issues.toSorted((a, b) => a.offset - b.offset)) {
    const place = placeAt(lines, offset);
    told.set(`${file}:${place.line}:${place.column}: ${message}`, { place, message });
  }
  const shown = [...told].slice(0, shownIssues);
  const texts = shown.map(([text]) => text);
  if (told.size > shown.length) texts.push(`… and ${told.size - shown.length} more`);
  const hint = hints.find(([part]) => shown.some(([, { message }]) => message.includes(part)))?.[1] ?? defaultHint;
  const excerpts = shown.map(([, { place }]) => excerptAt(source, place));
  return new MaestroError('invalid-input', texts.join('\n'), { hint, excerpts });
}

function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}
