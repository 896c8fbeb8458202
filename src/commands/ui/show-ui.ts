import type { CommandResult } from '../../command-line/command-spec.ts';
import { once } from 'node:events';
import { slept, type Clock } from '../../clock.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import type { HeldTerminal } from '../../io/held-terminal.ts';
import type { Palette } from '../../output/colour.ts';
import { remainingMs } from '../../operations/budget.ts';
import type { MaestroSession } from '../shared/with-maestro.ts';
import { App } from './frame/app.ts';
import type { Standing } from './frame/frame-picture.ts';
import type { Key } from './frame/key.ts';
import type { GatherDeps } from './frame/view.ts';
import type { UiOptions } from './options.ts';
import { Pace } from './screen/pace.ts';
import { painter } from './screen/paint.ts';
import { LentScreen } from './screen/lent-screen.ts';
import { openScreen, type TerminalScreen } from './screen/terminal-screen.tsx';
import { sightText } from './data/sight-text.ts';
import { Changes } from './data/changes.ts';
import { LiveFleet } from './data/live-fleet.ts';
import { openViews } from './views/open-views.ts';
import type { Sight } from '../../works/live-works.ts';
import type { MaestroError } from '../../errors.ts';
import { endpointText } from '../../operations/connection-trouble.ts';

export interface UiInput {
  readonly options: UiOptions;
  readonly session: MaestroSession;
  readonly context: Context;
  readonly hold: NonNullable<Context['holdTerminal']>;
  readonly palette: Palette;
}

/** Ages are counted in seconds. */
const tickMs = 1_000;

/** Takes the terminal, shows the views, and gives it back. */
export async function showUi({ options, session, context, hold, palette }: UiInput): Promise<CommandResult> {
  const { budget } = session;
  const left = new AbortController();
  const signal = AbortSignal.any([budget.signal, left.signal]);
  let screen: TerminalScreen | undefined;
  const pace = new Pace(() => screen?.draw(app.picture()), budget.clock, signal);
  let failure: MaestroError | undefined;
  const deps: GatherDeps = {
    session,
    options,
    context,
    signal,
    changed: () => pace.soon(),
    fail: (error) => {
      failure ??= error;
      left.abort();
    },
  };
  const lent = new LentScreen(
    () => screen,
    () => pace.now(),
  );
  const terminal: HeldTerminal = hold({
    leave: () => lent.leave(),
    lost: () => screen?.close(),
    comeBack: () => lent.comeBack(),
  });
  const fleet = new LiveFleet(deps);
  const views = openViews(fleet, deps, (wish) => app.onWish(wish));
  const app = new App(views, {
    clock: budget.clock,
    standing: () => standingOf(options, fleet.sight, budget.clock),
    size: () => ({ columns: terminal.output.columns, rows: terminal.output.rows }),
    quit: () => left.abort(),
    stop: () => terminal.stop(),
    redraw: () => screen?.redraw(),
    copy: (name) => copied(name, options, terminal),
    change: options.allowChanges ? (...change) => void changes.start(...change) : undefined,
  });
  // Whoever names a roll-out wants to see that.
  if (options.journal !== undefined) app.goTo('roll-out');
  const changes = new Changes(deps, {
    ask: (lines) => {
      const answer = app.ask(lines);
      pace.now();
      return answer;
    },
    tell: (text) => app.onWish({ wish: 'tell', text }),
    away: (use) => lent.during(use),
    columns: () => terminal.output.columns,
  });
  const onKey = (key: Key): void => {
    app.onKey(key);
    pace.now();
  };
  try {
    screen = openScreen({ terminal, paint: painter(palette), onKey, onResize: () => pace.now() });
    pace.now();
    void pace.tick(tickMs);
    await ended(signal, remainingMs(budget), budget.clock);
  } finally {
    left.abort();
    screen?.close();
    terminal.release();
  }
  const told = await changes.underway();
  if (told !== undefined) session.reporter.warn(`the UI was left while a change was under way: ${told}`);
  budget.signal.throwIfAborted();
  if (failure !== undefined) throw failure;
  return { exitCode: ExitCode.Done };
}

/**
 * Hands a name to the clipboard of the terminal, when that was asked for.
 *
 * @returns what came of it, as far as is known
 */
function copied(name: string, { clipboard }: UiOptions, { output }: HeldTerminal): string {
  if (!clipboard) return 'copy it from here; any key goes back';
  output.write(`\u001B]52;c;${Buffer.from(name).toString('base64')}\u0007`);
  return 'handed to the clipboard, if this terminal takes it; any key goes back';
}

/** Resolves when the signal aborts, or the time is up; there may be no end to it. */
async function ended(signal: AbortSignal, leftMs: number, clock: Clock): Promise<void> {
  if (Number.isFinite(leftMs)) await slept(clock, leftMs, signal);
  else if (!signal.aborted) await once(signal, 'abort');
}

function standingOf({ settings, source, contextName, allowChanges }: UiOptions, sight: Sight, clock: Clock): Standing {
  return {
    server: `${endpointText(settings, 'http')} · gRPC ${endpointText(settings, 'grpc')}`,
    source,
    contextName,
    allowsChanges: allowChanges,
    sight: sightText(sight, clock.monotonicMs()),
  };
}
