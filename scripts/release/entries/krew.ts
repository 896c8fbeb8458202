import { stringify } from 'yaml';
import { architectures, type Architecture } from '../../artefacts/names.ts';
import { archiveName, checksumOf, downloadUrl, repositoryUrl, type BuiltArtefact } from '../artefacts.ts';

/** The manifest of the kubectl plugin `kubectl maestro`; krew links `kubectl-maestro` to `bin`. */
export function krewManifest(
  version: string,
  artefacts: readonly BuiltArtefact[],
  archs: readonly Architecture[],
): string {
  return stringify(
    {
      apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
      kind: 'Plugin',
      metadata: { name: 'maestro' },
      spec: {
        version: `v${version}`,
        homepage: repositoryUrl,
        shortDescription: 'Apply, watch and delete ManifestWorks by Maestro',
        description: [
          'Applies, waits for, reads and deletes ManifestWorks of Open Cluster Management',
          'through a Maestro server, for one cluster or a fleet, and says what the',
          'clusters report of them.',
          '',
        ].join('\n'),
        caveats: [
          'Maestro is found by --grpc-endpoint and --http-endpoint or a context of',
          '"kubectl maestro config", not by the kubeconfig. Hints call the command',
          'maestro-cli; type "kubectl maestro" in its place.',
          '',
        ].join('\n'),
        platforms: archs.map((arch) => ({
          selector: { matchLabels: { os: 'linux', arch: architectures[arch] } },
          uri: downloadUrl(version, archiveName(arch)),
          sha256: checksumOf(artefacts, archiveName(arch)),
          bin: 'maestro-cli',
        })),
      },
    },
    { lineWidth: 0 },
  );
}
