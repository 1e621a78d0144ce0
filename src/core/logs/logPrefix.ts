/** What stands before a message. */
export interface LogPrefix {
  readonly level: string;
  readonly at?: string;
  readonly message: string;
}

const LEVEL = 'DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|FATAL';
/** `INFO:package.module:message`, `WARNING:message`, `INFO: message`. */
const NAMED = new RegExp(`^(${LEVEL}):(?:[\\w.$-]+:| (?! ))?(.*)$`, 's');
/** `2025-12-10 14:03:22,123 - INFO - message`, also with a logger between, a `T`, a point, a zone, or the level in brackets. */
const TIMED = new RegExp(
  `^\\[?(\\d{4}-\\d{2}-\\d{2})[ T](\\d{2}:\\d{2}:\\d{2})(?:[.,](\\d{1,9}))?(Z|[+-]\\d{2}:?\\d{2})?\\]?(?: -)? (?:([\\w.$-]+)(?: -)? )?\\[?(${LEVEL})\\]?(?: - |: ?| )(.*)$`,
  's',
);

const MAY_HAVE = /^[[\dDIWECF]/;

/** The level, time and message of a line that begins a record; undefined for one without a prefix. */
export function readPrefix(line: string): LogPrefix | undefined {
  if (!MAY_HAVE.test(line)) return undefined;
  const named = NAMED.exec(line);
  if (named !== null) return { level: levelOf(named[1]), message: named[2] ?? '' };
  const timed = TIMED.exec(line);
  if (timed === null) return undefined;
  const [, date = '', time = '', fraction, zone = '', , level, message = ''] = timed;
  return { level: levelOf(level), at: `${date}T${time}${fraction === undefined ? '' : `.${fraction}`}${zone}`, message };
}

function levelOf(level: string | undefined): string {
  if (level === 'WARN') return 'WARNING';
  return level === 'FATAL' ? 'CRITICAL' : (level ?? 'INFO');
}

/** `20261123_102308` and ISO texts as ISO; undefined for anything else. */
export function readTime(text: string): string | undefined {
  const compact = /^(\d{4})(\d{2})(\d{2})[_T-]?(\d{2})(\d{2})(\d{2})$/.exec(text.trim());
  if (compact !== null) {
    const [, year, month, day, hour, minute, second] = compact;
    return checked(`${year}-${month}-${day}T${hour}:${minute}:${second}`);
  }
  return checked(
    text
      .trim()
      .replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T')
      .replace(',', '.'),
  );
}

function checked(text: string): string | undefined {
  return /^\d{4}-\d{2}-\d{2}T/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}
