import { oneLine } from '../../../core/shown-text.ts';
import { isKey, type Key } from './key.ts';
import type { ChangeKind } from '../data/changes.ts';
import type { Line } from '../screen/line.ts';
import type { PromptKind } from './view.ts';

/** What is typed at the bottom. */
export interface Prompt {
  readonly kind: PromptKind;
  readonly label: string;
  readonly text: string;
}

/** What lies over a view until it is put away. */
export type Overlay =
  | { readonly kind: 'help'; readonly from: number }
  /** A name, whole, to be marked and copied with the mouse. */
  | { readonly kind: 'name'; readonly name: string; readonly note: string }
  /** What is to be changed and where, while the answer is typed at the bottom. */
  | { readonly kind: 'question'; readonly lines: readonly Line[]; readonly from: number };

/** Where the frame is: all that is not a view's. */
export interface FrameState {
  /** Index of the view that is shown. */
  readonly tab: number;
  /** Indexes of the views that this one was opened from, the last one at the end. */
  readonly back?: readonly number[];
  readonly prompt?: Prompt;
  readonly overlay?: Overlay;
  /** One sentence at the bottom, until the next key. */
  readonly told?: string;
}

/** What the frame does with a key, beside its own state. */
export type FrameAct =
  | { readonly act: 'none' }
  | { readonly act: 'quit' }
  | { readonly act: 'stop' }
  | { readonly act: 'redraw' }
  /** The view is to take the key; what it leaves is offered to the frame by `keyOfFrame`. */
  | { readonly act: 'to-view' }
  | { readonly act: 'copy' }
  | { readonly act: 'change'; readonly change: ChangeKind }
  | { readonly act: 'typed'; readonly kind: PromptKind; readonly text: string; readonly done: boolean };

export interface FrameStep {
  readonly state: FrameState;
  readonly act: FrameAct;
}

/** What comes before any view: what ends or stops the program, what is being typed, what lies over the view. */
export function keyBeforeView(state: FrameState, key: Key): FrameStep {
  const { prompt, overlay } = state;
  if (isKey(key, 'ctrl-c')) return { state, act: { act: 'quit' } };
  if (isKey(key, 'ctrl-z')) return { state, act: { act: 'stop' } };
  if (isKey(key, 'ctrl-l')) return { state, act: { act: 'redraw' } };
  if (prompt !== undefined) return typedInto(state, prompt, key);
  const { told: _, ...silent } = state;
  if (overlay !== undefined) return { state: withOverlay(silent, overlay, key), act: { act: 'none' } };
  return { state: silent, act: { act: 'to-view' } };
}

/** A key that the view had no use for. @param tabs how many views there are */
export function keyOfFrame(state: FrameState, key: Key, tabs: number): FrameStep {
  const none = { act: 'none' } as const;
  if (key.kind === 'paste') return { state, act: none };
  if (isKey(key, 'q')) return { state, act: { act: 'quit' } };
  if (isKey(key, '?')) return { state: { ...state, overlay: { kind: 'help', from: 0 } }, act: none };
  if (isKey(key, 'y')) return { state, act: { act: 'copy' } };
  if (isKey(key, 'escape')) return { state: wentBack(state), act: none };
  if (isKey(key, 'tab', 'right')) return { state: atTab(state, (state.tab + 1) % tabs), act: none };
  if (isKey(key, 'back-tab', 'left')) return { state: atTab(state, (state.tab + tabs - 1) % tabs), act: none };
  if (isKey(key, 'D')) return { state, act: { act: 'change', change: 'delete' } };
  if (isKey(key, 'E')) return { state, act: { act: 'change', change: 'edit' } };
  if (isKey(key, 'A')) return { state, act: { act: 'change', change: 'apply' } };
  const wanted = key.kind === 'character' ? Number.parseInt(key.text, 10) - 1 : -1;
  if (wanted >= 0 && wanted < tabs) return { state: atTab(state, wanted), act: none };
  return { state, act: none };
}

/** A view that somebody chose: there is nothing that it was opened from. */
export function atTab(state: FrameState, tab: number): FrameState {
  const { back: _, ...without } = state;
  return { ...without, tab };
}

/** A view that is opened from the one that is shown: the way back is kept. */
export function openedTab(state: FrameState, tab: number): FrameState {
  return tab === state.tab ? state : { ...state, tab, back: [...(state.back ?? []), state.tab] };
}

/** To the view that this one was opened from; nothing where there is none. */
export function wentBack(state: FrameState): FrameState {
  const { back = [] } = state;
  const tab = back.at(-1);
  return tab === undefined ? state : { ...state, tab, back: back.slice(0, -1) };
}

function typedInto(state: FrameState, prompt: Prompt, key: Key): FrameStep {
  const { prompt: _, ...without } = state;
  const { kind, text } = prompt;
  const typing = (next: string): FrameStep => ({
    state: { ...state, prompt: { ...prompt, text: next } },
    act: { act: 'typed', kind, text: next, done: false },
  });
  if (isKey(key, 'enter')) return { state: without, act: { act: 'typed', kind, text, done: true } };
  // What was typed is taken back, the filter that was there before included.
  if (isKey(key, 'escape')) return { state: without, act: { act: 'typed', kind, text: '', done: true } };
  if (state.overlay?.kind === 'question' && isKey(key, 'up', 'down', 'page-up', 'page-down'))
    return { state: { ...state, overlay: scrolled(state.overlay, key) }, act: { act: 'none' } };
  if (isKey(key, 'backspace', 'delete')) return typing([...text].slice(0, -1).join(''));
  if (isKey(key, 'ctrl-u')) return typing('');
  if (key.kind === 'key') return { state, act: { act: 'none' } };
  return typing(text + (key.kind === 'paste' ? oneLine(key.text) : key.text));
}

function withOverlay(state: FrameState, overlay: Overlay, key: Key): FrameState {
  const { overlay: _, ...without } = state;
  const scrolls = isKey(key, 'up', 'k', 'page-up', 'down', 'j', 'page-down', ' ');
  return overlay.kind === 'help' && scrolls ? { ...state, overlay: scrolled(overlay, key) } : without;
}

function scrolled<Long extends Exclude<Overlay, { readonly kind: 'name' }>>(overlay: Long, key: Key): Long {
  const step = isKey(key, 'up', 'k', 'down', 'j') ? 1 : 10;
  const from = isKey(key, 'up', 'k', 'page-up') ? overlay.from - step : overlay.from + step;
  return { ...overlay, from: Math.max(0, from) };
}
