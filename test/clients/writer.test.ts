import { createChannelSource } from '../../src/clients/grpc/channel.ts';
import { systemClock } from '../../src/clock.ts';
import { writeOver } from './support/writer-suite.ts';

writeOver((settings) => createChannelSource(settings, systemClock));
