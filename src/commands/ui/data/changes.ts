import type { Context } from '../../../context.ts';
import { oneWord } from '../../../core/shown-text.ts';
import { workName } from '../../../core/works/resource-bundle.ts';
import { manifestKey, manifestLabel } from '../../../core/works/manifest-work.ts';
import { MaestroError } from '../../../errors.ts';
import { planDelete, requestDelete, type DeleteRequest } from '../../../operations/delete/plan.ts';
import { openReporter } from '../../../output/reporter.ts';
import { editWork } from '../../shared/edit-work.ts';
import { sendChange, type ChangeHost, type ChangeOptions } from '../../shared/send-change.ts';
import type { GatherDeps, Subject } from '../frame/view.ts';
import { line, span, type Line } from '../screen/line.ts';
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

  constructor(deps: GatherDeps, host: ChangesHost) {
    this.#deps = deps;
    this.#host = host;
  }

  /** Never rejects: what went wrong is told. */
  async start(kind: ChangeKind, subject: Subject, path = ''): Promise<void> {
    if (this.#isBusy) return this.#host.tell('another change is under way');
    this.#isBusy = true;
    try {
      this.#host.tell(await this.#make(kind, subject, path));
    } catch (caught) {
      if (this.#deps.signal.aborted) return;
      this.#host.tell(failureText(MaestroError.from(caught)));
    } finally {
      this.#isBusy = false;
      this.#deps.changed();
    }
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
    const request: DeleteRequest = { source, manager, force: false };
    const deps = { ...maestro, onNotice: (): void => undefined };
    const shown = await planDelete({ by: 'id', id }, request, deps, planBudget(this.#deps));
    if (shown.action === 'absent') return shown.why;
    const { bundle } = shown;
    const about = `${oneWord(workName(bundle))} on ${oneWord(bundle.consumerName)}`;
    if (shown.action === 'underway') return `${about}: its deletion was requested less than a minute ago`;
    const labels = bundle.manifests.map((manifest) => manifestLabel(manifestKey(manifest)));
    const isAgreed = await this.#host.ask([
      line(span(`Delete ${about}, version ${bundle.version}?`, 'bad')),
      this.#where(),
      line('Its agent is told to delete what it has applied on the cluster:'),
      ...labels.slice(0, mostNamed).map((label) => line('  ', span(label, 'removed'))),
      ...(labels.length > mostNamed ? [line(`  and ${labels.length - mostNamed} more`)] : []),
    ]);
    if (!isAgreed) return notDone;
    const budget = planBudget(this.#deps);
    const now = await maestro.reader.getBundle(id, budget);
    if (now?.version !== bundle.version)
      return `${about} is ${now === undefined ? 'not there' : `at version ${now.version}`} by now, so nothing was done`;
    await requestDelete(now, request, deps, budget);
    return `${about}: deletion requested, not seen gone yet`;
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
    const ifVersion = plan.action === 'create' ? 0 : plan.stored.version;
    const outcome = await sendChange(
      { ...prepared, ifVersion, ifVersionOfDocument: false },
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
          line(span(`${what} ${oneWord(name)} on ${oneWord(consumer)}?`, 'warn')),
          this.#where(),
          ...changes.flatMap(({ diff }) => diffLines(diff, this.#host.columns())),
        ];
      },
      confirm: async () => {
        if (!(await this.#host.ask(changed))) throw new MaestroError('usage', notDone);
      },
    };
  }

  #where(): Line {
    const { settings, source } = this.#deps.options;
    const { host, port } = settings.grpcEndpoint;
    return line('at ', span(`${host}:${port}`, 'place'), ` as source ${source}`);
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
