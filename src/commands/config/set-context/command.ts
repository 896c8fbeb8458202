import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { configWritingCodes, configDescription } from '../shared/texts.ts';
import { parseSetContext, settingKeys, type ConfigSetOptions } from './options.ts';

export const configSetContextCommand: CommandSpec<ConfigSetOptions> = {
  name: 'config set-context',
  summary: 'make a context, or change settings of one',
  description: `Writes the connection flags that are given into a context, which is made when it is absent; what is not named stays. The environment is not looked at. ${configDescription}`,
  examples: [
    {
      about: 'A Maestro behind TLS, with a token that rotates',
      command:
        'maestro-cli config set-context prod \\\n    --grpc-endpoint=grpcs://maestro-grpc.example:8090 \\\n    --http-endpoint=https://maestro.example:8000 \\\n    --grpc-server-ca-file=ca.crt --grpc-client-token-file=token --use',
    },
    {
      about: 'Its commands are about this cluster, unless they name another',
      command: 'maestro-cli config set-context prod --consumer=cluster-west-1',
    },
    { about: 'Drop a setting', command: 'maestro-cli config set-context prod --unset grpc-client-token-file' },
  ],
  exitCodes: configWritingCodes,
  flags: [
    { flags: '-c, --consumer <name>', about: 'the target cluster of commands that name none' },
    { flags: '--keep-history', about: 'keep a history of the works that are written, as apply --keep-history does' },
    {
      flags: '--unset <key>',
      about: 'remove a setting, such as grpc-plaintext; repeatable',
      repeat: true,
      values: settingKeys,
    },
    { flags: '--use', about: 'make it the current context too' },
  ],
  args: '<name>',
  argKind: 'context',
  hasOutcome: false,
  offline: true,
  parse: parseSetContext,
  load: () => import('./run.ts'),
};
