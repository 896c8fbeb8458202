import { formatAge } from '../../../core/duration.ts';
import { oneLine, shownJson } from '../../../core/shown-text.ts';
import { versionsText } from '../../../core/status/reported-text.ts';
import { shownState } from '../../../core/status/shown-state.ts';
import type { Condition } from '../../../core/status/work-status.ts';
import { toWireJson } from '../../../core/json.ts';
import type { Description, ResourceDescription } from '../../shared/one-work/description.ts';
import type { OpenedWork, WorkPicture } from '../data/opened-work.ts';
import { isKey } from '../frame/key.ts';
import { firstSeen, seenAfter } from '../frame/scroll.ts';
import type { GatherDeps, Place, Subject, View } from '../frame/view.ts';
import { line, span, widthOf, wrapText, type Line, type Tone } from '../screen/line.ts';

/** Where somebody is in the text of a work. */
export interface WorkViewState {
  /** The first line on the screen. */
  readonly from: number;
}

/** What can be asked of the view from outside. */
export interface WorkViewHost {
  /** Compares the work that is open with a file, and has the picture drawn when that is done. */
  readonly compare: (path: string) => void;
}

/** One work: what `describe` tells of it, as it changes, and what a file would make of it. */
export function workView(
  gather: (deps: GatherDeps) => OpenedWork,
  host: WorkViewHost,
): View<WorkViewState, OpenedWork> {
  return {
    name: 'work',
    title: 'Work',
    keys: [
      { key: 'd', about: 'diff against a file' },
      { key: 'esc', about: 'back, or take the diff away' },
      { key: 'up/down, j/k', about: 'one line; page-up, page-down and space a page, g and G to the ends' },
    ],
    start: { from: 0 },
    gather,
    onKey: (state, key, opened, place) => {
      const { picture } = opened;
      const rows = bodyRows(picture, place);
      const from = seenAfter(state.from, key, { lines: textOf(picture, place).length, rows });
      if (from !== undefined) return { state: { from } };
      if (isKey(key, 'd') && picture !== undefined)
        return { state, wish: { wish: 'type', kind: 'path', label: 'diff against file: ', text: '' } };
      if (isKey(key, 'escape') && picture?.comparison !== undefined) {
        opened.compared(undefined);
        return { state: { from: 0 } };
      }
      return undefined;
    },
    onTyped: (state, { text, done }) => {
      if (!done || text.trim() === '') return { state };
      host.compare(text.trim());
      return { state: { from: 0 } };
    },
    picture: (state, opened, place) => {
      const { picture } = opened;
      if (picture === undefined) return [line('no work is open: choose one in the view of works, and press enter')];
      const text = textOf(picture, place);
      const rows = bodyRows(picture, place);
      const from = firstSeen(state.from, { lines: text.length, rows });
      return [...headOf(picture, place), ...text.slice(from, from + rows)];
    },
    subject: (_state, { picture }): Subject | undefined =>
      picture === undefined
        ? undefined
        : { name: picture.pointer.name, consumer: picture.pointer.consumer, work: picture.pointer },
  };
}

function bodyRows(picture: WorkPicture | undefined, place: Place): number {
  return Math.max(1, place.rows - (picture === undefined ? 0 : headOf(picture, place).length));
}

/** Which work it is, whole: on two lines where one is too short. */
function nameLines({ name, consumer }: WorkPicture['pointer'], columns: number): readonly Line[] {
  const where = [span('on '), span(consumer, 'place')];
  const whole = line(span(name, 'strong'), ' ', ...where);
  return widthOf(whole) <= columns ? [whole] : [line(span(name, 'strong')), line(...where)];
}

/** What is always to be seen: which work, and where it is by now. */
function headOf({ pointer, bundle, isGone, error }: WorkPicture, { columns, wallMs }: Place): readonly Line[] {
  const name = nameLines(pointer, columns);
  if (isGone)
    return [...name, line(span('Maestro does not have this work any more; below is what was last read', 'warn'))];
  if (bundle === undefined)
    return [...name, line(error === undefined ? 'reading …' : span(`cannot be read: ${error.message}`, 'bad'))];
  const state = shownState(bundle, wallMs);
  const trouble = error === undefined ? [] : [span(` · cannot be read now: ${error.message}`, 'bad')];
  const versions = ` · version ${versionsText(bundle.status?.observedVersion, bundle.version)} observed/stored`;
  return [...name, line(span(state, { state }), versions, ...trouble)];
}

/** All of it, as many lines as it takes. */
function textOf(picture: WorkPicture | undefined, { columns, wallMs }: Place): readonly Line[] {
  if (picture === undefined) return [];
  const compared = comparisonLines(picture, columns);
  if (compared !== undefined) return compared;
  const { description, changes } = picture;
  if (description === undefined) return [];
  const flow = (text: string, tone: Tone = 'plain', indent = 2): readonly Line[] =>
    wrapText(text, columns - indent).map((part) => line(' '.repeat(indent), span(part, tone)));
  const heading = (text: string): Line => line(span(text, 'strong'));
  return [
    ...flow(description.summary, 'plain', 0),
    ...description.notes.flatMap((note) => flow(note, 'warn', 0)),
    ...(changes.length === 0 ? [] : [heading('Seen while open')]),
    ...changes.flatMap(({ wallMs: seenMs, text }) => flow(`${formatAge(wallMs - seenMs).padStart(5)} ago  ${text}`)),
    heading('Conditions'),
    ...description.conditions.flatMap((condition) => flow(conditionText(condition, wallMs), toneOf(condition))),
    ...(description.conditions.length === 0 ? flow('none reported') : []),
    heading(`Resources (${description.resources.length})`),
    ...description.resources.flatMap((resource) => resourceLines(resource, flow, wallMs)),
    ...description.formerResources.flatMap((label) => flow(`${label}  reported, and not in the stored version`)),
    ...detailLines(description, flow, heading),
  ];
}

type Flow = (text: string, tone?: Tone, indent?: number) => readonly Line[];

function resourceLines(resource: ResourceDescription, flow: Flow, wallMs: number): readonly Line[] {
  const manager = resource.manager === undefined ? '' : `  managed by ${resource.manager}`;
  return [
    ...flow(`${resource.resource}${manager}${resource.reported ? '' : '  not reported yet'}`, 'place'),
    ...resource.conditions.flatMap((condition) => flow(conditionText(condition, wallMs), toneOf(condition), 4)),
    ...resource.feedback.flatMap(({ name, value }) => flow(`${name}: ${shownJson(toWireJson(value))}`, 'plain', 4)),
    ...resource.configs.flatMap((text) => flow(text, 'dim', 4)),
  ];
}

function detailLines(description: Description, flow: Flow, heading: (text: string) => Line): readonly Line[] {
  const {
    managers = {},
    labels,
    annotations,
    source,
    id,
    deletePolicy,
    createdAt,
    updatedAt,
    lastReport,
  } = description;
  const pairs = (map: Readonly<Record<string, string>>): readonly Line[] =>
    Object.entries(map).flatMap(([key, value]) => flow(`${key}: ${value}`));
  return [
    ...(Object.keys(managers).length === 0 ? [] : [heading('Managers')]),
    ...Object.entries(managers).flatMap(([manager, resources]) => flow(`${manager}: ${resources.join(', ')}`)),
    ...(Object.keys(labels).length === 0 ? [] : [heading('Labels')]),
    ...pairs(labels),
    ...(Object.keys(annotations).length === 0 ? [] : [heading('Annotations')]),
    ...pairs(annotations),
    heading('Work'),
    ...flow(`id: ${id}`),
    ...flow(`source: ${source}`),
    ...flow(`created ${createdAt}, changed ${updatedAt}, last report ${lastReport ?? 'never'}`),
    ...flow(`on deletion: ${deletePolicy}`),
    ...flow(`on the cluster: ManifestWork ${description.onCluster.manifestWork}`),
  ];
}

function conditionText({ type, status, reason, message, lastTransitionTime }: Condition, wallMs: number): string {
  const sinceMs = Date.parse(lastTransitionTime ?? '');
  const age = Number.isNaN(sinceMs) ? '' : ` for ${formatAge(wallMs - sinceMs)}`;
  const because = reason === '' ? '' : ` (${reason})`;
  return oneLine(`${type}=${status}${because}${age}${message === '' ? '' : `: ${message}`}`);
}

function toneOf({ status }: Condition): Tone {
  return status === 'True' ? 'plain' : status === 'False' ? 'bad' : 'warn';
}

/** What a file would change, as `diff` tells it. */
function comparisonLines({ comparison }: WorkPicture, columns: number): readonly Line[] | undefined {
  if (comparison === undefined) return undefined;
  const wrapped = (text: string, tone: Tone): readonly Line[] =>
    wrapText(text, columns).map((part) => line(span(part, tone)));
  if ('error' in comparison)
    return [...wrapped(`no diff against ${comparison.path}`, 'strong'), ...wrapped(comparison.error.message, 'bad')];
  const { path, version, changes } = comparison;
  const heading = `what ${path} would change of version ${version}${changes.length === 0 ? ': nothing' : ''}`;
  return [...wrapped(heading, 'strong'), ...changes.flatMap(({ diff }) => diffLines(diff, columns))];
}

/** A unified diff, with a tone for each line; a line that is too long goes on in the next one. */
export function diffLines(diff: string, columns: number): readonly Line[] {
  return diff
    .replace(/\n$/, '')
    .split('\n')
    .flatMap((text, index) => wrapText(text, columns).map((part) => line(span(part, toneOfDiff(text, index)))));
}

/** Names stand in the first two lines only: a line that was removed may begin with two hyphens, too. */
function toneOfDiff(text: string, index: number): Tone {
  if (index < 2) return 'strong';
  if (text.startsWith('@@')) return 'place';
  return text.startsWith('+') ? 'added' : text.startsWith('-') ? 'removed' : 'plain';
}
