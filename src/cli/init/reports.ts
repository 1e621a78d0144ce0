import { formatRange } from '../../base/day';
import { counted } from '../../base/figures';
import { MANIFEST_NAME } from '../manifestFile';
import type { DatedTable } from './datedTables';
import { type Draft, jobsOf } from './draftManifest';
import { type PresetDraft, presetPython, warehouseOverrides } from './draftPreset';
import type { Inspection } from './inspect';

/** What was recognised, and what of it stands in the manifest. */
export function presetReport(draft: PresetDraft): string[] {
  const { known, preset, google, python } = draft;
  const { warehouse } = preset;
  const place = {
    ...(warehouse.type === 'bigquery' && { project: warehouse.project, location: warehouse.location }),
    ...warehouseOverrides(draft),
  };
  const contradicts = known.project !== undefined && google !== undefined && known.project !== google.project;
  return [
    `This is the pipeline of the preset ${known.preset}: ${known.found} of the ${known.marks} files that tell it are here.`,
    `Wrote ${MANIFEST_NAME}, which extends it: ${counted(preset.processors.length, 'processor')}, ${counted(preset.sources.length, 'source')} and ${counted(preset.seasons.length, 'season')}.`,
    `Tables: ${place.project} in ${place.location ?? 'its own place'}${contradicts ? `, where its scripts write to; ${google.from} names ${google.project}` : ''}.`,
    python === undefined
      ? `Interpreter: no virtual environment is here, and commands start ${presetPython(draft)}. Make it, or name another under \`programs\`.`
      : `Interpreter: ${python}.`,
    ...(known.missing.length === 0
      ? []
      : [`Not in this checkout: ${known.missing.map(({ id, script }) => `${script} (${id})`).join(', ')}.`]),
  ];
}

/** What was drafted, and what was found. */
export function report(draft: Draft & Inspection): string[] {
  const { tables, warehouse, season } = draft;
  const where = warehouse.type === 'bigquery' ? warehouse.project : warehouse.path;
  return [
    ...(tables.length === 0
      ? [`Wrote ${MANIFEST_NAME} with an example: no table with a DATE column was found. Name your warehouse and tables in it.`]
      : [
          `Wrote ${MANIFEST_NAME}: ${kindsOf(tables)} from ${where}${season === undefined ? '' : `, ${formatRange(season)}`}.`,
          'Name in it what needs what, and how each processor runs.',
        ]),
    ...findings(draft),
  ];
}

/** What was found and what could not be looked into: said, and kept in the draft, because a terminal may be gone when it is read. */
export function findings(draft: Draft & Inspection): string[] {
  const { others, bigquery, leftOut } = draft;
  return [
    ...(bigquery === undefined ? [] : [bigquery]),
    ...(leftOut > 0 ? [`${counted(leftOut, 'more table')} of it ${leftOut === 1 ? 'was' : 'were'} left out.`] : []),
    ...jobLines(draft),
    ...(others.length > 0 ? [`Also found: ${others.join(', ')}.`] : []),
  ];
}

function jobLines(draft: Draft): string[] {
  const { matched, loose } = jobsOf(draft);
  if (draft.jobs.length === 0) return [];
  const parts = [
    ...(matched.size > 0 ? [`${matched.size} matched to tables by name`] : []),
    ...(loose.length > 0 ? [`${loose.length} as comments`] : []),
  ];
  return [`Found ${counted(draft.jobs.length, 'script that takes', 'scripts that take')} dates: ${parts.join(', ')}.`];
}

function kindsOf(tables: readonly DatedTable[]): string {
  const sources = tables.filter(({ isSource }) => isSource).length;
  const processors = counted(tables.length - sources, 'processor');
  return sources === 0 ? processors : `${counted(sources, 'source')} and ${processors}`;
}
