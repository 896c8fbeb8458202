import { buildInfo } from '../../build-info.ts';
import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import type { VersionOptions } from './options.ts';
import { printNotices, printVersion } from './output.ts';

export async function run(
  options: VersionOptions,
  context: Pick<Context, 'stdout' | 'runtime'>,
): Promise<CommandResult> {
  if (options.licenses) {
    printNotices(await readNotices(), context.stdout);
  } else {
    const { node, platform } = context.runtime;
    printVersion({ ...buildInfo, node, platform }, options.output, context.stdout);
  }
  return { exitCode: ExitCode.Done };
}

async function readNotices(): Promise<string> {
  const { thirdPartyNotices } = await import('./notices.ts');
  if (thirdPartyNotices === undefined)
    throw new MaestroError('usage', 'the licences are put in by the build, and this runs from its sources', {
      hint: 'npm run build',
    });
  return thirdPartyNotices;
}
