import type { Address, ServerMaker } from '../server.ts';
import { Cluster } from './cluster.ts';
import type { Commands } from './commands.ts';
import { RealLedger } from './ledger.ts';
import { RealServer } from './server.ts';

/** A Maestro that is given by address. */
export interface RealOptions {
  /** `http://host:port` */
  readonly http: string;
  /** `host:port`, plaintext */
  readonly grpc: string;
  /** `postgres://…`, the database of the server */
  readonly database: string;
  /** `consumer=file` for each cluster that programs are about */
  readonly kubeconfigs: readonly string[];
  readonly commands: Commands;
  /** The executable that asks agents whether they work. */
  readonly client: string;
}

/** A real Maestro, whose database has a ledger until it is left. */
export class RealMaestro {
  readonly serve: ServerMaker;
  readonly #ledger: RealLedger;

  private constructor(ledger: RealLedger, serve: ServerMaker) {
    this.#ledger = ledger;
    this.serve = serve;
  }

  static async meet({ http, grpc, database, kubeconfigs, commands, client }: RealOptions): Promise<RealMaestro> {
    const addresses = { http: addressOf(new URL(http)), grpc: addressOf(new URL(`http://${grpc}`)) };
    const clusters = new Map(
      kubeconfigs.map((given) => {
        const [consumer = '', file = ''] = given.split('=');
        return [consumer, new Cluster(consumer, file)] as const;
      }),
    );
    const ledger = await RealLedger.keep(database);
    return new RealMaestro(ledger, async ({ folder }) =>
      RealServer.open({ addresses, ledger, clusters, commands, client }, folder),
    );
  }

  async leave(): Promise<void> {
    await this.#ledger.remove();
  }
}

function addressOf({ hostname, port }: URL): Address {
  return { host: hostname, port: Number(port === '' ? 80 : port) };
}
