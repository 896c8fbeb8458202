import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import protobuf from 'protobufjs';

const root = join(import.meta.dirname, '..');
const descriptorPath = join(root, 'src/clients/grpc/descriptor.ts');

const header = `// Generated from proto/*.proto by scripts/compile-proto.ts (npm run proto). Do not edit.
// The program reads this instead of .proto files, so that it works as one bundled file.
`;

/** The TypeScript text that holds the compiled descriptors of proto/. */
export function descriptorSource(): string {
  const descriptors = new protobuf.Root();
  // Well-known types come with protobufjs; everything else lies flat in proto/.
  descriptors.resolvePath = (_origin, target) =>
    target.startsWith('google/') ? target : join(root, 'proto', basename(target));
  descriptors.loadSync('cloudevent_service.proto', { keepCase: true });
  descriptors.resolveAll();
  return `${header}export const descriptor = ${JSON.stringify(descriptors.toJSON(), null, 2)};\n`;
}

/** True when src/clients/grpc/descriptor.ts is what the .proto files say. */
export function descriptorIsFresh(): boolean {
  return readFileSync(descriptorPath, 'utf8') === descriptorSource();
}

if (import.meta.main) {
  writeFileSync(descriptorPath, descriptorSource());
  console.log(`wrote ${descriptorPath}`);
}
