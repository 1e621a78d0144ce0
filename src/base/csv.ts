/** Comma-separated values as in RFC 4180, with line feeds. A spreadsheet does not take a text for a formula. */
export function csv(titles: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const field = (value: string | number) => {
    const text = typeof value === 'string' && /^[=+@\t\r-]/.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [titles, ...rows].map((row) => row.map(field).join(',')).join('\n');
}
