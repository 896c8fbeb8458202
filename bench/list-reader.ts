/**
 * Lists every work in a process of its own and prints what it cost: by the
 * library, or by bare GETs of pages of the same size by key, each parsed and
 * dropped.
 */
import { request } from 'undici';
import {
  connectMaestro,
  createBudget,
  keepHeapSmall,
  listWorks,
  parseGrpcEndpoint,
  parseHttpEndpoint,
  systemClock,
} from '../src/parts.ts';
import { costOf, type Endpoints } from './own-process.ts';

const { how, endpoints, works } = JSON.parse(process.argv[2] ?? '') as {
  readonly how: 'library' | 'bare';
  readonly endpoints: Endpoints;
  readonly works: number;
};
const pageSize = 400;

async function library(): Promise<number> {
  const deps = { clock: systemClock, random: Math.random };
  const settings = {
    grpcEndpoint: parseGrpcEndpoint(`grpc://${endpoints.grpcEndpoint}`, { plaintext: true }),
    httpEndpoint: parseHttpEndpoint(endpoints.httpEndpoint),
    insecureSkipVerify: false,
    grpcTls: {},
    httpTls: {},
    allowPlaintextToken: false,
    proxy: {},
  };
  const maestro = await connectMaestro(settings, deps);
  // As the command does once there is a second page.
  keepHeapSmall();
  const budget = createBudget(600_000, { ...deps, signal: new AbortController().signal });
  let count = 0;
  for await (const page of listWorks(maestro.reader, { consumers: [], selector: [] }, budget)) count += page.length;
  await maestro.close();
  return count;
}

async function bare(): Promise<number> {
  let count = 0;
  for (let last = ''; ;) {
    const query = new URLSearchParams({
      page: '1',
      size: String(pageSize),
      orderBy: 'id asc',
      ...(last === '' ? {} : { search: `id > '${last}'` }),
    });
    const { body } = await request(`${endpoints.httpEndpoint}/api/maestro/v1/resource-bundles?${query.toString()}`);
    const { items } = (await body.json()) as { readonly items: readonly { readonly id: string }[] };
    count += items.length;
    last = items.at(-1)?.id ?? '';
    if (items.length < pageSize) return count;
  }
}

const cost = await costOf(async () => {
  const count = await (how === 'library' ? library() : bare());
  if (count !== works) throw new Error(`${count} works instead of ${works}`);
});
console.log(JSON.stringify(cost));
process.exit(0);
