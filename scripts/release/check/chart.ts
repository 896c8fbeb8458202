import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { imageRepository } from '../../../src/core/jobs/image.ts';
import { chartName } from '../artefacts.ts';
import type { Release } from '../check.ts';
import { findTool, run } from '../../tools.ts';

/** The chart says the version, and what it renders runs the image of that version. */
export function chartFaults({ folder, manifest, tell }: Release): readonly string[] {
  const archive = manifest.artefacts.find(({ kind }) => kind === 'chart')?.name;
  if (archive === undefined) return [];
  const file = join(folder, archive);
  const chart = parse(run('tar', ['-xzOf', file, `${chartName}/Chart.yaml`])) as Readonly<Record<string, string>>;
  const faults = (['version', 'appVersion'] as const)
    .filter((key) => chart[key] !== manifest.version)
    .map((key) => `${archive}: ${key} is ${chart[key] ?? 'absent'}`);
  const helm = findTool('helm');
  if (helm === undefined) {
    tell(`--  ${archive} is not rendered: there is no helm here`);
    return faults;
  }
  const wanted = `${imageRepository}:${manifest.version}`;
  const images = renderedImages(
    run(helm, ['template', 'release', file, '--namespace=argo-hub', '--kube-version=1.34']),
  );
  if (images.length === 0) faults.push(`${archive} renders no image`);
  for (const image of images) if (image !== wanted) faults.push(`${archive} renders the image ${image}, not ${wanted}`);
  if (faults.length === 0) tell(`ok  ${archive} runs ${wanted}`);
  return faults;
}

/** The images of all containers in a multi-document YAML text. */
export function renderedImages(text: string): readonly string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value))
      if (key === 'image' && typeof member === 'string') found.push(member);
      else visit(member);
  };
  for (const document of parseAllDocuments(text)) visit(document.toJS());
  return found;
}
