import type { Clock } from '../../../clock.ts';
import type { FrameSize, Standing } from './frame-picture.ts';
import { framePicture, viewSize } from './frame-picture.ts';
import { keyBeforeView, keyOfFrame, type FrameState, type FrameStep } from './frame-state.ts';
import type { Key } from './key.ts';
import type { Line } from '../screen/line.ts';
import type { OpenView, Place, Wish } from './view.ts';

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
}

/** The frame with its views: takes keys, gives pictures. */
export class App {
  readonly #views: readonly OpenView[];
  readonly #host: AppHost;
  #state: FrameState = { tab: 0 };

  constructor(views: readonly OpenView[], host: AppHost) {
    this.#views = views;
    this.#host = host;
    this.#view.show();
  }

  /** Takes a key. What it changed is in the next picture. */
  onKey(key: Key): void {
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
        this.#state = { ...this.#state, told: wish.text };
        return;
      case 'works-of':
        return this.goTo('works');
      case 'open-work':
        return this.goTo('work');
    }
  }

  /** Shows the view of this name. */
  goTo(name: string): void {
    const tab = this.#views.findIndex((view) => view.name === name);
    if (tab < 0) return;
    this.#state = { ...this.#state, tab };
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
        return this.#view.onTyped(act);
      case 'copy':
        return this.#copy();
      case 'none':
      case 'to-view':
        return;
    }
  }

  #copy(): void {
    const subject = this.#view.subject(this.#place());
    this.#state =
      subject === undefined
        ? { ...this.#state, told: 'nothing is selected' }
        : { ...this.#state, overlay: { kind: 'name', name: subject.name, note: this.#host.copy(subject.name) } };
  }
}
