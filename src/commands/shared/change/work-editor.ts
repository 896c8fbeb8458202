import type { Context } from '../../../context.ts';
import type { ManifestWork } from '../../../core/works/manifest-work.ts';
import { ReadingRoom } from '../../../core/yaml/reading-room.ts';
import { oneLine } from '../../../core/shown-text.ts';
import { MaestroError } from '../../../errors.ts';
import type { ProgramEnd } from '../../../io/run-program.ts';
import { editedFile, type EditedFile } from '../../../io/edited-file.ts';
import { bodyOf, draftText, isEmpty, judgeDraft, keptDraft, type WorkDraft } from './work-draft.ts';

/** Whoever wants another editor here than elsewhere says so first; the rest as kubectl has it. */
const variables = ['MAESTRO_EDITOR', 'KUBE_EDITOR', 'VISUAL', 'EDITOR'] as const;

/** Editors that draw on the terminal that they were started in. Any other may be a window, or a script. */
const onTerminal: ReadonlySet<string> = new Set(
  'vi vim nvim view ex ed nano pico emacs mg joe jed ne micro helix hx kak mcedit editor sensible-editor'.split(' '),
);

type EditorContext = Pick<Context, 'env' | 'interactive' | 'roomBytes' | 'run'>;

/** The command line of the editor that the user wants, else vi. */
function editorOf(env: Context['env']): string {
  for (const variable of variables) {
    const command = env[variable]?.trim();
    if (command !== undefined && command !== '') return command;
  }
  return 'vi';
}

/** @throws MaestroError usage when the editor needs a terminal, and there is none */
export function refuseEditorWithoutTerminal({ env, interactive }: Pick<Context, 'env' | 'interactive'>): void {
  const editor = editorOf(env);
  const [program = ''] = editor.split(/\s+/);
  if (interactive || !onTerminal.has(program.slice(program.lastIndexOf('/') + 1))) return;
  throw new MaestroError('usage', `the editor ${oneLine(editor)} needs a terminal, and there is none`, {
    hint: 'Name one that needs none with MAESTRO_EDITOR, such as a script; or change a file and apply it.',
  });
}

/**
 * One edit: the text in a file that nobody else may read, and the editor on it
 * until what it leaves is good. Close it in the end: the file is gone then,
 * unless it was kept.
 */
export class WorkEditor {
  readonly #draft: WorkDraft;
  readonly #context: EditorContext;
  readonly #file: EditedFile;
  /** What the editor was opened with. */
  #opened: string;
  #isKept = false;

  constructor(draft: WorkDraft, context: EditorContext) {
    this.#draft = draft;
    this.#context = context;
    this.#opened = draftText(draft);
    this.#file = editedFile('work.yaml', this.#opened, context.env);
  }

  /**
   * Opens the editor, and again with what was wrong as long as the text is changed and not good.
   *
   * @returns undefined when there is nothing to send
   * @throws MaestroError invalid-input for a text that was given up with mistakes in it, which is kept; usage for an
   *   editor that failed; the reason of the run's signal
   */
  async edit(): Promise<ManifestWork | undefined> {
    const room = new ReadingRoom(() => this.#context.roomBytes);
    for (let refused: readonly string[] = []; ;) {
      await this.#open();
      const text = this.#file.read();
      if (refused.length > 0 && bodyOf(text) === bodyOf(this.#opened)) throw this.#givenUp(refused);
      const judged = await judgeDraft(this.#draft, text, room);
      if (judged.kind === 'changed') return judged.work;
      if (judged.kind !== 'refused') return undefined;
      refused = judged.problems;
      this.#opened = draftText(this.#draft, bodyOf(text), refused);
      this.#file.write(this.#opened);
    }
  }

  /**
   * Leaves the text where it is when it would be lost.
   *
   * @returns what to say of it; empty when there is nothing to lose
   */
  keep(): string {
    let text: string;
    try {
      text = this.#file.read();
    } catch {
      // Whoever has removed it does not want it.
      return '';
    }
    const body = bodyOf(text);
    if (body === this.#draft.body || isEmpty(body)) return '';
    const kept = keptDraft(this.#draft, text);
    this.#file.write(kept.text);
    this.#file.removeOthers();
    this.#isKept = true;
    const without = kept.withoutSecrets ? ', without the values that you typed for Secrets' : '';
    return `Your text is kept in ${this.#file.path}${without}.`;
  }

  close(): void {
    if (!this.#isKept) this.#file.remove();
  }

  async #open(): Promise<void> {
    const editor = editorOf(this.#context.env);
    const end = await this.#context.run(argvOf(editor, this.#file.path), { streams: 'terminal' });
    if (end.kind === 'ended' && end.exitCode === 0) return;
    const hints = ['Nothing was sent.', this.keep(), `Name another one with ${variables[0]}.`];
    throw new MaestroError('usage', `the editor ${oneLine(editor)} ${howItFailed(end)}`, {
      hint: hints.filter((hint) => hint !== '').join(' '),
    });
  }

  #givenUp(problems: readonly string[]): MaestroError {
    const [first = '', ...more] = problems;
    const text = more.length === 0 ? first : `\n  ${problems.join('\n  ')}`;
    return new MaestroError('invalid-input', `the edit was given up with mistakes in it: ${text}`, {
      hint: ['Nothing was sent.', this.keep()].filter(Boolean).join(' '),
    });
  }
}

/** As git does it: what is more than a word is the shell's to read, and the file is an argument of its own. */
function argvOf(editor: string, path: string): readonly [string, ...string[]] {
  return /^[\w./+-]+$/.test(editor) ? [editor, path] : ['sh', '-c', `${editor} "$@"`, 'maestro-cli', path];
}

function howItFailed(end: ProgramEnd): string {
  switch (end.kind) {
    case 'absent':
      return 'was not found';
    case 'notStarted':
      return `could not be started (${end.code})`;
    case 'ended':
      return end.killedBy === undefined ? `ended with exit code ${end.exitCode}` : `was ended by ${end.killedBy}`;
    case 'tooLong':
    case 'timedOut':
      return 'did not end';
  }
}
