import type { Calendar, ManifestReading, Pipeline, PipelineNode, RunMethod } from '../pipeline';
import { list, object, optional, record, required } from './collections';
import { calendar, due, exclusion, orderSeasons, season } from './dates';
import { extended, extendManifest, type Presets } from './extend';
import { logProfiles } from './logProfiles';
import { ManifestText } from './manifestText';
import { phase, source } from './nodes';
import { checkpoints, failures, history } from './observers';
import { present } from './present';
import { PRESETS } from './presets';
import { Place, scalar } from './reader';
import { resolveNodes } from './resolve';
import { id, text } from './scalars';
import { warehouse } from './warehouse';
import { without } from './without';

const version = scalar(1, (value, place) => {
  if (value === 1) return value;
  const fix = value === '1' ? place.replaceBy('1') : undefined;
  return place.error('badValue', `\`version\` must be 1, the only one that this release reads, not ${place.found()}.`, fix);
});

/** When a manifest names no calendar, every day of a season is expected. */
const EVERY_DAY: Calendar = { kind: 'every', name: 'daily', every: 'day' };

/** A way to run with the program that stands for the first word of its command. */
function runBy(programs: ReadonlyMap<string, string>, way: RunMethod): RunMethod {
  if (way.kind === 'sql') return way;
  const [program = '', ...rest] = way.argv;
  return { ...way, argv: [programs.get(program) ?? program, ...rest] };
}

/** A whole manifest. */
export const manifest = object(
  'the manifest',
  {
    version: required(version),
    name: required(text),
    extends: optional(extended),
    without: optional(without),
    warehouse: required(warehouse),
    seasons: optional(list(season, { of: 'a season' }), []),
    calendars: optional(record(id, calendar), []),
    exclude: optional(list(exclusion, { of: 'an exclusion' }), []),
    due: optional(due, { afterDays: 1, zone: 'UTC' }),
    programs: optional(record(text, text), []),
    sources: optional(list(source, { of: 'a source' }), []),
    phases: required(list(phase, { min: 1, of: 'a phase' })),
    failures: optional(failures, []),
    history: optional(history),
    checkpoints: optional(checkpoints),
    log_profiles: optional(logProfiles, []),
  },
  (fields, place): Pipeline => {
    if (place.has('without') && !place.has('extends'))
      place
        .keyAt('without')
        .warning('noEffect', '`without` takes away what a preset brings, and this manifest extends none: remove it.');
    const named = fields.calendars.map(([name, rest]): Calendar => ({ ...rest, name: name.value }));
    const calendars = named.length > 0 ? named : [EVERY_DAY];
    const { phases, sources, order, ...resolved } = resolveNodes({
      calendars,
      sources: fields.sources,
      phases: fields.phases,
      logProfiles: fields.log_profiles.map(([name]) => name.value),
    });
    const programs = new Map(fields.programs.map(([name, program]) => [name.value, program]));
    const processors = resolved.processors.map((one) => ({ ...one, run: one.run.map((way) => runBy(programs, way)) }));
    const nodes: readonly PipelineNode[] = [...sources, ...processors];
    return {
      name: fields.name,
      warehouse: fields.warehouse,
      seasons: orderSeasons(fields.seasons),
      calendars,
      exclusions: fields.exclude,
      due: fields.due,
      phases,
      nodes,
      sources,
      processors,
      order,
      failures: fields.failures,
      ...present({ history: fields.history, checkpoints: fields.checkpoints }),
      logProfiles: new Map(fields.log_profiles.map(([name, patterns]) => [name.value, patterns])),
    };
  },
);

/**
 * Reads a manifest. Never throws, whatever the text: a reading with an error has no pipeline, one without has both a pipeline and
 * perhaps warnings. Problems are ascending by position.
 * @param presets what it can extend.
 */
export function readManifest(yaml: string, presets: Presets = PRESETS): ManifestReading {
  const source = new ManifestText(yaml);
  if (source.root === undefined) {
    if (source.errors === 0)
      source.add('error', 'empty', 'The manifest is empty: start with `version: 1`, or run `backfill init`.', source.start);
    return { problems: source.problems };
  }
  const place = extendManifest(Place.root(source, 'The manifest'), presets);
  const pipeline = place && manifest.read(place);
  return pipeline === undefined || source.errors > 0 ? { problems: source.problems } : { pipeline, problems: source.problems };
}
