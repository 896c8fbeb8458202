import type { Address, ServerMaker } from '../server.ts';
import { Cluster } from './cluster.ts';
import type { Commands } from './commands.ts';
import { RealLedger } from './ledger.ts';
import { RealServer, type RealParts } from './server.ts';

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
  readonly #parts: RealParts;
  #server: RealServer | undefined;

  private constructor(parts: RealParts) {
    this.#ledger = parts.ledger;
    this.#parts = parts;
    this.serve = async ({ folder }) => (this.#server = await RealServer.open(this.#parts, folder));
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
    return new RealMaestro({ addresses, ledger, clusters, commands, client });
  }

  /** What was stopped runs again, also when a program was broken off, and the ledger is gone. */
  async leave(): Promise<void> {
    try {
      await this.#server?.startStopped();
    } finally {
      await this.#ledger.remove();
    }
  }
}

function addressOf({ hostname, port }: URL): Address {
  return { host: hostname, port: Number(port === '' ? 80 : port) };
}
