import { isMap } from 'yaml';
import type { WrittenColumn } from '../pipeline';
import { object, optional, record } from './collections';
import { present } from './present';
import { type Reader, refine } from './reader';
import { column, columnType, flag } from './scalars';

type Unnamed = Omit<WrittenColumn, 'name'>;

export const writtenColumn = object(
  'a written column',
  { type: optional(columnType), nullable: optional(flag, false) },
  ({ type, nullable }): Unnamed => ({ nullable, ...present({ type }) }),
);

/** A mapping, or the type alone. */
const typeOrMapping: Reader<Unnamed> = {
  standIn: { nullable: false },
  read: (place) => (isMap(place.node) ? writtenColumn.read(place) : { nullable: false, type: columnType.read(place) }),
};

/** The columns that a job writes, by name. */
export const writes: Reader<readonly WrittenColumn[]> = refine(record(column, typeOrMapping), [], (columns) =>
  columns.map(([name, rest]) => ({ name: name.value, ...rest })),
);
