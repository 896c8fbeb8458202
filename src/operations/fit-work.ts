import { checkJobs } from '../core/works/check-jobs.ts';
import type { ManifestWork } from '../core/works/manifest-work.ts';
import { dnsLabelProblems, dnsSubdomainProblems } from '../core/works/names.ts';
import { problemText, type Problem } from '../core/works/problem.ts';
import { manifestsPath, validateWork } from '../core/works/validate.ts';
import { workOf, type ManifestWorkInput } from '../core/works/work-input.ts';
import { MaestroError } from '../errors.ts';

/**
 * Works that were found fit. A command checks works when it reads them, so that
 * it can name the places in its files; they need not be checked again when they
 * are sent. Only objects that no caller holds are remembered: those of a program
 * may change from call to call.
 */
const fit = new WeakSet<ManifestWork>();

/** What is wrong with a work that a command has read, and what only looks so. */
export function problemsOfRead(work: ManifestWork): readonly Problem[] {
  const problems = [...validateWork(work), ...checkJobs(work.manifests, work.manifestConfigs, manifestsPath)];
  if (problems.every(({ severity }) => severity !== 'error')) fit.add(work);
  return problems;
}

/** For a work that is made of what is stored: it is not ours to judge. */
export function takenAsStored(work: ManifestWork): ManifestWork {
  fit.add(work);
  return work;
}

/**
 * The work as it may be sent to the consumer. Every apply passes here, whoever
 * asks for it; what a program hands in becomes plain JSON here.
 *
 * @param bringsNothing the write only takes something out, so an empty list of manifests is right
 * @throws MaestroError invalid-input for a work that is not valid, holds nothing, or names another cluster;
 *   usage for a consumer that cannot be
 */
export function fitWork(given: ManifestWorkInput, consumer: string, bringsNothing = false): ManifestWork {
  checkConsumerName(consumer);
  const work = isFit(given) ? given : workOf(given);
  refuseElsewhere(work, consumer);
  if (fit.has(work) || (bringsNothing && work.manifests.length === 0)) return work;
  const errors = validateWork(work).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw invalid(errors.map((problem) => problemText(problem)).join('; '));
  fit.add(work);
  return work;
}

/**
 * The namespace of a ManifestWork is its consumer.
 *
 * @throws MaestroError invalid-input when it names another one
 */
export function refuseElsewhere({ name, namespace }: Pick<ManifestWork, 'name' | 'namespace'>, consumer: string): void {
  if (namespace === undefined || namespace === consumer) return;
  throw new MaestroError(
    'invalid-input',
    `${name} says metadata.namespace: ${namespace}, which contradicts the consumer ${consumer}`,
    {
      hint: 'Nothing was sent. The namespace of a ManifestWork is its consumer; drop one of the two.',
    },
  );
}

/** @throws MaestroError usage */
export function checkConsumerName(consumer: unknown): void {
  if (typeof consumer === 'string' && dnsLabelProblems(consumer).length === 0) return;
  throw new MaestroError(
    'usage',
    `${JSON.stringify(consumer) ?? 'undefined'} is no consumer name: it must be a DNS label`,
  );
}

/**
 * The name of a work that is to be deleted. Works of other tools may have dots in their names.
 *
 * @throws MaestroError usage
 */
export function checkWorkName(name: unknown): void {
  if (typeof name === 'string' && dnsSubdomainProblems(name).length === 0) return;
  throw new MaestroError(
    'usage',
    `${JSON.stringify(name) ?? 'undefined'} is no name of a work: it must be a DNS label`,
    {
      hint: {
        program: 'Nothing was deleted.',
        command: 'Nothing was deleted. A work of any name is named by its --id.',
      },
    },
  );
}

/**
 * The first look at a work that a program hands in among many: whether it has the parts of one.
 *
 * @throws MaestroError invalid-input
 */
export function checkParts(given: ManifestWorkInput): void {
  if (!isFit(given)) workOf(given);
}

function isFit(given: ManifestWorkInput): given is ManifestWork {
  return fit.has(given as ManifestWork);
}

function invalid(message: string, hint = 'Nothing was sent.'): MaestroError {
  return new MaestroError('invalid-input', message, { hint });
}
