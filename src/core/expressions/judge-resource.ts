import type { JsonObject } from '../json.ts';
import { maskText } from '../mask-secrets.ts';
import { isSecretKind } from '../secret-texts.ts';
import { entriesOf, findCondition, isAt, isTrueAt } from '../status/find-evidence.ts';
import { foldStatus } from '../status/fold.ts';
import { conditionType, type ResourceStatus } from '../status/work-status.ts';
import { manifestKey, manifestLabel } from '../works/manifest-work.ts';
import { allOf, anyOf, not } from './evidence.ts';
import type { Evidence, Judgement } from './evidence.ts';
import { compare, conditionInFeedback, resolve } from './feedback.ts';
import { formatTest } from './format.ts';
import { familiarCondition, matches, textOf, whyNothingCounts } from './judge-work.ts';
import { matchesSelector } from './selectors.ts';
import type { Comparison, ConditionTest, ResourceAtom } from './syntax-tree.ts';

/**
 * Judges a test of resources. The manifests of the bundle are asked, not the
 * entries of the status: a manifest that the agent has not reported is unknown.
 */
export function judgeResource(atom: ResourceAtom, evidence: Evidence): Judgement {
  if (evidence.gone) return { truth: 'unknown', seen: ['Maestro no longer has the work'] };
  const nothing = whyNothingCounts(foldStatus(evidence.bundle, evidence.atVersion));
  if (nothing !== undefined) return { truth: 'unknown', seen: [nothing] };
  const matched = evidence.bundle.manifests.filter((manifest) => matchesSelector(atom.selector, manifestKey(manifest)));
  if (matched.length === 0) return { truth: 'unknown', seen: ['no manifest of the work matches'] };
  const judgements = matched.map((manifest) => judgeManifest(manifest, atom, evidence));
  const truths = judgements.map(({ truth }) => truth);
  const truth = atom.quantifier === 'any' ? anyOf(truths) : allOf(truths);
  return { truth, seen: judgements.filter((one) => one.truth !== 'true').flatMap(({ seen }) => seen) };
}

function judgeManifest(manifest: JsonObject, atom: ResourceAtom, evidence: Evidence): Judgement {
  const label = manifestLabel(manifestKey(manifest));
  const { status } = evidence.bundle;
  const entries = status === undefined ? [] : entriesOf(manifest, status);
  const [first, ...others] = entries.map((entry) => judgeEntry(label, entry, atom, evidence));
  if (first === undefined) return { truth: 'unknown', seen: [`${label} has not been reported yet`] };
  // Two entries for one manifest cannot both be right unless they agree.
  return others.every(({ truth }) => truth === first.truth) ? first : { ...first, truth: 'unknown' };
}

function judgeEntry(label: string, entry: ResourceStatus, { test }: ResourceAtom, evidence: Evidence): Judgement {
  if (test.kind === 'comparison') return judgeComparison(label, entry, test, evidence);
  const judgement = judgeCondition(label, entry, test, evidence);
  return test.negated ? { ...judgement, truth: not(judgement.truth) } : judgement;
}

/** The manifest's own conditions come first, feedback only for a condition that it does not have. */
function judgeCondition(label: string, entry: ResourceStatus, test: ConditionTest, evidence: Evidence): Judgement {
  const { atVersion } = evidence;
  const condition = familiarCondition(entry.conditions, test.type, atVersion);
  const isApplied = isTrueAt(findCondition(entry.conditions, conditionType.applied, atVersion), atVersion);
  if (condition !== undefined) {
    const counts = condition.observedGeneration === undefined ? isApplied : isAt(condition, atVersion);
    const seen = counts
      ? textOf(label, condition)
      : `${label} ${condition.type}=${condition.status} is not proved to be about version ${atVersion}`;
    return { truth: counts ? matches(condition.status, test.status) : 'unknown', seen: [seen] };
  }
  if (test.type === conditionType.applied) return { truth: 'unknown', seen: [`${label} has no Applied condition`] };
  const without = whyFeedbackDoesNotCount(label, entry, isApplied, evidence);
  if (without !== undefined) return { truth: 'unknown', seen: [without] };
  const status = conditionInFeedback(entry.feedback, entry.resourceMeta.kind, test.type);
  const seen =
    status === undefined ? `${label} shows no ${test.type} yet` : `${label} ${test.type}=${status} in its feedback`;
  return { truth: matches(status, test.status), seen: [seen] };
}

function judgeComparison(label: string, entry: ResourceStatus, test: Comparison, evidence: Evidence): Judgement {
  const { atVersion } = evidence;
  const isApplied = isTrueAt(findCondition(entry.conditions, conditionType.applied, atVersion), atVersion);
  const without = whyFeedbackDoesNotCount(label, entry, isApplied, evidence);
  if (without !== undefined) return { truth: 'unknown', seen: [without] };
  const actual = resolve(entry.feedback, test.path);
  if (actual === undefined) return { truth: 'unknown', seen: [`${label} shows no value for ${formatTest(test)} yet`] };
  // A rule may ask for any path of an object, the data of a Secret included, and what is seen is printed.
  const shown = isSecretKind(entry.resourceMeta.kind) ? maskText : shorten(JSON.stringify(actual));
  return { truth: compare(actual, test), seen: [`${label} shows ${shown} for ${formatTest(test)}`] };
}

/** Feedback carries no version, so it needs the object to be applied at the version and the caller's consent. */
function whyFeedbackDoesNotCount(
  label: string,
  entry: ResourceStatus,
  isApplied: boolean,
  evidence: Evidence,
): string | undefined {
  if (!isApplied) return `${label} is not applied at version ${evidence.atVersion} yet`;
  if (entry.feedback.length === 0) return `${label} has no feedback yet`;
  return evidence.feedbackCounts(entry.resourceMeta)
    ? undefined
    : `the feedback of ${label} may still be that of the version before`;
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
