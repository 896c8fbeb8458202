import { isJsonObject } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import type { FeedbackData } from '../../core/status/work-status.ts';
import { manifestKey } from '../../core/works/manifest-work.ts';
import type { AgentBehaviour } from '../options.ts';
import { likePattern } from '../search/compile.ts';

/** What the agent is told to do with one manifest. */
export interface ManifestRules {
  /** Refuse it with this message. */
  readonly fail?: string;
  readonly unavailable: boolean;
  /** Available only so long after it was first applied. */
  readonly availableAfterMs: number;
  /** Feedback values by name, before the simulated ones. */
  readonly feedback: Readonly<Record<string, FeedbackData>>;
  /** Plural name of a kind that the cluster would not know otherwise. */
  readonly resource?: string;
}

/** Annotations on a manifest that steer the agent: fail, delay, unavailable, feedback, resource. */
export const steeringPrefix = 'dev.maestro-cli.hyperfleet.io/';

const toldToFail = 'admission webhook "stand-in" denied the request: told to fail';

export function rulesFor(manifest: JsonObject, behaviour: AgentBehaviour): ManifestRules {
  const matching = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => matchesManifest(pattern, manifest));
  const told = steering(manifest);
  const fail = told('fail') ?? (matching(behaviour.failManifests) ? toldToFail : undefined);
  const resource = told('resource');
  const feedback: Record<string, FeedbackData> = {};
  for (const [pattern, values] of Object.entries(behaviour.feedback)) {
    if (matchesManifest(pattern, manifest)) Object.assign(feedback, values);
  }
  return {
    ...(fail === undefined ? {} : { fail }),
    unavailable: told('unavailable') === 'true' || matching(behaviour.unavailableManifests),
    availableAfterMs: durationMs(told('delay') ?? ''),
    feedback: { ...feedback, ...feedbackAnnotation(told('feedback')) },
    ...(resource === undefined ? {} : { resource }),
  };
}

/** `Kind[.group]/[namespace/]name`; `*` is any text, a pattern without a group or namespace fits any. */
export function matchesManifest(pattern: string, manifest: JsonObject): boolean {
  const { group, kind, namespace, name } = manifestKey(manifest);
  const [kindPattern = '*', ...place] = pattern.split('/');
  const dot = kindPattern.indexOf('.');
  const kindFits = glob(dot < 0 ? kindPattern : kindPattern.slice(0, dot), kind);
  const groupFits = dot < 0 || glob(kindPattern.slice(dot + 1), group);
  const nameFits = glob(place.at(-1) ?? '*', name);
  const namespaceFits = place.length < 2 || glob(place[0] ?? '*', namespace);
  return kindFits && groupFits && nameFits && namespaceFits;
}

function glob(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');
  return likePattern(escaped, false).test(text);
}

function steering(manifest: JsonObject): (name: string) => string | undefined {
  const metadata = manifest['metadata'];
  const annotations = isJsonObject(metadata) ? metadata['annotations'] : undefined;
  return (name) => {
    const value = isJsonObject(annotations) ? annotations[`${steeringPrefix}${name}`] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
}

function feedbackAnnotation(text: string | undefined): Record<string, FeedbackData> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, FeedbackData>)
      : {};
  } catch {
    return {};
  }
}

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** `2s`, `1m30s`, `150ms`; anything else is no delay. */
function durationMs(text: string): number {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return 0;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * unitMs[unit as keyof typeof unitMs];
  }
  return total;
}
