import { relative } from 'node:path';
import { WarehouseError } from '../../app/ports';
import { counted } from '../../base/figures';
import type { ManifestProblem } from '../../core/pipeline';
import { checkSchema } from '../checkSchema';
import { defineCommand } from '../command';
import { EXIT } from '../exitCodes';
import { findManifest, problemLine, waiversFile } from '../manifestFile';
import { MANIFEST_OPTION } from '../sharedOptions';

export const checkCommand = defineCommand({
  name: 'check',
  summary: 'Check the manifest, and its tables and columns against the warehouse',
  options: { ...MANIFEST_OPTION },
  async run({ terminal, services, cwd }, options) {
    const manifest = await findManifest(cwd, options.manifest);
    const session = services.session(manifest, 'backfill');
    const reading = await session.reload();
    const problems: ManifestProblem[] = [...reading.problems];
    if (reading.pipeline !== undefined) {
      try {
        problems.push(...checkSchema(reading.pipeline, await session.warehouse().schema(reading.pipeline)));
      } catch (thrown) {
        if (!(thrown instanceof WarehouseError)) throw thrown;
        terminal.warn(`Tables and columns were not checked: ${thrown.message}`);
      }
    }
    for (const problem of problems) terminal.print(problemLine(manifest, cwd, problem));
    await session.reclassify();
    const waivers = waiversFile(manifest);
    for (const problem of session.waiverProblems) terminal.print(problemLine(waivers, cwd, problem));
    const errors = [...problems, ...session.waiverProblems].filter(({ severity }) => severity === 'error').length;
    if (errors > 0) {
      terminal.print(`${counted(errors, 'error')}.`);
      return EXIT.usage;
    }
    const { sources, processors } = reading.pipeline ?? { sources: [], processors: [] };
    const name = relative(cwd, manifest) || manifest;
    terminal.print(
      `${name}: no mistakes in ${counted(processors.length, 'processor')} and ${counted(sources.length, 'source')}.`,
    );
    return EXIT.fine;
  },
});
