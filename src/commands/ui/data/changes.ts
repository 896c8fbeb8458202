import type { Context } from '../../../context.ts';
import { oneWord } from '../../../core/shown-text.ts';
import { workName } from '../../../core/works/resource-bundle.ts';
import { manifestKey, manifestLabel } from '../../../core/works/manifest-work.ts';
import { MaestroError } from '../../../errors.ts';
import { deleteWork } from '../../../operations/delete/delete-work.ts';
import { openReporter } from '../../../output/reporter.ts';
import { editWork } from '../../shared/change/edit-work.ts';
import { sendChange, serverText, type ChangeHost, type ChangeOptions } from '../../shared/change/send-change.ts';
import type { GatherDeps, Subject } from '../frame/view.ts';
import { withinMs } from '../../../operations/budget.ts';
import { line, span, wrapText, type Line, type Tone } from '../screen/line.ts';
import { diffLines } from '../views/work-view.ts';
import { planBudget, planFile } from './planned-file.ts';

/** Who asks a person, and tells what came of it. */
export interface ChangesHost {
  /** Shows the lines, and waits for the answer; undefined when the UI was left meanwhile. */
  ask(lines: readonly Line[]): Promise<boolean>;
  tell(text: string): void;
  /** Gives the terminal to another program while that runs. */
  away<T>(use: () => Promise<T>): Promise<T>;
  columns(): number;
}

/** What can be changed from the UI. */
export type ChangeKind = 'delete' | 'edit' | 'apply';

/** For a deletion that was agreed to, the last look before it included. */
const agreedWithinMs = 20_000;
const notDone = 'not confirmed, nothing was done';
/** Manifests that a question names. */
const mostNamed = 12;

/**
 * Changes works, one at a time, through the operations of the commands: each is asked about first with what it is and
 * where it goes, and is made only of the version that was shown.
 */
export class Changes {
  readonly #deps: GatherDeps;
  readonly #host: ChangesHost;
  #isBusy = false;
  /** Somebody has agreed, and it is being done. */
  #isAgreed = false;
  #made: Promise<string> | undefined;

  constructor(deps: GatherDeps, host: ChangesHost) {
    this.#deps = deps;
    this.#host = host;
  }

  /** Never rejects: what went wrong is told. */
  async start(kind: ChangeKind, subject: Subject, path = ''): Promise<void> {
    if (this.#isBusy) return this.#host.tell('another change is under way');
    this.#isBusy = true;
    this.#made = this.#make(kind, subject, path).catch((caught: unknown) => failureText(MaestroError.from(caught)));
    const told = await this.#made;
    this.#isBusy = false;
    this.#isAgreed = false;
    if (this.#deps.signal.aborted) return;
    this.#host.tell(told);
    this.#deps.changed();
  }

  /** What came of what was agreed to and is still being done; undefined where there is no such thing. */
  async underway(): Promise<string | undefined> {
    return this.#isAgreed ? this.#made : undefined;
  }

  async #make(kind: ChangeKind, { work, consumer }: Subject, path: string): Promise<string> {
    if (kind === 'apply') return this.#apply(path, consumer ?? '');
    if (work === undefined) throw new MaestroError('usage', 'no work is selected');
    return kind === 'delete' ? this.#delete(work.id) : this.#edit(work.id);
  }

  async #delete(id: string): Promise<string> {
    const { options, session } = this.#deps;
    const { maestro } = session;
    const { source, manager = source } = options;
    const request = { source, manager, force: false };
    const deps = { ...maestro, onNotice: (): void => undefined };
    const shown = await deleteWork({ by: 'id', id }, { ...request, dryRun: true }, deps, planBudget(this.#deps));
    if (shown.action === 'absent') return shown.why;
    const { bundle } = shown;
    const about = `${oneWord(workName(bundle))} on ${oneWord(bundle.consumerName)}`;
    const underway = `${about}: its deletion was requested less than a minute ago`;
    if (shown.action === 'underway') return underway;
    const labels = bundle.manifests.map((manifest) => manifestLabel(manifestKey(manifest)));
    const isAgreed = await this.#ask([
      ...this.#whole(`Delete ${about}, version ${bundle.version}?`, 'bad'),
      ...this.#where(),
      ...this.#whole('Its agent is told to delete what it has applied on the cluster:'),
      ...labels.slice(0, mostNamed).flatMap((label) => this.#whole(label, 'removed', 2)),
      ...(labels.length > mostNamed ? [line(`  and ${labels.length - mostNamed} more`)] : []),
    ]);
    if (!isAgreed) return notDone;
    // What was agreed to is not given up when somebody leaves the UI meanwhile.
    const budget = withinMs(session.budget, agreedWithinMs);
    const done = await deleteWork({ by: 'id', id }, { ...request, onlyAs: bundle }, deps, budget);
    if (done.action === 'absent') return `${about} is not there by now, so nothing was done`;
    return done.action === 'underway' ? underway : `${about}: deletion requested, not seen gone yet`;
  }

  async #edit(id: string): Promise<string> {
    const { context, options } = this.#deps;
    const run: Context['run'] = (argv, how) => this.#host.away(() => context.run(argv, how));
    const outcome = await editWork(
      { by: 'id', id },
      this.#changeOptions(''),
      { ...this.#quiet(), run },
      {
        host: this.#asking(),
        reporter: openReporter(context.stderr, options.log, context.env, context.clock),
      },
    );
    if (outcome.error !== undefined) throw outcome.error;
    return outcome.message;
  }

  async #apply(path: string, consumer: string): Promise<string> {
    if (consumer === '') throw new MaestroError('usage', 'no cluster is selected');
    const { context, options } = this.#deps;
    const { prepared, plan } = await planFile(path, { consumer }, this.#deps);
    const about = `${oneWord(prepared.work.name)} on ${oneWord(consumer)}`;
    if (plan.action === 'unchanged') return `${about}: it is as the file says, so nothing was sent`;
    const pinned =
      plan.action === 'create'
        ? { ifVersion: 0 }
        : { ifVersion: plan.stored.version, ifCreatedAt: plan.stored.createdAt };
    const outcome = await sendChange(
      { ...prepared, ...pinned, ifVersionOfDocument: false },
      this.#changeOptions(consumer),
      this.#quiet(),
      {
        host: this.#asking(),
        reporter: openReporter(context.stderr, options.log, context.env, context.clock),
        as: { command: 'apply' },
      },
    );
    if (outcome.error !== undefined) throw outcome.error;
    return outcome.message;
  }

  /** Shows what would change, and asks in the same picture. */
  #asking(): ChangeHost {
    let changed: readonly Line[] = [];
    return {
      show: (changes, plan) => {
        const { name } = plan.work;
        const { consumer } = plan.target;
        const what =
          plan.action === 'create'
            ? 'Create'
            : `Update version ${plan.action === 'update' ? plan.stored.version : ''} of`;
        changed = [
          ...this.#whole(`${what} ${oneWord(name)} on ${oneWord(consumer)}?`, 'warn'),
          ...this.#where(),
          ...changes.flatMap(({ diff }) => diffLines(diff, this.#host.columns())),
        ];
      },
      confirm: async () => {
        if (!(await this.#ask(changed))) throw new MaestroError('usage', notDone);
      },
    };
  }

  async #ask(lines: readonly Line[]): Promise<boolean> {
    this.#isAgreed = await this.#host.ask(lines);
    return this.#isAgreed;
  }

  #where(): readonly Line[] {
    return this.#whole(`at ${serverText(this.#deps.options)}`, 'place');
  }

  /** What somebody agrees to has to be seen to its end. */
  #whole(text: string, tone: Tone = 'plain', indent = 0): readonly Line[] {
    return wrapText(text, this.#host.columns() - indent).map((part) => line(' '.repeat(indent), span(part, tone)));
  }

  /** What the commands print has no place on the screen; what came of it is told in one sentence. */
  #quiet(): Context {
    return { ...this.#deps.context, stdout: { write: () => undefined, isTTY: false, columns: undefined } };
  }

  #changeOptions(consumer: string): ChangeOptions {
    const { options } = this.#deps;
    return {
      ...options,
      timeoutMs: changeWithinMs,
      files: [],
      ...(consumer === '' ? {} : { consumer }),
      overwrite: false,
      merge: false,
      force: false,
      noRemove: false,
      conflictRetries: 0,
      via: 'poll',
      output: 'text',
      yes: false,
    };
  }
}

/** For each of reading, planning and writing; a person may think as long as they like. */
const changeWithinMs = 60_000;

/** Whether something may have been done all the same must be said. */
function failureText(error: MaestroError): string {
  const hint = error.commandHint ?? error.hint;
  return hint === undefined ? error.message : `${error.message}. ${hint}`;
}
