/** A length for a style: preact adds no unit to numbers. */
export function px(length: number): string {
  return `${length}px`;
}
