/** As a plain YAML scalar where that is safe, else in double quotes. */
export function quoted(text: string): string {
  const safe = /^(?:--)?[A-Za-z][\w./-]*( [\w./-]+)*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return safe ? text : JSON.stringify(text);
}

/** A list in brackets. */
export function inBrackets(words: readonly string[]): string {
  return `[${words.map(quoted).join(', ')}]`;
}
