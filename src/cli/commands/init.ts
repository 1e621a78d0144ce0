import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readManifest } from '../../core/manifest/readManifest';
import { defineCommand } from '../command';
import { EXIT, usageError } from '../exitCodes';
import { draftManifest } from '../init/draftManifest';
import { draftPreset } from '../init/draftPreset';
import { findGoogleProject } from '../init/googleProject';
import { inspect } from '../init/inspect';
import { recognise } from '../init/knownPipelines';
import { findPython } from '../init/python';
import { findings, presetReport, report } from '../init/reports';
import { isFile, MANIFEST_NAME } from '../manifestFile';
import type { Services } from '../services';

/** The state folder is not for git, the waivers in it are: git cannot take a file back from a folder that it ignores as a whole. */
const IGNORED = ['.backfill/*', '!.backfill/waivers.yaml'];

export const initCommand = defineCommand({
  name: 'init',
  summary: 'Write a first manifest for this folder',
  details: `A checkout of a pipeline that a preset describes is recognised by its files; the manifest then extends the preset and says only what is different here.

In any other folder it looks for a DuckDB file or a folder of hive-partitioned Parquet, and drafts a processor for each table that has a DATE column; without one, for each table of BigQuery that is partitioned by dates, in the project that the environment, .env or gcloud's configuration names. Scripts that take dates (flags such as --start-date and --end-date, --date or --dates) are matched to tables by their names; the rest stands there as comments. Files are read, nothing is executed.

Writes backfill.yaml and two lines of .gitignore, and never over a manifest that is there.`,
  options: {},
  async run({ terminal, cwd, services }) {
    const path = join(cwd, MANIFEST_NAME);
    if (await isFile(path)) throw usageError(`There is a ${MANIFEST_NAME} here already: it was left as it is.`);
    const { text, lines } = await draft(services, cwd);
    await writeFile(path, text, { flag: 'wx' });
    await ignoreState(join(cwd, '.gitignore'));
    for (const line of [...lines, '', 'Next:', '  backfill check', '  backfill coverage']) terminal.print(line);
    return EXIT.fine;
  },
});

/** The manifest, and what to say of it. */
async function draft(services: Services, cwd: string): Promise<{ readonly text: string; readonly lines: readonly string[] }> {
  const name = basename(cwd);
  const [known, google, python] = await Promise.all([recognise(cwd), findGoogleProject(cwd, process.env), findPython(cwd)]);
  if (known !== undefined) {
    const { pipeline: preset } = readManifest(`version: 1\nname: preset\nextends: preset:${known.preset}\n`);
    if (preset !== undefined) {
      const found = { name, known, preset, google, python };
      return { text: draftPreset(found), lines: presetReport(found) };
    }
  }
  const found = { name, ...(await inspect(services, cwd, google)), ...(python !== undefined && { python }) };
  return { text: draftManifest(found, findings(found)), lines: report(found) };
}

async function ignoreState(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = new Set(text.split(/\r?\n/).map((line) => line.trim()));
  const missing = IGNORED.filter((line) => !lines.has(line));
  if (missing.length === 0) return;
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  await writeFile(path, `${start}${missing.join('\n')}\n`);
}
