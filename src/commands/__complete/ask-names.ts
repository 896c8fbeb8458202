import type { Context } from '../../context.ts';
import { configPlace, loadConfig, readConfigFile } from '../../io/config-file.ts';
import { createBudget } from '../../operations/budget.ts';
import { lastText } from '../../command-line/scan-argv.ts';
import { askOptions, namesTimeoutMs } from './options.ts';
import type { LineToComplete } from './line.ts';
import type { Offer } from './offers.ts';
import type { AskedKind } from './value-kinds.ts';

/** What is used of the world. */
export type AskContext = Pick<Context, 'clock' | 'random' | 'signal' | 'connect' | 'env' | 'cwd'>;

/**
 * The names of a kind, those that Maestro knows among them. All of them or a rejection: a shell puts in what all that
 * it is offered begin with, which a part of the names would make wrong.
 */
export async function askNames(what: AskedKind, line: LineToComplete, context: AskContext): Promise<readonly Offer[]> {
  switch (what) {
    case 'context':
      return contexts(line, context);
    case 'consumer':
    case 'work':
      return inMaestro(what, line, context);
    case 'condition': {
      const { workConditions } = await import('../../core/expressions/words.ts');
      return workConditions.map((word) => ({ word }));
    }
    case 'setting': {
      const { jobSettings } = await import('../../core/jobs/settings.ts');
      return Object.entries(jobSettings).map(([key, { about, standard }]) => ({
        word: `${key}=`,
        about: `${about} (default ${standard})`,
      }));
    }
    case 'kind': {
      const { builtInResources } = await import('../../core/kinds/kubernetes-kinds.ts');
      return Object.entries(builtInResources).flatMap(([group, kinds]) =>
        Object.entries(kinds)
          // What no cluster keeps is in no work either.
          .filter(([, plural]) => !plural.startsWith('!'))
          .map(([kind]) => ({ word: group === '' ? kind : `${kind}.${group}` })),
      );
    }
  }
}

/** Names of the configuration file that the line is about. */
interface ConfigNames {
  readonly file?: string;
  readonly context?: string;
}

function configNames({ given }: LineToComplete): ConfigNames {
  const scanned = { command: undefined, path: [], given, foreign: [], positionals: [], unknown: [], asksHelp: false };
  const file = lastText({ ...scanned, words: [] }, 'config');
  const context = lastText({ ...scanned, words: [] }, 'context');
  return { ...(file === undefined ? {} : { file }), ...(context === undefined ? {} : { context }) };
}

async function contexts(line: LineToComplete, { env, cwd, signal }: AskContext): Promise<readonly Offer[]> {
  const place = configPlace(configNames(line).file, env, cwd);
  if (place === undefined) return [];
  const config = await readConfigFile(place.path, signal);
  return [...config.contexts].map(([word, values]) => {
    const { 'http-endpoint': endpoint = values['grpc-endpoint'] } = values;
    const about = word === config.currentContext ? `${endpoint ?? ''} (in use)`.trim() : endpoint;
    return { word, ...(typeof about === 'string' ? { about } : {}) };
  });
}

async function inMaestro(
  what: 'consumer' | 'work',
  line: LineToComplete,
  context: AskContext,
): Promise<readonly Offer[]> {
  const { env, cwd } = context;
  const config = await loadConfig(configNames(line), env, cwd, context.signal);
  const { connection, consumers } = askOptions(line, { env, ...(config === undefined ? {} : { config }) });
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const budget = {
    ...createBudget(namesTimeoutMs, { ...context, signal }),
    // Who waits for a word does not wait for a server that is coming up.
    onRetry: (error: Error) => stop.abort(error),
  };
  const maestro = await context.connect(connection.settings);
  try {
    const offers = new Map<string, Offer>();
    if (what === 'consumer') {
      for await (const page of maestro.reader.listConsumers({}, budget))
        for (const { name, labels } of page) offers.set(name, { word: name, about: labelsText(labels) });
    } else {
      const where = consumers === undefined ? {} : { where: { consumers } };
      const { workName } = await import('../../core/works/resource-bundle.ts');
      const { shownState } = await import('../../core/status/shown-state.ts');
      for await (const page of maestro.reader.listBundles({ ...where, onSetAside: () => undefined }, budget)) {
        for (const bundle of page) {
          const word = workName(bundle);
          const about = offers.has(word) ? 'on several consumers' : shownState(bundle, context.clock.wallMs());
          offers.set(word, { word, about: consumers?.length === 1 ? about : `${bundle.consumerName}: ${about}` });
        }
      }
    }
    return [...offers.values()];
  } finally {
    await maestro.close();
  }
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
