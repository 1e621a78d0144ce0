import type { ManifestProblem } from '../pipeline';

export type SchemaCode =
  | 'missingTable'
  | 'unreadableTable'
  | 'isView'
  | 'missingColumn'
  | 'unknownName'
  | 'wrongType'
  | 'requiredColumn'
  | 'notPartitioned'
  | 'otherPartition'
  | 'partitionsExpire'
  | 'wrongLocation'
  | 'otherLocation';

/** The part of a manifest that names a table. */
export type Owner =
  | { readonly kind: 'node'; readonly id: string }
  | { readonly kind: 'calendar'; readonly name: string }
  /** A failure table, by the table that it names. */
  | { readonly kind: 'failures'; readonly table: string }
  | { readonly kind: 'history' }
  | { readonly kind: 'warehouse' };

/** A value in a manifest by what it is, not by where it stands: texts change while a check runs. */
export interface ManifestKey {
  readonly owner: Owner;
  /** Such as `date_column`; `table` stands for `tables` as well. */
  readonly key: string;
  /** The value itself, one of several where the key holds a list. */
  readonly value: string;
  /** A part of the value. */
  readonly part?: { readonly offset: number; readonly length: number };
}

/** A contradiction between a manifest and the tables that it describes. */
export interface SchemaFinding {
  readonly severity: ManifestProblem['severity'];
  readonly code: SchemaCode;
  /** One sentence, or a few, for people. */
  readonly message: string;
  readonly at: ManifestKey;
  /** What the value at the key, or the part of it, was meant to be. */
  readonly replacement?: string;
  /** A SQL statement that mends the table, for a person to look at and run. */
  readonly statement?: string;
}
