import type { Context } from '../../../context.ts';
import type { MaestroError } from '../../../errors.ts';
import type { MaestroSession } from '../../shared/with-maestro.ts';
import type { UiOptions } from '../options.ts';
import type { Line } from '../screen/line.ts';
import type { Key } from './key.ts';

/** Where a view is drawn, and when. */
export interface Place {
  /** Of the view alone: what the frame needs for itself is taken off. */
  readonly columns: number;
  readonly rows: number;
  /** Wall time in milliseconds, for ages. */
  readonly wallMs: number;
}

/** A key and what it does, for the help and the line at the bottom. */
export interface KeyHelp {
  /** As it is written on a keyboard: `enter`, `s`, `pgup/pgdn`. */
  readonly key: string;
  readonly about: string;
}

/** A work, as far as somebody has to know it to open it. */
export interface WorkPointer {
  readonly id: string;
  readonly name: string;
  readonly consumer: string;
}

/** What the line that the keys are about is: what is copied, and what a jump and a change are about. */
export interface Subject {
  /** Whole, however little of it is shown. */
  readonly name: string;
  readonly work?: WorkPointer;
  readonly consumer?: string;
}

/**
 * What is typed into the line at the bottom. `path` is of a file; `apply` is of one that is to be applied, and `answer`
 * is to a question: those two are the frame's own.
 */
export type PromptKind = 'filter' | 'jump' | 'path' | 'apply' | 'answer';

/** What a view wants of the frame after a key. */
export type Wish =
  | { readonly wish: 'open-work'; readonly work: WorkPointer }
  /** The works of a cluster, in the view of works. */
  | { readonly wish: 'works-of'; readonly consumer: string }
  /** The view that this one was opened from. */
  | { readonly wish: 'back' }
  | { readonly wish: 'type'; readonly kind: PromptKind; readonly label: string; readonly text: string }
  /** One sentence, shown at the bottom until the next key. */
  | { readonly wish: 'tell'; readonly text: string };

export interface Answer<State> {
  readonly state: State;
  readonly wish?: Wish;
}

/** What a view may use to gather what it shows. */
export interface GatherDeps {
  readonly session: MaestroSession;
  readonly options: UiOptions;
  /** Its `stderr` is kept from the screen: what is written there comes when the UI has been left. */
  readonly context: Context;
  /** Ends all that the view has begun. */
  readonly signal: AbortSignal;
  /** Has the picture drawn again, soon; it may be called often. */
  readonly changed: () => void;
  /** Ends the UI with an error: there is nothing to look at, and never will be. */
  readonly fail: (error: MaestroError) => void;
}

/**
 * One of the views. Its state is a value and all that is done with it is pure; what it shows lies in `Data`, which
 * `gather` keeps up to date and which is only read here.
 */
export interface View<State, Data> {
  readonly name: string;
  /** As the tab says it: one word or two. */
  readonly title: string;
  readonly keys: readonly KeyHelp[];
  readonly start: State;
  /**
   * Begins to gather, when the view is first shown. It never throws: what went wrong is part of the data, and the
   * picture tells it.
   */
  gather(deps: GatherDeps): Data;
  /** @returns undefined for a key that is none of the view's; the frame has its own */
  onKey(state: State, key: Key, data: Data, place: Place): Answer<State> | undefined;
  /** What was typed: each text on the way with `done` false, and the one that enter was pressed on. */
  onTyped?(
    state: State,
    typed: { readonly kind: PromptKind; readonly text: string; readonly done: boolean },
    data: Data,
  ): Answer<State>;
  /** At most `place.rows` lines. */
  picture(state: State, data: Data, place: Place): readonly Line[];
  /** What the selected line is about. */
  subject?(state: State, data: Data, place: Place): Subject | undefined;
}

/** A view that is shown, with its state and its data: what the frame works with. */
export interface OpenView {
  readonly name: string;
  readonly title: string;
  readonly keys: readonly KeyHelp[];
  /** Begins to gather; only the first call does anything. */
  show(): void;
  /** @returns false for a key that is none of the view's */
  onKey(key: Key, place: Place): boolean;
  onTyped(typed: { readonly kind: PromptKind; readonly text: string; readonly done: boolean }): void;
  picture(place: Place): readonly Line[];
  subject(place: Place): Subject | undefined;
}

/** @param wish told what the view wants after a key */
export function openView<State, Data>(
  view: View<State, Data>,
  deps: GatherDeps,
  wish: (wish: Wish) => void,
): OpenView & {
  /** Changes the state from outside, such as the cluster that the view of works is about. */
  readonly set: (change: (state: State) => State) => void;
} {
  let state = view.start;
  let data: { readonly value: Data } | undefined;
  const shown = (): Data => (data ??= { value: view.gather(deps) }).value;
  const take = (answer: Answer<State>): void => {
    ({ state } = answer);
    if (answer.wish !== undefined) wish(answer.wish);
  };
  return {
    name: view.name,
    title: view.title,
    keys: view.keys,
    show: () => void shown(),
    onKey: (key, place) => {
      const answer = view.onKey(state, key, shown(), place);
      if (answer !== undefined) take(answer);
      return answer !== undefined;
    },
    onTyped: (typed) => {
      if (view.onTyped !== undefined) take(view.onTyped(state, typed, shown()));
    },
    picture: (place) => view.picture(state, shown(), place),
    subject: (place) => view.subject?.(state, shown(), place),
    set: (change) => {
      state = change(state);
    },
  };
}
