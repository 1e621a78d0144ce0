import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as esbuild from 'esbuild';

/** Bundles an executor that is a process of its own, for the tests of a suite. @returns the path of its script. */
export function useExecutor(): string {
  const outfile = resolve(`out/executor-${process.pid}.js`);
  before(() =>
    esbuild.build({
      entryPoints: ['test/support/executorMain.ts'],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node22',
      format: 'cjs',
      packages: 'external',
    }),
  );
  after(() => rm(outfile));
  return outfile;
}
