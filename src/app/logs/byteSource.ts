import type { TextEncoding } from '../../core/logs/textEncoding';

/** A log as bytes that can be read from any place, as one long text. */
export interface ByteSource {
  /** What is there now; undefined where there is nothing. */
  look(): Promise<{ readonly size: number; readonly identity: string } | undefined>;
  /** At most `length` bytes from a place; fewer where there are no more. Never rejects. */
  read(from: number, length: number): Promise<Uint8Array>;
  /** Why nothing could be read the last time, such as `it is a folder`. */
  readonly obstacle?: string | undefined;
}

/** Bytes that are known to be text. */
export interface LogBytes extends ByteSource {
  /** Of what was looked at: the encoding around a place, and a place from which its characters can be counted. */
  textAt(offset: number): { readonly encoding: TextEncoding; readonly origin: number };
}

/** The file at an absolute path; `identity` differs where another file has taken its name. */
export type OpenFile = (path: string) => ByteSource;
