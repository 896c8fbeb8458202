import { connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { namedManager } from '../../command-line/work-address.ts';
import type { KubeSettings } from '../../gitops/kube/kubeconfig.ts';
import { hubConnection } from '../shared/hub-connection.ts';
import { present } from '../../core/present.ts';

export interface UiOptions extends ConnectionOptions {
  /** Name of the context of the configuration file that holds, when one does. */
  readonly contextName?: string;
  /** Who owns what is written; the source when nobody is named. */
  readonly manager?: string;
  /** How the hub of the view GitOps is reached; nothing is asked of it before that view is shown. */
  readonly hub: KubeSettings;
  /** Works may be changed, each after a question. */
  readonly allowChanges: boolean;
  /** A name that is copied also goes to the clipboard of the terminal. */
  readonly clipboard: boolean;
  /** The journal of an apply, whose roll-out is followed. */
  readonly journal?: string;
}

export function parseUi(input: ParseInput): UiOptions {
  const flags = flagReader(input);
  const { config } = input;
  return {
    ...present({
      contextName: config?.error === undefined ? config?.context?.name : undefined,
      manager: namedManager(input, undefined),
      journal: flags.text('journal'),
    }),
    hub: hubConnection(flags),
    allowChanges: flags.on('allowChanges'),
    clipboard: flags.on('clipboard'),
    ...connectionOptions(input, Number.POSITIVE_INFINITY),
  };
}
