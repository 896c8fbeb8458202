import { stringify } from 'yaml';
import { architectures, type Architecture } from '../../artefacts/names.ts';
import { archiveName, checksumOf, checksumsFile, downloadUrl, repository, type BuiltArtefact } from '../artefacts.ts';

/** Who signs: the workflow of this repository on a tag. */
export const signerIdentity = (version: string): string =>
  `https://github.com/${repository}/.github/workflows/release.yml@refs/tags/${version}`;
export const signerIssuer = 'https://token.actions.githubusercontent.com';

/** A package of aqua's registry, which mise reads too. Checksums come from the signed file of the release. */
export function aquaRegistry(): string {
  const [owner, name] = repository.split('/');
  const version = '{{.Version}}';
  return stringify(
    {
      packages: [
        {
          type: 'github_release',
          repo_owner: owner,
          repo_name: name,
          description: 'Applies, waits for, reads and deletes ManifestWorks through Maestro',
          asset: 'maestro-cli-{{.OS}}-{{.Arch}}.{{.Format}}',
          format: 'tar.gz',
          replacements: Object.fromEntries(
            Object.entries(architectures)
              .filter(([ours, theirs]) => ours !== theirs)
              .map(([ours, theirs]) => [theirs, ours]),
          ),
          supported_envs: ['linux'],
          files: [{ name: 'maestro-cli' }],
          checksum: {
            type: 'github_release',
            asset: checksumsFile,
            algorithm: 'sha256',
            cosign: {
              bundle: { type: 'github_release', asset: `${checksumsFile}.sigstore.json` },
              opts: ['--certificate-identity', signerIdentity(version), '--certificate-oidc-issuer', signerIssuer],
            },
          },
          github_artifact_attestations: { signer_workflow: `${repository}/.github/workflows/release.yml` },
        },
      ],
    },
    { lineWidth: 0 },
  );
}

/** A mise.toml that installs exactly this release by checksum, without any registry. */
export function miseConfig(
  version: string,
  artefacts: readonly BuiltArtefact[],
  archs: readonly Architecture[],
): string {
  const platforms = archs.map(
    (arch) =>
      `linux-${arch} = { url = "${downloadUrl(version, archiveName(arch))}", ` +
      `checksum = "sha256:${checksumOf(artefacts, archiveName(arch))}" }\n`,
  );
  return `[tools."http:maestro-cli"]\nversion = "${version}"\n\n[tools."http:maestro-cli".platforms]\n${platforms.join('')}`;
}
