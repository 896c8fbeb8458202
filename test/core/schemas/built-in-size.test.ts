import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../support/run-cli.ts';

test('the schemas and kinds of Kubernetes take little room', () => {
  expect(statSync(join(projectRoot, 'src/core/schemas/kubernetes-data.ts')).size).toBeLessThan(30_000);
  expect(statSync(join(projectRoot, 'src/core/kinds/kubernetes-kinds.ts')).size).toBeLessThan(15_000);
});
