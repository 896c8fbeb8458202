import { checksumOf, downloadUrl, npmTarballName, repositoryUrl, type BuiltArtefact } from '../artefacts.ts';

/**
 * Homebrew's formula, for macOS and Linux alike: the npm package with
 * Homebrew's own Node. The executable is left out of it because Homebrew
 * rewrites the loader in ELF files, and there is none for macOS. The command
 * is bundled, so nothing is fetched from npm.
 */
export function formula(version: string, artefacts: readonly BuiltArtefact[]): string {
  const tarball = npmTarballName(version);
  return `class MaestroCli < Formula
  desc "Applies, waits for, reads and deletes ManifestWorks through Maestro"
  homepage "${repositoryUrl}"
  url "${downloadUrl(version, tarball)}"
  sha256 "${checksumOf(artefacts, tarball)}"
  license "Apache-2.0"

  depends_on "node@24"

  def install
    libexec.install Dir["*"]
    man1.install Dir[libexec/"dist/man/*.1"]
    man7.install Dir[libexec/"dist/man/*.7"]
    (bin/"maestro-cli").write_env_script libexec/"bin/maestro-cli",
                                         PATH: "#{Formula["node@24"].opt_bin}:$PATH"
    generate_completions_from_executable(bin/"maestro-cli", "completion", shells: [:bash, :zsh, :fish])
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/maestro-cli version")
  end
end
`;
}
