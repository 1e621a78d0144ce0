import type { Day } from '../../base/day';
import type { Waiver } from '../coverage';
import type { ManifestProblem } from '../pipeline';
import { list, object, optional, required } from './collections';
import { RANGE_SHAPE, rangeFrom } from './dates';
import { ManifestText } from './manifestText';
import { REFERENCE_SHAPE, referenceFrom } from './needs';
import { present } from './present';
import { Place, type Reader } from './reader';
import { date, text } from './scalars';

const waiver = object(
  'a waiver',
  { ...REFERENCE_SHAPE, ...RANGE_SHAPE, reason: required(text), author: required(text), until: optional(date) },
  (fields, place): Waiver => ({
    node: referenceFrom(fields, place, 'A waiver')?.id ?? '',
    ...rangeFrom(fields, place),
    reason: fields.reason,
    author: fields.author,
    ...present({ until: fields.until satisfies Day | undefined }),
  }),
);

/** Nothing for an item with a mistake: the other waivers hold nevertheless. */
const sound: Reader<Waiver | undefined> = {
  standIn: undefined,
  read(place) {
    const before = place.text.errors;
    const value = waiver.read(place);
    return place.text.errors > before ? undefined : value;
  },
};

const file = object('the waivers', { waivers: required(list(sound, { of: 'a waiver' })) }, ({ waivers }) => waivers);

/**
 * Reads `.backfill/waivers.yaml`. Never throws. An empty text has no waivers and no problem; a waiver with a mistake does not hold,
 * the others do. Whether a waiver's node exists is not looked up.
 */
export function readWaivers(yaml: string): { waivers: readonly Waiver[]; problems: readonly ManifestProblem[] } {
  const source = new ManifestText(yaml);
  const root = source.root;
  const waivers = root === undefined ? [] : file.read(new Place(source, undefined, '', source.start).child(root, 'The file'));
  return { waivers: waivers.filter((one) => one !== undefined), problems: source.problems };
}
