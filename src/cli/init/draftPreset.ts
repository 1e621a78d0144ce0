import type { Pipeline } from '../../core/pipeline';
import { plain } from '../textWidth';
import type { GoogleProject } from './googleProject';
import type { KnownPipeline } from './knownPipelines';
import { inBrackets, quoted } from './yamlText';

/** What a manifest that extends a preset is drafted from. */
export interface PresetDraft {
  readonly name: string;
  readonly known: KnownPipeline;
  /** The preset as it is. */
  readonly preset: Pipeline;
  /** Undefined where nothing names a project. */
  readonly google: GoogleProject | undefined;
  /** The interpreter of the checkout's virtual environment. */
  readonly python: string | undefined;
}

/** What of the warehouse is not as the preset has it. */
export function warehouseOverrides({ known, preset, google }: PresetDraft): Readonly<Record<string, string>> {
  const { warehouse } = preset;
  if (warehouse.type !== 'bigquery') return {};
  // Where the scripts say themselves what they write to, the environment cannot change it.
  const project = known.project ?? google?.project;
  const location = google?.location;
  return {
    ...(project !== undefined && project !== warehouse.project && { project }),
    ...(location !== undefined && location !== warehouse.location && { location }),
    ...(google?.endpoint !== undefined && { endpoint: google.endpoint }),
  };
}

/** The interpreter that the preset's commands are started with. */
export function presetPython({ preset }: PresetDraft): string {
  const [way] = preset.processors.flatMap(({ run }) => run);
  return way?.kind === 'command' ? (way.argv[0] ?? '') : '';
}

/** A short manifest that extends the preset, with what is otherwise in this checkout. */
export function draftPreset(draft: PresetDraft): string {
  const { name, known, preset, python } = draft;
  const overrides = Object.entries(warehouseOverrides(draft)).map(([key, value]) => `${key}: ${quoted(value)}`);
  const { warehouse } = preset;
  const place =
    warehouse.type === 'bigquery' ? `${warehouse.project} in ${warehouse.location ?? 'its own place'}` : warehouse.path;
  const missing = known.missing.map(({ id }) => id);
  const last = preset.seasons.at(-1)?.name ?? '';
  return `${[
    `# This is a checkout of a pipeline that is known: the preset ${known.preset} brings its tables, calendars, needs, commands, logs,`,
    "# checkpoints and failure tables. What is said here comes before what the preset says. 'backfill check' checks this file.",
    'version: 1',
    `name: ${quoted(plain(name) || known.preset)}`,
    `extends: preset:${known.preset}`,
    '',
    `# Its tables are in ${place}, unless you say otherwise:`,
    overrides.length > 0
      ? `warehouse: { ${overrides.join(', ')} }`
      : '# warehouse: { project: my-project, location: us-west2, max_bytes_billed: 1GB }',
    '',
    `# What its commands mean by python, ${presetPython(draft)} in the preset:`,
    python === undefined || python === presetPython(draft)
      ? '# programs: { python: python3 }'
      : `programs: { python: ${quoted(python)} }`,
    '',
    `# Its last season is ${last}: add those that follow.`,
    '# seasons:',
    '#   - { name: NEXT, start: YYYY-MM-DD, end: YYYY-MM-DD }',
    ...(missing.length === 0
      ? []
      : [
          '',
          '# Scripts of these are not in this checkout; leave them out here, or only look at their tables.',
          `# without: ${inBrackets(missing)}`,
        ]),
    '',
    '# Another threshold, by the ids of phase and processor:',
    '# phases:',
    '#   - id: phase4',
    '#     processors:',
    '#       - { id: PDC, expect: { min_rows: 50 } }',
  ].join('\n')}\n`;
}
