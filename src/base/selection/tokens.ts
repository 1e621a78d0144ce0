/** A piece of a selection's text, with its place in it: `to` is exclusive. */
export interface Token {
  readonly kind: 'separator' | 'or' | 'not' | 'open' | 'close' | 'dots' | 'word' | 'unended';
  /** Of a word: what stands before its colon, in lower case. */
  readonly key?: string;
  /** Of a word: all of it, or what stands after its colon, without quotes. */
  readonly value: string;
  readonly from: number;
  readonly to: number;
}

const MARKS: Readonly<Record<string, Token['kind']>> = {
  ',': 'separator',
  '&': 'separator',
  '|': 'or',
  '!': 'not',
  '[': 'open',
  ']': 'close',
};

const WORD = /(?:([A-Za-z]+):)?(?:"((?:[^"\\]|\\.)*)("?)|((?:(?!\.\.)[^\s,&|![\]"])*))/sy;

/** Splits any text; blanks only separate. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const push = (kind: Token['kind'], length: number, value = text.slice(at, at + length), key?: string) => {
    tokens.push({ kind, value, from: at, to: at + length, ...(key !== undefined && { key }) });
    at += length;
  };
  while (at < text.length) {
    const char = text.charAt(at);
    const mark = MARKS[char];
    const dots = /^\.{2,3}/.exec(text.slice(at, at + 3))?.[0];
    if (/\s/.test(char)) at++;
    else if (mark !== undefined) push(mark, 1);
    else if (dots !== undefined) push('dots', dots.length);
    else {
      WORD.lastIndex = at;
      const [all = char, key, inQuotes, end, plain = ''] = WORD.exec(text) ?? [];
      const value = inQuotes === undefined ? plain : inQuotes.replace(/\\(.)/gs, '$1');
      push(inQuotes !== undefined && end === '' ? 'unended' : 'word', Math.max(1, all.length), value, key?.toLowerCase());
    }
  }
  return tokens;
}
