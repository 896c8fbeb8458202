import type { FlagSpec } from '../../../command-line/command-spec.ts';
import { flagName, type FlagReader } from '../../../command-line/flag-values.ts';
import { MaestroError } from '../../../errors.ts';

/** What the Go controllers publish as: with the same source the same ids, so their works are taken over. */
export const goSource = 'app-work-client';
export const standardNamespace = 'open-cluster-management';
/** As the chart calls its Lease. */
export const standardLease = 'multicluster-maestro-integrations';

export const hubIdFlag: FlagSpec = {
  flags: '--hub-id <id>',
  about: 'who this hub is; stamped on every work',
  env: 'MAESTRO_HUB_ID',
  defaultText: 'uid of the namespace kube-system',
};

export const classicNamespaceFlag: FlagSpec = {
  flags: '--classic-namespace <name>',
  about: 'where the classic pull model and its ConfigMap live',
  defaultText: standardNamespace,
};

export const controllerNamespaceFlag: FlagSpec = {
  flags: '--controller-namespace <name>',
  about: 'where the controllers and their Lease are',
  defaultText: standardNamespace,
};

export const leaseNameFlag: FlagSpec = {
  flags: '--lease-name <name>',
  about: 'the Lease of the controllers',
  defaultText: standardLease,
};

/** Where a command finds the controllers of the hub, ours and the classic ones. */
export interface ControllerPlacesOption {
  readonly controllerNamespace: string;
  readonly classicNamespace: string;
}

/** @throws MaestroError usage for what is no name of a namespace */
export function controllerPlaces(flags: FlagReader): ControllerPlacesOption {
  return {
    controllerNamespace: nameOption(flags, 'controllerNamespace', standardNamespace),
    classicNamespace: nameOption(flags, 'classicNamespace', standardNamespace),
  };
}

/** @throws MaestroError usage for what is no name of a Lease */
export function leaseNameOption(flags: FlagReader): string {
  return nameOption(flags, 'leaseName', standardLease);
}

/** @throws MaestroError usage for what is no name, with the name of the flag */
export function nameOption(flags: FlagReader, name: string, standard: string): string {
  return dnsName(flags.text(name) ?? standard, flagName(name));
}

/** @throws MaestroError usage for what is no name of a hub */
export function hubIdOption(flags: FlagReader): string | undefined {
  const hubId = flags.text('hubId', 'MAESTRO_HUB_ID');
  if (hubId === undefined || /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(hubId)) return hubId;
  throw new MaestroError(
    'usage',
    `--hub-id takes up to 63 letters, digits, ".", "_" and "-", not ${JSON.stringify(hubId)}`,
  );
}

/** @throws MaestroError usage */
export function dnsName(text: string, flag: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new MaestroError(
    'usage',
    `${flag} takes a name of lower case letters, digits and "-", up to 63 characters, not ${JSON.stringify(text)}`,
  );
}
