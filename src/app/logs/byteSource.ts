/** A log as bytes that can be read from any place, as one long text. */
export interface ByteSource {
  /** What is there now; undefined where there is nothing. */
  look(): Promise<{ readonly size: number; readonly identity: string } | undefined>;
  /** At most `length` bytes from a place; fewer where there are no more. Never rejects. */
  read(from: number, length: number): Promise<Uint8Array>;
}

/** The file at an absolute path; `identity` differs where another file has taken its name. */
export type OpenFile = (path: string) => ByteSource;
