import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { WorkOutcome } from '../../core/outcome/outcome.ts';
import type { Deleted } from '../../operations/delete/delete-work.ts';
import { lossTexts, removedText } from '../../operations/delete/outcomes.ts';
import { isOnOneConsumer } from '../../core/works/work-address.ts';
import { nameLine, workLine } from '../../output/outcome.ts';
import type { Reporter } from '../../output/reporter.ts';
import type { DeleteOptions } from './options.ts';

/** Tells what becomes of works on standard output, in the form that the options want. */
export interface DeleteOutput {
  /** @param consumer as the command names it */
  deleted(deleted: Deleted, consumer: string): void;
  /** The agent has let go of the objects, and the work is still there. */
  orphaned(bundle: ResourceBundle): void;
  /** @param last what was read of the work last */
  gone(outcome: WorkOutcome, last: ResourceBundle | undefined): void;
}

/** @param stdout standard output, around a line of progress where there is one */
export function deleteOutput(
  { output, fleet, dryRun, addresses }: DeleteOptions,
  stdout: { write(text: string): void },
  reporter: Pick<Reporter, 'warn' | 'warnAlways'>,
): DeleteOutput {
  // Where the command line does not say the one consumer, each line does.
  const isOfOne = fleet === undefined && isOnOneConsumer(addresses);
  const say = (name: string, text: string, consumer: string): void => {
    if (output === 'text')
      stdout.write(`${workLine(name)} ${text}${isOfOne || consumer === '' ? '' : ` on ${consumer}`}\n`);
    else if (output === 'name') stdout.write(nameLine(name, consumer, isOfOne));
  };
  // Losses stand on standard output where a person reads it, and beside it where that holds names alone: with --quiet
  // too, because nothing else tells them then.
  const sayLosses = (name: string, losses: Parameters<typeof lossTexts>[0], consumer: string): void => {
    for (const text of lossTexts(losses, dryRun)) {
      if (output === 'text') say(name, text, consumer);
      else if (output === 'name') reporter.warnAlways(`${name}: ${text}`);
      else reporter.warn(`${name}: ${text}`);
    }
  };
  return {
    deleted: (deleted, consumer) => {
      if (deleted.action === 'absent') {
        // With many consumers it is usual that most do not have the work, so no line is lost on them.
        if (fleet === undefined) say(deleted.name || deleted.id, 'not found, nothing to delete', consumer);
        return;
      }
      const name = workName(deleted.bundle);
      const where = deleted.bundle.consumerName;
      say(name, textOf(deleted), where);
      if ('losses' in deleted) sayLosses(name, deleted.losses, where);
    },
    // Beside text, the name is told once, with the deletion.
    orphaned: (bundle) => {
      if (output === 'text')
        say(
          workName(bundle),
          `its objects stay on the cluster (orphaned at version ${bundle.version})`,
          bundle.consumerName,
        );
    },
    gone: (outcome, last) => {
      if (output === 'text') say(outcome.manifestWorkName, removedText(last), outcome.consumer);
    },
  };
}

function textOf(deleted: Exclude<Deleted, { readonly action: 'absent' }>): string {
  switch (deleted.action) {
    case 'holds-none':
      return 'has none of these manifests, nothing to delete';
    case 'underway':
      return `is being deleted since ${deleted.bundle.deletedAt}; not asked again`;
    case 'requested':
      return 'deletion requested';
    case 'predicted':
      return `${deleted.what} (dry run, nothing sent)`;
    case 'reduced': {
      const { applied, labels } = deleted;
      const verb = applied.operation === 'unchanged' ? 'is' : 'updated';
      return `${verb} without ${labels.join(', ')} (version ${applied.version})`;
    }
  }
}
