import { textWidth } from '../../../core/text-width.ts';
import type { Clock } from '../../../clock.ts';
import type { FrameSize, Standing } from './frame-picture.ts';
import { framePicture, isTooSmall, viewSize } from './frame-picture.ts';
import {
  atTab,
  keyBeforeView,
  keyOfFrame,
  openedTab,
  wentBack,
  type FrameAct,
  type FrameState,
  type FrameStep,
} from './frame-state.ts';
import { isKey, type Key } from './key.ts';
import type { Line } from '../screen/line.ts';
import type { ChangeKind } from '../data/changes.ts';
import type { OpenView, Place, Subject, Wish } from './view.ts';

/** What the frame has done to the world. */
export interface AppHost {
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly standing: () => Standing;
  readonly size: () => FrameSize;
  /** Leaves the UI. */
  quit(): void;
  /** Stops the process, as Ctrl-Z does. */
  stop(): void;
  /** Draws all of the screen, also what should not have changed. */
  redraw(): void;
  /** Hands a name to whoever keeps what is copied. @returns what came of it, one sentence */
  copy(name: string): string;
  /** Begins to change something; absent when nothing may be changed. */
  readonly change: ((kind: ChangeKind, subject: Subject, path?: string) => void) | undefined;
}

/** The frame with its views: takes keys, gives pictures. */
export class App {
  readonly #views: readonly OpenView[];
  readonly #host: AppHost;
  #state: FrameState = { tab: 0 };
  #onAnswer: ((isAgreed: boolean) => void) | undefined;
  /** The cluster that a file is being named for; what is selected may be another one by the time. */
  #applyTo: Subject | undefined;

  constructor(views: readonly OpenView[], host: AppHost) {
    this.#views = views;
    this.#host = host;
    this.#view.show();
  }

  /** Takes a key. What it changed is in the next picture. */
  onKey(key: Key): void {
    // Nobody agrees to what is not on the screen.
    if (isTooSmall(this.#host.size()) && !isKey(key, 'ctrl-c', 'ctrl-z', 'ctrl-l'))
      return isKey(key, 'q') ? this.#host.quit() : undefined;
    const before = keyBeforeView(this.#state, key);
    if (before.act.act !== 'to-view') return this.#take(before);
    this.#state = before.state;
    if (!this.#view.onKey(key, this.#place())) this.#take(keyOfFrame(this.#state, key, this.#views.length));
  }

  /** Takes what a view wants. */
  onWish(wish: Wish): void {
    switch (wish.wish) {
      case 'type':
        this.#state = { ...this.#state, prompt: { kind: wish.kind, label: wish.label, text: wish.text } };
        return;
      case 'tell':
        return this.#tell(wish.text);
      case 'works-of':
        return this.#show('works', openedTab);
      case 'open-work':
        return this.#show('work', openedTab);
      case 'back':
        this.#state = wentBack(this.#state);
        return this.#view.show();
    }
  }

  /** Shows the view of this name. */
  goTo(name: string): void {
    this.#show(name, atTab);
  }

  #show(name: string, at: (state: FrameState, tab: number) => FrameState): void {
    const tab = this.#views.findIndex((view) => view.name === name);
    if (tab < 0) return;
    this.#state = at(this.#state, tab);
    this.#view.show();
  }

  picture(): readonly Line[] {
    const view = this.#view;
    return framePicture({
      state: this.#state,
      size: this.#host.size(),
      standing: this.#host.standing(),
      tabs: this.#views.map(({ title }) => title),
      keys: view.keys,
      body: (size) => view.picture({ ...size, wallMs: this.#host.clock.wallMs() }),
    });
  }

  get #view(): OpenView {
    const view = this.#views[this.#state.tab];
    if (view === undefined) throw new Error('the frame has no such view');
    return view;
  }

  #place(): Place {
    return { ...viewSize(this.#host.size()), wallMs: this.#host.clock.wallMs() };
  }

  #take({ state, act }: FrameStep): void {
    this.#state = state;
    this.#view.show();
    switch (act.act) {
      case 'quit':
        return this.#host.quit();
      case 'stop':
        return this.#host.stop();
      case 'redraw':
        return this.#host.redraw();
      case 'typed':
        return this.#typed(act);
      case 'change':
        return this.#change(act.change);
      case 'copy':
        return this.#copy();
      case 'none':
      case 'to-view':
        return;
    }
  }

  /** Shows what is to be done, and waits for the word. */
  ask(lines: readonly Line[]): Promise<boolean> {
    const label = 'type yes to do it, esc leaves all as it is: ';
    this.#state = {
      ...this.#state,
      overlay: { kind: 'question', lines, from: 0 },
      prompt: { kind: 'answer', label, text: '' },
    };
    return new Promise((resolve) => (this.#onAnswer = resolve));
  }

  #typed(act: Extract<FrameAct, { readonly act: 'typed' }>): void {
    const { kind, text, done } = act;
    if (kind === 'answer') {
      if (!done) return;
      const { overlay: _, ...without } = this.#state;
      this.#state = without;
      this.#onAnswer?.(text.trim().toLowerCase() === 'yes');
      this.#onAnswer = undefined;
    } else if (kind === 'apply') {
      const subject = this.#applyTo;
      if (done && text.trim() !== '' && subject !== undefined) this.#host.change?.('apply', subject, text.trim());
    } else this.#view.onTyped(act);
  }

  #change(kind: ChangeKind): void {
    const subject = this.#view.subject(this.#place());
    const told = (text: string): void => this.#tell(text);
    if (this.#host.change === undefined) return told('read-only: start it with --allow-changes to change works');
    if (kind === 'apply') {
      if (subject?.consumer === undefined) return told('select a cluster first, or one of its works');
      this.#applyTo = subject;
      const label = `apply to ${subject.consumer} the file: `;
      this.#state = { ...this.#state, prompt: { kind: 'apply', label, text: '' } };
    } else if (subject?.work === undefined) told('select a work first');
    else this.#host.change(kind, subject);
  }

  /** In the line at the bottom; what is longer lies over the view, whole. */
  #tell(text: string): void {
    const isShort = textWidth(text) <= this.#host.size().columns;
    const long = { overlay: { kind: 'name', name: text, note: 'any key goes back' } } as const;
    this.#state = { ...this.#state, ...(isShort ? { told: text } : long) };
  }

  #copy(): void {
    const subject = this.#view.subject(this.#place());
    this.#state =
      subject === undefined
        ? { ...this.#state, told: 'nothing is selected' }
        : { ...this.#state, overlay: { kind: 'name', name: subject.name, note: this.#host.copy(subject.name) } };
  }
}
