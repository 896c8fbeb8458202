import { describe, expect, it } from 'vitest';
import { packageVersion, releasesNamedIn, versionDisagreements } from '../../scripts/release/version.ts';
import { projectRoot } from '../support/run-cli.ts';

describe('the version', () => {
  it('is a release in package.json', () => {
    expect(packageVersion(projectRoot)).toMatch(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/);
  });

  it('is the same wherever it is said', () => {
    expect(versionDisagreements(projectRoot)).toEqual([]);
  });

  it.each([
    ['npm install ./openshift-hyperfleet-maestro-cli-1.2.3.tgz', ['1.2.3']],
    ['npm install @openshift-hyperfleet/maestro-cli@1.2.3', ['1.2.3']],
    ['image: ghcr.io/openshift-hyperfleet/maestro-cli:1.2.3-rc.1', ['1.2.3-rc.1']],
    ['https://github.com/o/maestro-cli/releases/download/v1.2.3/maestro-cli-linux-x64', ['1.2.3']],
    ['maestro-cli 1.2.3 and maestro-cli 1.2.4', ['1.2.3', '1.2.4']],
    ['helm pull multicluster-maestro-integrations-1.2.3.tgz', ['1.2.3']],
    ['maestro-cli:latest, node 24.1.0, maestro-cli@0.0', []],
  ])('is found in %j', (text, named) => {
    expect(releasesNamedIn(text)).toEqual(named);
  });
});
