import type { Context } from '../../../context.ts';
import type { WorkOutcome } from '../../../core/outcome/outcome.ts';
import { workFromBundle } from '../../../core/works/document.ts';
import type { WorkAddress } from '../../../core/works/work-address.ts';
import { workName, type ResourceBundle } from '../../../core/works/resource-bundle.ts';
import { MaestroError } from '../../../errors.ts';
import { acceptedOutcome } from '../../../operations/work-outcomes.ts';
import type { Reporter } from '../../../output/reporter.ts';
import { printOutcomes } from '../../../output/works-writer.ts';
import {
  preparedOf,
  readForChange,
  sendChange,
  serverText,
  withHint,
  type ChangeHost,
  type ChangeOptions,
} from './send-change.ts';
import { openDraft } from './work-draft.ts';
import { WorkEditor } from './work-editor.ts';
import { printWritten } from '../write/write-output.ts';

/**
 * Edits one work: reads it, opens the editor on it until the text is good,
 * shows what would change, and writes it once somebody has agreed. What was
 * edited is kept when it could not be sent.
 *
 * @returns what became of the work
 * @throws MaestroError when nothing is known to be sent: with the name of the kept text in its hint
 */
export async function editWork(
  address: WorkAddress,
  options: ChangeOptions,
  context: Context,
  { host, reporter }: { readonly host: ChangeHost; readonly reporter: Reporter },
): Promise<WorkOutcome> {
  const bundle = await readForChange(address, options, context, reporter);
  reporter.end();
  const editor = new WorkEditor(openDraft(bundle, serverText(options)), context);
  try {
    const work = await editor.edit();
    if (work === undefined) return unchanged(bundle, options, context, reporter);
    const keeping = (error: MaestroError): MaestroError => withHint(asOfEdit(error, bundle), editor.keep());
    let outcome: WorkOutcome;
    try {
      const prepared = { ...preparedOf(bundle, options), work };
      outcome = await sendChange(prepared, options, context, { host, reporter, as: { command: 'edit' } });
    } catch (caught) {
      throw keeping(MaestroError.from(caught));
    }
    // Without an operation nothing is known to be stored of it.
    if (outcome.error === undefined || outcome.operation !== undefined) return outcome;
    const error = keeping(outcome.error);
    return { ...outcome, error, message: error.message };
  } finally {
    editor.close();
  }
}

function unchanged(bundle: ResourceBundle, options: ChangeOptions, context: Context, reporter: Reporter): WorkOutcome {
  const work = workFromBundle(bundle);
  const { id, version } = bundle;
  const applied = {
    operation: 'unchanged',
    id,
    version,
    work,
    brought: work,
    removed: [],
    losses: [],
    sharedWith: [],
    stored: bundle,
  } as const;
  const outcome = acceptedOutcome(applied, bundle.consumerName);
  reporter.info(`${work.name}: the text was left as it was or empty, so nothing was sent`);
  const named = { name: work.name, consumer: bundle.consumerName, isOfOne: true };
  printWritten(named, { applied, outcome }, options.output, context.stdout);
  if (options.output === 'json') printOutcomes([outcome], context);
  return outcome;
}

/** Of another version that is stored by now, in the words of who edits. */
function asOfEdit(error: MaestroError, { version, consumerName, ...bundle }: ResourceBundle): MaestroError {
  const { latestVersion } = error;
  if (error.reason !== 'Conflict' || latestVersion === undefined || latestVersion === version) return error;
  const now = latestVersion === 0 ? 'it is not there any more' : `version ${latestVersion} is stored by now`;
  const name = workName({ ...bundle, version, consumerName });
  return new MaestroError('conflict', `${name} on ${consumerName}: you edited version ${version}, and ${now}`, {
    latestVersion,
    hint: 'Nothing was sent. Edit it again, and make the change in what is stored now.',
    cause: error,
  });
}
