/**
 * A stand-in alone in its process, for benches: options as JSON in the first
 * argument, endpoints as one line of JSON on stdout, the end with stdin.
 */
import { startStandIn, type StandInOptions } from '../src/standin/index.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as StandInOptions;
const standIn = await startStandIn(options);
console.log(JSON.stringify({ httpEndpoint: standIn.httpEndpoint, grpcEndpoint: standIn.grpcEndpoint }));
process.stdin.on('end', () => void standIn.close()).resume();
