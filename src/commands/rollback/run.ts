import type { CommandResult } from '../../command-line/command-spec.ts';
import { refuseWithoutTerminal } from '../../command-line/confirm.ts';
import type { Context } from '../../context.ts';
import type { KeptVersion } from '../../core/history/kept-version.ts';
import { restoreSecrets, type RefusedSecret } from '../../core/history/without-secrets.ts';
import { listed } from '../../core/text.ts';
import { workFromBundle } from '../../core/works/document.ts';
import type { ManifestWork } from '../../core/works/manifest-work.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import type { HistoryKey } from '../../io/history-files.ts';
import { openReporter, type Reporter } from '../../output/reporter.ts';
import { historyKey } from '../shared/history/keep-history.ts';
import { keptVersion, keptVersionsOf, whatThereIs } from '../shared/history/kept-versions.ts';
import { preparedOf, readForChange, sendChange, terminalHost } from '../shared/change/send-change.ts';
import type { RollbackOptions } from './options.ts';

/** Writes a kept version of one work again, when somebody agrees. */
export async function run(options: RollbackOptions, context: Context): Promise<CommandResult> {
  if (!options.yes && options.dryRun === undefined) refuseWithoutTerminal(context);
  const reporter = openReporter(context.stderr, options.log, context.env, context.clock);
  const bundle = await readForChange(options.address, options, context, reporter);
  const key = historyKey(options, { consumer: bundle.consumerName, name: workName(bundle) });
  const kept = chosenVersion(bundle, key, options, { context, reporter });
  const work = await restored(kept, bundle, options, reporter);
  reporter.info(
    `${key.name} on ${key.consumer}: from version ${bundle.version} back to what version ${kept.version} held`,
  );
  const prepared = { ...preparedOf(bundle, options), work };
  const outcome = await sendChange(prepared, options, context, {
    host: terminalHost(options, context, reporter),
    reporter,
    as: { command: 'rollback', rolledBackTo: kept.version },
  });
  return { outcome: { works: [outcome] } };
}

/** @throws MaestroError not-found with what there is */
function chosenVersion(
  stored: ResourceBundle,
  key: HistoryKey,
  { to }: Pick<RollbackOptions, 'to'>,
  { context, reporter }: { readonly context: Context; readonly reporter: Reporter },
): KeptVersion {
  const kept = keptVersionsOf(key, stored, context, reporter);
  if (to !== undefined) return keptVersion(kept, to, key);
  const before = kept.versions.filter(({ version }) => version < stored.version).at(-1);
  if (before !== undefined) return before;
  throw new MaestroError(
    'not-found',
    `no version of ${key.name} on ${key.consumer} before ${stored.version}, which is stored, is kept`,
    { hint: whatThereIs(kept) },
  );
}

/** @throws MaestroError not-found for Secrets whose values of then nobody knows */
async function restored(
  kept: KeptVersion,
  bundle: ResourceBundle,
  { keepSecretsOfNow }: RollbackOptions,
  reporter: Reporter,
): Promise<ManifestWork> {
  const { work, asNow, refused } = await restoreSecrets(kept, workFromBundle(bundle), keepSecretsOfNow);
  const on = `${workName(bundle)} on ${bundle.consumerName}`;
  if (refused.length > 0) {
    const isGone = refused.some(({ why }) => why === 'gone');
    throw new MaestroError(
      'not-found',
      `${on}: what version ${kept.version} held of ${listed(refused.map(refusedText), refused.length, ', and of ')}`,
      {
        hint: `Nothing was sent. Values of Secrets are not kept. ${
          isGone
            ? `maestro-cli history prints version ${kept.version}; fill them in and apply that.`
            : '--keep-secrets-of-now leaves them as they are stored now.'
        }`,
      },
    );
  }
  for (const subject of new Set(asNow))
    reporter.warn(`${on}: ${subject} stays as it is stored now: its values at version ${kept.version} are not known`);
  return { ...work, name: workName(bundle) };
}

function refusedText({ subject, why }: RefusedSecret): string {
  return why === 'gone'
    ? `${subject} is not known, and nothing of it is stored now`
    : `${subject} is not known: other values are stored now`;
}
