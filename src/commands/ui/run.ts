import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { MaestroError } from '../../errors.ts';
import { openPalette } from '../../output/colour.ts';
import { withMaestro } from '../shared/with-maestro.ts';
import type { UiOptions } from './options.ts';
import { loadYogaOnce } from './screen/yoga.ts';

/** Shows the UI until somebody leaves it, or the time is up. */
export async function run(options: UiOptions, context: Context): Promise<CommandResult> {
  const hold = holderOf(context);
  const palette = await openPalette(context.stdout, context.env);
  // There may be 150,000 works, of which little is kept while they pass through.
  context.keepHeapSmall();
  await loadYogaOnce();
  const { showUi } = await import('./show-ui.ts');
  // No spinner: it would draw on the same screen. Lines are kept by whoever holds the terminal.
  const { stderr } = context;
  const quiet: Context = {
    ...context,
    stderr: { write: (text, kind) => stderr.write(text, kind), isTTY: false, columns: undefined },
  };
  return withMaestro(options, quiet, (session) => showUi({ options, session, context: quiet, hold, palette }));
}

/** @throws MaestroError usage where there is no terminal to draw on */
function holderOf({ holdTerminal, env }: Pick<Context, 'holdTerminal' | 'env'>): NonNullable<Context['holdTerminal']> {
  const term = env['TERM'] ?? '';
  if (holdTerminal !== undefined && term !== '' && term !== 'dumb') return holdTerminal;
  throw new MaestroError(
    'usage',
    holdTerminal === undefined
      ? 'ui needs a terminal, and standard input or output is none'
      : 'ui needs a terminal that can place its cursor, and TERM does not say that this one can',
    { hint: 'Elsewhere there are maestro-cli list, maestro-cli watch and maestro-cli describe.' },
  );
}
