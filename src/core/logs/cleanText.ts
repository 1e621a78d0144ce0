const ESC = '\\u001b';
/** Colours and cursor movements; titles and links, which end with BEL or ST; other escapes; one that was cut off at the end. */
const ANSI = new RegExp(
  `${ESC}\\[[0-?]*[ -/]*[@-~]|${ESC}\\][^\\u0007${ESC}]*(?:\\u0007|${ESC}\\\\)|${ESC}[ -/]*[0-~]|${ESC}[^\\n]{0,32}$`,
  'g',
);
/** All but the tab. */
const CONTROLS = ['\\u0000-\\u0008', '\\u000a-\\u001f', '\\u007f-\\u009f'].join('');
const CONTROL = new RegExp(`[${CONTROLS}]`, 'g');
const HAS_CONTROL = new RegExp(`[${CONTROLS}]`);
/** Marks of byte order, and what some editors take for the end of a line. */
const ODD = /[\ufeff\u2028\u2029]/g;
const HAS_ODD = /[\ufeff\u2028\u2029]/;

/** A line without colours, cursor movements and control characters. */
export function withoutControls(line: string): string {
  return HAS_CONTROL.test(line) ? line.replace(ANSI, '').replace(CONTROL, '') : line;
}

/** A line as an editor can show it: without colours, and what cannot be seen as a sign that stands for it (`␀` for NUL). */
export function shownText(line: string): string {
  const plain = HAS_CONTROL.test(line) ? line.replace(ANSI, '').replace(CONTROL, signOf) : line;
  return HAS_ODD.test(plain) ? plain.replace(ODD, (odd) => (odd === '\ufeff' ? '' : ' ')) : plain;
}

function signOf(control: string): string {
  const code = control.charCodeAt(0);
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
}
