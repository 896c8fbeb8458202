import type { ConnectionOptions } from '../../command-line/connection-options.ts';
import type { Context, Maestro } from '../../context.ts';
import { createBudget, type Budget, type BudgetSource } from '../../operations/budget.ts';
import { openReporter, type Reporter } from '../../output/reporter.ts';

/** What a run needs of the world to talk to Maestro. */
export type MaestroContext = BudgetSource & Pick<Context, 'connect' | 'stderr' | 'env'>;

/** What a command has while it talks to Maestro. */
export interface MaestroSession {
  readonly maestro: Maestro;
  /** The time of the whole run; it begins when the session is opened. */
  readonly budget: Budget;
  readonly reporter: Reporter;
  /** Has something closed at the end, before Maestro is, and gives it back; what was opened last goes first. */
  readonly closeAtEnd: <T extends Closable>(opened: T) => T;
}

interface Closable {
  close(): Promise<void>;
}

/**
 * Opens Maestro for one command, and closes all that was opened, whatever happens.
 *
 * @param reporter of a command that had to say something before
 */
export async function withMaestro<T>(
  options: Pick<ConnectionOptions, 'settings' | 'timeoutMs' | 'log'>,
  context: MaestroContext,
  use: (session: MaestroSession) => Promise<T>,
  reporter?: Reporter,
): Promise<T> {
  const used = reporter ?? openReporter(context.stderr, options.log, context.env, context.clock);
  const budget = createBudget(options.timeoutMs, context);
  const maestro = await context.connect(options.settings);
  const opened = new AsyncDisposableStack();
  opened.defer(() => maestro.close());
  try {
    return await use({
      maestro,
      budget,
      reporter: used,
      closeAtEnd: (one) => opened.adopt(one, () => one.close()),
    });
  } finally {
    used.end();
    await opened.disposeAsync();
  }
}
