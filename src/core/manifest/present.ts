/** The same object without the keys whose value is undefined. */
export function present<T extends object>(fields: T): { -readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    -readonly [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
