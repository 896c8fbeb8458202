import { formatAge } from '../../core/duration.ts';
import { toWireJson, type JsonValue } from '../../core/json.ts';
import { oneLine, shownJson } from '../../core/shown-text.ts';
import { findCondition } from '../../core/status/find-evidence.ts';
import { conditionType, type Condition } from '../../core/status/work-status.ts';
import { cutToWidth } from '../../output/one-line.ts';
import type { Cell, Column } from '../../output/table.ts';
import type { ResourceDescription } from '../shared/one-work/description.ts';
import { section, tableLines, type Page } from './page.ts';

/** More rows than this leave no room for the rest of a screen. */
const shownResources = 12;
/** And more lines of feedback than this. */
const shownFeedback = 10;

/** What of the resources did not fit the screen. */
export interface Left {
  readonly lines: readonly string[];
  readonly left: readonly string[];
}

/** The resources as a table with a line each; those that block first where there are too many. */
export function resourceTable(resources: readonly ResourceDescription[], version: number, page: Page): Left {
  const shown =
    resources.length <= shownResources
      ? resources
      : resources.toSorted((one, other) => urgency(one) - urgency(other)).slice(0, shownResources);
  const managed = resources.some(({ manager }) => manager !== undefined);
  const columns: readonly (Column & { readonly cell: (resource: ResourceDescription) => Cell })[] = [
    { header: 'RESOURCE', rank: 0, cell: ({ resource }) => resource },
    { header: 'APPLIED', rank: 1, cell: (one) => verdict(one, conditionType.applied, version, page) },
    { header: 'AVAILABLE', rank: 2, cell: (one) => verdict(one, conditionType.available, version, page) },
    { header: 'AGE', rank: 4, cell: (one) => age(deciding(one), page.wallMs) },
    ...(managed ? [{ header: 'MANAGER', rank: 5, cell: ({ manager = '-' }: ResourceDescription) => manager }] : []),
    { header: 'MESSAGE', rank: 3, text: true, cell: (one) => message(one) },
  ];
  const rows = shown.map((resource) => columns.map(({ cell }) => cell(resource)));
  const more = resources.length - shown.length;
  return {
    lines: section('Resources', tableLines(columns, rows, page), page),
    left: more === 0 ? [] : [`${more} more resources`],
  };
}

/** Values of feedback, one a line; objects and lists as JSON, cut where the terminal ends. */
export function feedbackTable(resources: readonly ResourceDescription[], page: Page): Left {
  const lines = resources.flatMap(({ resource, feedback }) =>
    feedback.length === 0
      ? []
      : [
          `  ${oneLine(resource)}`,
          ...feedback.map(({ name, value }) =>
            cutToWidth(`    ${oneLine(name)}: ${valueText(value as JsonValue)}`, page.columns),
          ),
        ],
  );
  const shown = lines.slice(0, shownFeedback);
  return {
    lines: section('Feedback', shown, page),
    left: lines.length === shown.length ? [] : [`${lines.length - shown.length} more lines of feedback`],
  };
}

/** Everything of each resource. */
export function resourceBlocks(resources: readonly ResourceDescription[], page: Page): readonly string[] {
  return section(
    'Resources',
    resources.flatMap((resource) => blockOf(resource, page)),
    page,
  );
}

/** Conditions with a line each, below their work or resource. */
export function conditionTable(
  conditions: readonly Condition[],
  page: Page,
  {
    indent = '  ',
    version,
  }: {
    readonly indent?: string;
    /** Where all are about this version, there is no column for it. */
    readonly version?: number;
  } = {},
): readonly string[] {
  if (conditions.length === 0) return [];
  const current = conditions.every(({ observedGeneration: at }) => at === undefined || at === version);
  const ofVersion = { header: 'VERSION', rank: 4, cell: (one: Condition) => `${one.observedGeneration ?? '-'}` };
  const columns: readonly (Column & { readonly cell: (condition: Condition) => Cell })[] = [
    { header: 'TYPE', rank: 0, cell: ({ type }) => type },
    { header: 'STATUS', rank: 1, cell: ({ status }) => statusCell(status, status, page) },
    ...(current ? [] : [ofVersion]),
    { header: 'AGE', rank: 3, cell: (one) => age(one, page.wallMs) },
    { header: 'REASON', rank: 2, cell: ({ reason }) => (reason === '' ? '-' : reason) },
    { header: 'MESSAGE', rank: 5, text: true, cell: ({ message: text }) => text },
  ];
  const rows = conditions.map((condition) => columns.map(({ cell }) => cell(condition)));
  return tableLines(columns, rows, page, indent);
}

function blockOf(resource: ResourceDescription, page: Page): readonly string[] {
  const manager = resource.manager === undefined ? '' : ` (managed by ${resource.manager})`;
  return [
    `  ${oneLine(`${resource.resource}${manager}`)}`,
    ...resource.configs.map((config) => `    Config: ${oneLine(config)}`),
    ...(resource.reported
      ? conditionTable(resource.conditions, page, { indent: '    ' })
      : ['    the agent has reported nothing of it']),
    ...(resource.feedback.length === 0 ? [] : ['    Feedback:']),
    ...resource.feedback.flatMap(({ name, value }) => feedbackLines(name, value as JsonValue)),
  ];
}

/** Objects and lists are decoded and indented, since that is where the reason usually stands. */
function feedbackLines(name: string, value: JsonValue): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`      ${oneLine(name)}: ${oneLine(String(value))}`];
  return [
    `      ${oneLine(name)}:`,
    ...shownJson(toWireJson(value, 2))
      .split('\n')
      .map((line) => `        ${line}`),
  ];
}

function valueText(value: JsonValue): string {
  return typeof value === 'object' && value !== null ? shownJson(toWireJson(value)) : oneLine(String(value));
}

const summed: readonly string[] = [conditionType.applied, conditionType.available];

/** True stands only for the stored version: what an earlier one was is told with its number. */
function verdict({ conditions, reported }: ResourceDescription, type: string, version: number, page: Page): Cell {
  const condition = findCondition(conditions, type, version);
  if (!reported || condition === undefined) return '-';
  const { status, observedGeneration: at = version } = condition;
  return statusCell(status, at < version ? `${status} (of ${at})` : status, page);
}

function statusCell(status: Condition['status'], text: string, { palette }: Page): Cell {
  if (status === 'True') return text;
  return { text, paint: status === 'False' ? palette.fail : palette.warn };
}

/** What the agent denied comes first, of whatever version; then what is not proved at the stored one. */
function urgency({ conditions, state }: ResourceDescription): number {
  if (conditions.some(({ type, status }) => summed.includes(type) && status !== 'True')) return 0;
  return state === 'Available' ? 2 : 1;
}

/** The condition that says most: what is not well, Applied before Available before the rest; else Available. */
function deciding({ conditions }: ResourceDescription): Condition | undefined {
  const ordered = [...summed.flatMap((type) => conditions.filter((one) => one.type === type)), ...conditions];
  return (
    ordered.find(({ status }) => status !== 'True') ?? ordered.find(({ type }) => type === summed[1]) ?? ordered[0]
  );
}

function message(resource: ResourceDescription): string {
  if (!resource.reported) return 'the agent has reported nothing of it';
  const condition = deciding(resource);
  if (condition === undefined || condition.status === 'True') return '';
  const { type, reason } = condition;
  const what = [summed.includes(type) ? '' : type, reason].filter((part) => part !== '').join(' ');
  return [what, condition.message].filter((part) => part !== '').join(': ');
}

function age(condition: Condition | undefined, wallMs: number): string {
  return condition?.lastTransitionTime === undefined
    ? '-'
    : formatAge(wallMs - Date.parse(condition.lastTransitionTime));
}
