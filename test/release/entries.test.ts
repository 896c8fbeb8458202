import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checksumOf } from '../../scripts/release/artefacts.ts';
import { addressFaults, aquaFaults, krewFaults } from '../../scripts/release/check/entries.ts';
import { aquaRegistry, miseConfig } from '../../scripts/release/entries/aqua.ts';
import { formula } from '../../scripts/release/entries/formula.ts';
import { krewManifest } from '../../scripts/release/entries/krew.ts';
import { inventedRelease } from './support.ts';

const release = inventedRelease('1.2.3');
const { version, artefacts } = release;
const archs = ['x64', 'arm64'] as const;
const downloads = 'https://github.com/openshift-hyperfleet/maestro-cli/releases/download/v1.2.3';

describe('the formula of Homebrew', () => {
  const text = formula(version, artefacts);

  it('installs the npm package by its checksum, with a Node of its own', () => {
    const name = 'openshift-hyperfleet-maestro-cli-1.2.3.tgz';
    expect(text).toContain(`  url "${downloads}/${name}"\n  sha256 "${checksumOf(artefacts, name)}"\n`);
    expect(text).toContain('  depends_on "node@24"\n');
    expect(addressFaults('maestro-cli.rb', text, release)).toEqual([]);
  });

  it('is refused without the package', () => {
    expect(() => formula(version, [])).toThrow('the release has no openshift-hyperfleet-maestro-cli-1.2.3.tgz');
  });
});

describe('the manifest of krew', () => {
  const text = krewManifest(version, artefacts, archs);

  /** The fields of krew's own types, all that it knows and those that it wants. */
  const schema = {
    type: 'object',
    additionalProperties: false,
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      apiVersion: { const: 'krew.googlecontainertools.github.com/v1alpha2' },
      kind: { const: 'Plugin' },
      metadata: { type: 'object', additionalProperties: false, properties: { name: { pattern: '^[a-z][a-z0-9-]*$' } } },
      spec: {
        type: 'object',
        additionalProperties: false,
        required: ['version', 'homepage', 'shortDescription', 'platforms'],
        properties: {
          version: { type: 'string', pattern: String.raw`^v\d+\.\d+\.\d+` },
          homepage: { type: 'string', pattern: '^https://' },
          shortDescription: { type: 'string', maxLength: 50, pattern: '[^.]$' },
          description: { type: 'string' },
          caveats: { type: 'string' },
          platforms: {
            type: 'array',
            minItems: 1,
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['selector', 'uri', 'sha256', 'bin'],
              properties: {
                selector: {
                  type: 'object',
                  additionalProperties: false,
                  required: ['matchLabels'],
                  properties: {
                    matchLabels: {
                      type: 'object',
                      additionalProperties: false,
                      properties: { os: { enum: ['linux'] }, arch: { enum: ['amd64', 'arm64'] } },
                    },
                  },
                },
                uri: { type: 'string', pattern: String.raw`\.tar\.gz$` },
                sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
                bin: { const: 'maestro-cli' },
                files: { type: 'array' },
              },
            },
          },
        },
      },
    },
  };

  it('has the fields that krew wants and no others', () => {
    const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
    validate(parse(text));
    expect(validate.errors ?? []).toEqual([]);
  });

  it('has one archive for each processor, by its checksum', () => {
    expect((parse(text) as { spec: { platforms: unknown } }).spec.platforms).toMatchObject([
      {
        selector: { matchLabels: { os: 'linux', arch: 'amd64' } },
        uri: `${downloads}/maestro-cli-linux-x64.tar.gz`,
        sha256: checksumOf(artefacts, 'maestro-cli-linux-x64.tar.gz'),
      },
      { selector: { matchLabels: { arch: 'arm64' } }, uri: `${downloads}/maestro-cli-linux-arm64.tar.gz` },
    ]);
    expect([...krewFaults(text, release), ...addressFaults('maestro.yaml', text, release)]).toEqual([]);
  });

  it.each([
    ['v1.2.3', 'v1.2.4', 'maestro.yaml: its version is v1.2.4'],
    ['name: maestro', 'name: other', 'maestro.yaml: its name is not that of its file'],
    ['kind: Plugin', 'kind: Plug', 'maestro.yaml: it is no krew plugin'],
    [/shortDescription: .*/, 'shortDescription: ""', 'maestro.yaml: its short description has no text'],
    ['bin: maestro-cli', 'bin: cli', 'is no archive with maestro-cli'],
  ])('is refused when %s is %s', (from, to, fault) => {
    expect(krewFaults(text.replace(from, to), release)).toContainEqual(expect.stringContaining(fault));
  });
});

describe('the entries of aqua and mise', () => {
  it('lead to the archives', () => {
    expect(aquaFaults(aquaRegistry(), release)).toEqual([]);
    expect(addressFaults('mise.toml', miseConfig(version, artefacts, archs), release)).toEqual([]);
  });

  it('are refused when they lead elsewhere', () => {
    const wrong = aquaRegistry().replace('maestro-cli-{{.OS}}', 'maestro-{{.OS}}');
    expect(aquaFaults(wrong, release)).toEqual([
      'aqua-registry.yaml leads to maestro-linux-x64.tar.gz, not to maestro-cli-linux-x64.tar.gz',
      'aqua-registry.yaml leads to maestro-linux-arm64.tar.gz, not to maestro-cli-linux-arm64.tar.gz',
    ]);
    expect(aquaFaults(aquaRegistry().replace('amd64: x64', 'amd64: x86'), release)).toHaveLength(1);
  });
});

describe('an address with a checksum', () => {
  const text = miseConfig(version, artefacts, archs);

  it('is refused with the checksum of another file', () => {
    const arm64 = checksumOf(artefacts, 'maestro-cli-linux-arm64.tar.gz');
    const swapped = text.replaceAll(checksumOf(artefacts, 'maestro-cli-linux-x64.tar.gz'), arm64);
    expect(addressFaults('mise.toml', swapped, release)).toEqual([
      'mise.toml has another checksum for maestro-cli-linux-x64.tar.gz',
    ]);
  });

  it('is refused when there is no such file', () => {
    expect(addressFaults('mise.toml', text.replace('linux-x64.tar', 'linux-x86.tar'), release)).toEqual([
      `mise.toml names ${downloads}/maestro-cli-linux-x86.tar.gz, which is no artefact of this release`,
    ]);
    expect(addressFaults('mise.toml', '', release)).toEqual(['mise.toml names no file of the release']);
  });
});
