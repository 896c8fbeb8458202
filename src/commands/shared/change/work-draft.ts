import { isMaskText, maskSecrets, maskText } from '../../../core/mask-secrets.ts';
import { canonicalJson, type JsonObject } from '../../../core/json.ts';
import { leftOutValues, putBackMasked } from '../../../core/left-out-values.ts';
import { oneWord, shownText } from '../../../core/shown-text.ts';
import { counted } from '../../../core/text.ts';
import { workDocument } from '../../../core/works/document.ts';
import type { ManifestWork } from '../../../core/works/manifest-work.ts';
import { problemText, type Problem } from '../../../core/works/problem.ts';
import { readWorks, workOfDocument, type WorkInput } from '../../../core/works/read-works.ts';
import { workName, type ResourceBundle } from '../../../core/works/resource-bundle.ts';
import { pathText } from '../../../core/yaml/json-path.ts';
import { readDocuments } from '../../../core/yaml/read-documents.ts';
import type { ReadingRoom } from '../../../core/yaml/reading-room.ts';
import { MaestroError } from '../../../errors.ts';
import { plainDocument } from '../../../output/work-document.ts';
import { toYaml } from '../../../output/yaml.ts';

/** A stored work as a text that a person may change. */
export interface WorkDraft {
  readonly bundle: ResourceBundle;
  /** What the head says of where it is stored, such as `localhost:8090 as source maestro-cli`. */
  readonly server: string;
  /** As `get -o manifestwork` prints it, with the values of Secrets. */
  readonly document: JsonObject;
  /** The same with masks, without a head. */
  readonly body: string;
}

/** What a text that came back means. */
export type JudgedDraft =
  /** Nothing is left of it but comments. */
  | { readonly kind: 'empty' }
  /** It says what is stored. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed'; readonly work: ManifestWork }
  /** What is wrong with it, each with its line in `draftText` of the same problems. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** How problems name the text: by nothing but the line. */
const file = 'line';

/** Problems at the head of a text; the others follow from them, or come next. */
const shownProblems = 20;

export function openDraft(bundle: ResourceBundle, server: string): WorkDraft {
  const document = plainDocument(bundle);
  return { bundle, server, document, body: toYaml(maskSecrets(document)) };
}

/** The text for an editor: a head in comments, with what was wrong with the text before, and the work. */
export function draftText(draft: WorkDraft, body = draft.body, problems: readonly string[] = []): string {
  return `${headOf(draft, problems)
    .map((line) => `# ${line}`.trimEnd())
    .join('\n')}\n${body}`;
}

function headOf({ bundle, server, body }: WorkDraft, problems: readonly string[]): readonly string[] {
  const refused =
    problems.length === 0
      ? []
      : ['The text was refused, and nothing was sent:', ...problems.map((problem) => `* ${problem}`), ''];
  const secrets = body.includes(maskText)
    ? ['', `"${maskText}" stands for a value as it is stored. To change`, 'one, type the new value in its place.']
    : [];
  return [
    ...refused,
    'Edit the work below and save it. What you have changed is shown, and asked',
    'for, before it is sent. An empty text, or one without a change, ends the',
    'edit, and nothing is sent. These lines at the top are left out.',
    '',
    `work:     ${oneWord(workName(bundle))}`,
    `consumer: ${oneWord(bundle.consumerName)}`,
    `version:  ${bundle.version}; if another one is stored by then, nothing is overwritten`,
    `server:   ${shownText(server)}`,
    ...secrets,
    '',
  ];
}

/** Whether nothing is left of a text but comments. */
export function isEmpty(body: string): boolean {
  return body.split('\n').every((line) => /^\s*(?:#.*|---\s*)?$/.test(line));
}

/** The text without the comments at its top. */
export function bodyOf(text: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => !/^\s*#/.test(line));
  return start < 0 ? '' : lines.slice(start).join('\n');
}

/**
 * Reads a text that a person has saved: checks all that `validate` checks, and
 * puts the values of Secrets back. A mistake that is stored already is no reason
 * to refuse the rest of the change, unless Maestro would.
 */
export async function judgeDraft(draft: WorkDraft, text: string, room: ReadingRoom): Promise<JudgedDraft> {
  const body = bodyOf(text);
  if (isEmpty(body)) return { kind: 'empty' };
  if (body === draft.body) return { kind: 'unchanged' };
  const first = await readBody(draft, body, { room, headLines: 0 });
  if (first.work !== undefined) {
    const { work } = first;
    const isSame = canonicalJson(workDocument(work)) === canonicalJson(draft.document);
    return isSame ? { kind: 'unchanged' } : { kind: 'changed', work };
  }
  // The head is longer by the problems, and each of them names a line.
  const headLines = headOf(draft, first.problems).length;
  const { problems } = await readBody(draft, body, { room, headLines });
  return { kind: 'refused', problems };
}

interface ReadBody {
  /** Absent when something is wrong. */
  readonly work?: ManifestWork;
  readonly problems: readonly string[];
}

async function readBody(
  draft: WorkDraft,
  body: string,
  { room, headLines }: { readonly room: ReadingRoom; readonly headLines: number },
): Promise<ReadBody> {
  const padded = `${'#\n'.repeat(headLines)}${body}`;
  try {
    const { works, problems } = readWorks(readDocuments(padded, file, { room }));
    const [input, ...more] = works;
    if (problems.length > 0) return refusedFor(problems);
    if (input === undefined || more.length > 0)
      return { problems: [`there has to be one work in it, and there are ${works.length}`] };
    return await checkInput(draft, input);
  } catch (caught) {
    const { code, message } = MaestroError.from(caught);
    if (code !== 'invalid-input' && code !== 'usage') throw caught;
    return { problems: boundedLines(shownText(message).split('\n')) };
  }
}

async function checkInput(draft: WorkDraft, input: WorkInput): Promise<ReadBody> {
  const stored = workOfDocument(draft.document);
  const { name, namespace } = input.work;
  const moved: Problem[] = [];
  const stays = (key: string, is: string | undefined, was: string | undefined): void => {
    if (is === was) return;
    const message = `it is stored as "${was}", and an edit cannot make another work of it`;
    moved.push({ severity: 'error', path: ['metadata', key], message, suggestion: 'apply makes another one' });
  };
  stays('name', name, stored?.name);
  stays('namespace', namespace, stored?.namespace);
  const { value, unknown } = putBackMasked(workDocument(input.work), draft.document);
  const work = workOfDocument(value as JsonObject) ?? input.work;
  const masked = unknown.map((path): Problem => ({
    severity: 'error',
    path,
    message: 'this stands for a value that is stored, and none is stored at this place of this object',
    suggestion: 'type the value',
  }));
  const places = new Set(unknown.map((path) => pathText(path)));
  const found = (await newProblems(draft, { ...input, work })).filter(
    ({ rule, path }) => rule !== 'masked-value' || !places.has(pathText(path)),
  );
  const problems = [...moved, ...masked, ...found].map((problem) => ({ ...problem, ...input.locate(problem.path) }));
  return problems.length > 0 ? refusedFor(problems) : { work, problems: [] };
}

/** What `validate` says of a work and does not say of what is stored. */
async function newProblems({ document }: WorkDraft, input: WorkInput): Promise<readonly Problem[]> {
  const { openChecks } = await import('../input/open-checks.ts');
  const errorsOf = (one: WorkInput): readonly Problem[] =>
    openChecks([one])(one).filter(({ severity }) => severity === 'error');
  const found = errorsOf(input);
  const before = found.length === 0 ? undefined : workOfDocument(document);
  if (before === undefined) return found;
  const present = new Set(errorsOf({ ...input, work: before }).map(keyOf));
  return found.filter((problem) => !present.has(keyOf(problem)));
}

function keyOf({ path, message }: Problem): string {
  return `${pathText(path)} ${message}`;
}

function refusedFor(problems: readonly Problem[]): ReadBody {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return { problems: boundedLines(errors.flatMap((problem) => shownText(problemText(problem)).split('\n'))) };
}

function boundedLines(given: readonly string[]): readonly string[] {
  const lines = given.map((line) => line.replace(/^line:(\d+):(\d+): /, 'line $1, column $2: '));
  if (lines.length <= shownProblems) return lines;
  return [...lines.slice(0, shownProblems), `and ${counted(lines.length - shownProblems, 'more line')}`];
}

/** A text to keep for its author, and whether values that were typed for Secrets are missing in it. */
export interface KeptDraft {
  readonly text: string;
  readonly withoutSecrets: boolean;
}

/**
 * What may stay on a disk of a text that was not sent. Values of Secrets must
 * not, those that were typed neither: they are masked, and in a text that cannot
 * be read, where nobody can tell what belongs to a Secret, every value that was
 * typed is.
 */
export function keptDraft(draft: WorkDraft, text: string): KeptDraft {
  const body = bodyOf(text);
  const asTyped = { text: draftText(draft, body), withoutSecrets: false };
  try {
    const values = readDocuments(body, file).map(({ value }) => value);
    const masked = values.map((value) => maskSecrets(value));
    const isTyped = values.some((value, index) => leftOutValues(value, masked[index] ?? null).some(isValue));
    if (!isTyped) return asTyped;
    return { text: draftText(draft, masked.map((value) => toYaml(value)).join('---\n')), withoutSecrets: true };
  } catch {
    if (!/secret|stringData/i.test(body)) return asTyped;
    return { text: draftText(draft, withoutTypedValues(draft, body)), withoutSecrets: true };
  }
}

function isValue({ value }: { readonly value: unknown }): boolean {
  return typeof value !== 'string' || !isMaskText(value);
}

/** Lines that were there before stay, and of others the key. */
function withoutTypedValues(draft: WorkDraft, body: string): string {
  const present = new Set(draft.body.split('\n'));
  return body
    .split('\n')
    .map((line) => {
      if (present.has(line) || line.trim() === '') return line;
      const key = /^\s*(?:- )*(?:[\w./-]+:(?=\s|$))?/.exec(line)?.[0] ?? '';
      return `${key} # a text that was typed here was left out: it may be the value of a Secret`;
    })
    .join('\n');
}
