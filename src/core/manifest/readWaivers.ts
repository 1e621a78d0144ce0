import { type Day, formatDay } from '../../base/day';
import { didYouMean, nearest } from '../../base/nearest';
import type { Waiver } from '../coverage/coverage';
import type { ManifestProblem, Pipeline } from '../pipeline';
import { list, object, optional, required } from './collections';
import { RANGE_SHAPE, rangeFrom } from './dates';
import { ManifestText } from './manifestText';
import { REFERENCE_SHAPE, type Reference, referenceFrom } from './needs';
import { present } from './present';
import { Place, type Reader } from './reader';
import { date, text } from './scalars';

interface RawWaiver extends Omit<Waiver, 'node'> {
  readonly on: Reference | undefined;
  readonly untilPlace: Place;
}

export const waiver = object(
  'a waiver',
  { ...REFERENCE_SHAPE, ...RANGE_SHAPE, reason: required(text), author: required(text), until: optional(date) },
  (fields, place): RawWaiver => ({
    on: referenceFrom(fields, place, 'A waiver'),
    ...rangeFrom(fields, place),
    reason: fields.reason,
    author: fields.author,
    ...present({ until: fields.until }),
    untilPlace: place.at('until'),
  }),
);

/** Nothing for an item with a mistake: the other waivers hold nevertheless. */
const sound: Reader<RawWaiver | undefined> = {
  standIn: undefined,
  read(place) {
    const before = place.text.errors;
    const value = waiver.read(place);
    return place.text.errors > before ? undefined : value;
  },
};

export const waiversFile = object(
  'the waivers',
  { waivers: required(list(sound, { of: 'a waiver' })) },
  ({ waivers }) => waivers,
);

/**
 * Reads `.backfill/waivers.yaml`. Never throws. An empty text has no waivers and no problem; a waiver with a mistake does not hold,
 * the others do.
 * @param pipeline where given, a waiver of a node that it does not have is a warning.
 * @param today where given, a waiver whose last day is over is told.
 */
export function readWaivers(
  yaml: string,
  pipeline?: Pipeline,
  today?: Day,
): { waivers: readonly Waiver[]; problems: readonly ManifestProblem[] } {
  const source = new ManifestText(yaml);
  if (source.root === undefined) return { waivers: [], problems: source.problems };
  const waivers: Waiver[] = [];
  for (const raw of waiversFile.read(Place.root(source, 'The file'))) {
    if (raw?.on === undefined) continue;
    const { on, untilPlace, ...rest } = raw;
    if (pipeline !== undefined && !pipeline.nodes.some(({ id }) => id === on.id)) reportUnknown(on, pipeline);
    if (today !== undefined && rest.until !== undefined && rest.until < today)
      untilPlace.information('expired', `This waiver expired on ${formatDay(rest.until)}, and its gaps count again.`);
    waivers.push({ node: on.id, ...rest });
  }
  return { waivers, problems: source.problems };
}

function reportUnknown({ id, place }: Reference, { nodes }: Pipeline): void {
  const meant = nearest(
    id,
    nodes.map((node) => node.id),
  );
  place.warning(
    'unknownReference',
    `The manifest has no \`${id}\`, so this waives nothing.${didYouMean(meant)}`,
    meant === undefined ? undefined : place.replaceBy(meant),
  );
}
